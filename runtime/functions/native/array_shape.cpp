// Array functions that rearrange elements: reverse, concat, slice, push, pop, resize, flatten,
// compact, zip, rotate, shift. Elements are copied as slots; what they refer to is shared.

#include "runtime/functions/array_functions.h"
#include "runtime/functions/native/array_context.h"
#include "runtime/functions/signature.h"
#include "runtime/functions/string_output.h"

namespace sp {

struct ConcatArraysContext : ArrayContext {
  explicit ConcatArraysContext(Type element) : ArrayContext(element) {}
  size_t count = 0;               // of arrays in the tuple
  std::vector<uint32_t> offsets;  // arrayZip: of the elements in the resulting tuples
  std::vector<uint32_t> strides;  // arrayZip: of the arrays' elements
};

extern "C" void sp_reverse(ExecState& exec, const StringRef& text, StringRef* out) noexcept;

namespace {

void copy_elements(const ArrayContext& context, char* to, const ArrayRef& from, uint64_t begin,
                   uint64_t count) {
  if (count > 0) std::memcpy(to, element_at(from, context.stride, begin), count * context.stride);
}

}  // namespace

extern "C" void sp_array_reverse(ExecState& exec, const ArrayContext* context,
                                 const ArrayRef& array, ArrayRef* out) noexcept {
  char* items = new_elements(exec, *context, array.size);
  const uint32_t stride = context->stride;
  for (uint64_t i = 0; i < array.size; ++i) {
    std::memcpy(items + i * stride, element_at(array, stride, array.size - 1 - i), stride);
  }
  *out = {items, array.size};
}
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

namespace {

// The slice of an array of `size` elements, by the rules of substring.
void slice(const ArrayContext& context, const ArrayRef& array, int64_t offset, int64_t length,
           ArrayRef* out) noexcept {
  *out = {nullptr, 0};
  const auto size = static_cast<int64_t>(array.size);
  if (offset == 0) return;
  int64_t begin = offset > 0 ? offset - 1 : size + offset;
  if (begin >= size) return;
  int64_t end = length < 0 ? size + length : (length > size - begin ? size : begin + length);
  if (begin < 0) begin = 0;
  if (end <= begin) return;
  *out = {element_at(array, context.stride, static_cast<uint64_t>(begin)),
          static_cast<uint64_t>(end - begin)};
}

}  // namespace

extern "C" void sp_array_slice_from(const ArrayContext* context, const ArrayRef& array,
                                    const Nullable<int64_t>* offset, ArrayRef* out) noexcept {
  slice(*context, array, offset->is_null ? 1 : offset->value, INT64_MAX, out);
}
extern "C" void sp_array_slice(const ArrayContext* context, const ArrayRef& array,
                               const Nullable<int64_t>* offset, const Nullable<int64_t>* length,
                               ArrayRef* out) noexcept {
  slice(*context, array, offset->is_null ? 1 : offset->value,
        length->is_null ? INT64_MAX : length->value, out);
}
extern "C" void sp_array_pop_back(const ArrayRef& array, ArrayRef* out) noexcept {
  *out = {array.data, array.size == 0 ? 0 : array.size - 1};
}
extern "C" void sp_array_pop_front(const ArrayContext* context, const ArrayRef& array,
                                   ArrayRef* out) noexcept {
  *out = array.size == 0 ? array : ArrayRef{element_at(array, context->stride, 1), array.size - 1};
}
extern "C" void sp_array_push_back(ExecState& exec, const ArrayContext* context,
                                   const ArrayRef& array, const void* value,
                                   ArrayRef* out) noexcept {
  char* items = new_elements(exec, *context, array.size + 1);
  copy_elements(*context, items, array, 0, array.size);
  std::memcpy(items + array.size * context->stride, value, context->stride);
  *out = {items, array.size + 1};
}
extern "C" void sp_array_push_front(ExecState& exec, const ArrayContext* context,
                                    const ArrayRef& array, const void* value,
                                    ArrayRef* out) noexcept {
  char* items = new_elements(exec, *context, array.size + 1);
  std::memcpy(items, value, context->stride);
  copy_elements(*context, items + context->stride, array, 0, array.size);
  *out = {items, array.size + 1};
}

namespace {

// A negative size keeps (and extends) the end of the array.
void resize(ExecState& exec, const ArrayContext& context, const ArrayRef& array, int64_t size,
            const void* fill, ArrayRef* out) noexcept {
  constexpr int64_t kMostElements = int64_t{1} << 30;
  *out = {nullptr, 0};
  if (size > kMostElements || size < -kMostElements) {
    exec.fail(ErrorCode::kTooLargeArraySize, "Too large array size: " + std::to_string(size));
    return;
  }
  const auto wanted = static_cast<uint64_t>(size < 0 ? -size : size);
  char* items = new_elements(exec, context, wanted);
  if (items == nullptr) return;
  const uint64_t kept = std::min(wanted, array.size), missing = wanted - kept;
  char* filled = size < 0 ? items : items + kept * context.stride;
  copy_elements(context, size < 0 ? items + missing * context.stride : items, array,
                size < 0 ? array.size - kept : 0, kept);
  for (uint64_t i = 0; i < missing; ++i)
    std::memcpy(filled + i * context.stride, fill, context.stride);
  *out = {items, wanted};
}

}  // namespace

extern "C" void sp_array_resize(ExecState& exec, const ArrayContext* context, const ArrayRef& array,
                                int64_t size, ArrayRef* out) noexcept {
  resize(exec, *context, array, size, context->blank.data(), out);
}
extern "C" void sp_array_resize_with(ExecState& exec, const ArrayContext* context,
                                     const ArrayRef& array, int64_t size, const void* fill,
                                     ArrayRef* out) noexcept {
  resize(exec, *context, array, size, fill, out);
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
extern "C" void sp_array_compact(ExecState& exec, const ArrayContext* context,
                                 const ArrayRef& array, ArrayRef* out) noexcept {
  char* items = new_elements(exec, *context, array.size);
  uint64_t kept = 0;
  for (uint64_t i = 0; i < array.size; ++i) {
    const char* value = element_at(array, context->stride, i);
    if (i > 0 && context->equal(value, element_at(array, context->stride, i - 1))) continue;
    std::memcpy(items + kept++ * context->stride, value, context->stride);
  }
  *out = {items, kept};
}

namespace {

void rotate(ExecState& exec, const ArrayContext& context, const ArrayRef& array, int64_t count,
            ArrayRef* out) {
  char* items = new_elements(exec, context, array.size);
  *out = {items, array.size};
  if (array.size == 0) return;
  const auto size = static_cast<int64_t>(array.size);
  const auto shift = static_cast<uint64_t>(((count % size) + size) % size);
  copy_elements(context, items, array, shift, array.size - shift);
  copy_elements(context, items + (array.size - shift) * context.stride, array, 0, shift);
}
// Positive counts shift to the left; emptied places take `fill`.
void shift(ExecState& exec, const ArrayContext& context, const ArrayRef& array, int64_t count,
           const void* fill, ArrayRef* out) {
  char* items = new_elements(exec, context, array.size);
  const auto size = static_cast<int64_t>(array.size);
  for (int64_t i = 0; i < size; ++i) {
    const int64_t from = i + count;
    const bool inside = count >= 0 ? (from < size && from >= i) : (from >= 0 && from < size);
    std::memcpy(items + static_cast<uint64_t>(i) * context.stride,
                inside ? element_at(array, context.stride, static_cast<uint64_t>(from)) : fill,
                context.stride);
  }
  *out = {items, array.size};
}
int64_t clamped(int64_t count) noexcept {
  return std::max<int64_t>(-(int64_t{1} << 40), std::min<int64_t>(count, int64_t{1} << 40));
}

}  // namespace

extern "C" void sp_array_rotate_left(ExecState& exec, const ArrayContext* context,
                                     const ArrayRef& array, int64_t count, ArrayRef* out) noexcept {
  rotate(exec, *context, array, clamped(count), out);
}
extern "C" void sp_array_rotate_right(ExecState& exec, const ArrayContext* context,
                                      const ArrayRef& array, int64_t count,
                                      ArrayRef* out) noexcept {
  rotate(exec, *context, array, -clamped(count), out);
}
extern "C" void sp_array_shift_left(ExecState& exec, const ArrayContext* context,
                                    const ArrayRef& array, int64_t count, ArrayRef* out) noexcept {
  shift(exec, *context, array, clamped(count), context->blank.data(), out);
}
extern "C" void sp_array_shift_right(ExecState& exec, const ArrayContext* context,
                                     const ArrayRef& array, int64_t count, ArrayRef* out) noexcept {
  shift(exec, *context, array, -clamped(count), context->blank.data(), out);
}
extern "C" void sp_array_shift_left_with(ExecState& exec, const ArrayContext* context,
                                         const ArrayRef& array, int64_t count, const void* fill,
                                         ArrayRef* out) noexcept {
  shift(exec, *context, array, clamped(count), fill, out);
}
extern "C" void sp_array_shift_right_with(ExecState& exec, const ArrayContext* context,
                                          const ArrayRef& array, int64_t count, const void* fill,
                                          ArrayRef* out) noexcept {
  shift(exec, *context, array, -clamped(count), fill, out);
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

Result<ResolvedFunction> resolve_reverse(std::span<const Argument> arguments,
                                         const ResolveOptions&) {
  if (arguments[0].type.is_string_like())
    return call(string_type(), SP_SYMBOL(sp_reverse), {arguments[0].type});
  SP_TRY(const Type element, array_element_type(arguments, 0));
  return call(arguments[0].type, SP_SYMBOL(sp_array_reverse), {arguments[0].type},
              std::make_shared<ArrayContext>(element));
}

namespace {

// A function of one array with the same type.
Resolver same_array(const Symbol& symbol) {
  return
      [=](std::span<const Argument> arguments, const ResolveOptions&) -> Result<ResolvedFunction> {
        SP_TRY(const Type element, array_element_type(arguments, 0));
        return call(arguments[0].type, symbol, {arguments[0].type},
                    std::make_shared<ArrayContext>(element));
      };
}

Result<ResolvedFunction> resolve_slice(std::span<const Argument> arguments, const ResolveOptions&) {
  SP_TRY(const Type element, array_element_type(arguments, 0));
  const Type count = Type::nullable(int64_type());
  for (size_t i = 1; i < arguments.size(); ++i) {
    const Type base = arguments[i].type.base();
    if (!base.is_integer() && !base.is(TypeKind::kNothing))
      return illegal_argument(arguments, i, "an integer");
  }
  auto context = std::make_shared<ArrayContext>(element);
  if (arguments.size() == 2) {
    return call(arguments[0].type, SP_SYMBOL(sp_array_slice_from), {arguments[0].type, count},
                context);
  }
  return call(arguments[0].type, SP_SYMBOL(sp_array_slice), {arguments[0].type, count, count},
              context);
}

// array and value to a common element type.
Resolver pushing(const Symbol& symbol) {
  return
      [=](std::span<const Argument> arguments, const ResolveOptions&) -> Result<ResolvedFunction> {
        SP_TRY(const Type own, array_element_type(arguments, 0));
        SP_TRY(const Type element, common_type(std::vector<Type>{own, arguments[1].type}));
        return call(Type::array(element), symbol, {array_cast(arguments[0].type, element), element},
                    std::make_shared<ArrayContext>(element));
      };
}

// (array, count[, fill])
Resolver counting(const Symbol& plain, const Symbol& with_fill) {
  return
      [=](std::span<const Argument> arguments, const ResolveOptions&) -> Result<ResolvedFunction> {
        SP_TRY(const Type own, array_element_type(arguments, 0));
        if (!arguments[1].type.is_integer()) return illegal_argument(arguments, 1, "an integer");
        if (arguments.size() == 2) {
          return fallible_call(arguments[0].type, plain, {arguments[0].type, int64_type()},
                               std::make_shared<ArrayContext>(own));
        }
        SP_TRY(const Type element, common_type(std::vector<Type>{own, arguments[2].type}));
        return fallible_call(Type::array(element), with_fill,
                             {array_cast(arguments[0].type, element), int64_type(), element},
                             std::make_shared<ArrayContext>(element));
      };
}

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

SP_FUNCTIONS(array_shape) {
  const auto add = [&](const char* name, uint8_t least, uint8_t most, Resolver resolve,
                       const char* doc, const char* example, const char* result,
                       std::vector<const char*> aliases = {},
                       NullPolicy nulls = NullPolicy::kPropagate, bool any_case = false) {
    rows.push_back({.name = name,
                    .aliases = std::move(aliases),
                    .case_insensitive = any_case,
                    .min_arguments = least,
                    .max_arguments = most,
                    .nulls = nulls,
                    .resolve = std::move(resolve),
                    .doc = doc,
                    .example = example,
                    .example_result = result});
  };
  const NullPolicy sees = NullPolicy::kSeesNulls;
  add("reverse", 1, 1, resolve_reverse,
      "Reverses the bytes of a string or the elements of an array `x`.", "SELECT reverse('abc')",
      "cba", {}, NullPolicy::kPropagate, true);
  add("arrayReverse", 1, 1, same_array(SP_SYMBOL(sp_array_reverse)), "Reverses `array`.",
      "SELECT arrayReverse([1, 2])", "[2,1]");
  add("arrayConcat", 1, 255, resolve_array_concat, "Joins arrays.",
      "SELECT arrayConcat([1], [2, 3])", "[1,2,3]");
  add("arraySlice", 2, 3, resolve_slice,
      "Returns `length` elements of `array` from `offset` (from 1; negative: from the end).",
      "SELECT arraySlice([1, 2, 3, 4], 2, 2)", "[2,3]", {}, sees);
  add("arrayPushBack", 2, 2, pushing(SP_SYMBOL(sp_array_push_back)),
      "Adds `value` to the end of `array`.", "SELECT arrayPushBack([1], 2)", "[1,2]", {}, sees);
  add("arrayPushFront", 2, 2, pushing(SP_SYMBOL(sp_array_push_front)),
      "Adds `value` to the beginning of `array`.", "SELECT arrayPushFront([1], 2)", "[2,1]", {},
      sees);
  add(
      "arrayPopBack", 1, 1,
      [](std::span<const Argument> arguments, const ResolveOptions&) -> Result<ResolvedFunction> {
        SP_TRY_VOID(array_element_type(arguments, 0));
        return call(arguments[0].type, SP_SYMBOL(sp_array_pop_back), {arguments[0].type});
      },
      "Removes the last element of `array`.", "SELECT arrayPopBack([1, 2])", "[1]");
  add("arrayPopFront", 1, 1, same_array(SP_SYMBOL(sp_array_pop_front)),
      "Removes the first element of `array`.", "SELECT arrayPopFront([1, 2])", "[2]");
  add("arrayResize", 2, 3, counting(SP_SYMBOL(sp_array_resize), SP_SYMBOL(sp_array_resize_with)),
      "Cuts or extends `array` to `size` elements with `extender`; a negative size works at the "
      "beginning.",
      "SELECT arrayResize([1], 3, 9)", "[1,9,9]", {}, sees);
  add("arrayFlatten", 1, 1, resolve_flatten, "Turns an array of arrays into one flat array.",
      "SELECT arrayFlatten([[1], [2, 3]])", "[1,2,3]", {"flatten"});
  add("arrayZip", 1, 255, resolve_zip, "Combines arrays of one size into an array of tuples.",
      "SELECT arrayZip([1, 2], ['a', 'b'])", "[(1,'a'),(2,'b')]");
  add("arrayCompact", 1, 1, same_array(SP_SYMBOL(sp_array_compact)),
      "Removes elements equal to the one before.", "SELECT arrayCompact([1, 1, 2, 1])", "[1,2,1]");
  add("arrayRotateLeft", 2, 2, counting(SP_SYMBOL(sp_array_rotate_left), {}),
      "Rotates `array` left by `n`.", "SELECT arrayRotateLeft([1, 2, 3], 1)", "[2,3,1]");
  add("arrayRotateRight", 2, 2, counting(SP_SYMBOL(sp_array_rotate_right), {}),
      "Rotates `array` right by `n`.", "SELECT arrayRotateRight([1, 2, 3], 1)", "[3,1,2]");
  add("arrayShiftLeft", 2, 3,
      counting(SP_SYMBOL(sp_array_shift_left), SP_SYMBOL(sp_array_shift_left_with)),
      "Shifts `array` left by `n`, filling with `default`.", "SELECT arrayShiftLeft([1, 2, 3], 1)",
      "[2,3,0]", {}, sees);
  add("arrayShiftRight", 2, 3,
      counting(SP_SYMBOL(sp_array_shift_right), SP_SYMBOL(sp_array_shift_right_with)),
      "Shifts `array` right by `n`, filling with `default`.",
      "SELECT arrayShiftRight([1, 2, 3], 1)", "[0,1,2]", {}, sees);
}

}  // namespace sp
