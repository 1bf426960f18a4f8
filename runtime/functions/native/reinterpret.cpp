// reinterpretAs...: the bytes of a value read as another type. Texts are read and written with the
// least significant byte first; missing bytes are zeros.

#include "runtime/functions/function.h"
#include "runtime/functions/native/conversion_arguments.h"
#include "runtime/functions/signature.h"
#include "runtime/functions/string_output.h"

namespace sp {

struct ReinterpretContext : FunctionContext {
  uint32_t from_size = 0;  // 0: a text
  uint32_t to_size = 0;    // 0: a text without the zeros at its end; of a FixedString its length
  bool reversed = false;   // UUID: its text has the most significant byte first
};

// The value stands in a tuple of its own.
extern "C" void sp_reinterpret(const ReinterpretContext* context, const void* tuple,
                               void* out) noexcept {
  std::memset(out, 0, context->to_size);
  const char* from = static_cast<const char*>(tuple);
  size_t size = context->from_size;
  if (size == 0) {
    const auto& text = *static_cast<const StringRef*>(tuple);
    from = text.begin();
    size = text.size;
  }
  std::memcpy(out, from, std::min<size_t>(size, context->to_size));
}
extern "C" void sp_reinterpret_as_text(ExecState& exec, const ReinterpretContext* context,
                                       const void* tuple, StringRef* out) noexcept {
  const auto* from = static_cast<const char*>(tuple);
  size_t size = context->from_size;
  if (size == 0) {
    const auto& text = *static_cast<const StringRef*>(tuple);
    from = text.begin();
    size = text.size;
  }
  if (context->to_size == 0) {
    while (size > 0 && from[size - 1] == 0) --size;
    *out = new_string(exec, {from, size});
    return;
  }
  char* bytes = new_bytes(exec, context->to_size);
  std::memset(bytes, 0, context->to_size);
  std::memcpy(bytes, from, std::min<size_t>(size, context->to_size));
  *out = StringRef(bytes, context->to_size);
}

namespace {

bool has_fixed_bytes(Type type) {
  return type.is_number() || type.is_date_like() || type.is_enum() || type.is(TypeKind::kBool) ||
         type.is(TypeKind::kDecimal) || type.is(TypeKind::kUuid) || type.is(TypeKind::kIpv4) ||
         type.is(TypeKind::kIpv6) || type.is(TypeKind::kInterval);
}

Result<ResolvedFunction> reinterpreted(std::span<const Argument> arguments, Type to) {
  const Type from = arguments[0].type;
  auto context = std::make_shared<ReinterpretContext>();
  if (!from.is_string_like()) {
    if (!has_fixed_bytes(from)) {
      return fail(ErrorCode::kIllegalTypeOfArgument,
                  "Cannot reinterpret " + from.name() + " as " + to.name());
    }
    context->from_size = slot_layout(from).size;
  }
  const bool text = to.is_string_like();
  if (!text && !has_fixed_bytes(to)) {
    return fail(ErrorCode::kIllegalTypeOfArgument,
                "Cannot reinterpret " + from.name() + " as " + to.name());
  }
  context->to_size = to.is(TypeKind::kFixedString) ? to.precision()
                     : text                        ? 0
                                                   : slot_layout(to).size;
  return packed_call(to, text ? SP_SYMBOL(sp_reinterpret_as_text) : SP_SYMBOL(sp_reinterpret),
                     {from}, context);
}

}  // namespace

SP_FUNCTIONS(reinterpret) {
  const auto add = [&](const char* name, Resolver resolve, const char* doc, const char* example,
                       const char* result) {
    rows.push_back({.name = name,
                    .min_arguments = 1,
                    .max_arguments = 1,
                    .resolve = std::move(resolve),
                    .doc = doc,
                    .example = example,
                    .example_result = result});
  };
  const auto as = [&](const std::string& name, Type to, const std::string& example,
                      const char* result) {
    add(
        conversion_text("reinterpretAs" + name),
        [to](std::span<const Argument> arguments, const ResolveOptions&) {
          return reinterpreted(arguments, to);
        },
        conversion_text("Reads the bytes of `x` as " + name + ", the least significant first."),
        conversion_text("SELECT reinterpretAs" + name + "(" + example + ")"), result);
  };
  for (const NumberType& number : kNumberTypes) {
    const Type type = Type::of(number.kind);
    if (type.is_float()) continue;
    as(number.name, type, "'ab'", slot_layout(type).size == 1 ? "97" : "25185");
  }
  as("Float32", Type::of(TypeKind::kFloat32), "toInt32(1066192077)", "1.1");
  as("Float64", float64_type(), "toInt64(4608083138725491507)", "1.2");
  as("Date", Type::of(TypeKind::kDate), "toUInt16(19724)", "2024-01-02");
  as("DateTime", Type::datetime(), "toUInt32(1704103872)", "2024-01-01 10:11:12");
  as("UUID", Type::of(TypeKind::kUuid), "reverse(unhex('000102030405060708090a0b0c0d0e0f'))",
     "08090a0b-0c0d-0e0f-0001-020304050607");
  as("String", string_type(), "6382179", "cba");
  add(
      "reinterpretAsFixedString",
      [](std::span<const Argument> arguments, const ResolveOptions&) -> Result<ResolvedFunction> {
        if (!has_fixed_bytes(arguments[0].type))
          return illegal_argument(arguments, 0, "a number, date or UUID");
        return reinterpreted(arguments, Type::fixed_string(slot_layout(arguments[0].type).size));
      },
      "Returns the bytes of `x`, the least significant first.",
      "SELECT hex(reinterpretAsFixedString(toUInt32(258)))", "02010000");
  rows.push_back({.name = "reinterpret",
                  .min_arguments = 2,
                  .max_arguments = 2,
                  .constant_arguments = 2,
                  .resolve = [](std::span<const Argument> arguments,
                                const ResolveOptions&) -> Result<ResolvedFunction> {
                    const auto name = arguments[1].constant_text();
                    if (!name)
                      return illegal_argument(arguments, 1, "a constant text with a type's name");
                    SP_TRY(const Type to, parse_type(*name));
                    SP_TRY(ResolvedFunction resolved, reinterpreted(arguments, to));
                    resolved.arguments.push_back(arguments[1].type);
                    return resolved;
                  },
                  .doc = "Reads the bytes of `x` as the type `type`, the least significant first.",
                  .example = "SELECT reinterpret(toInt8(-1), 'UInt8')",
                  .example_result = "255"});
}

}  // namespace sp
