// Argument rules of functions of one date. See date_value.h.

#include "runtime/functions/date_value.h"

#include "runtime/functions/native/conversion_arguments.h"
#include "runtime/functions/signature.h"

namespace sp {

Result<DateArgument> date_argument(std::span<const Argument> arguments, size_t index,
                                   size_t zone_index, bool needs_time,
                                   const ResolveOptions& options) {
  DateArgument out;
  out.type = arguments[index].type;
  const bool accepted = needs_time ? has_time_of_day(out.type) : out.type.is_date_like();
  if (!accepted) {
    return illegal_argument(
        arguments, index,
        needs_time ? "DateTime or DateTime64" : "Date, Date32, DateTime or DateTime64");
  }
  SP_TRY(out.zone_name, constant_zone(arguments, zone_index));
  if (out.zone_name.empty() && has_time_of_day(out.type)) out.zone_name = out.type.timezone();
  out.context = std::make_shared<DateContext>();
  const TimeZone* zone = TimeZone::find(out.zone_name.empty() ? options.timezone : out.zone_name);
  out.context->zone = zone == nullptr ? &TimeZone::utc() : zone;
  if (out.type.is(TypeKind::kDateTime64)) out.context->unit = power_of_ten(out.type.precision());
  return out;
}

Resolver date_part(const DateSymbols& symbols, Type result, bool needs_time) {
  return [=](std::span<const Argument> arguments,
             const ResolveOptions& options) -> Result<ResolvedFunction> {
    SP_TRY(DateArgument date, date_argument(arguments, 0, 1, needs_time, options));
    return call(result, symbols.of(date.type), {date.type}, date.context);
  };
}

Resolver week_part(const DateSymbols& symbols, Type result) {
  return [=](std::span<const Argument> arguments,
             const ResolveOptions& options) -> Result<ResolvedFunction> {
    SP_TRY(DateArgument date, date_argument(arguments, 0, 2, false, options));
    if (arguments.size() > 1) {
      if (!arguments[1].type.is_integer() || arguments[1].constant == nullptr) {
        return illegal_argument(arguments, 1, "constant UInt8");
      }
      date.context->mode = *static_cast<const uint8_t*>(arguments[1].constant);
    }
    return call(result, symbols.of(date.type), {date.type}, date.context);
  };
}

Resolver datetime_start(const DateSymbols& symbols, bool needs_time) {
  return [=](std::span<const Argument> arguments,
             const ResolveOptions& options) -> Result<ResolvedFunction> {
    SP_TRY(DateArgument date, date_argument(arguments, 0, 1, needs_time, options));
    return call(Type::datetime(date.zone_name), symbols.of(date.type), {date.type}, date.context);
  };
}

}  // namespace sp
