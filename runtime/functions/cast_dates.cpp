// Casts among Date, Date32, DateTime, DateTime64 and between them and numbers. Days and seconds
// wrap around where the target is too narrow; numbers saturate (ClickHouse's defaults).

#include "runtime/exec/exec_state.h"
#include "runtime/functions/cast.h"
#include "runtime/functions/date_value.h"
#include "runtime/functions/signature.h"
#include "runtime/text/date_math.h"

namespace sp {

namespace {

constexpr int64_t kFirstDate32 = -25567;  // 1900-01-01
constexpr int64_t kLastDate32 = 120529;   // 2299-12-31

int64_t local_day(const ZoneContext* context, int64_t seconds) noexcept {
  return floor_div(context->zone->to_local(seconds), kSecondsPerDay);
}
// The same of a DateTime: days of UTC need no rounding down.
int64_t local_day_of(const ZoneContext* context, uint32_t seconds) noexcept {
  return context->zone->is_utc() ? seconds / static_cast<uint32_t>(kSecondsPerDay)
                                 : local_day(context, seconds);
}
int64_t scaled(int64_t seconds, int64_t unit) noexcept {
  return static_cast<int64_t>(static_cast<uint64_t>(seconds) * static_cast<uint64_t>(unit));
}

// A number as 64 bits, saturated; NaN is 0.
template <class T>
int64_t whole(T value) noexcept {
  if constexpr (std::is_floating_point_v<T>) {
    const auto wide = static_cast<double>(value);
    return wide >= 9.2e18    ? INT64_MAX
           : wide <= -9.2e18 ? INT64_MIN
           : wide == wide    ? static_cast<int64_t>(wide)
                             : 0;
  } else if constexpr (std::is_same_v<T, uint64_t>) {
    return value > static_cast<uint64_t>(INT64_MAX) ? INT64_MAX : static_cast<int64_t>(value);
  } else {
    return static_cast<int64_t>(value);
  }
}

uint32_t seconds_of_number(int64_t value) noexcept {
  return static_cast<uint32_t>(value < 0 ? 0 : value > 0xFFFFFFFFLL ? 0xFFFFFFFFLL : value);
}
// Numbers up to 65535 are days, larger ones seconds since the epoch.
uint16_t days_of_number(const ZoneContext* context, int64_t value) noexcept {
  if (value < 0) return 0;
  if (value <= 65535) return static_cast<uint16_t>(value);
  return static_cast<uint16_t>(local_day(context, seconds_of_number(value)));
}
int32_t wide_days_of_number(const ZoneContext* context, int64_t value) noexcept {
  if (value < kFirstDate32) return static_cast<int32_t>(kFirstDate32);
  if (value <= kLastDate32) return static_cast<int32_t>(value);
  const int64_t last = kLastDate32 * kSecondsPerDay;
  return static_cast<int32_t>(local_day(context, value > last ? last : value));
}

// Ticks behave like a Decimal: what does not fit is an error.
template <class T>
T narrowed(ExecState& exec, int64_t value) noexcept {
  const bool fits = std::is_same_v<T, uint64_t>
                        ? value >= 0
                        : static_cast<int64_t>(static_cast<T>(value)) == value;
  if (!fits) exec.fail(ErrorCode::kDecimalOverflow, "Convert overflow");
  return static_cast<T>(value);
}

}  // namespace

extern "C" uint32_t sp_date_to_datetime(const ZoneContext* context, uint16_t days) noexcept {
  return midnight_result(*context->zone, days);
}
extern "C" int64_t sp_date_to_datetime64(const ZoneContext* context, uint16_t days) noexcept {
  return scaled(context->zone->to_utc(static_cast<int64_t>(days) * kSecondsPerDay),
                context->to_unit);
}
extern "C" uint32_t sp_date32_to_datetime(const ZoneContext* context, int32_t days) noexcept {
  return static_cast<uint32_t>(context->zone->to_utc(static_cast<int64_t>(days) * kSecondsPerDay));
}
extern "C" int64_t sp_date32_to_datetime64(const ZoneContext* context, int32_t days) noexcept {
  return scaled(context->zone->to_utc(static_cast<int64_t>(days) * kSecondsPerDay),
                context->to_unit);
}
extern "C" int32_t sp_date_to_date32(uint16_t days) noexcept { return days; }
extern "C" uint16_t sp_date32_to_date(int32_t days) noexcept { return static_cast<uint16_t>(days); }
extern "C" uint16_t sp_datetime_to_date(const ZoneContext* context, uint32_t seconds) noexcept {
  return static_cast<uint16_t>(local_day_of(context, seconds));
}
extern "C" int32_t sp_datetime_to_date32(const ZoneContext* context, uint32_t seconds) noexcept {
  return static_cast<int32_t>(local_day_of(context, seconds));
}
extern "C" int64_t sp_datetime_to_datetime64(const ZoneContext* context,
                                             uint32_t seconds) noexcept {
  return scaled(seconds, context->to_unit);
}
extern "C" uint16_t sp_datetime64_to_date(const ZoneContext* context, int64_t ticks) noexcept {
  return static_cast<uint16_t>(local_day(context, floor_div(ticks, context->from_unit)));
}
extern "C" int32_t sp_datetime64_to_date32(const ZoneContext* context, int64_t ticks) noexcept {
  return static_cast<int32_t>(local_day(context, floor_div(ticks, context->from_unit)));
}
extern "C" uint32_t sp_datetime64_to_datetime(const ZoneContext* context, int64_t ticks) noexcept {
  return static_cast<uint32_t>(floor_div(ticks, context->from_unit));
}
extern "C" int64_t sp_datetime64_to_datetime64(const ZoneContext* context, int64_t ticks) noexcept {
  if (context->to_unit >= context->from_unit)
    return scaled(ticks, context->to_unit / context->from_unit);
  return floor_div(ticks, context->from_unit / context->to_unit);
}

#define SP_BODY(suffix, type, kind)                                                             \
  extern "C" uint16_t sp_##suffix##_to_date(const ZoneContext* context, type value) noexcept {  \
    return days_of_number(context, whole(value));                                               \
  }                                                                                             \
  extern "C" int32_t sp_##suffix##_to_date32(const ZoneContext* context, type value) noexcept { \
    return wide_days_of_number(context, whole(value));                                          \
  }                                                                                             \
  extern "C" uint32_t sp_##suffix##_to_datetime(type value) noexcept {                          \
    return seconds_of_number(whole(value));                                                     \
  }                                                                                             \
  extern "C" int64_t sp_##suffix##_to_datetime64(const ZoneContext* context,                    \
                                                 type value) noexcept {                         \
    if constexpr (std::is_floating_point_v<type>) {                                             \
      return whole(static_cast<double>(value) * static_cast<double>(context->to_unit));         \
    } else {                                                                                    \
      return scaled(whole(value), context->to_unit);                                            \
    }                                                                                           \
  }                                                                                             \
  extern "C" type sp_datetime64_to_##suffix(ExecState& exec, const ZoneContext* context,        \
                                            int64_t ticks) noexcept {                           \
    if constexpr (std::is_floating_point_v<type>) {                                             \
      return static_cast<type>(static_cast<double>(ticks) /                                     \
                               static_cast<double>(context->from_unit));                        \
    } else {                                                                                    \
      return narrowed<type>(exec, ticks / context->from_unit);                                  \
    }                                                                                           \
  }
SP_BY_NUMBER(SP_BODY)
#undef SP_BODY

#ifndef SP_BITCODE
namespace {

Symbol number_to_date(TypeKind from, TypeKind to) {
  switch (from) {
#define SP_CASE(suffix, type, kind)                                             \
  case TypeKind::kind:                                                          \
    if (to == TypeKind::kDate) return SP_SYMBOL(sp_##suffix##_to_date);         \
    if (to == TypeKind::kDate32) return SP_SYMBOL(sp_##suffix##_to_date32);     \
    if (to == TypeKind::kDateTime) return SP_SYMBOL(sp_##suffix##_to_datetime); \
    return SP_SYMBOL(sp_##suffix##_to_datetime64);
    SP_BY_NUMBER(SP_CASE)
#undef SP_CASE
    default: return {};
  }
}

Symbol datetime64_to_number(TypeKind to) {
  switch (to) {
#define SP_CASE(suffix, type, kind) \
  case TypeKind::kind: return SP_SYMBOL(sp_datetime64_to_##suffix);
    SP_BY_NUMBER(SP_CASE)
#undef SP_CASE
    default: return {};
  }
}

Symbol date_to_date(TypeKind from, TypeKind to) {
  switch (from) {
    case TypeKind::kDate:
      return to == TypeKind::kDate32     ? SP_SYMBOL(sp_date_to_date32)
             : to == TypeKind::kDateTime ? SP_SYMBOL(sp_date_to_datetime)
                                         : SP_SYMBOL(sp_date_to_datetime64);
    case TypeKind::kDate32:
      return to == TypeKind::kDate       ? SP_SYMBOL(sp_date32_to_date)
             : to == TypeKind::kDateTime ? SP_SYMBOL(sp_date32_to_datetime)
                                         : SP_SYMBOL(sp_date32_to_datetime64);
    case TypeKind::kDateTime:
      return to == TypeKind::kDate     ? SP_SYMBOL(sp_datetime_to_date)
             : to == TypeKind::kDate32 ? SP_SYMBOL(sp_datetime_to_date32)
                                       : SP_SYMBOL(sp_datetime_to_datetime64);
    default:
      return to == TypeKind::kDate       ? SP_SYMBOL(sp_datetime64_to_date)
             : to == TypeKind::kDate32   ? SP_SYMBOL(sp_datetime64_to_date32)
             : to == TypeKind::kDateTime ? SP_SYMBOL(sp_datetime64_to_datetime)
                                         : SP_SYMBOL(sp_datetime64_to_datetime64);
  }
}

int64_t unit_of(Type type) {
  return type.is(TypeKind::kDateTime64) ? power_of_ten(type.precision()) : 1;
}

const TimeZone* zone_or(Type type, const TimeZone& server) {
  const TimeZone* zone = type.timezone().empty() ? &server : TimeZone::find(type.timezone());
  return zone == nullptr ? &server : zone;
}

bool has_time(Type type) { return type.is(TypeKind::kDateTime) || type.is(TypeKind::kDateTime64); }

}  // namespace

std::optional<ResolvedFunction> resolve_date_cast(Type from, Type to, const TimeZone& server_zone) {
  const bool dates = from.is_date_like() && to.is_date_like();
  const bool to_date = to.is_date_like() && (from.is_integer() || from.is_float());
  const bool from_ticks = from.is(TypeKind::kDateTime64) && (to.is_integer() || to.is_float());
  if (!dates && !to_date && !from_ticks) return std::nullopt;
  if (dates && from.is(TypeKind::kDateTime) && to.is(TypeKind::kDateTime)) {
    return inlined(to, Intrinsic::kIdentity, {from});
  }
  const Symbol symbol = dates     ? date_to_date(from.kind(), to.kind())
                        : to_date ? number_to_date(from.kind(), to.kind())
                                  : datetime64_to_number(to.kind());
  if (!symbol) return std::nullopt;
  auto context = std::make_shared<ZoneContext>();
  context->from_unit = unit_of(from);
  context->to_unit = unit_of(to);
  // Seconds become days in the source's zone; days become seconds in the target's.
  context->zone = has_time(from) ? zone_or(from, server_zone)
                  : has_time(to) ? zone_or(to, server_zone)
                                 : &server_zone;
  ResolvedFunction resolved = call(to, symbol, {from});
  if (symbol.takes_context) resolved.context = std::move(context);
  resolved.total = !from_ticks;
  return resolved;
}

Type cast_result_type(Type from, Type to) {
  const Type source = from.base();
  const Type target = to.base();
  const auto timed = [](Type type) {
    return type.is(TypeKind::kDateTime) || type.is(TypeKind::kDateTime64);
  };
  if (!timed(source) || !timed(target) || source.timezone().empty() || !target.timezone().empty())
    return to;
  const Type zoned = target.is(TypeKind::kDateTime)
                         ? Type::datetime(source.timezone())
                         : Type::datetime64(target.precision(), source.timezone());
  const Type nullable = zoned.with_null(to.can_be_null());
  return to.is_low_cardinality() ? Type::low_cardinality(nullable) : nullable;
}
#endif

}  // namespace sp
