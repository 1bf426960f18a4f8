// bitAnd, bitOr, bitXor, bitNot, shifts, bitTest, bitCount, rotations: the result is as wide as the widest argument
// and signed if one is. Shifts by the width or more give 0; by a negative number they fail.

#include "runtime/exec/exec_state.h"
#include "runtime/functions/function.h"
#include "runtime/functions/signature.h"

namespace sp {
namespace {

template <class T>
inline T shift(ExecState& exec, T value, int64_t positions, bool left) noexcept {
  if (positions < 0) {
    exec.fail(ErrorCode::kArgumentOutOfBound, "The number of shift positions needs to be a non-negative value");
    return 0;
  }
  if (positions >= static_cast<int64_t>(sizeof(T) * 8)) return 0;
  using U = std::make_unsigned_t<T>;
  return left ? static_cast<T>(static_cast<uint64_t>(static_cast<U>(value)) << positions)
              : static_cast<T>(value >> positions);
}
template <class T>
inline T rotate(T value, int64_t positions) noexcept {
  constexpr unsigned kBits = sizeof(T) * 8;
  using U = std::make_unsigned_t<T>;
  const auto bits = static_cast<U>(value);
  const auto by = static_cast<unsigned>(positions) % kBits;
  if (by == 0) return value;
  return static_cast<T>(static_cast<U>(bits << by) | static_cast<U>(bits >> (kBits - by)));
}

}  // namespace

#define SP_X(suffix, type, kind)                                                                              \
  extern "C" type sp_shift_left_##suffix(ExecState& exec, type a, int64_t b) noexcept { return shift(exec, a, b, true); }   \
  extern "C" type sp_shift_right_##suffix(ExecState& exec, type a, int64_t b) noexcept { return shift(exec, a, b, false); } \
  extern "C" type sp_rotate_left_##suffix(type a, int64_t b) noexcept { return rotate(a, b); }                \
  extern "C" type sp_rotate_right_##suffix(type a, int64_t b) noexcept { return rotate(a, -b); }
SP_BY_INTEGER(SP_X)
#undef SP_X

extern "C" uint8_t sp_bit_count(uint64_t value) noexcept { return static_cast<uint8_t>(__builtin_popcountll(value)); }
extern "C" uint8_t sp_bit_test(uint64_t value, uint64_t position) noexcept {
  return position < 64 && ((value >> position) & 1) != 0;
}

#ifndef SP_BITCODE
namespace {

bool is_integral(Type type) { return (type.is_integer() && number_width(type) <= 8) || type.is(TypeKind::kBool); }

Result<Type> widest(std::span<const Argument> arguments) {
  bool is_signed = false;
  uint32_t width = 1;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (!is_integral(arguments[i].type)) return illegal_argument(arguments, i, "an integer");
    is_signed |= arguments[i].type.is_signed_integer();
    width = std::max(width, number_width(arguments[i].type));
  }
  return integer_type(is_signed, width);
}

Resolver bitwise(Intrinsic intrinsic) {
  return [=](std::span<const Argument> arguments, const ResolveOptions&) -> Result<ResolvedFunction> {
    SP_TRY(const Type result, widest(arguments));
    return inlined(result, intrinsic, repeated(result, arguments.size()));
  };
}

enum class Move { kShiftLeft, kShiftRight, kRotateLeft, kRotateRight };

Resolver moving(Move move) {
  return [=](std::span<const Argument> arguments, const ResolveOptions&) -> Result<ResolvedFunction> {
    SP_TRY(const Type result, widest(arguments));
    Symbol symbol;
    switch (result.kind()) {
#define SP_X(suffix, type, kind)                                                                \
      case TypeKind::kind:                                                                      \
        symbol = move == Move::kShiftLeft    ? SP_SYMBOL(sp_shift_left_##suffix)                \
                 : move == Move::kShiftRight ? SP_SYMBOL(sp_shift_right_##suffix)               \
                 : move == Move::kRotateLeft ? SP_SYMBOL(sp_rotate_left_##suffix)               \
                                             : SP_SYMBOL(sp_rotate_right_##suffix);             \
        break;
      SP_BY_INTEGER(SP_X)
#undef SP_X
      default: return illegal_argument(arguments, 0, "an integer");
    }
    ResolvedFunction resolved = call(result, symbol, {result, int64_type()});
    resolved.total = move == Move::kRotateLeft || move == Move::kRotateRight;
    return resolved;
  };
}

Result<ResolvedFunction> resolve_bit_count(std::span<const Argument> arguments, const ResolveOptions&) {
  if (!is_integral(arguments[0].type)) return illegal_argument(arguments, 0, "an integer");
  const Type same_width = integer_type(false, number_width(arguments[0].type));
  ResolvedFunction resolved = call(uint8_type(), SP_SYMBOL(sp_bit_count), {uint64_type()});
  if (!(same_width == arguments[0].type) && number_width(arguments[0].type) < 8 && arguments[0].type.is_signed_integer()) {
    return fail(ErrorCode::kNotImplemented, "bitCount of " + arguments[0].type.name(), std::nullopt,
                "cast to " + same_width.name());
  }
  return resolved;
}

}  // namespace

SP_FUNCTIONS(bit_operations) {
  const auto add = [&](const char* name, uint8_t count, Resolver resolve, const char* doc, const char* example,
                       const char* result) {
    rows.push_back({.name = name, .min_arguments = count, .max_arguments = count, .resolve = std::move(resolve),
                    .doc = doc, .example = example, .example_result = result});
  };
  add("bitAnd", 2, bitwise(Intrinsic::kBitAnd), "Returns the bits set in both `a` and `b`.", "SELECT bitAnd(6, 3)", "2");
  add("bitOr", 2, bitwise(Intrinsic::kBitOr), "Returns the bits set in `a` or `b`.", "SELECT bitOr(6, 3)", "7");
  add("bitXor", 2, bitwise(Intrinsic::kBitXor), "Returns the bits set in one of `a` and `b`.", "SELECT bitXor(6, 3)", "5");
  add("bitNot", 1, bitwise(Intrinsic::kBitNot), "Flips all bits of `x`.", "SELECT bitNot(toUInt8(1))", "254");
  add("bitShiftLeft", 2, moving(Move::kShiftLeft), "Shifts the bits of `a` left by `b`.", "SELECT bitShiftLeft(1, 3)", "8");
  add("bitShiftRight", 2, moving(Move::kShiftRight), "Shifts the bits of `a` right by `b`.",
      "SELECT bitShiftRight(16, 2)", "4");
  add("bitRotateLeft", 2, moving(Move::kRotateLeft), "Rotates the bits of `a` left by `b`.",
      "SELECT bitRotateLeft(toUInt8(129), 1)", "3");
  add("bitRotateRight", 2, moving(Move::kRotateRight), "Rotates the bits of `a` right by `b`.",
      "SELECT bitRotateRight(toUInt8(3), 1)", "129");
  add("bitTest", 2, signature("uu", uint8_type(), SP_SYMBOL(sp_bit_test)), "Returns bit `position` of `x`.",
      "SELECT bitTest(5, 2)", "1");
  add("bitCount", 1, resolve_bit_count, "Counts the set bits of `x`.", "SELECT bitCount(255)", "8");
}
#endif

}  // namespace sp
