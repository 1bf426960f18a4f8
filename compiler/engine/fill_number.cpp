// Slots to numbers and back; days and months by the calendar of the type's zone.

#include "compiler/engine/fill_number.h"

#include <cstring>

#include "runtime/functions/interval_unit.h"
#include "runtime/text/date_math.h"
#include "runtime/text/time_zone.h"

namespace sp {

namespace {

bool is_signed_slot(Type base) {
  return base.is_signed_integer() || base.is(TypeKind::kDate32) || base.is(TypeKind::kDateTime64) ||
         base.is(TypeKind::kDecimal);
}

}  // namespace

FillNumber read_fill_number(Type type, const uint8_t* slot) {
  const Type base = type.base();
  const uint32_t size = slot_layout(base).size;
  if (base.is(TypeKind::kFloat64)) {
    double v;
    std::memcpy(&v, slot, 8);
    return {v};
  }
  if (base.is(TypeKind::kFloat32)) {
    float v;
    std::memcpy(&v, slot, 4);
    return {v};
  }
  uint64_t raw = 0;
  std::memcpy(&raw, slot, size);
  if (is_signed_slot(base)) {
    const unsigned shift = 64 - size * 8;
    return {static_cast<long double>(static_cast<int64_t>(raw << shift) >> shift)};
  }
  return {static_cast<long double>(raw)};
}

void write_fill_number(Type type, FillNumber number, uint8_t* slot) {
  const Type base = type.base();
  const uint32_t size = slot_layout(base).size;
  if (base.is(TypeKind::kFloat64)) {
    const auto v = static_cast<double>(number.value);
    std::memcpy(slot, &v, 8);
  } else if (base.is(TypeKind::kFloat32)) {
    const auto v = static_cast<float>(number.value);
    std::memcpy(slot, &v, 4);
  } else {
    const uint64_t raw = number.value < 0
                             ? static_cast<uint64_t>(static_cast<int64_t>(number.value))
                             : static_cast<uint64_t>(number.value);
    std::memcpy(slot, &raw, size);
  }
  if (type.can_be_null()) slot[size] = 0;
}

FillNumber add_interval(Type type, FillNumber from, IntervalUnit unit, int64_t count) {
  const Type base = type.base();
  const auto number = [](int64_t ticks) { return FillNumber{static_cast<long double>(ticks)}; };
  const auto ticks = static_cast<int64_t>(from.value);
  const bool is_date = base.is(TypeKind::kDate) || base.is(TypeKind::kDate32);
  const int64_t scale = base.is(TypeKind::kDateTime64) ? power_of_ten(base.scale()) : 1;
  const int64_t months = count * months_of_unit(unit);
  if (months_of_unit(unit) == 0 && unit != IntervalUnit::kDay && unit != IntervalUnit::kWeek) {
    const uint32_t digits = digits_of_unit(unit);
    const int64_t nanoseconds = power_of_ten(9 - digits) * (digits > 0 ? 1 : seconds_of_unit(unit));
    const int64_t tick_ns = is_date ? kSecondsPerDay * power_of_ten(9) : power_of_ten(9) / scale;
    return number(ticks + count * nanoseconds / tick_ns);
  }
  const auto moved = [&](int64_t day) {
    return months_of_unit(unit) != 0 ? add_months(day, months)
                                     : day + count * seconds_of_unit(unit) / kSecondsPerDay;
  };
  if (is_date) return number(moved(ticks));
  const TimeZone* zone = TimeZone::find(base.timezone());
  if (zone == nullptr) zone = &TimeZone::utc();
  const int64_t seconds = floor_div(ticks, scale), fraction = floor_mod(ticks, scale);
  const int64_t local = zone->to_local(seconds);
  const int64_t day = moved(floor_div(local, kSecondsPerDay));
  return number(zone->to_utc(day * kSecondsPerDay + floor_mod(local, kSecondsPerDay)) * scale +
                fraction);
}

}  // namespace sp
