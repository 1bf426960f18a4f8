// arrayElement (`x[i]`, also of maps), array, tuple, tupleElement, arrayMap: access and
// construction, inlined into queries. Arrays count from 1, negative indexes from the end; out of
// range gives the default value.

#include "runtime/functions/function.h"
#include "runtime/functions/native/array_context.h"
#include "runtime/functions/signature.h"

namespace sp {

struct SubscriptContext : FunctionContext {
  const SlotOps* key_ops = nullptr;  // maps
  uint32_t stride = 1;               // of elements, or of the entries of a map
  uint32_t value_offset = 0, value_size = 1;
  uint32_t null_offset = 0;     // arrayElementOrNull: where the flag goes in the result
  const void* blank = nullptr;  // the default value, kept alive by `keeper`
  std::shared_ptr<const BlankSlot> keeper;
  void set_blank(Type type) {
    keeper = std::make_shared<const BlankSlot>(type);
    blank = keeper->data();
  }
};

namespace {

inline const char* element_or_null(const ArrayRef& array, int64_t index, uint32_t stride) noexcept {
  const uint64_t at =
      index > 0 ? static_cast<uint64_t>(index) - 1 : array.size + static_cast<uint64_t>(index);
  if (index == 0 || at >= array.size) return nullptr;
  return static_cast<const char*>(array.data) + at * stride;
}

}  // namespace

#define SP_X(suffix, type, kind)                                                             \
  extern "C" type sp_array_element_##suffix(const ArrayRef& array, int64_t index) noexcept { \
    const char* found = element_or_null(array, index, sizeof(type));                         \
    return found == nullptr ? type{} : *reinterpret_cast<const type*>(found);                \
  }
SP_BY_NUMBER(SP_X)
#undef SP_X
extern "C" void sp_array_element_string(const ArrayRef& array, int64_t index,
                                        StringRef* out) noexcept {
  const char* found = element_or_null(array, index, sizeof(StringRef));
  *out = found == nullptr ? StringRef() : *reinterpret_cast<const StringRef*>(found);
}
extern "C" void sp_array_element(const SubscriptContext* context, const ArrayRef& array,
                                 int64_t index, void* out) noexcept {
  const char* found = element_or_null(array, index, context->stride);
  __builtin_memcpy(out, found != nullptr ? static_cast<const void*>(found) : context->blank,
                   context->value_size);
}
extern "C" void sp_array_element_or_null(const SubscriptContext* context, const ArrayRef& array,
                                         int64_t index, void* out) noexcept {
  const char* found = element_or_null(array, index, context->stride);
  __builtin_memcpy(out, found != nullptr ? static_cast<const void*>(found) : context->blank,
                   context->value_size);
  if (found == nullptr)
    static_cast<uint8_t*>(out)[context->null_offset] = 1;
  else if (context->value_size == context->null_offset)
    static_cast<uint8_t*>(out)[context->null_offset] = 0;
}
extern "C" void sp_map_element_string(const SubscriptContext* context, const ArrayRef& map,
                                      const StringRef& key, void* out) noexcept {
  const auto* entry = static_cast<const char*>(map.data);
  const void* found = context->blank;
  for (uint64_t i = 0; i < map.size; ++i, entry += context->stride) {
    if (*reinterpret_cast<const StringRef*>(entry) == key) {
      found = entry + context->value_offset;
      break;
    }
  }
  __builtin_memcpy(out, found, context->value_size);
}
extern "C" void sp_map_element(const SubscriptContext* context, const ArrayRef& map,
                               const void* key, void* out) noexcept {
  const auto* entry = static_cast<const char*>(map.data);
  const void* found = context->blank;
  for (uint64_t i = 0; i < map.size; ++i, entry += context->stride) {
    if (context->key_ops->equal(entry, key)) {
      found = entry + context->value_offset;
      break;
    }
  }
  __builtin_memcpy(out, found, context->value_size);
}

#ifndef SP_BITCODE
namespace {

Result<ResolvedFunction> resolve_map_element(std::span<const Argument> arguments) {
  const Type map = arguments[0].type, key = map.inner()[0], value = map.inner()[1];
  const RowLayout entry = row_layout({key, value});
  auto context = std::make_shared<SubscriptContext>();
  context->key_ops = &slot_ops(key);
  context->stride = slot_layout(Type::tuple({key, value})).size;
  context->value_offset = entry.offsets[1];
  context->value_size = slot_layout(value).size;
  context->set_blank(value);
  const bool by_string = key.base().is_string_like() && !key.can_be_null();
  return call(
      value, by_string ? SP_SYMBOL(sp_map_element_string) : SP_SYMBOL(sp_map_element),
      {map, by_string && arguments[1].type.is_string_like() ? arguments[1].type
                                                            : key.without_low_cardinality()},
      context);
}

Symbol number_element(Type element) {
  switch (element.kind()) {
#define SP_X(suffix, type, kind) \
  case TypeKind::kind: return SP_SYMBOL(sp_array_element_##suffix);
    SP_BY_NUMBER(SP_X)
#undef SP_X
    case TypeKind::kBool: return SP_SYMBOL(sp_array_element_u8);
    case TypeKind::kDate: return SP_SYMBOL(sp_array_element_u16);
    case TypeKind::kDateTime: return SP_SYMBOL(sp_array_element_u32);
    case TypeKind::kDate32: return SP_SYMBOL(sp_array_element_i32);
    case TypeKind::kDateTime64: return SP_SYMBOL(sp_array_element_i64);
    default: return {};
  }
}

Result<ResolvedFunction> resolve_array_element(std::span<const Argument> arguments,
                                               const ResolveOptions&) {
  if (arguments[0].type.is(TypeKind::kMap)) return resolve_map_element(arguments);
  SP_TRY(const Type element, array_element_type(arguments, 0));
  if (!arguments[1].type.is_integer() && !arguments[1].type.is(TypeKind::kBool)) {
    return illegal_argument(arguments, 1, "an integer index");
  }
  const std::vector<Type> casts = {arguments[0].type, int64_type()};
  if (const Symbol symbol = number_element(element)) return call(element, symbol, casts);
  if (element.base().is(TypeKind::kString) && !element.can_be_null()) {
    return call(element, SP_SYMBOL(sp_array_element_string), casts);
  }
  auto context = std::make_shared<SubscriptContext>();
  context->stride = context->value_size = slot_layout(element).size;
  context->set_blank(element);
  return call(element, SP_SYMBOL(sp_array_element), casts, context);
}

Result<ResolvedFunction> resolve_array_element_or_null(std::span<const Argument> arguments,
                                                       const ResolveOptions&) {
  SP_TRY(const Type element, array_element_type(arguments, 0));
  if (!arguments[1].type.is_integer()) return illegal_argument(arguments, 1, "an integer index");
  const Type result = Type::nullable(element);
  if (!result.can_be_null()) return resolve_array_element(arguments, {});
  auto context = std::make_shared<SubscriptContext>();
  context->stride = context->value_size = slot_layout(element).size;
  context->null_offset = slot_layout(element.base()).size;
  context->set_blank(element);
  return call(result, SP_SYMBOL(sp_array_element_or_null), {arguments[0].type, int64_type()},
              context);
}

Result<ResolvedFunction> resolve_array(std::span<const Argument> arguments, const ResolveOptions&) {
  const std::vector<Type> types = argument_types(arguments);
  SP_TRY(const Type element, common_type(types));
  return inlined(Type::array(element), Intrinsic::kArray, repeated(element, types.size()));
}

Result<ResolvedFunction> resolve_tuple(std::span<const Argument> arguments, const ResolveOptions&) {
  const std::vector<Type> types = argument_types(arguments);
  return inlined(Type::tuple(types), Intrinsic::kTuple, types);
}

// The 0-based element that a constant index or name means.
Result<size_t> tuple_position(Type tuple, const Argument& which) {
  const size_t count = tuple.inner().size();
  if (const auto name = which.constant_text()) {
    for (size_t i = 0; i < tuple.element_names().size(); ++i) {
      if (tuple.element_names()[i] == *name) return i;
    }
    return fail(ErrorCode::kNotFoundColumnInBlock,
                "Tuple doesn't have element with name '" + std::string(*name) + "'");
  }
  if (which.constant == nullptr || !which.type.is_integer()) {
    return fail(ErrorCode::kIllegalTypeOfArgument,
                "Second argument of function tupleElement must be a constant index or name");
  }
  int64_t index = 0;
  const uint32_t width = number_width(which.type);
  std::memcpy(&index, which.constant, std::min<size_t>(width, 8));
  if (which.type.is_signed_integer() && width < 8) {
    const uint32_t shift = 64 - width * 8;
    index = static_cast<int64_t>(static_cast<uint64_t>(index) << shift) >> shift;
  }
  const int64_t size = static_cast<int64_t>(count);
  const int64_t position = index > 0 ? index - 1 : index + size;
  if (index == 0 || position < 0 || position >= size) {
    return fail(ErrorCode::kArgumentOutOfBound,
                "Tuple doesn't have element with index '" + std::to_string(index) + "'");
  }
  return static_cast<size_t>(position);
}

Result<ResolvedFunction> resolve_tuple_element(std::span<const Argument> arguments,
                                               const ResolveOptions&) {
  const Type tuple = arguments[0].type;
  if (!tuple.is(TypeKind::kTuple)) return illegal_argument(arguments, 0, "Tuple");
  SP_TRY(const size_t position, tuple_position(tuple, arguments[1]));
  ResolvedFunction resolved =
      inlined(tuple.inner()[position], Intrinsic::kTupleElement, argument_types(arguments));
  resolved.immediate = static_cast<int64_t>(position);
  return resolved;
}

Result<ResolvedFunction> resolve_array_map(std::span<const Argument> arguments,
                                           const ResolveOptions&) {
  if (!arguments[0].type.is(TypeKind::kLambda)) return illegal_argument(arguments, 0, "a lambda");
  const Type result = Type::array(arguments[0].type.inner().back());
  std::vector<Type> casts = {result};
  for (size_t i = 1; i < arguments.size(); ++i) {
    if (!arguments[i].type.is(TypeKind::kArray) && !arguments[i].type.is(TypeKind::kMap)) {
      return illegal_argument(arguments, i, "Array");
    }
    casts.push_back(arguments[i].type);
  }
  return inlined(result, Intrinsic::kMapArray, std::move(casts));
}

// arrayFold(lambda, arrays..., initial): code generation loops over the elements (emit_lambda.cpp).
Result<ResolvedFunction> resolve_array_fold(std::span<const Argument> arguments,
                                            const ResolveOptions&) {
  if (!arguments[0].type.is(TypeKind::kLambda)) return illegal_argument(arguments, 0, "a lambda");
  const Type result = arguments.back().type;
  const Type body = arguments[0].type.inner().back();
  if (body != result) {
    return fail(
        ErrorCode::kTypeMismatch,
        "Return type of lambda function must be the same as the accumulator type, inferred return "
        "type of lambda: " +
            body.name() + ", inferred type of accumulator: " + result.name());
  }
  return inlined(result, Intrinsic::kMapArray, argument_types(arguments));
}

}  // namespace

SP_FUNCTIONS(array_element) {
  rows.push_back({.name = "arrayElement",
                  .min_arguments = 2,
                  .max_arguments = 2,
                  .resolve = resolve_array_element,
                  .doc = "Returns element `index` (from 1; negative: from the end) of `array`, or "
                         "the value of a key of a map "
                         "(`a[i]`).",
                  .example = "SELECT arrayElement(['a', 'b'], -1)",
                  .example_result = "b"});
  rows.push_back({.name = "arrayElementOrNull",
                  .min_arguments = 2,
                  .max_arguments = 2,
                  .resolve = resolve_array_element_or_null,
                  .doc = "Returns element `index` of `array`, or NULL if there is none.",
                  .example = "SELECT arrayElementOrNull([1, 2], 3)",
                  .example_result = "\\N"});
  rows.push_back({.name = "array",
                  .nulls = NullPolicy::kSeesNulls,
                  .resolve = resolve_array,
                  .doc = "Makes an array of the arguments (`[a, b]`), cast to their common type.",
                  .example = "SELECT array(1, 2.5)",
                  .example_result = "[1,2.5]"});
  rows.push_back({.name = "tuple",
                  .nulls = NullPolicy::kSeesNulls,
                  .resolve = resolve_tuple,
                  .doc = "Makes a tuple of the arguments (`(a, b)`).",
                  .example = "SELECT tuple(1, 'a')",
                  .example_result = "(1,'a')"});
  rows.push_back(
      {.name = "tupleElement",
       .min_arguments = 2,
       .max_arguments = 2,
       .constant_arguments = 2,
       .resolve = resolve_tuple_element,
       .doc = "Returns an element of `tuple` by its index (from 1) or name (`t.1`, `t.name`).",
       .example = "SELECT tupleElement((1, 'a'), 2)",
       .example_result = "a"});
  rows.push_back({.name = "arrayMap",
                  .min_arguments = 2,
                  .nulls = NullPolicy::kSeesNulls,
                  .takes_lambda = true,
                  .resolve = resolve_array_map,
                  .doc = "Applies `lambda` to each element of the arrays.",
                  .example = "SELECT arrayMap(x -> x + 1, [1, 2])",
                  .example_result = "[2,3]"});
  rows.push_back({.name = "arrayFold",
                  .min_arguments = 3,
                  .nulls = NullPolicy::kSeesNulls,
                  .takes_lambda = true,
                  .resolve = resolve_array_fold,
                  .doc = "Applies `lambda` to the accumulator and each element of the arrays in "
                         "turn, beginning with the last argument.",
                  .example = "SELECT arrayFold((acc, x) -> acc * 10 + x, [1, 2, 3], toInt64(0))",
                  .example_result = "123"});
}
#endif

}  // namespace sp
