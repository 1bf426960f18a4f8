// Numbers of three kinds, and what intrinsics make of them.

#include "compiler/bind/fold_numbers.h"

#include <algorithm>
#include <compare>
#include <cstring>

#include "runtime/core/slot.h"
#include "runtime/core/unaligned.h"

namespace sp::binding {

namespace {

// Numbers widened for arithmetic: one of three kinds.
struct Number {
  enum class Kind { kUnsigned, kSigned, kFloat } kind;
  uint64_t u = 0;
  int64_t s = 0;
  double f = 0;
  double as_double() const {
    return kind == Kind::kFloat    ? f
           : kind == Kind::kSigned ? static_cast<double>(s)
                                   : static_cast<double>(u);
  }
  uint64_t bits() const {
    return kind == Kind::kFloat    ? static_cast<uint64_t>(static_cast<int64_t>(f))
           : kind == Kind::kSigned ? static_cast<uint64_t>(s)
                                   : u;
  }
};

bool readable(Type type) {
  return slot_layout(type).size <= 8 && !type.is_string_like() && !type.is(TypeKind::kTuple);
}

bool is_signed(Type type) {
  return type.is_signed_integer() || type.is(TypeKind::kDate32) || type.is(TypeKind::kDateTime64) ||
         type.is_enum() || type.is(TypeKind::kInterval) || type.is(TypeKind::kDecimal);
}

Number read_number(Type type, const void* slot) {
  const uint32_t size = slot_layout(type).size;
  if (type.is(TypeKind::kFloat64)) return {.kind = Number::Kind::kFloat, .f = load<double>(slot)};
  if (type.is(TypeKind::kFloat32))
    return {.kind = Number::Kind::kFloat, .f = static_cast<double>(load<float>(slot))};
  if (is_signed(type)) {
    const int64_t value = size == 1   ? load<int8_t>(slot)
                          : size == 2 ? load<int16_t>(slot)
                          : size == 4 ? load<int32_t>(slot)
                                      : load<int64_t>(slot);
    return {.kind = Number::Kind::kSigned, .s = value};
  }
  uint64_t value = 0;
  std::memcpy(&value, slot, size);
  return {.kind = Number::Kind::kUnsigned, .u = value};
}

void write_number(Type type, void* slot, const Number& number) {
  if (type.is(TypeKind::kFloat64)) {
    const double value = number.as_double();
    std::memcpy(slot, &value, 8);
  } else if (type.is(TypeKind::kFloat32)) {
    const float value = static_cast<float>(number.as_double());
    std::memcpy(slot, &value, 4);
  } else {
    const uint64_t value = number.bits();
    std::memcpy(slot, &value, slot_layout(type).size);
  }
}

std::partial_ordering compare_numbers(const Number& a, const Number& b) {
  if (a.kind == Number::Kind::kFloat || b.kind == Number::Kind::kFloat)
    return a.as_double() <=> b.as_double();
  if (a.kind == Number::Kind::kSigned) return a.s <=> b.s;
  return a.u <=> b.u;
}

Number arithmetic(Intrinsic intrinsic, const Number& a, const Number& b) {
  Number out{.kind = a.kind};
  const auto apply = [&](auto x, auto y) {
    switch (intrinsic) {
      case Intrinsic::kAdd: return static_cast<decltype(x)>(x + y);
      case Intrinsic::kSubtract: return static_cast<decltype(x)>(x - y);
      default: return static_cast<decltype(x)>(x * y);
    }
  };
  if (a.kind == Number::Kind::kFloat) {
    out.f = intrinsic == Intrinsic::kDivideFloat ? a.f / b.f : apply(a.f, b.f);
  } else {
    const uint64_t x = a.bits(), y = b.bits();
    uint64_t bits = 0;
    switch (intrinsic) {
      case Intrinsic::kBitAnd: bits = x & y; break;
      case Intrinsic::kBitOr: bits = x | y; break;
      case Intrinsic::kBitXor: bits = x ^ y; break;
      case Intrinsic::kShiftLeft: bits = y < 64 ? x << y : 0; break;
      case Intrinsic::kShiftRight: bits = y < 64 ? x >> y : 0; break;
      default: bits = apply(x, y); break;
    }
    out.u = bits;
    out.s = static_cast<int64_t>(bits);
  }
  return out;
}

bool holds(Intrinsic intrinsic, std::partial_ordering order) {
  switch (intrinsic) {
    case Intrinsic::kEquals: return order == 0;
    case Intrinsic::kNotEquals: return order != 0;
    case Intrinsic::kLess: return order < 0;
    case Intrinsic::kLessOrEquals: return order <= 0;
    case Intrinsic::kGreater: return order > 0;
    default: return order >= 0;
  }
}

Number negated(Number number, bool bitwise) {
  number.f = -number.f;
  const uint64_t bits = number.kind == Number::Kind::kFloat ? 0 : number.bits();
  number.u = bitwise ? ~bits : 0 - bits;
  number.s = static_cast<int64_t>(number.u);
  return number;
}

}  // namespace

bool fold_numbers(Intrinsic intrinsic, std::span<const NumberSlot> args, Type result, void* out) {
  const auto numbers = [&](size_t count) {
    return args.size() >= count && readable(result) &&
           std::all_of(args.begin(), args.begin() + static_cast<ptrdiff_t>(count),
                       [](const NumberSlot& arg) { return readable(arg.type); });
  };
  const auto number = [&](size_t i) { return read_number(args[i].type, args[i].slot); };
  switch (intrinsic) {
    case Intrinsic::kEquals:
    case Intrinsic::kNotEquals:
    case Intrinsic::kLess:
    case Intrinsic::kLessOrEquals:
    case Intrinsic::kGreater:
    case Intrinsic::kGreaterOrEquals:
      if (!numbers(2)) return false;
      *static_cast<uint8_t*>(out) = holds(intrinsic, compare_numbers(number(0), number(1)));
      return true;
    case Intrinsic::kNumericCast:
      if (!numbers(1)) return false;
      write_number(result, out, number(0));
      return true;
    case Intrinsic::kNegate:
    case Intrinsic::kBitNot:
      if (!numbers(1)) return false;
      write_number(result, out, negated(number(0), intrinsic == Intrinsic::kBitNot));
      return true;
    case Intrinsic::kAdd:
    case Intrinsic::kSubtract:
    case Intrinsic::kMultiply:
    case Intrinsic::kDivideFloat:
    case Intrinsic::kBitAnd:
    case Intrinsic::kBitOr:
    case Intrinsic::kBitXor:
    case Intrinsic::kShiftLeft:
    case Intrinsic::kShiftRight:
      if (!numbers(2)) return false;
      write_number(result, out, arithmetic(intrinsic, number(0), number(1)));
      return true;
    default: return false;
  }
}

}  // namespace sp::binding
