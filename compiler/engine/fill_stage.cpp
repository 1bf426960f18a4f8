// WITH FILL: walks sorted rows and adds those that a step of the key leaves out, group by group of the keys before it.
// Rules: ClickHouse's FillingTransform (use_with_fill_by_sorting_prefix = 1).

#include <cmath>
#include <cstring>

#include "compiler/engine/execution.h"
#include "runtime/text/date_math.h"
#include "runtime/text/time_zone.h"

namespace sp {
namespace {

using Key = codegen::FillStage::Key;

// A key's value as a number wide enough for every type that can be filled.
struct Number {
  long double value = 0;   // 64 bits of mantissa: exact for every integer
};

bool is_signed_slot(Type base) {
  return base.is_signed_integer() || base.is(TypeKind::kDate32) || base.is(TypeKind::kDateTime64) ||
         base.is(TypeKind::kDecimal);
}

Number read(Type type, const uint8_t* slot) {
  const Type base = type.base();
  const uint32_t size = slot_layout(base).size;
  if (base.is(TypeKind::kFloat64)) { double v; std::memcpy(&v, slot, 8); return {v}; }
  if (base.is(TypeKind::kFloat32)) { float v; std::memcpy(&v, slot, 4); return {v}; }
  uint64_t raw = 0;
  std::memcpy(&raw, slot, size);
  if (is_signed_slot(base)) {
    const unsigned shift = 64 - size * 8;
    return {static_cast<long double>(static_cast<int64_t>(raw << shift) >> shift)};
  }
  return {static_cast<long double>(raw)};
}

void write(Type type, Number number, uint8_t* slot) {
  const Type base = type.base();
  const uint32_t size = slot_layout(base).size;
  if (base.is(TypeKind::kFloat64)) {
    const auto v = static_cast<double>(number.value);
    std::memcpy(slot, &v, 8);
  } else if (base.is(TypeKind::kFloat32)) {
    const auto v = static_cast<float>(number.value);
    std::memcpy(slot, &v, 4);
  } else {
    const uint64_t raw = number.value < 0 ? static_cast<uint64_t>(static_cast<int64_t>(number.value))
                                          : static_cast<uint64_t>(number.value);
    std::memcpy(slot, &raw, size);
  }
  if (type.can_be_null()) slot[size] = 0;
}

int64_t power_of_ten(uint32_t exponent) {
  int64_t power = 1;
  while (exponent-- > 0) power *= 10;
  return power;
}

// Adds months to a day number; the day of the month is cut to the month's length.
int64_t add_months(int64_t days, int64_t months) {
  const CivilDate date = civil_from_days(days);
  const int64_t index = int64_t{date.year} * 12 + static_cast<int64_t>(date.month) - 1 + months;
  const int64_t year = floor_div(index, 12);
  const auto month = static_cast<uint32_t>(floor_mod(index, 12)) + 1;
  const int64_t next = month == 12 ? days_from_civil(year + 1, 1, 1) : days_from_civil(year, month + 1, 1);
  const auto length = static_cast<uint32_t>(next - days_from_civil(year, month, 1));
  return days_from_civil(year, month, std::min(date.day, length));
}

// Moves a date or time by `count` units.
Number add_interval(Type type, Number from, IntervalUnit unit, int64_t count) {
  const Type base = type.base();
  const auto ticks = static_cast<int64_t>(from.value);
  const bool is_date = base.is(TypeKind::kDate) || base.is(TypeKind::kDate32);
  const int64_t scale = base.is(TypeKind::kDateTime64) ? power_of_ten(base.scale()) : 1;
  int64_t months = 0, days = 0;
  switch (unit) {
    case IntervalUnit::kMonth: months = count; break;
    case IntervalUnit::kQuarter: months = count * 3; break;
    case IntervalUnit::kYear: months = count * 12; break;
    case IntervalUnit::kDay: days = count; break;
    case IntervalUnit::kWeek: days = count * 7; break;
    default: {
      int64_t nanoseconds = 1;
      switch (unit) {
        case IntervalUnit::kMicrosecond: nanoseconds = 1000; break;
        case IntervalUnit::kMillisecond: nanoseconds = 1000000; break;
        case IntervalUnit::kSecond: nanoseconds = 1000000000; break;
        case IntervalUnit::kMinute: nanoseconds = 60000000000; break;
        case IntervalUnit::kHour: nanoseconds = 3600000000000; break;
        default: break;
      }
      const int64_t tick_ns = is_date ? 86400000000000 : 1000000000 / scale;
      return {static_cast<long double>(ticks + count * nanoseconds / tick_ns)};
    }
  }
  if (is_date) return {static_cast<long double>(months != 0 ? add_months(ticks, months) : ticks + days)};
  const TimeZone* zone = TimeZone::find(base.timezone());
  if (zone == nullptr) zone = &TimeZone::utc();
  const int64_t seconds = floor_div(ticks, scale), fraction = floor_mod(ticks, scale);
  const int64_t local = zone->to_local(seconds);
  int64_t day = floor_div(local, kSecondsPerDay);
  day = months != 0 ? add_months(day, months) : day + days;
  const int64_t moved = zone->to_utc(day * kSecondsPerDay + floor_mod(local, kSecondsPerDay));
  return {static_cast<long double>(moved * scale + fraction)};
}

bool slots_equal(const Key& key, const uint8_t* a, const uint8_t* b) {
  return slot_ops(key.type).equal(a + key.offset, b + key.offset);
}

bool is_null(const Key& key, const uint8_t* row) {
  return key.type.can_be_null() && row[key.offset + slot_layout(key.type.base()).size] != 0;
}

}  // namespace

Result<void> Execution::run_stage(const codegen::FillStage& stage) {
  using FillCode = void (*)(ExecState*, void*, const void*);
  constexpr uint64_t kMostRows = 100000000;
  const auto fill = reinterpret_cast<FillCode>(function(stage.fill_defaults));
  ExecState& exec = *workers_[0];
  auto& rows = row_sets_[stage.row_set].rows;
  size_t filled = 0;
  while (!stage.keys[filled].enabled) ++filled;
  const Key& key = stage.keys[filled];
  const Type bound_type = key.type.base();
  const auto param = [&](uint32_t offset, Type type) { return read(type, params() + offset); };
  const Type step_type = Type::of(bound_type.is_float() ? TypeKind::kFloat64 : TypeKind::kInt64);
  Number step{key.descending ? -1.0L : 1.0L};
  if (key.step != codegen::kNone) step = param(key.step, step_type);
  if (step.value == 0 || (step.value < 0) != key.descending) {
    return fail(ErrorCode::kInvalidWithFillExpression,
                key.descending ? "STEP should be negative for descending order" : "STEP should be positive for ascending order");
  }
  const auto next = [&](Number from) {
    return key.unit ? add_interval(bound_type, from, *key.unit, static_cast<int64_t>(step.value)) : Number{from.value + step.value};
  };
  const auto before = [&](Number a, Number b) { return key.descending ? a.value > b.value : a.value < b.value; };

  std::vector<void*> out;
  std::vector<uint64_t> nothing(stage.row_size / 8 + 1);
  const void* previous = nothing.data();
  const uint8_t* prefix = nullptr;   // a row of the current group
  Number cursor;
  const auto add_until = [&](Number end) {
    while (before(cursor, end) && !check_limits(exec) && out.size() < kMostRows) {
      auto* row = static_cast<uint8_t*>(exec.persistent.allocate(stage.row_size, 16));
      std::memset(row, 0, stage.row_size);
      fill(&exec, row, previous);
      for (size_t k = 0; k < filled && prefix != nullptr; ++k) {
        std::memcpy(row + stage.keys[k].offset, prefix + stage.keys[k].offset, slot_layout(stage.keys[k].type).size);
      }
      write(key.type, cursor, row + key.offset);
      out.push_back(row);
      previous = row;
      cursor = next(cursor);
    }
  };
  const auto end_group = [&] {
    if (key.to != codegen::kNone) add_until(param(key.to, bound_type));
  };
  bool started = false;
  for (void* pointer : rows) {
    auto* row = static_cast<uint8_t*>(pointer);
    bool same_group = started;
    for (size_t k = 0; k < filled && same_group; ++k) same_group = slots_equal(stage.keys[k], prefix, row);
    if (!same_group) {
      if (started) end_group();
      started = true;
      prefix = row;
      previous = nothing.data();
      cursor = key.from != codegen::kNone ? param(key.from, bound_type) : read(key.type, row + key.offset);
    }
    if (!is_null(key, row)) {
      const Number value = read(key.type, row + key.offset);
      Number limit = value;
      if (key.to != codegen::kNone && before(param(key.to, bound_type), limit)) limit = param(key.to, bound_type);
      add_until(limit);
      if (!before(value, cursor) && !before(cursor, value)) cursor = next(cursor);
    }
    out.push_back(row);
    previous = row;
  }
  if (started) {
    end_group();
  } else if (key.from != codegen::kNone && key.to != codegen::kNone) {
    cursor = param(key.from, bound_type);
    end_group();
  }
  rows = std::move(out);
  return outcome();
}

}  // namespace sp
