// Dates from numbers: makeDate, makeDate32, makeDateTime, makeDateTime64, timeSlots; and
// toTypeName.

#include "runtime/exec/exec_state.h"
#include "runtime/functions/date_value.h"
#include "runtime/functions/native/conversion_arguments.h"
#include "runtime/functions/signature.h"

namespace sp {

namespace {

constexpr int64_t kNoDay = INT64_MIN;

// A day number; kNoDay if the parts name none. Day 30 of February flows over, as in toDate.
int64_t day_of(int64_t year, int64_t month, int64_t day, int64_t first_year,
               int64_t last_year) noexcept {
  if (year < first_year || year > last_year || month < 1 || month > 12 || day < 1 || day > 31)
    return kNoDay;
  return days_from_civil(year, static_cast<uint32_t>(month), 1) + day - 1;
}
int64_t day_of_year_number(int64_t year, int64_t day, int64_t first_year,
                           int64_t last_year) noexcept {
  if (year < first_year || year > last_year || day < 1 || day > 365) return kNoDay;
  return days_from_civil(year, 1, 1) + day - 1;
}
uint16_t as_date(int64_t days) noexcept { return days == kNoDay ? 0 : date_result(days); }
int32_t as_date32(int64_t days) noexcept { return days == kNoDay ? 0 : static_cast<int32_t>(days); }
bool clock_valid(int64_t hour, int64_t minute, int64_t second) noexcept {
  return hour >= 0 && minute >= 0 && second >= 0 && hour < 256 && minute < 256 && second < 256;
}

}  // namespace

extern "C" uint16_t sp_make_date(int64_t year, int64_t month, int64_t day) noexcept {
  return as_date(day_of(year, month, day, 1970, 2149));
}
extern "C" uint16_t sp_make_date_of_year(int64_t year, int64_t day) noexcept {
  return as_date(day_of_year_number(year, day, 1970, 2149));
}
extern "C" int32_t sp_make_date32(int64_t year, int64_t month, int64_t day) noexcept {
  return as_date32(day_of(year, month, day, 1900, 2299));
}
extern "C" int32_t sp_make_date32_of_year(int64_t year, int64_t day) noexcept {
  return as_date32(day_of_year_number(year, day, 1900, 2299));
}
extern "C" uint32_t sp_make_datetime(const DateContext* context, int64_t year, int64_t month,
                                     int64_t day, int64_t hour, int64_t minute,
                                     int64_t second) noexcept {
  const int64_t days = day_of(year, month, day, 1970, 2106);
  if (days == kNoDay || !clock_valid(hour, minute, second)) return 0;
  const int64_t seconds =
      context->zone->to_utc(days * kSecondsPerDay + hour * 3600 + minute * 60 + second);
  return static_cast<uint32_t>(seconds < 0 ? 0 : seconds > 0xFFFFFFFFLL ? 0xFFFFFFFFLL : seconds);
}
extern "C" int64_t sp_make_datetime64(const DateContext* context, int64_t year, int64_t month,
                                      int64_t day, int64_t hour, int64_t minute, int64_t second,
                                      int64_t fraction) noexcept {
  const int64_t days = day_of(year, month, day, 1900, 2299);
  if (days == kNoDay || !clock_valid(hour, minute, second)) return 0;
  const int64_t seconds =
      context->zone->to_utc(days * kSecondsPerDay + hour * 3600 + minute * 60 + second);
  const int64_t part = fraction < 0 ? 0 : fraction >= context->unit ? context->unit - 1 : fraction;
  return seconds * context->unit + part;
}
extern "C" int64_t sp_make_datetime64_whole(const DateContext* context, int64_t year, int64_t month,
                                            int64_t day, int64_t hour, int64_t minute,
                                            int64_t second) noexcept {
  return sp_make_datetime64(context, year, month, day, hour, minute, second, 0);
}

// Starts of the slots that [start, start + duration] touches.
extern "C" void sp_time_slots(ExecState& exec, const DateContext* context, uint32_t start,
                              int64_t duration, ArrayRef* out) noexcept {
  const int64_t first = start / context->amount;
  const int64_t last = (start + (duration < 0 ? 0 : duration)) / context->amount;
  const int64_t count = last - first + 1;
  if (count > 100000000) {
    exec.fail(ErrorCode::kTooLargeArraySize, "Too many slots in the result of function timeSlots");
    *out = {nullptr, 0};
    return;
  }
  auto* slots = exec.scratch.allocate_array<uint32_t>(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i)
    slots[i] = static_cast<uint32_t>((first + i) * context->amount);
  *out = {slots, static_cast<uint64_t>(count)};
}

/// The name of a type, for toTypeName.
struct TypeNameContext : FunctionContext {
  std::string name;
};
extern "C" void sp_type_name(const TypeNameContext* context, StringRef* out) noexcept {
  *out = StringRef(context->name);
}

namespace {

Result<void> check_numbers(std::span<const Argument> arguments, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    if (!is_number_like(arguments[i].type)) return illegal_argument(arguments, i, "number");
  }
  return {};
}

Result<ResolvedFunction> make_date(std::span<const Argument> arguments, bool wide) {
  SP_TRY_VOID(check_numbers(arguments, arguments.size()));
  const Type result = Type::of(wide ? TypeKind::kDate32 : TypeKind::kDate);
  const bool of_year = arguments.size() == 2;
  const Symbol symbol =
      of_year ? (wide ? SP_SYMBOL(sp_make_date32_of_year) : SP_SYMBOL(sp_make_date_of_year))
              : (wide ? SP_SYMBOL(sp_make_date32) : SP_SYMBOL(sp_make_date));
  return call(result, symbol, repeated(int64_type(), arguments.size()));
}

std::shared_ptr<DateContext> zone_context(const std::string& zone, const ResolveOptions& options) {
  auto context = std::make_shared<DateContext>();
  context->zone = TimeZone::find(zone.empty() ? options.timezone : zone);
  if (context->zone == nullptr) context->zone = &TimeZone::utc();
  return context;
}

Result<ResolvedFunction> make_datetime(std::span<const Argument> arguments,
                                       const ResolveOptions& options) {
  SP_TRY_VOID(check_numbers(arguments, 6));
  SP_TRY(const std::string zone, constant_zone(arguments, 6));
  return call(Type::datetime(zone), SP_SYMBOL(sp_make_datetime), repeated(int64_type(), 6),
              zone_context(zone, options));
}

// (..., second[, fraction[, precision[, zone]]]).
Result<ResolvedFunction> make_datetime64(std::span<const Argument> arguments,
                                         const ResolveOptions& options) {
  const size_t numbers = std::min<size_t>(arguments.size(), 7);
  SP_TRY_VOID(check_numbers(arguments, numbers));
  int64_t precision = 3;
  if (arguments.size() > 7) { SP_TRY(precision, constant_integer(arguments, 7, 0, 9)); }
  SP_TRY(const std::string zone, constant_zone(arguments, 8));
  auto context = zone_context(zone, options);
  context->unit = power_of_ten(static_cast<uint32_t>(precision));
  const Type result = Type::datetime64(static_cast<uint32_t>(precision), zone);
  return call(result,
              numbers == 7 ? SP_SYMBOL(sp_make_datetime64) : SP_SYMBOL(sp_make_datetime64_whole),
              repeated(int64_type(), numbers), context);
}

Result<ResolvedFunction> time_slots(std::span<const Argument> arguments, const ResolveOptions&) {
  if (!arguments[0].type.is(TypeKind::kDateTime)) return illegal_argument(arguments, 0, "DateTime");
  if (!arguments[1].type.is_integer()) return illegal_argument(arguments, 1, "UInt32");
  auto context = std::make_shared<DateContext>();
  context->amount = 1800;
  if (arguments.size() > 2) {
    SP_TRY(context->amount, constant_integer(arguments, 2, 1, 0xFFFFFFFFLL));
  }
  return fallible_call(Type::array(arguments[0].type), SP_SYMBOL(sp_time_slots),
                       {arguments[0].type, int64_type()}, context);
}

Result<ResolvedFunction> to_type_name(std::span<const Argument> arguments, const ResolveOptions&) {
  auto context = std::make_shared<TypeNameContext>();
  context->name = arguments[0].type.name();
  return call(string_type(), SP_SYMBOL(sp_type_name), {}, context);
}

}  // namespace

SP_FUNCTIONS(make_date) {
  rows.push_back(
      {.name = "makeDate",
       .aliases = {"MAKEDATE"},
       .case_insensitive = true,
       .min_arguments = 2,
       .max_arguments = 3,
       .resolve = [](auto arguments, const auto&) { return make_date(arguments, false); },
       .doc = "Makes a Date of `year`, `month` and `day`, or of `year` and the day of the year.",
       .example = "SELECT makeDate(2024, 1, 31)",
       .example_result = "2024-01-31"});
  rows.push_back(
      {.name = "makeDate32",
       .min_arguments = 2,
       .max_arguments = 3,
       .resolve = [](auto arguments, const auto&) { return make_date(arguments, true); },
       .doc = "Makes a Date32 of `year`, `month` and `day`, or of `year` and the day of the year.",
       .example = "SELECT makeDate32(1925, 1, 31)",
       .example_result = "1925-01-31"});
  rows.push_back({.name = "makeDateTime",
                  .min_arguments = 6,
                  .max_arguments = 7,
                  .constant_arguments = 64,
                  .resolve = make_datetime,
                  .doc = "Makes a DateTime of its parts, in `timezone`.",
                  .example = "SELECT makeDateTime(2024, 1, 31, 10, 11, 12)",
                  .example_result = "2024-01-31 10:11:12"});
  rows.push_back(
      {.name = "makeDateTime64",
       .min_arguments = 6,
       .max_arguments = 9,
       .constant_arguments = 128 | 256,
       .resolve = make_datetime64,
       .doc = "Makes a DateTime64 of its parts, with `fraction` in units of `precision`.",
       .example = "SELECT makeDateTime64(2024, 1, 31, 10, 11, 12, 500)",
       .example_result = "2024-01-31 10:11:12.500"});
  rows.push_back(
      {.name = "timeSlots",
       .min_arguments = 2,
       .max_arguments = 3,
       .constant_arguments = 4,
       .resolve = time_slots,
       .doc = "Returns the starts of the slots of `size` seconds that `duration` seconds from "
              "`start` touch.",
       .example = "SELECT timeSlots(toDateTime('2024-01-01 00:00:00', 'UTC'), toUInt32(600), 300)",
       .example_result = "['2024-01-01 00:00:00','2024-01-01 00:05:00','2024-01-01 00:10:00']"});
  rows.push_back({.name = "toTypeName",
                  .min_arguments = 1,
                  .max_arguments = 1,
                  .nulls = NullPolicy::kSeesNulls,
                  .resolve = to_type_name,
                  .doc = "Returns the name of the type of `value`.",
                  .example = "SELECT toTypeName(1)",
                  .example_result = "UInt8"});
}

}  // namespace sp
