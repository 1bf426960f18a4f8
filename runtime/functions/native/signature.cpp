// The building blocks of type rules: see signature.h.

#include "runtime/functions/signature.h"

#include <algorithm>

namespace sp {

Error illegal_argument(std::span<const Argument> arguments, size_t index,
                       std::string_view expected) {
  std::string message =
      "Illegal type of argument " + std::to_string(index + 1) + ": " + arguments[index].type.name();
  return fail(ErrorCode::kIllegalTypeOfArgument, std::move(message), std::nullopt,
              "expected " + std::string(expected));
}

ResolvedFunction call(Type result, Symbol symbol, std::vector<Type> arguments,
                      std::shared_ptr<const FunctionContext> context) {
  ResolvedFunction resolved;
  resolved.result = result;
  resolved.arguments = std::move(arguments);
  resolved.symbol = std::move(symbol);
  resolved.context = std::move(context);
  return resolved;
}

ResolvedFunction fallible_call(Type result, Symbol symbol, std::vector<Type> arguments,
                               std::shared_ptr<const FunctionContext> context) {
  ResolvedFunction resolved =
      call(result, std::move(symbol), std::move(arguments), std::move(context));
  resolved.total = false;
  return resolved;
}

ResolvedFunction packed_call(Type result, Symbol symbol, std::vector<Type> arguments,
                             std::shared_ptr<const FunctionContext> context) {
  ResolvedFunction resolved =
      call(result, std::move(symbol), std::move(arguments), std::move(context));
  resolved.packed = true;
  return resolved;
}

ResolvedFunction inlined(Type result, Intrinsic intrinsic, std::vector<Type> arguments) {
  ResolvedFunction resolved;
  resolved.result = result;
  resolved.intrinsic = intrinsic;
  resolved.arguments = std::move(arguments);
  return resolved;
}

namespace {

// Appends the type that one argument is cast to, or says what was expected.
const char* match_letter(char letter, Type type, std::vector<Type>& casts) {
  switch (letter) {
    case 's':
      if (!type.is_string_like()) return "String";
      casts.push_back(type);
      return nullptr;
    case 'S':
      if (!type.is(TypeKind::kArray)) return "Array(String)";
      if (!type.element().base().is_string_like() &&
          !type.element().base().is(TypeKind::kNothing)) {
        return "Array(String)";
      }
      casts.push_back(type.element().can_be_null() || !type.element().base().is_string_like()
                          ? string_array_type()
                          : type);
      return nullptr;
    case 'i':
    case 'u':
      if (!type.is_integer() && !type.is(TypeKind::kBool)) return "an integer";
      casts.push_back(letter == 'i' ? int64_type() : uint64_type());
      return nullptr;
    case 'f':
      if (!is_number_like(type)) return "a number";
      casts.push_back(float64_type());
      return nullptr;
    case 't': casts.push_back(string_type()); return nullptr;
    case 'a':
      if (!type.is(TypeKind::kArray)) return "Array";
      casts.push_back(type);
      return nullptr;
    default: casts.push_back(type); return nullptr;
  }
}

}  // namespace

Result<ResolvedFunction> match_form(const Form& form, std::span<const Argument> arguments) {
  std::vector<Type> casts;
  for (size_t i = 0; i < arguments.size(); ++i) {
    SP_CHECK(form.parameters[i] != '\0');
    if (const char* expected = match_letter(form.parameters[i], arguments[i].type, casts)) {
      return illegal_argument(arguments, i, expected);
    }
  }
  ResolvedFunction resolved = call(form.result, form.symbol, std::move(casts));
  resolved.total = form.total;
  resolved.deterministic = form.deterministic;
  return resolved;
}

Resolver signature(const char* parameters, Type result, Symbol symbol) {
  return overloads({Form{parameters, result, std::move(symbol)}});
}

Resolver fallible_signature(const char* parameters, Type result, Symbol symbol) {
  return overloads({Form{parameters, result, std::move(symbol), false}});
}

Resolver overloads(std::vector<Form> forms) {
  return [forms = std::move(forms)](std::span<const Argument> arguments,
                                    const ResolveOptions&) -> Result<ResolvedFunction> {
    for (const Form& form : forms) {
      if (std::string_view(form.parameters).size() == arguments.size())
        return match_form(form, arguments);
    }
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Number of arguments doesn't match: passed " + std::to_string(arguments.size()));
  };
}

uint32_t number_width(Type type) {
  switch (type.kind()) {
    case TypeKind::kBool:
    case TypeKind::kUInt8:
    case TypeKind::kInt8: return 1;
    case TypeKind::kUInt16:
    case TypeKind::kInt16: return 2;
    case TypeKind::kUInt32:
    case TypeKind::kInt32:
    case TypeKind::kFloat32: return 4;
    case TypeKind::kUInt64:
    case TypeKind::kInt64:
    case TypeKind::kFloat64: return 8;
    case TypeKind::kUInt128:
    case TypeKind::kInt128: return 16;
    case TypeKind::kUInt256:
    case TypeKind::kInt256: return 32;
    default: return 0;
  }
}

Type integer_type(bool is_signed, uint32_t width) {
  switch (width) {
    case 1: return Type::of(is_signed ? TypeKind::kInt8 : TypeKind::kUInt8);
    case 2: return Type::of(is_signed ? TypeKind::kInt16 : TypeKind::kUInt16);
    case 4: return Type::of(is_signed ? TypeKind::kInt32 : TypeKind::kUInt32);
    case 8: return Type::of(is_signed ? TypeKind::kInt64 : TypeKind::kUInt64);
    case 16: return Type::of(is_signed ? TypeKind::kInt128 : TypeKind::kUInt128);
    default: return Type::of(is_signed ? TypeKind::kInt256 : TypeKind::kUInt256);
  }
}

Type sum_type(Type a, Type b, bool force_signed) {
  if (a.is_float() || b.is_float()) return float64_type();
  const bool is_signed = force_signed || a.is_signed_integer() || b.is_signed_integer();
  const uint32_t width = std::max(number_width(a), number_width(b));
  return integer_type(is_signed, width < 8 ? width * 2 : width);
}

std::string type_names(std::span<const Argument> arguments) {
  std::string out;
  for (const Argument& argument : arguments)
    out += (out.empty() ? "" : ", ") + argument.type.name();
  return out;
}

std::vector<Type> argument_types(std::span<const Argument> arguments) {
  std::vector<Type> types;
  for (const Argument& argument : arguments) types.push_back(argument.type);
  return types;
}

}  // namespace sp
