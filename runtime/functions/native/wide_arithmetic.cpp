// Wide division: both numbers become 256 bits with a sign, magnitudes are divided (by the
// compiler's 128-bit division where they fit, else bit by bit), and the low bytes of the answer are
// the result.

#include "runtime/functions/wide_arithmetic.h"

#include <algorithm>
#include <cstring>
#include <memory>

#include "runtime/core/unaligned.h"
#include "runtime/exec/exec_state.h"
#include "runtime/functions/signature.h"
#include "runtime/text/wide_integer.h"

namespace sp {

namespace {

struct WideDivisionContext : FunctionContext {
  WideDivision operation = WideDivision::kQuotient;
  bool or_zero = false;
  bool is_signed = false;  // how the arguments are read
  uint32_t second = 0;     // offset of the second argument
  uint32_t width = 0;      // bytes of the result
};

bool is_below(const Wide256& a, const Wide256& b) noexcept {
  for (int i = 3; i >= 0; --i) {
    if (a.words[i] != b.words[i]) return a.words[i] < b.words[i];
  }
  return false;
}

void subtract(Wide256& a, const Wide256& b) noexcept {
  uint64_t borrow = 0;
  for (int i = 0; i < 4; ++i) {
    const UInt128 taken = static_cast<UInt128>(b.words[i]) + borrow;
    borrow = a.words[i] < taken ? 1 : 0;
    a.words[i] -= static_cast<uint64_t>(taken);
  }
}

bool is_short(const Wide256& value) noexcept { return (value.words[2] | value.words[3]) == 0; }

// Quotient and remainder of magnitudes; `b` is not zero.
Wide256 divide(const Wide256& a, const Wide256& b, Wide256& rest) noexcept {
  if (is_short(a) && is_short(b)) {
    rest = Wide256::from_unsigned(a.low() % b.low());
    return Wide256::from_unsigned(a.low() / b.low());
  }
  Wide256 quotient;
  rest = {};
  for (int bit = 255; bit >= 0; --bit) {
    const uint64_t next = a.words[bit / 64] >> (bit % 64) & 1;
    const bool carry = rest.multiply_add(2, next) != 0;
    if (!carry && is_below(rest, b)) continue;
    subtract(rest, b);
    quotient.words[bit / 64] |= uint64_t{1} << (bit % 64);
  }
  return quotient;
}

Wide256 greatest_divisor(Wide256 a, Wide256 b) noexcept {
  while (!b.is_zero()) {
    Wide256 rest;
    divide(a, b, rest);
    a = b;
    b = rest;
  }
  return a;
}

Wide256 product(const Wide256& a, const Wide256& b) noexcept {
  Wide256 out;
  for (int i = 3; i >= 0; --i) {
    for (int bit = 63; bit >= 0; --bit) {
      out.multiply_add(2, 0);
      if ((a.words[i] >> bit & 1) == 0) continue;
      UInt128 carry = 0;
      for (int j = 0; j < 4; ++j) {
        carry += static_cast<UInt128>(out.words[j]) + b.words[j];
        out.words[j] = static_cast<uint64_t>(carry);
        carry >>= 64U;
      }
    }
  }
  return out;
}

}  // namespace

extern "C" void sp_wide_division(ExecState& exec, const WideDivisionContext* context,
                                 const void* tuple, void* out) noexcept {
  Wide256 a, b;
  std::memcpy(&a, tuple, sizeof(a));
  std::memcpy(&b, static_cast<const char*>(tuple) + context->second, sizeof(b));
  const bool a_negative = context->is_signed && a.is_negative();
  const bool b_negative = context->is_signed && b.is_negative();
  if (a_negative) a = a.negated();
  if (b_negative) b = b.negated();
  const WideDivision operation = context->operation;
  Wide256 result, rest;
  const bool either_zero =
      b.is_zero() ||
      (a.is_zero() && (operation == WideDivision::kGcd || operation == WideDivision::kLcm));
  if (either_zero) {
    if (!context->or_zero) exec.fail(ErrorCode::kIllegalDivision, "Division by zero");
  } else if (operation == WideDivision::kGcd) {
    result = greatest_divisor(a, b);
  } else if (operation == WideDivision::kLcm) {
    result = product(divide(a, greatest_divisor(a, b), rest), b);
  } else {
    const Wide256 quotient = divide(a, b, rest);
    if (operation == WideDivision::kQuotient) {
      result = a_negative != b_negative ? quotient.negated() : quotient;
    } else if (operation == WideDivision::kPositiveRemainder && a_negative && !rest.is_zero()) {
      result = b;
      subtract(result, rest);
    } else {
      result = a_negative ? rest.negated() : rest;
    }
  }
  std::memcpy(out, &result, context->width);
}

extern "C" void sp_wide_abs(const void* tuple, Wide256* out) noexcept {
  std::memcpy(out, tuple, sizeof(*out));
  if (out->is_negative()) *out = out->negated();
}
extern "C" void sp_wide_abs_128(const void* tuple, SlotUInt128* out) noexcept {
  Int128 value;
  std::memcpy(&value, tuple, sizeof(value));
  const auto bits = static_cast<UInt128>(value);
  *out = value < 0 ? UInt128{0} - bits : bits;
}

ResolvedFunction resolve_wide_abs(Type type) {
  const bool is_long = number_width(type) == 32;
  return packed_call(integer_type(false, number_width(type)),
                     is_long ? SP_SYMBOL(sp_wide_abs) : SP_SYMBOL(sp_wide_abs_128), {type},
                     nullptr);
}

ResolvedFunction resolve_wide_division(WideDivision operation, bool or_zero,
                                       std::span<const Argument> arguments) {
  const Type a = arguments[0].type, b = arguments[1].type;
  const bool any_signed = a.is_signed_integer() || b.is_signed_integer();
  const uint32_t a_width = number_width(a), b_width = number_width(b);
  Type result;
  switch (operation) {
    case WideDivision::kQuotient: result = integer_type(any_signed, a_width); break;
    case WideDivision::kRemainder:
      result = integer_type(a.is_signed_integer(),
                            a.is_signed_integer() && b_width < 8 ? b_width * 2 : b_width);
      break;
    case WideDivision::kPositiveRemainder: result = integer_type(false, b_width); break;
    default: result = integer_type(any_signed, std::max(a_width, b_width)); break;
  }
  const Type common = Type::of(any_signed ? TypeKind::kInt256 : TypeKind::kUInt256);
  auto context = std::make_shared<WideDivisionContext>();
  context->operation = operation;
  context->or_zero = or_zero;
  context->is_signed = any_signed;
  context->second = row_layout({common, common}).offsets[1];
  context->width = number_width(result);
  ResolvedFunction resolved =
      packed_call(result, SP_SYMBOL(sp_wide_division), {common, common}, std::move(context));
  resolved.total = or_zero;
  return resolved;
}

}  // namespace sp
