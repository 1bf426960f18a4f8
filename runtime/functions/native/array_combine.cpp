// Array functions that make one array of several: concat, flatten, zip. Elements are copied as
// slots; what they refer to is shared.

#include "runtime/functions/array_functions.h"
#include "runtime/functions/native/array_context.h"
#include "runtime/functions/row_adder.h"
#include "runtime/functions/signature.h"

namespace sp {

struct ConcatArraysContext : ArrayContext {
  explicit ConcatArraysContext(Type element) : ArrayContext(element) {}
  size_t count = 0;               // of arrays in the tuple
  std::vector<uint32_t> offsets;  // arrayZip: of the elements in the resulting tuples
  std::vector<uint32_t> strides;  // arrayZip: of the arrays' elements
};

extern "C" void sp_array_concat(ExecState& exec, const ConcatArraysContext* context,
                                const void* tuple, ArrayRef* out) noexcept {
  const auto* arrays = static_cast<const ArrayRef*>(tuple);
  uint64_t size = 0;
  for (size_t i = 0; i < context->count; ++i) size += arrays[i].size;
  *out = {nullptr, 0};
  char* items = new_elements(exec, *context, size);
  if (items == nullptr) return;
  char* to = items;
  for (size_t i = 0; i < context->count; ++i) {
    copy_elements(*context, to, arrays[i], 0, arrays[i].size);
    to += arrays[i].size * context->stride;
  }
  *out = {items, size};
}

// One level; deeper arrays go through it again (the resolver counts levels in `count`).
extern "C" void sp_array_flatten(ExecState& exec, const ConcatArraysContext* context,
                                 const ArrayRef& array, ArrayRef* out) noexcept {
  std::vector<ArrayRef> level = {array};
  for (size_t depth = 0; depth < context->count; ++depth) {
    std::vector<ArrayRef> next;
    for (const ArrayRef& outer : level) {
      const auto* inner = static_cast<const ArrayRef*>(outer.data);
      next.insert(next.end(), inner, inner + outer.size);
    }
    level = std::move(next);
  }
  uint64_t size = 0;
  for (const ArrayRef& part : level) size += part.size;
  *out = {nullptr, 0};
  char* items = new_elements(exec, *context, size);
  if (items == nullptr) return;
  char* to = items;
  for (const ArrayRef& part : level) {
    copy_elements(*context, to, part, 0, part.size);
    to += part.size * context->stride;
  }
  *out = {items, size};
}
extern "C" void sp_array_zip(ExecState& exec, const ConcatArraysContext* context, const void* tuple,
                             ArrayRef* out) noexcept {
  const auto* arrays = static_cast<const ArrayRef*>(tuple);
  *out = {nullptr, 0};
  for (size_t i = 1; i < context->count; ++i) {
    if (arrays[i].size == arrays[0].size) continue;
    exec.fail(ErrorCode::kSizesOfArraysDontMatch,
              "The argument 1 and argument " + std::to_string(i + 1) +
                  " of function arrayZip have different array sizes");
    return;
  }
  char* items = new_elements(exec, *context, arrays[0].size);
  if (items == nullptr) return;
  std::memset(items, 0, arrays[0].size * context->stride);
  for (uint64_t row = 0; row < arrays[0].size; ++row) {
    for (size_t i = 0; i < context->count; ++i) {
      std::memcpy(items + row * context->stride + context->offsets[i],
                  element_at(arrays[i], context->strides[i], row), context->strides[i]);
    }
  }
  *out = {items, arrays[0].size};
}
Result<ResolvedFunction> resolve_array_concat(std::span<const Argument> arguments,
                                              const ResolveOptions&) {
  SP_TRY(const Type element, common_element(arguments));
  auto context = std::make_shared<ConcatArraysContext>(element);
  context->count = arguments.size();
  std::vector<Type> casts;
  for (const Argument& argument : arguments) casts.push_back(array_cast(argument.type, element));
  ResolvedFunction resolved =
      packed_call(Type::array(element), SP_SYMBOL(sp_array_concat), std::move(casts), context);
  resolved.total = false;
  return resolved;
}

namespace {

Result<ResolvedFunction> resolve_flatten(std::span<const Argument> arguments,
                                         const ResolveOptions&) {
  SP_TRY(Type element, array_element_type(arguments, 0));
  size_t depth = 0;
  for (; element.is(TypeKind::kArray); ++depth) element = element.element();
  if (depth == 0) return inlined(arguments[0].type, Intrinsic::kIdentity, {arguments[0].type});
  auto context = std::make_shared<ConcatArraysContext>(element);
  context->count = depth;
  return call(Type::array(element), SP_SYMBOL(sp_array_flatten), {arguments[0].type}, context);
}

Result<ResolvedFunction> resolve_zip(std::span<const Argument> arguments, const ResolveOptions&) {
  std::vector<Type> elements;
  for (size_t i = 0; i < arguments.size(); ++i) {
    SP_TRY(const Type element, array_element_type(arguments, i));
    elements.push_back(element);
  }
  const Type tuple = Type::tuple(elements);
  auto context = std::make_shared<ConcatArraysContext>(tuple);
  context->count = arguments.size();
  context->offsets = row_layout(elements).offsets;
  for (const Type element : elements) context->strides.push_back(slot_layout(element).size);
  ResolvedFunction resolved =
      packed_call(Type::array(tuple), SP_SYMBOL(sp_array_zip), argument_types(arguments), context);
  resolved.total = false;
  return resolved;
}

}  // namespace

SP_FUNCTIONS(array_combine) {
  const RowAdder add(rows);
  add("arrayConcat", 1, 255, resolve_array_concat, "Joins arrays.",
      "SELECT arrayConcat([1], [2, 3])", "[1,2,3]");
  add("arrayFlatten", 1, resolve_flatten, "Turns an array of arrays into one flat array.",
      "SELECT arrayFlatten([[1], [2, 3]])", "[1,2,3]", {"flatten"});
  add("arrayZip", 1, 255, resolve_zip, "Combines arrays of one size into an array of tuples.",
      "SELECT arrayZip([1, 2], ['a', 'b'])", "[(1,'a'),(2,'b')]");
}

}  // namespace sp
