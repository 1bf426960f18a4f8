// range, arrayWithConstant, emptyArray...: arrays from nothing.

#include "runtime/functions/native/array_context.h"
#include "runtime/functions/signature.h"

namespace sp {
namespace {

constexpr uint64_t kMostElements = 500'000'000;

template <class T>
void make_range(ExecState& exec, T begin, T end, int64_t step, ArrayRef* out) noexcept {
  *out = {nullptr, 0};
  if (step == 0) {
    exec.fail(ErrorCode::kArgumentOutOfBound,
              "A call to function range underflows, the 3rd argument step can't be equal to zero");
    return;
  }
  uint64_t count = 0;
  const uint64_t distance = step > 0 ? static_cast<uint64_t>(end) - static_cast<uint64_t>(begin)
                                     : static_cast<uint64_t>(begin) - static_cast<uint64_t>(end);
  const uint64_t stride =
      step > 0 ? static_cast<uint64_t>(step) : uint64_t{0} - static_cast<uint64_t>(step);
  if (step > 0 ? begin < end : begin > end) count = (distance - 1) / stride + 1;
  if (count > kMostElements) {
    exec.fail(ErrorCode::kArgumentOutOfBound,
              "A call to function range would produce " + std::to_string(count) +
                  " array elements, which is greater than the allowed maximum of " +
                  std::to_string(kMostElements));
    return;
  }
  T* items = exec.scratch.allocate_array<T>(count);
  uint64_t value = static_cast<uint64_t>(begin);
  for (uint64_t i = 0; i < count; ++i, value += static_cast<uint64_t>(step))
    items[i] = static_cast<T>(value);
  *out = {items, count};
}

}  // namespace

// Each form computes in 64 bits and stores elements of the result's width.
#define SP_X(suffix, type, kind)                                                                  \
  extern "C" void sp_range_##suffix(ExecState& exec, type begin, type end, int64_t step,          \
                                    ArrayRef* out) noexcept {                                     \
    make_range<type>(exec, begin, end, step, out);                                                \
  }                                                                                               \
  extern "C" void sp_range_between_##suffix(ExecState& exec, type begin, type end,                \
                                            ArrayRef* out) noexcept {                             \
    make_range<type>(exec, begin, end, 1, out);                                                   \
  }                                                                                               \
  extern "C" void sp_range_to_##suffix(ExecState& exec, type end, ArrayRef* out) noexcept {       \
    *out = {nullptr, 0};                                                                          \
    if (std::is_signed_v<type> && !(end >= type{1}) && end != type{0}) {                          \
      exec.fail(ErrorCode::kArgumentOutOfBound,                                                   \
                "A call to function range overflows, only support positive values when only end " \
                "is provided");                                                                   \
      return;                                                                                     \
    }                                                                                             \
    make_range<type>(exec, type{0}, end, 1, out);                                                 \
  }
SP_BY_INTEGER(SP_X)
#undef SP_X

extern "C" void sp_array_with_constant(ExecState& exec, const ArrayContext* context, int64_t size,
                                       const void* value, ArrayRef* out) noexcept {
  *out = {nullptr, 0};
  if (size < 0 || static_cast<uint64_t>(size) > (uint64_t{1} << 30)) {
    exec.fail(ErrorCode::kTooLargeArraySize,
              "Array size " + std::to_string(size) + " must be non-negative and not too large");
    return;
  }
  char* items = new_elements(exec, *context, static_cast<uint64_t>(size));
  if (items == nullptr) return;
  for (int64_t i = 0; i < size; ++i)
    std::memcpy(items + static_cast<uint64_t>(i) * context->stride, value, context->stride);
  *out = {items, static_cast<uint64_t>(size)};
}
extern "C" void sp_empty_array_of(ArrayRef* out) noexcept { *out = {nullptr, 0}; }
extern "C" void sp_empty_array_to_single(ExecState& exec, const ArrayContext* context,
                                         const ArrayRef& array, ArrayRef* out) noexcept {
  *out = array;
  if (array.size > 0) return;
  char* items = new_elements(exec, *context, 1);
  std::memcpy(items, context->blank.data(), context->stride);
  *out = {items, 1};
}

namespace {

Result<ResolvedFunction> resolve_range(std::span<const Argument> arguments, const ResolveOptions&) {
  std::vector<Type> types;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const Type type = arguments[i].type;
    if (!type.is_integer() || number_width(type) > 8)
      return illegal_argument(arguments, i, "an integer");
    types.push_back(type);
  }
  Type element = types[0];
  if (types.size() > 1) { SP_TRY(element, least_supertype(types)); }
  if (number_width(element) > 8) element = int64_type();
  switch (element.kind()) {
#define SP_X(suffix, type, kind)                                                              \
  case TypeKind::kind:                                                                        \
    if (types.size() == 1)                                                                    \
      return fallible_call(Type::array(element), SP_SYMBOL(sp_range_to_##suffix), {element}); \
    if (types.size() == 2) {                                                                  \
      return fallible_call(Type::array(element), SP_SYMBOL(sp_range_between_##suffix),        \
                           {element, element});                                               \
    }                                                                                         \
    return fallible_call(Type::array(element), SP_SYMBOL(sp_range_##suffix),                  \
                         {element, element, int64_type()});
    SP_BY_INTEGER(SP_X)
#undef SP_X
    default: return illegal_argument(arguments, 0, "an integer");
  }
}

Result<ResolvedFunction> resolve_with_constant(std::span<const Argument> arguments,
                                               const ResolveOptions&) {
  if (!arguments[0].type.is_integer()) return illegal_argument(arguments, 0, "an integer size");
  const Type element = arguments[1].type;
  return fallible_call(Type::array(element), SP_SYMBOL(sp_array_with_constant),
                       {int64_type(), element}, std::make_shared<ArrayContext>(element));
}

}  // namespace

SP_FUNCTIONS(array_make) {
  rows.push_back({.name = "range",
                  .min_arguments = 1,
                  .max_arguments = 3,
                  .resolve = resolve_range,
                  .doc = "Returns the numbers from `start` (default 0) below `end` in steps of "
                         "`step` (default 1).",
                  .example = "SELECT range(1, 7, 2)",
                  .example_result = "[1,3,5]"});
  rows.push_back({.name = "arrayWithConstant",
                  .min_arguments = 2,
                  .max_arguments = 2,
                  .nulls = NullPolicy::kSeesNulls,
                  .resolve = resolve_with_constant,
                  .doc = "Returns an array of `size` times `value`.",
                  .example = "SELECT arrayWithConstant(2, 'a')",
                  .example_result = "['a','a']"});
  rows.push_back({.name = "emptyArrayToSingle",
                  .min_arguments = 1,
                  .max_arguments = 1,
                  .resolve = [](std::span<const Argument> arguments,
                                const ResolveOptions&) -> Result<ResolvedFunction> {
                    SP_TRY(const Type element, array_element_type(arguments, 0));
                    return call(arguments[0].type, SP_SYMBOL(sp_empty_array_to_single),
                                {arguments[0].type}, std::make_shared<ArrayContext>(element));
                  },
                  .doc = "Replaces an empty array by one with a default value.",
                  .example = "SELECT emptyArrayToSingle(emptyArrayInt32())",
                  .example_result = "[0]"});
  const auto empty = [&](const char* name, TypeKind kind, const char* example) {
    rows.push_back(
        {.name = name,
         .max_arguments = 0,
         .resolve = signature("", Type::array(Type::of(kind)), SP_SYMBOL(sp_empty_array_of)),
         .doc = "Returns an empty array of its type.",
         .example = example,
         .example_result = "[]"});
  };
  empty("emptyArrayUInt8", TypeKind::kUInt8, "SELECT emptyArrayUInt8()");
  empty("emptyArrayUInt16", TypeKind::kUInt16, "SELECT emptyArrayUInt16()");
  empty("emptyArrayUInt32", TypeKind::kUInt32, "SELECT emptyArrayUInt32()");
  empty("emptyArrayUInt64", TypeKind::kUInt64, "SELECT emptyArrayUInt64()");
  empty("emptyArrayInt8", TypeKind::kInt8, "SELECT emptyArrayInt8()");
  empty("emptyArrayInt16", TypeKind::kInt16, "SELECT emptyArrayInt16()");
  empty("emptyArrayInt32", TypeKind::kInt32, "SELECT emptyArrayInt32()");
  empty("emptyArrayInt64", TypeKind::kInt64, "SELECT emptyArrayInt64()");
  empty("emptyArrayFloat32", TypeKind::kFloat32, "SELECT emptyArrayFloat32()");
  empty("emptyArrayFloat64", TypeKind::kFloat64, "SELECT emptyArrayFloat64()");
  empty("emptyArrayString", TypeKind::kString, "SELECT emptyArrayString()");
  empty("emptyArrayDate", TypeKind::kDate, "SELECT emptyArrayDate()");
  rows.push_back(
      {.name = "emptyArrayDateTime",
       .max_arguments = 0,
       .resolve = signature("", Type::array(Type::datetime()), SP_SYMBOL(sp_empty_array_of)),
       .doc = "Returns an empty array of its type.",
       .example = "SELECT emptyArrayDateTime()",
       .example_result = "[]"});
}

}  // namespace sp
