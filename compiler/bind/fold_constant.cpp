// Evaluates constant expressions by calling the functions' native bodies. On the System V AMD64 ABI
// whole numbers and pointers travel in one row of registers and floats in another, each then on the
// stack in order; so one call through a pointer with six integers, eight doubles and some stack
// words fits every body, whatever the order of its parameters ("System V Application Binary
// Interface, AMD64", 3.2.3).

#include "compiler/bind/fold_constant.h"

#include <bit>
#include <chrono>
#include <cstring>

#include "runtime/core/slot.h"
#include "runtime/core/unaligned.h"

namespace sp::binding {

namespace {

constexpr size_t kRegisters = 6, kFloatRegisters = 8, kStack = 10;

// Words on their way to a body.
struct Words {
  uint64_t integers[kRegisters + kStack] = {};
  double floats[kFloatRegisters] = {};
  size_t integer_count = 0, float_count = 0;
  bool fits = true;

  void add(uint64_t word) {
    if (integer_count == kRegisters + kStack)
      fits = false;
    else
      integers[integer_count++] = word;
  }
  void add_float(double value) {
    if (float_count == kFloatRegisters)
      fits = false;
    else
      floats[float_count++] = value;
  }
};

template <class R>
R trampoline(void* address, const Words& w) {
  using Body = R (*)(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, double, double,
                     double, double, double, double, double, double, uint64_t, uint64_t, uint64_t,
                     uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t);
  const auto* i = w.integers;
  const auto* f = w.floats;
  return reinterpret_cast<Body>(address)(i[0], i[1], i[2], i[3], i[4], i[5], f[0], f[1], f[2], f[3],
                                         f[4], f[5], f[6], f[7], i[6], i[7], i[8], i[9], i[10],
                                         i[11], i[12], i[13], i[14], i[15]);
}

// Reads one argument as the body's parameter wants it.
void push(Words& words, AbiType abi, const void* slot) {
  switch (abi) {
    case AbiType::kI8:
      words.add(static_cast<uint64_t>(static_cast<int64_t>(load<int8_t>(slot))));
      break;
    case AbiType::kU8: words.add(load<uint8_t>(slot)); break;
    case AbiType::kI16:
      words.add(static_cast<uint64_t>(static_cast<int64_t>(load<int16_t>(slot))));
      break;
    case AbiType::kU16: words.add(load<uint16_t>(slot)); break;
    case AbiType::kI32:
      words.add(static_cast<uint64_t>(static_cast<int64_t>(load<int32_t>(slot))));
      break;
    case AbiType::kU32: words.add(load<uint32_t>(slot)); break;
    case AbiType::kI64:
    case AbiType::kU64: words.add(load<uint64_t>(slot)); break;
    case AbiType::kF32:
      words.add_float(std::bit_cast<double>(static_cast<uint64_t>(load<uint32_t>(slot))));
      break;
    case AbiType::kF64: words.add_float(load<double>(slot)); break;
    case AbiType::kPointer: words.add(reinterpret_cast<uint64_t>(slot)); break;
    case AbiType::kVoid: break;
  }
}

size_t width(AbiType abi) {
  switch (abi) {
    case AbiType::kI8:
    case AbiType::kU8: return 1;
    case AbiType::kI16:
    case AbiType::kU16: return 2;
    case AbiType::kI32:
    case AbiType::kU32:
    case AbiType::kF32: return 4;
    default: return 8;
  }
}

bool is_null(Type type, const void* slot) {
  if (!type.can_be_null()) return false;
  return static_cast<const uint8_t*>(slot)[slot_layout(type.base()).size] != 0;
}

bool truth(Type type, const void* slot) {
  if (is_null(type, slot)) return false;
  const auto* bytes = static_cast<const uint8_t*>(slot);
  for (uint32_t i = 0; i < slot_layout(type.base()).size; ++i) {
    if (bytes[i] != 0) return true;
  }
  return false;
}

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

int compare_numbers(const Number& a, const Number& b) {
  if (a.kind == Number::Kind::kFloat || b.kind == Number::Kind::kFloat) {
    return a.as_double() < b.as_double() ? -1 : a.as_double() > b.as_double() ? 1 : 0;
  }
  if (a.kind == Number::Kind::kSigned) return a.s < b.s ? -1 : a.s > b.s ? 1 : 0;
  return a.u < b.u ? -1 : a.u > b.u ? 1 : 0;
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

bool holds(Intrinsic intrinsic, int order) {
  switch (intrinsic) {
    case Intrinsic::kEquals: return order == 0;
    case Intrinsic::kNotEquals: return order != 0;
    case Intrinsic::kLess: return order < 0;
    case Intrinsic::kLessOrEquals: return order <= 0;
    case Intrinsic::kGreater: return order > 0;
    default: return order >= 0;
  }
}

Error not_constant(const plan::Expression& expression) {
  return fail(ErrorCode::kIllegalColumn,
              "A constant expression is expected here: " + plan::print(expression),
              expression.span);
}

}  // namespace

ConstantFolder::ConstantFolder(ParameterValue parameter)
    : parameter_(std::move(parameter)),
      state_(query_) {
  state_.now_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(
                      std::chrono::system_clock::now().time_since_epoch())
                      .count();
}

void* ConstantFolder::allocate(Type type) {
  const SlotLayout layout = slot_layout(type);
  void* slot = state_.persistent.allocate(layout.size, layout.align);
  std::memset(slot, 0, layout.size);
  return slot;
}

const void* ConstantFolder::null_of(Type type) {
  auto* slot = static_cast<uint8_t*>(allocate(type));
  slot[slot_layout(type.base()).size] = 1;
  return slot;
}

Result<const void*> ConstantFolder::evaluate(const plan::Expression& expression) {
  switch (expression.kind) {
    case plan::Expression::Kind::kParameter: return parameter_(expression);
    case plan::Expression::Kind::kCall: return call(expression);
    default: return not_constant(expression);
  }
}

Result<const void*> ConstantFolder::call(const plan::Expression& expression) {
  const ResolvedFunction& function = expression.function;
  // The lazy ones first: only the branch taken is evaluated.
  if (function.intrinsic == Intrinsic::kIf || function.intrinsic == Intrinsic::kMultiIf) {
    size_t i = 0;
    for (; i + 1 < expression.args.size(); i += 2) {
      SP_TRY(const void* condition, evaluate(*expression.args[i]));
      if (truth(expression.args[i]->type, condition)) return evaluate(*expression.args[i + 1]);
    }
    return evaluate(*expression.args[i]);
  }
  std::vector<const void*> args;
  for (const plan::ExpressionPtr& arg : expression.args) {
    SP_TRY(const void* slot, evaluate(*arg));
    args.push_back(slot);
  }
  const Intrinsic intrinsic = function.intrinsic;
  if (intrinsic == Intrinsic::kCoalesce) {
    for (size_t i = 0; i + 1 < args.size(); ++i) {
      if (!is_null(expression.args[i]->type, args[i])) return args[i];
    }
    return args.back();
  }
  if (intrinsic == Intrinsic::kIsNull || intrinsic == Intrinsic::kIsNotNull) {
    auto* out = static_cast<uint8_t*>(allocate(expression.type));
    *out = is_null(expression.args[0]->type, args[0]) == (intrinsic == Intrinsic::kIsNull);
    return static_cast<const void*>(out);
  }
  if (intrinsic == Intrinsic::kTuple) {
    const RowLayout layout = row_layout(expression.type.inner());
    auto* out = static_cast<uint8_t*>(allocate(expression.type));
    for (size_t i = 0; i < args.size(); ++i) {
      std::memcpy(out + layout.offsets[i], args[i], slot_layout(expression.args[i]->type).size);
    }
    return static_cast<const void*>(out);
  }
  if (intrinsic == Intrinsic::kArray) {
    const SlotLayout element = slot_layout(expression.type.base().element());
    auto* data = static_cast<uint8_t*>(
        state_.persistent.allocate(element.size * args.size() + 1, element.align));
    for (size_t i = 0; i < args.size(); ++i)
      std::memcpy(data + i * element.size, args[i], element.size);
    auto* out = static_cast<ArrayRef*>(allocate(expression.type));
    *out = {data, args.size()};
    return static_cast<const void*>(out);
  }
  const bool propagates = function.nulls == NullPolicy::kPropagate;
  if (propagates) {
    for (size_t i = 0; i < args.size(); ++i) {
      if (is_null(expression.args[i]->type, args[i])) {
        return expression.type.can_be_null() ? Result<const void*>(null_of(expression.type))
                                             : Result<const void*>(not_constant(expression));
      }
    }
  }
  return body(expression, args);
}

// All arguments are not NULL (or the body sees NULLs itself). A Nullable result slot begins with
// its value and the flag stays zero, so a plain result can be written into it.
Result<const void*> ConstantFolder::body(const plan::Expression& expression,
                                         const std::vector<const void*>& args) {
  const ResolvedFunction& function = expression.function;
  void* out = allocate(expression.type);
  const Type result = expression.type.base();
  const auto arg_type = [&](size_t i) { return expression.args[i]->type.base(); };
  switch (function.intrinsic) {
    case Intrinsic::kNone: break;
    case Intrinsic::kIdentity:
    case Intrinsic::kAssumeNotNull:
    case Intrinsic::kToNullable:
      std::memcpy(
          out, args[0],
          std::min(slot_layout(expression.type).size, slot_layout(expression.args[0]->type).size));
      return static_cast<const void*>(out);
    case Intrinsic::kTupleElement: {
      const RowLayout layout = row_layout(arg_type(0).inner());
      const auto index = static_cast<size_t>(function.immediate);
      std::memcpy(out, static_cast<const uint8_t*>(args[0]) + layout.offsets[index],
                  slot_layout(expression.type).size);
      return static_cast<const void*>(out);
    }
    case Intrinsic::kNot:
      *static_cast<uint8_t*>(out) = !truth(arg_type(0), args[0]);
      return static_cast<const void*>(out);
    case Intrinsic::kAnd:
    case Intrinsic::kOr:
    case Intrinsic::kXor: {
      bool value = truth(arg_type(0), args[0]);
      for (size_t i = 1; i < args.size(); ++i) {
        const bool next = truth(arg_type(i), args[i]);
        value = function.intrinsic == Intrinsic::kAnd  ? value && next
                : function.intrinsic == Intrinsic::kOr ? value || next
                                                       : value != next;
      }
      *static_cast<uint8_t*>(out) = value;
      return static_cast<const void*>(out);
    }
    case Intrinsic::kStringEquals:
    case Intrinsic::kStringNotEquals: {
      const bool same =
          *static_cast<const StringRef*>(args[0]) == *static_cast<const StringRef*>(args[1]);
      *static_cast<uint8_t*>(out) = same == (function.intrinsic == Intrinsic::kStringEquals);
      return static_cast<const void*>(out);
    }
    case Intrinsic::kEquals:
    case Intrinsic::kNotEquals:
    case Intrinsic::kLess:
    case Intrinsic::kLessOrEquals:
    case Intrinsic::kGreater:
    case Intrinsic::kGreaterOrEquals:
      if (!readable(arg_type(0)) || !readable(arg_type(1))) return not_constant(expression);
      *static_cast<uint8_t*>(out) = holds(
          function.intrinsic,
          compare_numbers(read_number(arg_type(0), args[0]), read_number(arg_type(1), args[1])));
      return static_cast<const void*>(out);
    case Intrinsic::kNumericCast:
      if (!readable(arg_type(0)) || !readable(result)) return not_constant(expression);
      write_number(result, out, read_number(arg_type(0), args[0]));
      return static_cast<const void*>(out);
    case Intrinsic::kNegate:
    case Intrinsic::kBitNot: {
      if (!readable(arg_type(0)) || !readable(result)) return not_constant(expression);
      Number number = read_number(arg_type(0), args[0]);
      const bool negate = function.intrinsic == Intrinsic::kNegate;
      number.f = -number.f;
      const uint64_t bits = number.kind == Number::Kind::kFloat ? 0 : number.bits();
      number.u = negate ? 0 - bits : ~bits;
      number.s = static_cast<int64_t>(number.u);
      write_number(result, out, number);
      return static_cast<const void*>(out);
    }
    case Intrinsic::kAdd:
    case Intrinsic::kSubtract:
    case Intrinsic::kMultiply:
    case Intrinsic::kDivideFloat:
    case Intrinsic::kBitAnd:
    case Intrinsic::kBitOr:
    case Intrinsic::kBitXor:
    case Intrinsic::kShiftLeft:
    case Intrinsic::kShiftRight:
      if (!readable(arg_type(0)) || !readable(arg_type(1)) || !readable(result))
        return not_constant(expression);
      write_number(result, out,
                   arithmetic(function.intrinsic, read_number(arg_type(0), args[0]),
                              read_number(arg_type(1), args[1])));
      return static_cast<const void*>(out);
    default: return not_constant(expression);
  }
  const Symbol& symbol = function.symbol;
  std::vector<const void*> passed = args;
  if (function.packed) {
    std::vector<Type> types;
    for (const plan::ExpressionPtr& arg : expression.args) types.push_back(arg->type);
    const RowLayout layout = row_layout(types);
    auto* tuple = static_cast<uint8_t*>(state_.persistent.allocate(layout.size, layout.align));
    for (size_t i = 0; i < args.size(); ++i) {
      std::memcpy(tuple + layout.offsets[i], args[i], slot_layout(types[i]).size);
    }
    passed = {tuple};
  }
  if (!symbol || symbol.arguments.size() != passed.size()) return not_constant(expression);
  Words words;
  if (symbol.takes_state) words.add(reinterpret_cast<uint64_t>(&state_));
  if (symbol.takes_context) words.add(reinterpret_cast<uint64_t>(function.context.get()));
  for (size_t i = 0; i < passed.size(); ++i) push(words, symbol.arguments[i], passed[i]);
  if (symbol.has_out) words.add(reinterpret_cast<uint64_t>(out));
  if (!words.fits) return not_constant(expression);
  if (symbol.result == AbiType::kF64) {
    const double value = trampoline<double>(symbol.address, words);
    std::memcpy(out, &value, sizeof value);
  } else if (symbol.result == AbiType::kF32) {
    const float value = trampoline<float>(symbol.address, words);
    std::memcpy(out, &value, sizeof value);
  } else {
    const uint64_t value = trampoline<uint64_t>(symbol.address, words);
    if (symbol.result != AbiType::kVoid) {
      std::memcpy(out, &value,
                  std::min<size_t>(width(symbol.result), slot_layout(expression.type).size));
    }
  }
  if (query_.failed.load()) {
    Error error = query_.error;
    query_.failed.store(false);
    query_.stop.store(0);
    if (!error.span) error.span = expression.span;
    return error;
  }
  return static_cast<const void*>(out);
}

}  // namespace sp::binding
