// Array functions that rearrange the elements of one array: reverse, slice, push, pop, resize,
// compact, rotate, shift. Elements are copied as slots; what they refer to is shared.

#include "runtime/functions/array_functions.h"
#include "runtime/functions/native/array_context.h"
#include "runtime/functions/row_adder.h"
#include "runtime/functions/signature.h"
#include "runtime/functions/string_output.h"

namespace sp {

extern "C" void sp_reverse(ExecState& exec, const StringRef& text, StringRef* out) noexcept;

extern "C" void sp_array_reverse(ExecState& exec, const ArrayContext* context,
                                 const ArrayRef& array, ArrayRef* out) noexcept {
  char* items = new_elements(exec, *context, array.size);
  const uint32_t stride = context->stride;
  for (uint64_t i = 0; i < array.size; ++i) {
    std::memcpy(items + i * stride, element_at(array, stride, array.size - 1 - i), stride);
  }
  *out = {items, array.size};
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

}  // namespace

SP_FUNCTIONS(array_shape) {
  const RowAdder add(rows);
  const RowAdder add_seeing(rows, {.name = "", .nulls = NullPolicy::kSeesNulls, .resolve = {}});
  add("reverse", 1, RowAdder::Case::kAny, resolve_reverse,
      "Reverses the bytes of a string or the elements of an array `x`.", "SELECT reverse('abc')",
      "cba");
  add("arrayReverse", 1, same_array(SP_SYMBOL(sp_array_reverse)), "Reverses `array`.",
      "SELECT arrayReverse([1, 2])", "[2,1]");
  add_seeing("arraySlice", 2, 3, resolve_slice,
             "Returns `length` elements of `array` from `offset` (from 1; negative: from the end).",
             "SELECT arraySlice([1, 2, 3, 4], 2, 2)", "[2,3]");
  add_seeing("arrayPushBack", 2, pushing(SP_SYMBOL(sp_array_push_back)),
             "Adds `value` to the end of `array`.", "SELECT arrayPushBack([1], 2)", "[1,2]");
  add_seeing("arrayPushFront", 2, pushing(SP_SYMBOL(sp_array_push_front)),
             "Adds `value` to the beginning of `array`.", "SELECT arrayPushFront([1], 2)", "[2,1]");
  add(
      "arrayPopBack", 1,
      [](std::span<const Argument> arguments, const ResolveOptions&) -> Result<ResolvedFunction> {
        SP_TRY_VOID(array_element_type(arguments, 0));
        return call(arguments[0].type, SP_SYMBOL(sp_array_pop_back), {arguments[0].type});
      },
      "Removes the last element of `array`.", "SELECT arrayPopBack([1, 2])", "[1]");
  add("arrayPopFront", 1, same_array(SP_SYMBOL(sp_array_pop_front)),
      "Removes the first element of `array`.", "SELECT arrayPopFront([1, 2])", "[2]");
  add_seeing(
      "arrayResize", 2, 3, counting(SP_SYMBOL(sp_array_resize), SP_SYMBOL(sp_array_resize_with)),
      "Cuts or extends `array` to `size` elements with `extender`; a negative size works at the "
      "beginning.",
      "SELECT arrayResize([1], 3, 9)", "[1,9,9]");
  add("arrayCompact", 1, same_array(SP_SYMBOL(sp_array_compact)),
      "Removes elements equal to the one before.", "SELECT arrayCompact([1, 1, 2, 1])", "[1,2,1]");
  add("arrayRotateLeft", 2, counting(SP_SYMBOL(sp_array_rotate_left), {}),
      "Rotates `array` left by `n`.", "SELECT arrayRotateLeft([1, 2, 3], 1)", "[2,3,1]");
  add("arrayRotateRight", 2, counting(SP_SYMBOL(sp_array_rotate_right), {}),
      "Rotates `array` right by `n`.", "SELECT arrayRotateRight([1, 2, 3], 1)", "[3,1,2]");
  add_seeing("arrayShiftLeft", 2, 3,
             counting(SP_SYMBOL(sp_array_shift_left), SP_SYMBOL(sp_array_shift_left_with)),
             "Shifts `array` left by `n`, filling with `default`.",
             "SELECT arrayShiftLeft([1, 2, 3], 1)", "[2,3,0]");
  add_seeing("arrayShiftRight", 2, 3,
             counting(SP_SYMBOL(sp_array_shift_right), SP_SYMBOL(sp_array_shift_right_with)),
             "Shifts `array` right by `n`, filling with `default`.",
             "SELECT arrayShiftRight([1, 2, 3], 1)", "[0,1,2]");
}

}  // namespace sp
