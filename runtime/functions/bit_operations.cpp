// bitAnd, bitOr, bitXor, bitNot, shifts, bitTest, bitCount, rotations: the result is as wide as the
// widest argument and signed if one is. Shifts by the width or more give 0; by a negative number
// they fail. As in ClickHouse, integers of 128 and 256 bits are combined, shifted and counted, but
// neither tested nor rotated.

#include <bit>
#include <string>

#include "runtime/exec/exec_state.h"
#include "runtime/functions/function.h"
#include "runtime/functions/row_adder.h"
#include "runtime/functions/signature.h"

namespace sp {
namespace {

template <class T>
inline T shift(ExecState& exec, T value, int64_t positions, bool left) noexcept {
  if (positions < 0) {
    exec.fail(ErrorCode::kArgumentOutOfBound,
              "The number of shift positions needs to be a non-negative value");
    return 0;
  }
  if (positions >= static_cast<int64_t>(sizeof(T) * 8)) return 0;
  using U = std::make_unsigned_t<T>;
  return left ? static_cast<T>(static_cast<uint64_t>(static_cast<U>(value)) << positions)
              : static_cast<T>(value >> positions);
}
// An integer of 128 or 256 bits, the lowest word first.
template <size_t N>
struct Words {
  uint64_t words[N];
};

template <size_t N>
inline void shift(ExecState& exec, const Words<N>& value, int64_t positions, bool left,
                  bool is_signed, Words<N>* out) noexcept {
  Words<N> result{};
  if (positions < 0) {
    exec.fail(ErrorCode::kArgumentOutOfBound,
              "The number of shift positions needs to be a non-negative value");
  } else if (positions < static_cast<int64_t>(N * 64)) {
    const uint64_t sign = is_signed && !left && value.words[N - 1] >> 63 != 0 ? ~uint64_t{0} : 0;
    const size_t whole = static_cast<size_t>(positions) / 64,
                 bits = static_cast<size_t>(positions) % 64;
    // Word i of the value, those outside of it are zeros or copies of the sign.
    const auto word = [&](size_t i) { return i < N ? value.words[i] : left ? 0 : sign; };
    for (size_t i = 0; i < N; ++i) {
      if (left) {
        const uint64_t high = i >= whole ? word(i - whole) : 0,
                       low = i > whole ? word(i - whole - 1) : 0;
        result.words[i] = bits == 0 ? high : (high << bits) | (low >> (64 - bits));
      } else {
        const uint64_t low = word(i + whole), high = word(i + whole + 1);
        result.words[i] = bits == 0 ? low : (low >> bits) | (high << (64 - bits));
      }
    }
  }
  *out = result;
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

#define SP_X(suffix, type, kind)                                                               \
  extern "C" type sp_shift_left_##suffix(ExecState& exec, type a, int64_t b) noexcept {        \
    return shift(exec, a, b, true);                                                            \
  }                                                                                            \
  extern "C" type sp_shift_right_##suffix(ExecState& exec, type a, int64_t b) noexcept {       \
    return shift(exec, a, b, false);                                                           \
  }                                                                                            \
  extern "C" type sp_rotate_left_##suffix(type a, int64_t b) noexcept { return rotate(a, b); } \
  extern "C" type sp_rotate_right_##suffix(type a, int64_t b) noexcept { return rotate(a, -b); }
SP_BY_INTEGER(SP_X)
#undef SP_X

#define SP_WIDE(suffix, count, is_signed)                                                    \
  extern "C" void sp_shift_left_##suffix(ExecState& exec, const Words<count>& a, int64_t b,  \
                                         Words<count>* out) noexcept {                       \
    shift(exec, a, b, true, is_signed, out);                                                 \
  }                                                                                          \
  extern "C" void sp_shift_right_##suffix(ExecState& exec, const Words<count>& a, int64_t b, \
                                          Words<count>* out) noexcept {                      \
    shift(exec, a, b, false, is_signed, out);                                                \
  }
SP_WIDE(u128, 2, false)
SP_WIDE(i128, 2, true)
SP_WIDE(u256, 4, false)
SP_WIDE(i256, 4, true)
#undef SP_WIDE

#define SP_X(suffix, type, kind)                                          \
  extern "C" uint8_t sp_bit_count_##suffix(type value) noexcept {         \
    using Bits = std::make_unsigned_t<type>;                              \
    return static_cast<uint8_t>(std::popcount(static_cast<Bits>(value))); \
  }
SP_BY_INTEGER(SP_X)
#undef SP_X
extern "C" uint8_t sp_bit_count_f32(float value) noexcept {
  return static_cast<uint8_t>(std::popcount(std::bit_cast<uint32_t>(value)));
}
extern "C" uint8_t sp_bit_count_f64(double value) noexcept {
  return static_cast<uint8_t>(std::popcount(std::bit_cast<uint64_t>(value)));
}
extern "C" uint8_t sp_bit_count_128(const Words<2>& value) noexcept {
  return static_cast<uint8_t>(std::popcount(value.words[0]) + std::popcount(value.words[1]));
}
extern "C" uint16_t sp_bit_count_256(const Words<4>& value) noexcept {
  int count = 0;
  for (const uint64_t word : value.words) count += std::popcount(word);
  return static_cast<uint16_t>(count);
}
extern "C" uint8_t sp_bit_hamming(uint64_t a, uint64_t b) noexcept {
  return static_cast<uint8_t>(std::popcount(a ^ b));
}
extern "C" uint8_t sp_bit_hamming_128(const Words<2>& a, const Words<2>& b) noexcept {
  return sp_bit_count_128({{a.words[0] ^ b.words[0], a.words[1] ^ b.words[1]}});
}
extern "C" uint16_t sp_bit_hamming_256(const Words<4>& a, const Words<4>& b) noexcept {
  int count = 0;
  for (int i = 0; i < 4; ++i) count += std::popcount(a.words[i] ^ b.words[i]);
  return static_cast<uint16_t>(count);
}
struct BitTestContext : FunctionContext {
  uint64_t bits = 64;      // of the value
  uint32_t positions = 1;  // how many are asked for: they follow the value in the row
};

extern "C" uint8_t sp_bit_test(ExecState& exec, const BitTestContext* context, uint64_t value,
                               uint64_t position) noexcept {
  if (position < context->bits) return ((value >> position) & 1) != 0;
  exec.fail(ErrorCode::kParameterOutOfBound, "The position of a bit is outside of the number");
  return 0;
}
static inline uint64_t asked_bits(ExecState& exec, const BitTestContext* context,
                                  const uint64_t* row) noexcept {
  uint64_t mask = 0;
  for (uint32_t i = 1; i <= context->positions; ++i) {
    if (row[i] < context->bits)
      mask |= uint64_t{1} << row[i];
    else
      exec.fail(ErrorCode::kParameterOutOfBound, "The position of a bit is outside of the number");
  }
  return mask;
}
extern "C" uint8_t sp_bit_test_any(ExecState& exec, const BitTestContext* context,
                                   const uint64_t* row) noexcept {
  return (row[0] & asked_bits(exec, context, row)) != 0;
}
extern "C" uint8_t sp_bit_test_all(ExecState& exec, const BitTestContext* context,
                                   const uint64_t* row) noexcept {
  const uint64_t mask = asked_bits(exec, context, row);
  return (row[0] & mask) == mask;
}

#ifndef SP_BITCODE
namespace {

bool is_integral(Type type) { return type.is_integer() || type.is(TypeKind::kBool); }
bool is_wide(Type type) { return type.is_integer() && number_width(type) > 8; }

Error not_for_wide(const char* what) {
  return fail(ErrorCode::kNotImplemented,
              std::string(what) + " is not implemented for big integers", std::nullopt,
              "cast them to UInt64 or Int64");
}

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
  return
      [=](std::span<const Argument> arguments, const ResolveOptions&) -> Result<ResolvedFunction> {
        SP_TRY(const Type result, widest(arguments));
        return inlined(result, intrinsic, repeated(result, arguments.size()));
      };
}

enum class Move { kShiftLeft, kShiftRight, kRotateLeft, kRotateRight };

Resolver moving(Move move) {
  return
      [=](std::span<const Argument> arguments, const ResolveOptions&) -> Result<ResolvedFunction> {
        SP_TRY(const Type result, widest(arguments));
        const bool rotates = move == Move::kRotateLeft || move == Move::kRotateRight;
        if (is_wide(result) && rotates) return not_for_wide("Bit rotate");
        if (is_wide(arguments[1].type)) return not_for_wide("A number of positions");
        const bool left = move == Move::kShiftLeft;
        Symbol symbol;
        switch (result.kind()) {
#define SP_X(suffix, type, kind)                                                \
  case TypeKind::kind:                                                          \
    symbol = move == Move::kShiftLeft    ? SP_SYMBOL(sp_shift_left_##suffix)    \
             : move == Move::kShiftRight ? SP_SYMBOL(sp_shift_right_##suffix)   \
             : move == Move::kRotateLeft ? SP_SYMBOL(sp_rotate_left_##suffix)   \
                                         : SP_SYMBOL(sp_rotate_right_##suffix); \
    break;
          SP_BY_INTEGER(SP_X)
#undef SP_X
          case TypeKind::kUInt128:
            symbol = left ? SP_SYMBOL(sp_shift_left_u128) : SP_SYMBOL(sp_shift_right_u128);
            break;
          case TypeKind::kInt128:
            symbol = left ? SP_SYMBOL(sp_shift_left_i128) : SP_SYMBOL(sp_shift_right_i128);
            break;
          case TypeKind::kUInt256:
            symbol = left ? SP_SYMBOL(sp_shift_left_u256) : SP_SYMBOL(sp_shift_right_u256);
            break;
          case TypeKind::kInt256:
            symbol = left ? SP_SYMBOL(sp_shift_left_i256) : SP_SYMBOL(sp_shift_right_i256);
            break;
          default: return illegal_argument(arguments, 0, "an integer");
        }
        ResolvedFunction resolved = call(result, symbol, {result, int64_type()});
        resolved.total = rotates;
        return resolved;
      };
}

Result<ResolvedFunction> resolve_bit_count(std::span<const Argument> arguments,
                                           const ResolveOptions&) {
  const Type type = arguments[0].type;
  switch (type.kind()) {
#define SP_X(suffix, c_type, type_kind) \
  case TypeKind::type_kind: return call(uint8_type(), SP_SYMBOL(sp_bit_count_##suffix), {type});
    SP_BY_INTEGER(SP_X)
    SP_BY_FLOAT(SP_X)
#undef SP_X
    case TypeKind::kBool: return call(uint8_type(), SP_SYMBOL(sp_bit_count_u8), {uint8_type()});
    case TypeKind::kUInt128:
    case TypeKind::kInt128: return call(uint8_type(), SP_SYMBOL(sp_bit_count_128), {type});
    case TypeKind::kUInt256:
    case TypeKind::kInt256:
      return call(Type::of(TypeKind::kUInt16), SP_SYMBOL(sp_bit_count_256), {type});
    default: return illegal_argument(arguments, 0, "a number");
  }
}

Result<ResolvedFunction> resolve_bit_hamming(std::span<const Argument> arguments,
                                             const ResolveOptions& options) {
  const Type a = arguments[0].type, b = arguments[1].type;
  if (is_wide(a) || is_wide(b)) {
    if (!is_wide(a) || !is_wide(b) || number_width(a) != number_width(b)) {
      return fail(ErrorCode::kIllegalColumn,
                  "Unsupported data type combination in function 'bitHammingDistance': " +
                      type_names(arguments),
                  std::nullopt, "cast both to one type");
    }
    if (number_width(a) == 16) return call(uint8_type(), SP_SYMBOL(sp_bit_hamming_128), {a, b});
    return call(Type::of(TypeKind::kUInt16), SP_SYMBOL(sp_bit_hamming_256), {a, b});
  }
  static const Resolver narrow = signature("uu", uint8_type(), SP_SYMBOL(sp_bit_hamming));
  return narrow(arguments, options);
}

Result<ResolvedFunction> resolve_bit_test(std::span<const Argument> arguments,
                                          const ResolveOptions&) {
  for (const Argument& argument : arguments) {
    if (is_wide(argument.type)) return not_for_wide("bitTest");
  }
  for (size_t i = 0; i < 2; ++i) {
    if (!is_integral(arguments[i].type)) return illegal_argument(arguments, i, "an integer");
  }
  auto context = std::make_shared<BitTestContext>();
  context->bits = number_width(arguments[0].type) * 8;
  const Type u64 = uint64_type();
  ResolvedFunction resolved = call(uint8_type(), SP_SYMBOL(sp_bit_test), {u64, u64}, context);
  resolved.total = false;
  return resolved;
}

Resolver bits_tested(bool any) {
  return
      [=](std::span<const Argument> arguments, const ResolveOptions&) -> Result<ResolvedFunction> {
        for (size_t i = 0; i < arguments.size(); ++i) {
          const Type type = arguments[i].type;
          if (!is_integral(type) || (i > 0 && type.is_signed_integer()))
            return illegal_argument(arguments, i, i == 0 ? "an integer" : "an unsigned integer");
          if (is_wide(type)) {
            return fail(ErrorCode::kIllegalColumn, "Bits of " + type.name() + " are not tested",
                        std::nullopt, "cast it to UInt64 or Int64");
          }
        }
        auto context = std::make_shared<BitTestContext>();
        context->bits = number_width(arguments[0].type) * 8;
        context->positions = static_cast<uint32_t>(arguments.size() - 1);
        ResolvedFunction resolved =
            packed_call(uint8_type(), any ? SP_SYMBOL(sp_bit_test_any) : SP_SYMBOL(sp_bit_test_all),
                        repeated(uint64_type(), arguments.size()), context);
        resolved.total = false;
        return resolved;
      };
}

}  // namespace

SP_FUNCTIONS(bit_operations) {
  const RowAdder add(rows);
  add("bitAnd", 2, bitwise(Intrinsic::kBitAnd), "Returns the bits set in both `a` and `b`.",
      "SELECT bitAnd(6, 3)", "2");
  add("bitOr", 2, bitwise(Intrinsic::kBitOr), "Returns the bits set in `a` or `b`.",
      "SELECT bitOr(6, 3)", "7");
  add("bitXor", 2, bitwise(Intrinsic::kBitXor), "Returns the bits set in one of `a` and `b`.",
      "SELECT bitXor(6, 3)", "5");
  add("bitNot", 1, bitwise(Intrinsic::kBitNot), "Flips all bits of `x`.",
      "SELECT bitNot(toUInt8(1))", "254");
  add("bitShiftLeft", 2, moving(Move::kShiftLeft), "Shifts the bits of `a` left by `b`.",
      "SELECT bitShiftLeft(1, 3)", "8");
  add("bitShiftRight", 2, moving(Move::kShiftRight), "Shifts the bits of `a` right by `b`.",
      "SELECT bitShiftRight(16, 2)", "4");
  add("bitRotateLeft", 2, moving(Move::kRotateLeft), "Rotates the bits of `a` left by `b`.",
      "SELECT bitRotateLeft(toUInt8(129), 1)", "3");
  add("bitRotateRight", 2, moving(Move::kRotateRight), "Rotates the bits of `a` right by `b`.",
      "SELECT bitRotateRight(toUInt8(3), 1)", "129");
  add("bitTest", 2, resolve_bit_test, "Returns bit `position` of `x`.", "SELECT bitTest(5, 2)",
      "1");
  for (const bool any : {true, false}) {
    rows.push_back({.name = any ? "bitTestAny" : "bitTestAll",
                    .min_arguments = 2,
                    .resolve = bits_tested(any),
                    .doc = any ? "Returns 1 if one of the bits of `x` at the positions is set."
                               : "Returns 1 if all bits of `x` at the positions are set.",
                    .example = any ? "SELECT bitTestAny(5, 1, 2)" : "SELECT bitTestAll(5, 0, 2)",
                    .example_result = "1"});
  }
  add("bitHammingDistance", 2, resolve_bit_hamming, "Counts the bits in which two integers differ.",
      "SELECT bitHammingDistance(111, 121)", "3");
  add("bitCount", 1, resolve_bit_count, "Counts the set bits of `x`.", "SELECT bitCount(255)", "8");
}
#endif

}  // namespace sp
