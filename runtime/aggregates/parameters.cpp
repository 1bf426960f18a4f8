// Literal parameters and argument checks of aggregates.

#include "runtime/aggregates/parameters.h"

#ifndef SP_BITCODE
#include <cmath>

#include "runtime/aggregates/number_kind.h"

namespace sp {

std::optional<double> constant_number(const Argument& argument) {
  if (argument.constant == nullptr || argument.type.can_be_null()) return std::nullopt;
  const Type base = argument.type.base();
  const auto kind = number_kind(base);
  if (!kind) return std::nullopt;
  double value = 0;
  switch (*kind) {
#define SP_CASE(suffix, T)                                                  \
  case NumberKind::suffix:                                                  \
    value = static_cast<double>(*static_cast<const T*>(argument.constant)); \
    break;
    SP_FOR_NUMBERS(SP_CASE)
#undef SP_CASE
  }
  if (base.is(TypeKind::kDecimal)) value /= std::pow(10.0, base.scale());
  return value;
}

std::optional<uint64_t> constant_unsigned(const Argument& argument) {
  if (argument.constant == nullptr ||
      !(argument.type.base().is_integer() || argument.type.base().is(TypeKind::kInterval))) {
    return std::nullopt;
  }
  if (argument.type.base().is(TypeKind::kUInt64))
    return *static_cast<const uint64_t*>(argument.constant);
  const auto number = constant_number(argument);
  if (!number || *number < 0) return std::nullopt;
  return static_cast<uint64_t>(*number);
}

Result<void> expect_no_parameters(std::string_view name, Arguments parameters) {
  if (parameters.empty()) return {};
  return fail(ErrorCode::kAggregateFunctionDoesntAllowParameters,
              "Aggregate function " + std::string(name) + " cannot have parameters");
}

Result<void> expect_arguments(std::string_view name, Arguments arguments, size_t count) {
  if (arguments.size() == count) return {};
  const std::string wanted = count == 1   ? " requires single argument"
                             : count == 2 ? " requires two arguments"
                                          : " requires " + std::to_string(count) + " arguments";
  return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
              "Aggregate function " + std::string(name) + wanted);
}

Error illegal_type(std::string_view name, Type type) {
  return fail(
      ErrorCode::kIllegalTypeOfArgument,
      "Illegal type " + type.name() + " of argument for aggregate function " + std::string(name));
}

std::vector<Type> types_of(Arguments arguments) {
  std::vector<Type> types;
  for (const Argument& argument : arguments) types.push_back(argument.type);
  return types;
}

}  // namespace sp
#endif
