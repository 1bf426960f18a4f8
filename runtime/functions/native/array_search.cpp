// has, indexOf, countEqual, hasAll, hasAny, hasSubstr, arrayRemove: arrays searched by value. NULL
// equals NULL.

#include "runtime/functions/native/array_context.h"
#include "runtime/functions/signature.h"

namespace sp {
namespace {

template <class T>
int64_t find_number(const ArrayRef& array, const void* value) noexcept {
  T wanted;
  std::memcpy(&wanted, value, sizeof(T));
  const auto* items = static_cast<const T*>(array.data);
  for (uint64_t i = 0; i < array.size; ++i) {
    if (items[i] == wanted) return static_cast<int64_t>(i);
  }
  return -1;
}

int64_t find_element(const ArrayContext& context, const ArrayRef& array,
                     const void* value) noexcept {
  if (context.plain) {
    switch (context.stride) {
      case 1: return find_number<uint8_t>(array, value);
      case 2: return find_number<uint16_t>(array, value);
      case 4: return find_number<uint32_t>(array, value);
      case 8: return find_number<uint64_t>(array, value);
      default: break;
    }
  }
  for (uint64_t i = 0; i < array.size; ++i) {
    if (context.equal(element_at(array, context.stride, i), value)) return static_cast<int64_t>(i);
  }
  return -1;
}

}  // namespace

extern "C" uint8_t sp_has(const ArrayContext* context, const ArrayRef& array,
                          const void* value) noexcept {
  return find_element(*context, array, value) >= 0;
}
extern "C" uint64_t sp_index_of(const ArrayContext* context, const ArrayRef& array,
                                const void* value) noexcept {
  return static_cast<uint64_t>(find_element(*context, array, value) + 1);
}
extern "C" uint64_t sp_count_equal(const ArrayContext* context, const ArrayRef& array,
                                   const void* value) noexcept {
  uint64_t count = 0;
  for (uint64_t i = 0; i < array.size; ++i)
    count += context->equal(element_at(array, context->stride, i), value);
  return count;
}
extern "C" void sp_array_remove(ExecState& exec, const ArrayContext* context, const ArrayRef& array,
                                const void* value, ArrayRef* out) noexcept {
  char* items = new_elements(exec, *context, array.size);
  uint64_t kept = 0;
  for (uint64_t i = 0; i < array.size; ++i) {
    const char* item = element_at(array, context->stride, i);
    if (!context->equal(item, value))
      std::memcpy(items + kept++ * context->stride, item, context->stride);
  }
  *out = {items, kept};
}
extern "C" uint8_t sp_has_all(const ArrayContext* context, const ArrayRef& array,
                              const ArrayRef& subset) noexcept {
  constexpr uint64_t kScan = 8;
  if (subset.size <= kScan) {
    for (uint64_t i = 0; i < subset.size; ++i) {
      if (find_element(*context, array, element_at(subset, context->stride, i)) < 0) return 0;
    }
    return 1;
  }
  SlotSet set(*context, array.size);
  for (uint64_t i = 0; i < array.size; ++i) set.insert(element_at(array, context->stride, i), 0);
  for (uint64_t i = 0; i < subset.size; ++i) {
    if (set.find(element_at(subset, context->stride, i)) < 0) return 0;
  }
  return 1;
}
extern "C" uint8_t sp_has_any(const ArrayContext* context, const ArrayRef& array,
                              const ArrayRef& other) noexcept {
  SlotSet set(*context, other.size);
  for (uint64_t i = 0; i < other.size; ++i) set.insert(element_at(other, context->stride, i), 0);
  for (uint64_t i = 0; i < array.size; ++i) {
    if (set.find(element_at(array, context->stride, i)) >= 0) return 1;
  }
  return 0;
}
extern "C" uint8_t sp_has_substr(const ArrayContext* context, const ArrayRef& array,
                                 const ArrayRef& part) noexcept {
  for (uint64_t begin = 0; begin + part.size <= array.size; ++begin) {
    uint64_t i = 0;
    while (i < part.size && context->equal(element_at(array, context->stride, begin + i),
                                           element_at(part, context->stride, i)))
      ++i;
    if (i == part.size) return 1;
  }
  return 0;
}

Result<ResolvedFunction> resolve_map_contains(std::span<const Argument> arguments,
                                              const ResolveOptions& options);

namespace {

// (array, value): both cast to the common element type; a string constant beside dates and enums to
// theirs.
Result<ResolvedFunction> resolve_search(std::span<const Argument> arguments, Type result,
                                        const Symbol& symbol) {
  SP_TRY(const Type own, array_element_type(arguments, 0));
  const Type value = arguments[1].type;
  Type element = own.without_low_cardinality();
  const bool takes_constant = arguments[1].is_constant && value.base().is_string_like() &&
                              !own.base().is_string_like() && !own.base().is(TypeKind::kNothing);
  if (!takes_constant) { SP_TRY(element, common_type(std::vector<Type>{own, value})); }
  return call(result, symbol, {array_cast(arguments[0].type, element), element},
              std::make_shared<ArrayContext>(element));
}

Resolver search(Type result, const Symbol& symbol) {
  return [=](std::span<const Argument> arguments, const ResolveOptions&) {
    return resolve_search(arguments, result, symbol);
  };
}

Result<ResolvedFunction> resolve_remove(std::span<const Argument> arguments,
                                        const ResolveOptions&) {
  SP_TRY(const Type element, array_element_type(arguments, 0));
  return call(arguments[0].type, SP_SYMBOL(sp_array_remove), {arguments[0].type, element},
              std::make_shared<ArrayContext>(element));
}

Resolver two_arrays(const Symbol& symbol) {
  return [=](std::span<const Argument> arguments,
             const ResolveOptions&) -> Result<ResolvedFunction> {
    SP_TRY(const Type element, common_element(arguments));
    return call(uint8_type(), symbol,
                {array_cast(arguments[0].type, element), array_cast(arguments[1].type, element)},
                std::make_shared<ArrayContext>(element));
  };
}

}  // namespace

SP_FUNCTIONS(array_search) {
  const auto add = [&](const char* name, Resolver resolve, const char* doc, const char* example,
                       const char* result) {
    rows.push_back({.name = name,
                    .min_arguments = 2,
                    .max_arguments = 2,
                    .nulls = NullPolicy::kSeesNulls,
                    .resolve = std::move(resolve),
                    .doc = doc,
                    .example = example,
                    .example_result = result});
  };
  add(
      "has",
      [](std::span<const Argument> arguments,
         const ResolveOptions& options) -> Result<ResolvedFunction> {
        if (arguments[0].type.is(TypeKind::kMap)) return resolve_map_contains(arguments, options);
        return resolve_search(arguments, uint8_type(), SP_SYMBOL(sp_has));
      },
      "Returns 1 if `array` contains `value` (or a map the key).", "SELECT has([1, 2], 2)", "1");
  add("indexOf", search(uint64_type(), SP_SYMBOL(sp_index_of)),
      "Returns the index (from 1) of the first element equal to `value`, else 0.",
      "SELECT indexOf([5, 6], 6)", "2");
  add("countEqual", search(uint64_type(), SP_SYMBOL(sp_count_equal)),
      "Counts the elements equal to `value`.", "SELECT countEqual([1, 2, 1], 1)", "2");
  add("arrayRemove", resolve_remove, "Removes the elements equal to `value`.",
      "SELECT arrayRemove([1, 2, 1], 1)", "[2]");
  rows.back().aliases = {"array_remove"};
  add("hasAll", two_arrays(SP_SYMBOL(sp_has_all)),
      "Returns 1 if `array` contains all elements of `subset`.", "SELECT hasAll([1, 2, 3], [3, 1])",
      "1");
  add("hasAny", two_arrays(SP_SYMBOL(sp_has_any)),
      "Returns 1 if the arrays have an element in common.", "SELECT hasAny([1, 2], [2, 3])", "1");
  add("hasSubstr", two_arrays(SP_SYMBOL(sp_has_substr)),
      "Returns 1 if `array` contains all elements of `part` next to each other in this order.",
      "SELECT hasSubstr([1, 2, 3], [2, 3])", "1");
}

}  // namespace sp
