// Arithmetic on arrays of numbers, element by element; a scalar may stand on the right. Both sides
// are cast to the element type of the result first, so that one loop per element type is enough.

#include "runtime/functions/elementwise.h"

#include "runtime/exec/exec_state.h"
#include "runtime/functions/signature.h"

namespace sp {
namespace {

enum class Operation { kPlus, kMinus, kMultiply, kDivide };

struct ElementwiseContext : FunctionContext {
  // Computes out[i] = a[i] op b[i * step].
  void (*loop)(const void* a, const void* b, size_t step, void* out,
               size_t size) noexcept = nullptr;
  uint32_t element_size = 8;
};

template <class T, Operation operation>
void loop_over(const void* a, const void* b, size_t step, void* out, size_t size) noexcept {
  using Wrapping = std::conditional_t<std::is_integral_v<T>, uint64_t, T>;
  for (size_t i = 0; i < size; ++i) {
    const auto x = static_cast<Wrapping>(static_cast<const T*>(a)[i]);
    const auto y = static_cast<Wrapping>(static_cast<const T*>(b)[i * step]);
    T& to = static_cast<T*>(out)[i];
    if constexpr (operation == Operation::kPlus) to = static_cast<T>(x + y);
    if constexpr (operation == Operation::kMinus) to = static_cast<T>(x - y);
    if constexpr (operation == Operation::kMultiply) to = static_cast<T>(x * y);
    if constexpr (operation == Operation::kDivide && std::is_floating_point_v<T>) to = x / y;
  }
}

using Loop = decltype(ElementwiseContext::loop);

template <class T>
Loop loop_of(Operation operation) {
  switch (operation) {
    case Operation::kPlus: return &loop_over<T, Operation::kPlus>;
    case Operation::kMinus: return &loop_over<T, Operation::kMinus>;
    case Operation::kMultiply: return &loop_over<T, Operation::kMultiply>;
    case Operation::kDivide: break;
  }
  return &loop_over<T, Operation::kDivide>;
}

void run(ExecState& exec, const ElementwiseContext& context, const ArrayRef& a, const void* b,
         size_t step, ArrayRef* out) noexcept {
  void* values = exec.scratch.allocate(a.size * context.element_size, 8);
  context.loop(a.data, b, step, values, a.size);
  *out = {values, a.size};
}

}  // namespace

extern "C" void sp_elementwise_arrays(ExecState& exec, const ElementwiseContext* context,
                                      const ArrayRef& a, const ArrayRef& b,
                                      ArrayRef* out) noexcept {
  *out = {nullptr, 0};
  if (a.size != b.size) {
    exec.fail(ErrorCode::kBadArguments,
              "Cannot process arrays of different sizes: " + std::to_string(a.size) + " and " +
                  std::to_string(b.size));
    return;
  }
  run(exec, *context, a, b.data, 1, out);
}

extern "C" void sp_elementwise_scalar(ExecState& exec, const ElementwiseContext* context,
                                      const ArrayRef& a, const void* b, ArrayRef* out) noexcept {
  run(exec, *context, a, b, 0, out);
}

std::optional<Result<ResolvedFunction>> resolve_elementwise(std::string_view function,
                                                            std::span<const Argument> arguments,
                                                            const ResolveOptions&) {
  const Type a = arguments[0].type, b = arguments[1].type;
  const bool any_array = a.is(TypeKind::kArray) || b.is(TypeKind::kArray);
  if (!any_array && !a.is(TypeKind::kTuple) && !b.is(TypeKind::kTuple)) return std::nullopt;
  const auto unsupported = [&] {
    return fail(ErrorCode::kIllegalTypeOfArgument, "Illegal types " + type_names(arguments) +
                                                       " of arguments of function " +
                                                       std::string(function));
  };
  Operation operation;
  if (function == "plus")
    operation = Operation::kPlus;
  else if (function == "minus")
    operation = Operation::kMinus;
  else if (function == "multiply")
    operation = Operation::kMultiply;
  else if (function == "divide")
    operation = Operation::kDivide;
  else
    return unsupported();
  if (!a.is(TypeKind::kArray)) return unsupported();
  const bool scalar = !b.is(TypeKind::kArray);
  const Type x = a.element(), y = scalar ? b : b.element();
  if (!x.is_number() || !y.is_number()) return unsupported();
  const Type element = operation == Operation::kDivide
                           ? float64_type()
                           : sum_type(x, y, operation == Operation::kMinus);
  auto context = std::make_shared<ElementwiseContext>();
  context->element_size = number_width(element);
  switch (element.kind()) {
#define SP_X(suffix, type, kind) \
  case TypeKind::kind: context->loop = loop_of<type>(operation); break;
    SP_BY_NUMBER(SP_X)
#undef SP_X
    default: return unsupported();
  }
  const Type array = Type::array(element);
  if (scalar)
    return fallible_call(array, SP_SYMBOL(sp_elementwise_scalar), {array, element}, context);
  return fallible_call(array, SP_SYMBOL(sp_elementwise_arrays), {array, array}, context);
}

}  // namespace sp
