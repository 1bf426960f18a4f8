// Functions of general use: transform, identity, materialize, ignore, throwIf, sleep, bar,
// isConstant, version, currentDatabase, hostName.

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>

#include "runtime/functions/native/array_context.h"
#include "runtime/functions/signature.h"
#include "runtime/functions/string_output.h"

namespace sp {

// transform(x, from, to, default): packed; offsets of the four parts.
struct TransformContext : FunctionContext {
  TransformContext(Type key, Type value) : keys(key), values(value) {}
  ArrayContext keys, values;
  std::vector<uint32_t> offsets;
};

extern "C" void sp_transform(const TransformContext* context, const void* tuple,
                             void* out) noexcept {
  const auto* row = static_cast<const char*>(tuple);
  const auto& from = *reinterpret_cast<const ArrayRef*>(row + context->offsets[1]);
  const auto& to = *reinterpret_cast<const ArrayRef*>(row + context->offsets[2]);
  const void* found = row + context->offsets[3];
  const uint64_t size = std::min(from.size, to.size);
  for (uint64_t i = 0; i < size; ++i) {
    if (!context->keys.equal(element_at(from, context->keys.stride, i), row + context->offsets[0]))
      continue;
    found = element_at(to, context->values.stride, i);
    break;
  }
  std::memcpy(out, found, context->values.stride);
}

struct FixedAnswer : FunctionContext {
  uint8_t number = 0;
  std::string text;
};
extern "C" uint8_t sp_fixed_number(const FixedAnswer* context, const void*) noexcept {
  return context->number;
}
extern "C" void sp_fixed_text(ExecState& exec, const FixedAnswer* context, const void*,
                              StringRef* out) noexcept {
  *out = new_string(exec, context->text);
}
extern "C" uint8_t sp_throw_if(ExecState& exec, double value) noexcept {
  if (value != 0) {
    exec.fail(ErrorCode::kFunctionThrowIfValueIsNonZero,
              "Value passed to 'throwIf' function is non-zero");
  }
  return 0;
}
extern "C" uint8_t sp_throw_if_message(ExecState& exec, double value,
                                       const StringRef& message) noexcept {
  if (value != 0) exec.fail(ErrorCode::kFunctionThrowIfValueIsNonZero, std::string(message.view()));
  return 0;
}
extern "C" uint8_t sp_sleep(ExecState& exec, double seconds) noexcept {
  constexpr double kMostSeconds = 3;
  if (!(seconds >= 0 && seconds <= kMostSeconds)) {
    exec.fail(ErrorCode::kTooSlow, "The maximum sleep time is 3000000 microseconds");
    return 0;
  }
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  while (std::chrono::steady_clock::now() < end &&
         exec.stop->load(std::memory_order_relaxed) == 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return 0;
}
// A bar of block characters, in steps of one eighth.
extern "C" void sp_bar(ExecState& exec, double value, double low, double high, double width,
                       StringRef* out) noexcept {
  constexpr std::string_view kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  constexpr double kWidest = 1000;
  *out = StringRef();
  if (!(width >= 1 && width <= kWidest) || !(low < high)) {
    exec.fail(ErrorCode::kArgumentOutOfBound,
              "Arguments of function bar must give min < max and a width from 1 to 1000");
    return;
  }
  if (!(value > low)) return;
  const double length = (std::min(value, high) - low) / (high - low) * width;
  const auto eighths = static_cast<uint64_t>(length * 8);
  std::string text;
  for (uint64_t i = 0; i < eighths / 8; ++i) text += "█";
  text += kEighths[eighths % 8];
  *out = new_string(exec, text);
}
extern "C" void sp_bar_default(ExecState& exec, double value, double low, double high,
                               StringRef* out) noexcept {
  sp_bar(exec, value, low, high, 80, out);
}

namespace {

Result<ResolvedFunction> resolve_transform(std::span<const Argument> arguments,
                                           const ResolveOptions&) {
  SP_TRY(const Type from, array_element_type(arguments, 1));
  SP_TRY(const Type to, array_element_type(arguments, 2));
  const Type x = arguments[0].type, otherwise = arguments.size() == 4 ? arguments[3].type : x;
  SP_TRY(const Type key, common_type(std::vector<Type>{x, from}));
  SP_TRY(const Type value, common_type(std::vector<Type>{otherwise, to}));
  if (arguments.size() == 3 && !(key == value)) {
    return fail(ErrorCode::kNotImplemented,
                "transform without a default of " + x.name() + " to " + to.name(), std::nullopt,
                "give the default as the fourth argument");
  }
  auto context = std::make_shared<TransformContext>(key, value);
  std::vector<Type> casts = {key, Type::array(key), Type::array(value)};
  if (arguments.size() == 4) casts.push_back(value);
  context->offsets = row_layout(casts).offsets;
  if (arguments.size() == 3) context->offsets.push_back(context->offsets[0]);
  return packed_call(restore_low_cardinality(value, arguments), SP_SYMBOL(sp_transform),
                     std::move(casts), context);
}

// A function whose answer is known when binding; the arguments are ignored.
Resolver always(uint8_t number) {
  return
      [=](std::span<const Argument> arguments, const ResolveOptions&) -> Result<ResolvedFunction> {
        auto context = std::make_shared<FixedAnswer>();
        context->number = number;
        return packed_call(uint8_type(), SP_SYMBOL(sp_fixed_number), argument_types(arguments),
                           context);
      };
}
Resolver text(std::string (*make)()) {
  return [=](std::span<const Argument>, const ResolveOptions&) -> Result<ResolvedFunction> {
    auto context = std::make_shared<FixedAnswer>();
    context->text = make();
    return packed_call(string_type(), SP_SYMBOL(sp_fixed_text), {}, context);
  };
}
std::string host_name() {
  char buffer[256] = {};
  return gethostname(buffer, sizeof(buffer) - 1) == 0 ? std::string(buffer)
                                                      : std::string("localhost");
}

Resolver unchanged(bool deterministic) {
  return
      [=](std::span<const Argument> arguments, const ResolveOptions&) -> Result<ResolvedFunction> {
        ResolvedFunction resolved =
            inlined(arguments[0].type, Intrinsic::kIdentity, {arguments[0].type});
        resolved.deterministic = deterministic;
        return resolved;
      };
}

}  // namespace

SP_FUNCTIONS(general) {
  const auto add = [&](const char* name, uint8_t least, uint8_t most, bool any_case,
                       Resolver resolve, const char* doc, const char* example, const char* result,
                       std::vector<const char*> aliases = {},
                       NullPolicy nulls = NullPolicy::kPropagate) {
    rows.push_back({.name = name,
                    .aliases = std::move(aliases),
                    .case_insensitive = any_case,
                    .min_arguments = least,
                    .max_arguments = most,
                    .nulls = nulls,
                    .resolve = std::move(resolve),
                    .doc = doc,
                    .example = example,
                    .example_result = result});
  };
  const NullPolicy sees = NullPolicy::kSeesNulls;
  add("transform", 3, 4, false, resolve_transform,
      "Replaces `x`, if it is in the array `from`, by the element of `to` at the same place, else "
      "by `default`.",
      "SELECT transform(2, [1, 2], ['a', 'b'], 'c')", "b", {}, sees);
  add("identity", 1, 1, false, unchanged(true), "Returns `x`.", "SELECT identity(5)", "5", {},
      sees);
  add("materialize", 1, 1, false, unchanged(false), "Returns `x` as a column that is not constant.",
      "SELECT materialize(5)", "5", {}, sees);
  add("ignore", 0, 255, false, always(0), "Returns 0.", "SELECT ignore(1, 2)", "0", {}, sees);
  add(
      "isConstant", 1, 1, false,
      [](std::span<const Argument> arguments, const ResolveOptions& options) {
        return always(arguments[0].is_constant)(arguments, options);
      },
      "Returns 1 if `x` is a constant expression.", "SELECT isConstant(5)", "1", {}, sees);
  add("throwIf", 1, 2, false,
      overloads({{"f", uint8_type(), SP_SYMBOL(sp_throw_if), false},
                 {"fs", uint8_type(), SP_SYMBOL(sp_throw_if_message), false}}),
      "Fails with `message` if `x` is not zero.", "SELECT throwIf(0)", "0");
  Form sleep{"f", uint8_type(), SP_SYMBOL(sp_sleep), false, false};
  add("sleep", 1, 1, false, overloads({sleep}), "Waits for at most three `seconds`.",
      "SELECT sleep(0)", "0");
  add("bar", 3, 4, false,
      overloads({{"fff", string_type(), SP_SYMBOL(sp_bar_default), false},
                 {"ffff", string_type(), SP_SYMBOL(sp_bar), false}}),
      "Draws a bar of length `x` between `min` and `max`, `width` characters wide.",
      "SELECT bar(5, 0, 10, 10)", "█████");
  add("version", 0, 0, true, text([] { return std::string("26.7.1.1"); }),
      "Returns the version of the SQL dialect.", "SELECT length(version()) > 0", "1");
  add("currentDatabase", 0, 0, true, text([] { return std::string("default"); }),
      "Returns the name of the database.", "SELECT currentDatabase()", "default",
      {"DATABASE", "SCHEMA"});
  add("currentUser", 0, 0, true, text([] { return std::string("default"); }),
      "Returns the name of the user.", "SELECT currentUser()", "default", {"user"});
  add("hostName", 0, 0, true, text(&host_name), "Returns the name of the machine.",
      "SELECT length(hostName()) > 0", "1", {"FQDN", "fullHostName"});
}

}  // namespace sp
