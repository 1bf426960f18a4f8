#pragma once
// Signatures: the building blocks of type rules. Most functions are a list of parameter kinds, a
// result type and a symbol; resolvers with rules of their own use the same pieces. Entry:
// signature(), overloads(), call().

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "runtime/functions/function.h"

namespace sp {

inline Type bool_type() { return Type::of(TypeKind::kBool); }
inline Type uint8_type() { return Type::of(TypeKind::kUInt8); }
inline Type uint32_type() { return Type::of(TypeKind::kUInt32); }
inline Type uint64_type() { return Type::of(TypeKind::kUInt64); }
inline Type int64_type() { return Type::of(TypeKind::kInt64); }
inline Type float64_type() { return Type::of(TypeKind::kFloat64); }
inline Type string_type() { return Type::of(TypeKind::kString); }
inline Type string_array_type() { return Type::array(string_type()); }

/// Says that argument `index` (0-based) has a type that the function does not take:
/// ILLEGAL_TYPE_OF_ARGUMENT.
Error illegal_argument(std::span<const Argument> arguments, size_t index,
                       std::string_view expected);

/// Builds the answer of a resolver: a body that cannot fail unless `.total` is cleared by the
/// caller.
ResolvedFunction call(Type result, Symbol symbol, std::vector<Type> arguments = {},
                      std::shared_ptr<const FunctionContext> context = nullptr);
/// The same for a body that reports errors or must not see garbage.
ResolvedFunction fallible_call(Type result, Symbol symbol, std::vector<Type> arguments = {},
                               std::shared_ptr<const FunctionContext> context = nullptr);
/// The same for a body that takes a tuple of all its arguments.
ResolvedFunction packed_call(Type result, Symbol symbol, std::vector<Type> arguments,
                             std::shared_ptr<const FunctionContext> context);
/// Builds the answer of a resolver: code generation emits `intrinsic`.
ResolvedFunction inlined(Type result, Intrinsic intrinsic, std::vector<Type> arguments);

/// One form of a function. `parameters` has one letter an argument:
///   s  String or FixedString (as it is)      S  Array(String)
///   i  integer, cast to Int64                u  integer, cast to UInt64
///   f  number or Decimal, cast to Float64    t  anything, cast to String
///   x  anything (as it is)                   a  any Array (as it is)
struct Form {
  const char* parameters;
  Type result;
  Symbol symbol;
  bool total = true;
  bool deterministic = true;
};
/// Checks the arguments against one form and casts them as its letters say.
Result<ResolvedFunction> match_form(const Form& form, std::span<const Argument> arguments);
/// A resolver for a function with one form.
Resolver signature(const char* parameters, Type result, Symbol symbol);
/// The same for a fallible body.
Resolver fallible_signature(const char* parameters, Type result, Symbol symbol);
/// A resolver that picks the form with the right number of parameters.
Resolver overloads(std::vector<Form> forms);

/// Bytes of the integer or float type `type` (Bool is 1); 0 for others.
uint32_t number_width(Type type);
/// The integer type of a width in bytes (1, 2, 4, 8).
Type integer_type(bool is_signed, uint32_t width);
inline bool is_number_like(Type type) { return type.is_number() || type.is(TypeKind::kDecimal); }

/// ClickHouse's type of a sum or product of two numbers: one step wider up to 64 bits, Float64 with
/// floats.
Type sum_type(Type a, Type b, bool force_signed);

/// The type names of all arguments: for messages.
std::string type_names(std::span<const Argument> arguments);
/// The (stripped) types of arguments.
std::vector<Type> argument_types(std::span<const Argument> arguments);
/// A list of `count` times `type`.
inline std::vector<Type> repeated(Type type, size_t count) {
  return std::vector<Type>(count, type);
}

}  // namespace sp

// SP_BY_NUMBER(X): X(suffix, C++ type, TypeKind) for each fixed-width number; bodies are stamped
// out with these.
#define SP_BY_UNSIGNED(X) \
  X(u8, uint8_t, kUInt8)  \
  X(u16, uint16_t, kUInt16) X(u32, uint32_t, kUInt32) X(u64, uint64_t, kUInt64)
#define SP_BY_SIGNED(X) \
  X(i8, int8_t, kInt8) X(i16, int16_t, kInt16) X(i32, int32_t, kInt32) X(i64, int64_t, kInt64)
#define SP_BY_FLOAT(X) X(f32, float, kFloat32) X(f64, double, kFloat64)
#define SP_BY_INTEGER(X) SP_BY_UNSIGNED(X) SP_BY_SIGNED(X)
#define SP_BY_NUMBER(X) SP_BY_INTEGER(X) SP_BY_FLOAT(X)
