// Array functions over a condition: arrayFilter, arrayCount, arrayExists, arrayAll,
// arrayFirst(Index), arrayLast(Index), arrayFill, arraySplit. The body gets a tuple: the array of
// the lambda's results, then the arrays; without a lambda the first array is the condition itself.

#include "runtime/functions/native/array_context.h"
#include "runtime/functions/signature.h"

namespace sp {

struct PredicateContext : ArrayContext {
  explicit PredicateContext(Type element) : ArrayContext(element) {}
  uint32_t condition_stride = 1;  // 2: Nullable conditions, NULL counts as false
  uint32_t result_null_offset = 0;
};

namespace {

struct Conditions {
  const uint8_t* values;
  uint64_t size;
  uint32_t stride;
  bool operator[](uint64_t i) const noexcept {
    const uint8_t* value = values + i * stride;
    return value[0] != 0 && (stride == 1 || value[1] == 0);
  }
};
Conditions conditions_of(const PredicateContext& context, const void* tuple) noexcept {
  const auto& array = *static_cast<const ArrayRef*>(tuple);
  return {static_cast<const uint8_t*>(array.data), array.size, context.condition_stride};
}
const ArrayRef& values_of(const void* tuple) noexcept {
  return static_cast<const ArrayRef*>(tuple)[1];
}

// The index of the first or last true condition, or -1.
int64_t first_true(const Conditions& conditions) noexcept {
  for (uint64_t i = 0; i < conditions.size; ++i) {
    if (conditions[i]) return static_cast<int64_t>(i);
  }
  return -1;
}
int64_t last_true(const Conditions& conditions) noexcept {
  for (uint64_t i = conditions.size; i-- > 0;) {
    if (conditions[i]) return static_cast<int64_t>(i);
  }
  return -1;
}

void pick(const PredicateContext& context, const void* tuple, int64_t index, void* out) noexcept {
  const void* found =
      index < 0 ? context.blank.data()
                : element_at(values_of(tuple), context.stride, static_cast<uint64_t>(index));
  std::memcpy(out, found, context.stride);
  if (context.result_null_offset != 0 && (index < 0 || context.null_offset == 0)) {
    static_cast<uint8_t*>(out)[context.result_null_offset] = index < 0;
  }
}

}  // namespace

extern "C" void sp_array_filter(ExecState& exec, const PredicateContext* context, const void* tuple,
                                ArrayRef* out) noexcept {
  const Conditions keep = conditions_of(*context, tuple);
  const ArrayRef& values = values_of(tuple);
  char* items = new_elements(exec, *context, values.size);
  uint64_t kept = 0;
  const uint32_t stride = context->stride;
  for (uint64_t i = 0; i < keep.size; ++i) {
    if (keep[i]) std::memcpy(items + kept++ * stride, element_at(values, stride, i), stride);
  }
  *out = {items, kept};
}
extern "C" uint32_t sp_array_count(const PredicateContext* context, const void* tuple) noexcept {
  const Conditions conditions = conditions_of(*context, tuple);
  uint32_t count = 0;
  for (uint64_t i = 0; i < conditions.size; ++i) count += conditions[i];
  return count;
}
extern "C" uint8_t sp_array_exists(const PredicateContext* context, const void* tuple) noexcept {
  return first_true(conditions_of(*context, tuple)) >= 0;
}
extern "C" uint8_t sp_array_all(const PredicateContext* context, const void* tuple) noexcept {
  const Conditions conditions = conditions_of(*context, tuple);
  for (uint64_t i = 0; i < conditions.size; ++i) {
    if (!conditions[i]) return 0;
  }
  return 1;
}
extern "C" void sp_array_first(const PredicateContext* context, const void* tuple,
                               void* out) noexcept {
  pick(*context, tuple, first_true(conditions_of(*context, tuple)), out);
}
extern "C" void sp_array_last(const PredicateContext* context, const void* tuple,
                              void* out) noexcept {
  pick(*context, tuple, last_true(conditions_of(*context, tuple)), out);
}
extern "C" uint32_t sp_array_first_index(const PredicateContext* context,
                                         const void* tuple) noexcept {
  return static_cast<uint32_t>(first_true(conditions_of(*context, tuple)) + 1);
}
extern "C" uint32_t sp_array_last_index(const PredicateContext* context,
                                        const void* tuple) noexcept {
  return static_cast<uint32_t>(last_true(conditions_of(*context, tuple)) + 1);
}
// Elements whose condition is false take the value before them (or behind, for the reverse form).
extern "C" void sp_array_fill(ExecState& exec, const PredicateContext* context, const void* tuple,
                              ArrayRef* out) noexcept {
  const Conditions keep = conditions_of(*context, tuple);
  const ArrayRef& values = values_of(tuple);
  char* items = new_elements(exec, *context, values.size);
  uint64_t source = 0;
  for (uint64_t i = 0; i < values.size; ++i) {
    if (i == 0 || keep[i]) source = i;
    std::memcpy(items + i * context->stride, element_at(values, context->stride, source),
                context->stride);
  }
  *out = {items, values.size};
}
extern "C" void sp_array_reverse_fill(ExecState& exec, const PredicateContext* context,
                                      const void* tuple, ArrayRef* out) noexcept {
  const Conditions keep = conditions_of(*context, tuple);
  const ArrayRef& values = values_of(tuple);
  char* items = new_elements(exec, *context, values.size);
  uint64_t source = 0;
  for (uint64_t i = values.size; i-- > 0;) {
    if (i + 1 == values.size || keep[i]) source = i;
    std::memcpy(items + i * context->stride, element_at(values, context->stride, source),
                context->stride);
  }
  *out = {items, values.size};
}

namespace {

// Cuts before (or behind) each true condition; parts refer to the argument's elements.
void split_array(ExecState& exec, const PredicateContext& context, const void* tuple, bool behind,
                 ArrayRef* out) {
  const Conditions cut = conditions_of(context, tuple);
  const ArrayRef& values = values_of(tuple);
  std::vector<ArrayRef> parts;
  uint64_t begin = 0;
  for (uint64_t i = 0; i < values.size; ++i) {
    const bool ends =
        behind ? (cut[i] && i + 1 < values.size) : (i + 1 < values.size && cut[i + 1]);
    if (!ends && i + 1 < values.size) continue;
    parts.push_back({element_at(values, context.stride, begin), i + 1 - begin});
    begin = i + 1;
  }
  auto* items = exec.scratch.allocate_array<ArrayRef>(parts.size());
  for (size_t i = 0; i < parts.size(); ++i) items[i] = parts[i];
  *out = {items, parts.size()};
}

}  // namespace

extern "C" void sp_array_split(ExecState& exec, const PredicateContext* context, const void* tuple,
                               ArrayRef* out) noexcept {
  split_array(exec, *context, tuple, false, out);
}
extern "C" void sp_array_reverse_split(ExecState& exec, const PredicateContext* context,
                                       const void* tuple, ArrayRef* out) noexcept {
  split_array(exec, *context, tuple, true, out);
}

namespace {

enum class Yields { kArray, kNestedArray, kElement, kElementOrNull, kCount, kTruth };

Resolver predicate(const char* function, const Symbol& symbol, Yields yields) {
  return [=](std::span<const Argument> arguments,
             const ResolveOptions&) -> Result<ResolvedFunction> {
    const bool has_lambda = arguments[0].type.is(TypeKind::kLambda);
    if (!has_lambda &&
        (yields == Yields::kCount || yields == Yields::kTruth ? arguments.size() != 1 : true)) {
      return illegal_argument(arguments, 0, "a lambda");
    }
    if (has_lambda && arguments.size() < 2) {
      return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                  std::string("Function ") + function + " needs at least one array argument");
    }
    SP_TRY(const Type element, array_element_type(arguments, has_lambda ? 1 : 0));
    const Type condition = has_lambda ? arguments[0].type.inner().back() : element;
    const Type base = condition.base();
    if (!base.is(TypeKind::kUInt8) && !base.is(TypeKind::kBool) && !base.is(TypeKind::kNothing)) {
      return fail(ErrorCode::kIllegalTypeOfArgument,
                  std::string("Expression for function ") + function +
                      " must return UInt8 or Nullable(UInt8), found " + condition.name());
    }
    auto context = std::make_shared<PredicateContext>(element);
    context->condition_stride = condition.can_be_null() ? 2 : 1;
    std::vector<Type> casts = {Type::array(uint8_type().with_null(condition.can_be_null()))};
    for (size_t i = 1; i < arguments.size(); ++i) casts.push_back(arguments[i].type);
    Type result = uint8_type();
    switch (yields) {
      case Yields::kArray: result = arguments[1].type; break;
      case Yields::kNestedArray: result = Type::array(arguments[1].type); break;
      case Yields::kElement: result = element; break;
      case Yields::kElementOrNull:
        result = Type::nullable(element);
        if (result.can_be_null()) context->result_null_offset = slot_layout(element.base()).size;
        break;
      case Yields::kCount: result = uint32_type(); break;
      case Yields::kTruth: break;
    }
    return packed_call(result, symbol, std::move(casts), context);
  };
}

}  // namespace

SP_FUNCTIONS(array_predicates) {
  const auto add = [&](const char* name, const Symbol& symbol, Yields yields, const char* doc,
                       const char* example, const char* result) {
    rows.push_back({.name = name,
                    .min_arguments = 1,
                    .nulls = NullPolicy::kSeesNulls,
                    .takes_lambda = true,
                    .resolve = predicate(name, symbol, yields),
                    .doc = doc,
                    .example = example,
                    .example_result = result});
  };
  add("arrayFilter", SP_SYMBOL(sp_array_filter), Yields::kArray,
      "Keeps the elements for which `lambda` holds.", "SELECT arrayFilter(x -> x > 1, [1, 2, 3])",
      "[2,3]");
  add("arrayCount", SP_SYMBOL(sp_array_count), Yields::kCount,
      "Counts the elements for which `lambda` holds (without one: that are not 0).",
      "SELECT arrayCount(x -> x > 1, [1, 2, 3])", "2");
  add("arrayExists", SP_SYMBOL(sp_array_exists), Yields::kTruth,
      "Returns 1 if `lambda` holds for an element.", "SELECT arrayExists(x -> x = 2, [1, 2])", "1");
  add("arrayAll", SP_SYMBOL(sp_array_all), Yields::kTruth,
      "Returns 1 if `lambda` holds for all elements.", "SELECT arrayAll(x -> x > 0, [1, 2])", "1");
  add("arrayFirst", SP_SYMBOL(sp_array_first), Yields::kElement,
      "Returns the first element for which `lambda` holds, else the default value.",
      "SELECT arrayFirst(x -> x > 1, [1, 2, 3])", "2");
  add("arrayLast", SP_SYMBOL(sp_array_last), Yields::kElement,
      "Returns the last element for which `lambda` holds, else the default value.",
      "SELECT arrayLast(x -> x > 1, [1, 2, 3])", "3");
  add("arrayFirstOrNull", SP_SYMBOL(sp_array_first), Yields::kElementOrNull,
      "Returns the first element for which `lambda` holds, else NULL.",
      "SELECT arrayFirstOrNull(x -> x > 9, [1])", "\\N");
  add("arrayLastOrNull", SP_SYMBOL(sp_array_last), Yields::kElementOrNull,
      "Returns the last element for which `lambda` holds, else NULL.",
      "SELECT arrayLastOrNull(x -> x > 9, [1])", "\\N");
  add("arrayFirstIndex", SP_SYMBOL(sp_array_first_index), Yields::kCount,
      "Returns the index (from 1) of the first element for which `lambda` holds, else 0.",
      "SELECT arrayFirstIndex(x -> x > 1, [1, 2])", "2");
  add("arrayLastIndex", SP_SYMBOL(sp_array_last_index), Yields::kCount,
      "Returns the index (from 1) of the last element for which `lambda` holds, else 0.",
      "SELECT arrayLastIndex(x -> x > 1, [2, 2, 1])", "2");
  add("arrayFill", SP_SYMBOL(sp_array_fill), Yields::kArray,
      "Replaces each element for which `lambda` does not hold by the one before it.",
      "SELECT arrayFill(x -> x > 1, [1, 2, 1, 3])", "[1,2,2,3]");
  add("arrayReverseFill", SP_SYMBOL(sp_array_reverse_fill), Yields::kArray,
      "Replaces each element for which `lambda` does not hold by the one behind it.",
      "SELECT arrayReverseFill(x -> x > 1, [1, 2, 1, 3])", "[2,2,3,3]");
  add("arraySplit", SP_SYMBOL(sp_array_split), Yields::kNestedArray,
      "Splits the array before each element for which `lambda` holds.",
      "SELECT arraySplit(x -> x = 2, [1, 2, 3])", "[[1],[2,3]]");
  add("arrayReverseSplit", SP_SYMBOL(sp_array_reverse_split), Yields::kNestedArray,
      "Splits the array behind each element for which `lambda` holds.",
      "SELECT arrayReverseSplit(x -> x = 2, [1, 2, 3])", "[[1,2],[3]]");
}

}  // namespace sp
