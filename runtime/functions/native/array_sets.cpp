// Array functions by value: arrayDistinct, arrayUniq, arrayIntersect, arrayUnion,
// arraySymmetricDifference, arrayExcept, arrayEnumerate, arrayEnumerateUniq, arrayEnumerateDense,
// arrayJaccardIndex, on hash sets of slots.

#include "runtime/functions/native/array_context.h"
#include "runtime/functions/row_adder.h"
#include "runtime/functions/signature.h"

namespace sp {

struct SetContext : ArrayContext {
  explicit SetContext(Type element) : ArrayContext(element) {}
  size_t count = 0;  // of arrays in the tuple
  uint32_t narrow_stride =
      0;  // arrayIntersect: of the result's elements, 0 if they are those of the arrays
  uint32_t narrow_size = 0;  // of their values, which a NULL flag may follow
  uint32_t value_size =
      0;  // arrayDistinct, arrayIntersect: of the elements without their NULL flag
  std::vector<uint32_t>
      strides;  // arrayUniq of several arrays: of their elements, and where they go in a key
  std::vector<uint32_t> offsets;
};

namespace {

const ArrayRef* arrays_of(const void* tuple) noexcept {
  return static_cast<const ArrayRef*>(tuple);
}

// The rows of several arrays as one array of tuples, so that every function below handles one
// array.
bool combine(ExecState& exec, const SetContext& context, const void* tuple,
             ArrayRef* out) noexcept {
  const ArrayRef* arrays = arrays_of(tuple);
  *out = arrays[0];
  if (context.count == 1) return true;
  for (size_t i = 1; i < context.count; ++i) {
    if (arrays[i].size == arrays[0].size) continue;
    exec.fail(ErrorCode::kSizesOfArraysDontMatch,
              "Lengths of all arrays passed to a function must be equal");
    return false;
  }
  char* rows = new_elements(exec, context, arrays[0].size);
  if (rows == nullptr) return false;
  std::memset(rows, 0, arrays[0].size * context.stride);
  for (uint64_t row = 0; row < arrays[0].size; ++row) {
    for (size_t i = 0; i < context.count; ++i) {
      std::memcpy(rows + row * context.stride + context.offsets[i],
                  element_at(arrays[i], context.strides[i], row), context.strides[i]);
    }
  }
  *out = {rows, arrays[0].size};
  return true;
}

}  // namespace

extern "C" void sp_array_distinct(ExecState& exec, const SetContext* context, const ArrayRef& array,
                                  ArrayRef* out) noexcept {
  char* items = new_elements(exec, *context, array.size);
  uint64_t kept = 0;
  const uint32_t size = context->value_size;
  SlotSet seen(*context, array.size);
  for (uint64_t i = 0; i < array.size; ++i) {
    const char* value = element_at(array, context->stride, i);
    if (context->is_null(value) || seen.insert(value, 0) >= 0) continue;
    std::memcpy(items + kept++ * size, value, size);
  }
  *out = {items, kept};
}
extern "C" uint32_t sp_array_uniq(ExecState& exec, const SetContext* context,
                                  const void* tuple) noexcept {
  ArrayRef rows;
  if (!combine(exec, *context, tuple, &rows)) return 0;
  SlotSet seen(*context, rows.size);
  uint32_t count = 0;
  for (uint64_t i = 0; i < rows.size; ++i)
    count += seen.insert(element_at(rows, context->stride, i), 0) < 0;
  return count;
}
extern "C" void sp_array_enumerate(ExecState& exec, const ArrayRef& array, ArrayRef* out) noexcept {
  auto* numbers = exec.scratch.allocate_array<uint32_t>(array.size);
  for (uint64_t i = 0; i < array.size; ++i) numbers[i] = static_cast<uint32_t>(i + 1);
  *out = {numbers, array.size};
}
// The how-manieth occurrence of its value each element is.
extern "C" void sp_array_enumerate_uniq(ExecState& exec, const SetContext* context,
                                        const void* tuple, ArrayRef* out) noexcept {
  ArrayRef rows;
  *out = {nullptr, 0};
  if (!combine(exec, *context, tuple, &rows)) return;
  auto* numbers = exec.scratch.allocate_array<uint32_t>(rows.size);
  std::vector<uint32_t> counts(rows.size, 0);
  SlotSet seen(*context, rows.size);
  for (uint64_t i = 0; i < rows.size; ++i) {
    const int64_t first =
        seen.insert(element_at(rows, context->stride, i), static_cast<int64_t>(i));
    numbers[i] = ++counts[first < 0 ? i : static_cast<uint64_t>(first)];
  }
  *out = {numbers, rows.size};
}
// The number of its value in order of first occurrence.
extern "C" void sp_array_enumerate_dense(ExecState& exec, const SetContext* context,
                                         const void* tuple, ArrayRef* out) noexcept {
  ArrayRef rows;
  *out = {nullptr, 0};
  if (!combine(exec, *context, tuple, &rows)) return;
  auto* numbers = exec.scratch.allocate_array<uint32_t>(rows.size);
  SlotSet seen(*context, rows.size);
  int64_t next = 1;
  for (uint64_t i = 0; i < rows.size; ++i) {
    const int64_t known = seen.insert(element_at(rows, context->stride, i), next);
    numbers[i] = static_cast<uint32_t>(known < 0 ? next++ : known);
  }
  *out = {numbers, rows.size};
}

namespace {

// Calls visit(value, arrays it occurs in) for each distinct value of all arrays, in order of first
// occurrence.
template <class Visit>
void for_each_distinct(const SetContext& context, const void* tuple, Visit visit) {
  const ArrayRef* arrays = arrays_of(tuple);
  uint64_t total = 0;
  for (size_t i = 0; i < context.count; ++i) total += arrays[i].size;
  struct Seen {
    const char* value;
    size_t arrays, last;
  };
  std::vector<Seen> values;
  SlotSet set(context, total);
  for (size_t i = 0; i < context.count; ++i) {
    for (uint64_t k = 0; k < arrays[i].size; ++k) {
      const char* value = element_at(arrays[i], context.stride, k);
      const int64_t known = set.insert(value, static_cast<int64_t>(values.size()));
      if (known < 0) {
        values.push_back({value, 1, i});
      } else if (Seen& seen = values[static_cast<size_t>(known)]; seen.last != i) {
        ++seen.arrays;
        seen.last = i;
      }
    }
  }
  for (const Seen& seen : values) visit(seen.value, seen.arrays);
}

template <class Keep>
void collect(ExecState& exec, const SetContext& context, const void* tuple, Keep keep,
             ArrayRef* out) {
  std::vector<const char*> kept;
  for_each_distinct(context, tuple, [&](const char* value, size_t arrays) {
    if (keep(arrays)) kept.push_back(value);
  });
  char* items = new_elements(exec, context, kept.size());
  *out = {nullptr, 0};
  if (items == nullptr) return;
  for (size_t i = 0; i < kept.size(); ++i)
    std::memcpy(items + i * context.stride, kept[i], context.stride);
  *out = {items, kept.size()};
}

}  // namespace

extern "C" void sp_array_intersect(ExecState& exec, const SetContext* context, const void* tuple,
                                   ArrayRef* out) noexcept {
  collect(exec, *context, tuple, [&](size_t arrays) { return arrays == context->count; }, out);
  if (context->narrow_stride == 0) return;
  char* items = static_cast<char*>(const_cast<void*>(out->data));  // made by collect()
  for (size_t i = 0; i < out->size; ++i) {
    const char* wide = items + i * context->stride;
    char* narrow = items + i * context->narrow_stride;
    const bool nullable = context->narrow_stride > context->narrow_size;
    const char flag = nullable ? wide[context->value_size] : '\0';  // before it is overwritten
    std::memmove(narrow, wide, context->narrow_size);
    if (nullable) narrow[context->narrow_size] = flag;
  }
}
extern "C" void sp_array_union(ExecState& exec, const SetContext* context, const void* tuple,
                               ArrayRef* out) noexcept {
  collect(exec, *context, tuple, [](size_t) { return true; }, out);
}
extern "C" void sp_array_symmetric_difference(ExecState& exec, const SetContext* context,
                                              const void* tuple, ArrayRef* out) noexcept {
  collect(exec, *context, tuple, [&](size_t arrays) { return arrays < context->count; }, out);
}
extern "C" void sp_array_except(ExecState& exec, const SetContext* context, const void* tuple,
                                ArrayRef* out) noexcept {
  const ArrayRef* arrays = arrays_of(tuple);
  SlotSet removed(*context, arrays[1].size);
  for (uint64_t i = 0; i < arrays[1].size; ++i)
    removed.insert(element_at(arrays[1], context->stride, i), 0);
  char* items = new_elements(exec, *context, arrays[0].size);
  uint64_t kept = 0;
  for (uint64_t i = 0; i < arrays[0].size; ++i) {
    const char* value = element_at(arrays[0], context->stride, i);
    if (removed.find(value) < 0)
      std::memcpy(items + kept++ * context->stride, value, context->stride);
  }
  *out = {items, kept};
}
extern "C" double sp_array_jaccard(const SetContext* context, const void* tuple) noexcept {
  double all = 0, shared = 0;
  for_each_distinct(*context, tuple, [&](const char*, size_t arrays) {
    ++all;
    shared += arrays == 2;
  });
  return shared / all;
}

namespace {

Result<ResolvedFunction> resolve_distinct(std::span<const Argument> arguments,
                                          const ResolveOptions&) {
  SP_TRY(const Type element, array_element_type(arguments, 0));
  auto context = std::make_shared<SetContext>(element.without_low_cardinality());
  const Type value = element.without_nullable();
  context->value_size = slot_layout(value).size;
  return call(Type::array(value), SP_SYMBOL(sp_array_distinct), {arguments[0].type}, context);
}

// Functions of the combined rows of arrays.
Resolver over_rows(const Symbol& symbol, Type result) {
  return [=](std::span<const Argument> arguments,
             const ResolveOptions&) -> Result<ResolvedFunction> {
    std::vector<Type> elements;
    for (size_t i = 0; i < arguments.size(); ++i) {
      SP_TRY(const Type element, array_element_type(arguments, i));
      elements.push_back(element);
    }
    auto context =
        std::make_shared<SetContext>(elements.size() == 1 ? elements[0] : Type::tuple(elements));
    context->count = elements.size();
    context->offsets = row_layout(elements).offsets;
    for (const Type element : elements) context->strides.push_back(slot_layout(element).size);
    ResolvedFunction resolved = packed_call(result, symbol, argument_types(arguments), context);
    resolved.total = false;
    return resolved;
  };
}

// What is in all of several arrays of integers fits the narrowest of their types.
std::optional<Type> narrowest(std::span<const Argument> arguments) {
  uint32_t widths[2] = {16, 16};  // unsigned, signed
  bool all_nullable = true;
  for (const Argument& argument : arguments) {
    const Type element = argument.type.base().element();
    if (!element.base().is_integer() || number_width(element.base()) > 8) return std::nullopt;
    uint32_t& width = widths[element.base().is_signed_integer() ? 1 : 0];
    width = std::min(width, number_width(element.base()));
    all_nullable = all_nullable && element.can_be_null();
  }
  return integer_type(widths[1] < widths[0], std::min(widths[0], widths[1]))
      .with_null(all_nullable);
}

Resolver over_sets(const Symbol& symbol, bool gives_array, bool narrows = false) {
  return
      [=](std::span<const Argument> arguments, const ResolveOptions&) -> Result<ResolvedFunction> {
        SP_TRY(const Type element, common_element(arguments));
        auto context = std::make_shared<SetContext>(element);
        context->count = arguments.size();
        Type result = element;
        if (const auto narrow = narrows ? narrowest(arguments) : std::nullopt;
            narrow && *narrow != element) {
          result = *narrow;
          context->narrow_stride = slot_layout(result).size;
          context->narrow_size = slot_layout(result.base()).size;
          context->value_size = slot_layout(element.base()).size;
        }
        std::vector<Type> casts;
        for (const Argument& argument : arguments)
          casts.push_back(array_cast(argument.type, element));
        return packed_call(gives_array ? Type::array(result) : float64_type(), symbol,
                           std::move(casts), context);
      };
}

}  // namespace

SP_FUNCTIONS(array_sets) {
  const RowAdder add(rows);
  const Type numbers = Type::array(uint32_type());
  add("arrayDistinct", 1, 1, resolve_distinct,
      "Returns the distinct elements of `array`, without NULLs.", "SELECT arrayDistinct([1, 2, 1])",
      "[1,2]");
  add("arrayUniq", 1, 255, over_rows(SP_SYMBOL(sp_array_uniq), uint32_type()),
      "Counts the distinct elements of an array, or rows of several arrays.",
      "SELECT arrayUniq([1, 1, 2])", "2");
  add("arrayEnumerate", 1, 1, signature("a", numbers, SP_SYMBOL(sp_array_enumerate)),
      "Returns [1, 2, ..., length(`array`)].", "SELECT arrayEnumerate([5, 6])", "[1,2]");
  add("arrayEnumerateUniq", 1, 255, over_rows(SP_SYMBOL(sp_array_enumerate_uniq), numbers),
      "Returns for each element the how-manieth of its value it is.",
      "SELECT arrayEnumerateUniq([5, 5, 6])", "[1,2,1]");
  add("arrayEnumerateDense", 1, 255, over_rows(SP_SYMBOL(sp_array_enumerate_dense), numbers),
      "Returns for each element the number of its value by first occurrence.",
      "SELECT arrayEnumerateDense([5, 6, 5])", "[1,2,1]");
  add("arrayIntersect", 1, 255, over_sets(SP_SYMBOL(sp_array_intersect), true, true),
      "Returns the distinct elements that occur in all arrays.",
      "SELECT arrayIntersect([1, 2, 3], [2, 3, 4])", "[2,3]");
  add("arrayUnion", 1, 255, over_sets(SP_SYMBOL(sp_array_union), true),
      "Returns the distinct elements that occur in any array.",
      "SELECT arraySort(arrayUnion([1, 2], [2, 3]))", "[1,2,3]");
  add("arraySymmetricDifference", 1, 255, over_sets(SP_SYMBOL(sp_array_symmetric_difference), true),
      "Returns the distinct elements that do not occur in all arrays.",
      "SELECT arraySort(arraySymmetricDifference([1, 2], [2, 3]))", "[1,3]");
  add("arrayExcept", 2, 2, over_sets(SP_SYMBOL(sp_array_except), true),
      "Returns the elements of the first array that do not occur in the second.",
      "SELECT arrayExcept([1, 2, 3], [2])", "[1,3]");
  add("arrayJaccardIndex", 2, 2, over_sets(SP_SYMBOL(sp_array_jaccard), false),
      "Returns the share of common elements among all distinct elements.",
      "SELECT arrayJaccardIndex([1, 2], [2, 3])", "0.3333333333333333");
}

}  // namespace sp
