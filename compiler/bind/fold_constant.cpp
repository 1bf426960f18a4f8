// Evaluates constant expressions: those of numbers in fold_numbers.h, functions by their
// native bodies (native_call.h), other intrinsics here.

#include "compiler/bind/fold_constant.h"

#include <chrono>
#include <cstring>

#include "compiler/bind/fold_numbers.h"
#include "compiler/bind/native_call.h"
#include "runtime/core/slot.h"
#include "runtime/core/unaligned.h"

namespace sp::binding {

namespace {

bool is_null(Type type, const void* slot) {
  if (!type.can_be_null()) return false;
  return static_cast<const uint8_t*>(slot)[slot_layout(type.base()).size] != 0;
}

bool truth(Type type, const void* slot) {
  if (is_null(type, slot)) return false;
  if (type.base().is(TypeKind::kFloat64)) return load<double>(slot) != 0;
  if (type.base().is(TypeKind::kFloat32)) return load<float>(slot) != 0;
  const auto* bytes = static_cast<const uint8_t*>(slot);
  for (uint32_t i = 0; i < slot_layout(type.base()).size; ++i) {
    if (bytes[i] != 0) return true;
  }
  return false;
}

Error not_constant(const plan::Expression& expression) {
  return fail(ErrorCode::kIllegalColumn, "A constant expression is expected here", expression.span);
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
    default: {
      std::vector<NumberSlot> numbers;
      for (size_t i = 0; i < args.size(); ++i) numbers.push_back({arg_type(i), args[i]});
      if (!fold_numbers(function.intrinsic, numbers, result, out)) return not_constant(expression);
      return static_cast<const void*>(out);
    }
  }
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
  const bool called = call_native(function.symbol, state_, function.context.get(), passed, out,
                                  slot_layout(expression.type).size);
  if (!called) return not_constant(expression);
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
