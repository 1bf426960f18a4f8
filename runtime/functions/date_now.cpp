// The current time: now, now64, today, yesterday. All calls in one query see the time of its start.

#include "runtime/exec/exec_state.h"
#include "runtime/functions/date_value.h"
#include "runtime/functions/native/conversion_arguments.h"
#include "runtime/functions/signature.h"

namespace sp {

extern "C" uint32_t sp_now(ExecState& exec) noexcept {
  return static_cast<uint32_t>(floor_div(exec.now_ns, 1000000000));
}
extern "C" int64_t sp_now64(ExecState& exec, const DateContext* context) noexcept {
  return floor_div(exec.now_ns, 1000000000 / context->unit);
}
extern "C" uint16_t sp_today(ExecState& exec, const DateContext* context) noexcept {
  const int64_t local = context->zone->to_local(floor_div(exec.now_ns, 1000000000));
  return static_cast<uint16_t>(floor_div(local, kSecondsPerDay) - context->amount);
}

#ifndef SP_BITCODE
namespace {

Result<ResolvedFunction> now(std::span<const Argument> arguments, const ResolveOptions&) {
  SP_TRY(const std::string zone, constant_zone(arguments, 0));
  return call(Type::datetime(zone), SP_SYMBOL(sp_now));
}

Result<ResolvedFunction> now64(std::span<const Argument> arguments, const ResolveOptions&) {
  int64_t precision = 3;
  if (!arguments.empty()) { SP_TRY(precision, constant_integer(arguments, 0, 0, 9)); }
  SP_TRY(const std::string zone, constant_zone(arguments, 1));
  auto context = std::make_shared<DateContext>();
  context->unit = power_of_ten(static_cast<uint32_t>(precision));
  return call(Type::datetime64(static_cast<uint32_t>(precision), zone), SP_SYMBOL(sp_now64), {},
              context);
}

Resolver day_before(int64_t days) {
  return
      [days](std::span<const Argument>, const ResolveOptions& options) -> Result<ResolvedFunction> {
        auto context = std::make_shared<DateContext>();
        const TimeZone* zone = TimeZone::find(options.timezone);
        context->zone = zone == nullptr ? &TimeZone::utc() : zone;
        context->amount = days;
        return call(Type::of(TypeKind::kDate), SP_SYMBOL(sp_today), {}, context);
      };
}

}  // namespace

SP_FUNCTIONS(date_now) {
  rows.push_back({.name = "now",
                  .aliases = {"current_timestamp", "localtimestamp"},
                  .case_insensitive = true,
                  .max_arguments = 1,
                  .constant_arguments = 1,
                  .resolve = now,
                  .doc = "Returns the time at which the query started, in `timezone`.",
                  .example = "SELECT toTypeName(now())",
                  .example_result = "DateTime"});
  rows.push_back(
      {.name = "now64",
       .max_arguments = 2,
       .constant_arguments = 3,
       .resolve = now64,
       .doc = "Returns the time at which the query started, with `precision` digits of a second.",
       .example = "SELECT toTypeName(now64())",
       .example_result = "DateTime64(3)"});
  rows.push_back({.name = "today",
                  .aliases = {"current_date", "curdate"},
                  .case_insensitive = true,
                  .max_arguments = 0,
                  .resolve = day_before(0),
                  .doc = "Returns the current date.",
                  .example = "SELECT today() - today()",
                  .example_result = "0"});
  rows.push_back({.name = "yesterday",
                  .max_arguments = 0,
                  .resolve = day_before(1),
                  .doc = "Returns yesterday's date.",
                  .example = "SELECT today() - yesterday()",
                  .example_result = "1"});
}
#endif

}  // namespace sp
