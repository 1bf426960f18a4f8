// Numbers for people: formatReadableSize, formatReadableDecimalSize, formatReadableQuantity,
// formatReadableTimeDelta.

#include <cmath>
#include <cstdio>

#include "runtime/exec/exec_state.h"
#include "runtime/functions/signature.h"
#include "runtime/text/format_value.h"

namespace sp {

namespace {

constexpr const char* kBinary[] = {" B",   " KiB", " MiB", " GiB", " TiB",
                                   " PiB", " EiB", " ZiB", " YiB"};
constexpr const char* kDecimal[] = {" B", " KB", " MB", " GB", " TB", " PB", " EB", " ZB", " YB"};
constexpr const char* kQuantity[] = {"",
                                     " thousand",
                                     " million",
                                     " billion",
                                     " trillion",
                                     " quadrillion",
                                     " quintillion",
                                     " sextillion",
                                     " septillion",
                                     " octillion",
                                     " nonillion",
                                     " decillion",
                                     " undecillion",
                                     " duodecillion",
                                     " tredecillion",
                                     " quattuordecillion",
                                     " quindecillion",
                                     " sexdecillion",
                                     " septendecillion",
                                     " octodecillion",
                                     " novemdecillion",
                                     " vigintillion"};

template <size_t N>
StringRef scaled(ExecState& exec, double value, double base, const char* const (&units)[N]) {
  size_t unit = 0;
  while (unit + 1 < N && std::fabs(value) >= base) {
    value /= base;
    ++unit;
  }
  char buffer[400];
  if (!std::isfinite(value)) {
    std::string text;
    append_float(text, value);
    return exec.scratch.copy(text + units[unit]);
  }
  // Half a hundredth goes up, where it is exactly that.
  const double hundreds = std::fabs(value) * 100;
  if (hundreds - std::floor(hundreds) == 0.5 && std::fma(std::fabs(value), 100, -hundreds) == 0)
    value = std::copysign(std::ceil(hundreds) / 100, value);
  const int length = std::snprintf(buffer, sizeof(buffer), "%.2f%s", value, units[unit]);
  return exec.scratch.copy({buffer, static_cast<size_t>(length)});
}

struct TimeUnit {
  const char* name;
  double seconds;
};
constexpr TimeUnit kTimeUnits[] = {
    {"year", 31536000},    {"month", 2629800},    {"day", 86400},
    {"hour", 3600},        {"minute", 60},        {"second", 1},
    {"millisecond", 1e-3}, {"microsecond", 1e-6}, {"nanosecond", 1e-9}};

struct DeltaContext : FunctionContext {
  size_t largest = 0;  // indexes into kTimeUnits
  size_t smallest = 5;
};

std::string time_delta(double value, const DeltaContext& context) {
  std::string out;
  if (!std::isfinite(value)) {
    append_float(out, value);
    return out;
  }
  if (value < 0) {
    out += '-';
    value = -value;
  }
  std::vector<std::string> parts;
  for (size_t i = context.largest; i <= context.smallest; ++i) {
    const TimeUnit& unit = kTimeUnits[i];
    // Days divide months exactly: a month is 30.5 days here, a year 365.
    const double length = i == 1 ? 2635200 : unit.seconds;
    const double count = std::floor(value / length + (i > 5 ? 1e-6 : 0));
    value -= count * length;
    if (count == 0 && !(i == context.smallest && parts.empty())) continue;
    std::string text;
    append_float(text, count);
    parts.push_back(text + " " + unit.name + (count == 1 ? "" : "s"));
  }
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += i + 1 == parts.size() ? " and " : ", ";
    out += parts[i];
  }
  return out;
}

}  // namespace

extern "C" void sp_readable_size(ExecState& exec, double value, StringRef* out) noexcept {
  *out = scaled(exec, value, 1024, kBinary);
}
extern "C" void sp_readable_decimal_size(ExecState& exec, double value, StringRef* out) noexcept {
  *out = scaled(exec, value, 1000, kDecimal);
}
extern "C" void sp_readable_quantity(ExecState& exec, double value, StringRef* out) noexcept {
  *out = scaled(exec, value, 1000, kQuantity);
}
extern "C" void sp_readable_time_delta(ExecState& exec, const DeltaContext* context, double value,
                                       StringRef* out) noexcept {
  *out = exec.scratch.copy(time_delta(value, *context));
}

namespace {

Result<ResolvedFunction> readable_time_delta(std::span<const Argument> arguments,
                                             const ResolveOptions&) {
  if (!is_number_like(arguments[0].type)) return illegal_argument(arguments, 0, "number");
  auto context = std::make_shared<DeltaContext>();
  for (size_t i = 1; i < arguments.size(); ++i) {
    const auto name = arguments[i].constant_text();
    if (!name) return illegal_argument(arguments, i, "constant String with a unit");
    size_t found = std::size(kTimeUnits);
    for (size_t unit = 0; unit < std::size(kTimeUnits); ++unit) {
      if (std::string(kTimeUnits[unit].name) + "s" == *name) found = unit;
    }
    if (found == std::size(kTimeUnits)) {
      return fail(ErrorCode::kBadArguments,
                  "Unexpected unit of function formatReadableTimeDelta: " + std::string(*name));
    }
    (i == 1 ? context->largest : context->smallest) = found;
  }
  if (context->smallest < context->largest) {
    if (arguments.size() > 2)
      return fail(ErrorCode::kBadArguments,
                  "Explicit minimum unit must not be larger than the maximum unit");
    context->smallest = context->largest;
  }
  return call(string_type(), SP_SYMBOL(sp_readable_time_delta), {float64_type()}, context);
}

}  // namespace

SP_FUNCTIONS(readable) {
  rows.push_back({.name = "formatReadableSize",
                  .aliases = {"FORMAT_BYTES"},
                  .case_insensitive = true,
                  .min_arguments = 1,
                  .max_arguments = 1,
                  .resolve = signature("f", string_type(), SP_SYMBOL(sp_readable_size)),
                  .doc = "Writes a number of bytes with a binary unit.",
                  .example = "SELECT formatReadableSize(192851925)",
                  .example_result = "183.92 MiB"});
  rows.push_back({.name = "formatReadableDecimalSize",
                  .min_arguments = 1,
                  .max_arguments = 1,
                  .resolve = signature("f", string_type(), SP_SYMBOL(sp_readable_decimal_size)),
                  .doc = "Writes a number of bytes with a decimal unit.",
                  .example = "SELECT formatReadableDecimalSize(192851925)",
                  .example_result = "192.85 MB"});
  rows.push_back({.name = "formatReadableQuantity",
                  .min_arguments = 1,
                  .max_arguments = 1,
                  .resolve = signature("f", string_type(), SP_SYMBOL(sp_readable_quantity)),
                  .doc = "Writes a number with a word for its size.",
                  .example = "SELECT formatReadableQuantity(4567000000)",
                  .example_result = "4.57 billion"});
  rows.push_back({.name = "formatReadableTimeDelta",
                  .min_arguments = 1,
                  .max_arguments = 3,
                  .constant_arguments = 6,
                  .resolve = readable_time_delta,
                  .doc = "Writes a number of seconds as years, months, days and so on, from "
                         "`maximum` to `minimum` unit.",
                  .example = "SELECT formatReadableTimeDelta(3661)",
                  .example_result = "1 hour, 1 minute and 1 second"});
}

}  // namespace sp
