// arraySort, arrayReverseSort and their partial forms, by value or by the results of a lambda. NaN
// and NULL stand last in both directions. Plain numbers are sorted in place; everything else
// through an index.

#include <algorithm>
#include <numeric>

#include "runtime/functions/native/array_context.h"
#include "runtime/functions/signature.h"

namespace sp {

struct SortContext : FunctionContext {
  SortContext(Type key, Type element) : keys(key), values(element) {}
  ArrayContext keys, values;
  bool reverse = false, has_lambda = false;
  TypeKind key_kind = TypeKind::kNothing;  // of a plain number, else kNothing
};

namespace {

template <class T>
void sort_numbers(void* data, uint64_t size, bool reverse) {
  auto* begin = static_cast<T*>(data);
  T* end = begin + size;
  if constexpr (std::is_floating_point_v<T>)
    end = std::stable_partition(begin, end, [](T v) { return v == v; });
  if (reverse)
    std::sort(begin, end, std::greater<T>());
  else
    std::sort(begin, end);
}

bool sort_in_place(TypeKind kind, void* data, uint64_t size, bool reverse) {
  switch (kind) {
#define SP_X(suffix, type, kind) \
  case TypeKind::kind: sort_numbers<type>(data, size, reverse); return true;
    SP_BY_NUMBER(SP_X)
#undef SP_X
    default: return false;
  }
}

bool is_nan(TypeKind kind, const void* slot) {
  if (kind == TypeKind::kFloat64)
    return *static_cast<const double*>(slot) != *static_cast<const double*>(slot);
  if (kind == TypeKind::kFloat32)
    return *static_cast<const float*>(slot) != *static_cast<const float*>(slot);
  return false;
}

void sort_array(ExecState& exec, const SortContext& context, const ArrayRef& keys,
                const ArrayRef& values, ArrayRef* out) {
  char* items = new_elements(exec, context.values, values.size);
  if (items == nullptr) return;
  *out = {items, values.size};
  const uint32_t stride = context.values.stride;
  if (!context.has_lambda && context.key_kind != TypeKind::kNothing) {
    if (values.size > 0) std::memcpy(items, values.data, values.size * stride);
    if (sort_in_place(context.key_kind, items, values.size, context.reverse)) return;
  }
  std::vector<uint32_t> order(values.size);
  std::iota(order.begin(), order.end(), 0u);
  const TypeKind base = context.keys.ops->type.base().kind();
  const auto rank = [&](const char* key) {
    return context.keys.is_null(key) ? 2 : is_nan(base, key) ? 1 : 0;
  };
  std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    const char* x = element_at(keys, context.keys.stride, a);
    const char* y = element_at(keys, context.keys.stride, b);
    if (context.reverse) {
      const int rank_x = rank(x), rank_y = rank(y);
      if (rank_x != rank_y) return rank_x < rank_y;
      return context.keys.ops->compare(y, x, SlotOps::Absent::kFirst) < 0;
    }
    return context.keys.ops->compare(x, y) < 0;
  });
  for (size_t i = 0; i < order.size(); ++i)
    std::memcpy(items + i * stride, element_at(values, stride, order[i]), stride);
}

}  // namespace

// The tuple holds the keys (the lambda's results, or the array itself) and, with a lambda, the
// values.
extern "C" void sp_array_sort(ExecState& exec, const SortContext* context, const void* tuple,
                              ArrayRef* out) noexcept {
  const auto* arrays = static_cast<const ArrayRef*>(tuple);
  *out = {nullptr, 0};
  sort_array(exec, *context, arrays[0], arrays[context->has_lambda ? 1 : 0], out);
}
// With a limit: the whole array is sorted, which is one of the orders that the partial form allows.
extern "C" void sp_array_partial_sort(ExecState& exec, const SortContext* context, uint64_t,
                                      const ArrayRef& array, ArrayRef* out) noexcept {
  *out = {nullptr, 0};
  sort_array(exec, *context, array, array, out);
}

namespace {

std::shared_ptr<SortContext> sort_context(Type key, Type element, bool reverse, bool has_lambda) {
  auto context = std::make_shared<SortContext>(key, element);
  context->reverse = reverse;
  context->has_lambda = has_lambda;
  if (key.is_number() && number_width(key) <= 8) {
    context->key_kind = key.is(TypeKind::kBool) ? TypeKind::kUInt8 : key.kind();
  }
  return context;
}

Resolver sorting(bool reverse) {
  return
      [=](std::span<const Argument> arguments, const ResolveOptions&) -> Result<ResolvedFunction> {
        const bool has_lambda = arguments[0].type.is(TypeKind::kLambda);
        if (has_lambda && arguments.size() < 2) {
          return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                      "Sorting with a lambda needs an array argument");
        }
        if (!has_lambda && arguments.size() > 1) return illegal_argument(arguments, 0, "a lambda");
        SP_TRY(const Type element, array_element_type(arguments, has_lambda ? 1 : 0));
        const Type key = has_lambda ? arguments[0].type.inner().back() : element;
        std::vector<Type> casts = argument_types(arguments);
        casts[0] = Type::array(key);
        return packed_call(Type::array(element), SP_SYMBOL(sp_array_sort), std::move(casts),
                           sort_context(key, element, reverse, has_lambda));
      };
}

Resolver partial_sorting(bool reverse) {
  return [=](std::span<const Argument> arguments,
             const ResolveOptions&) -> Result<ResolvedFunction> {
    if (!arguments[0].type.is_integer()) return illegal_argument(arguments, 0, "an integer limit");
    SP_TRY(const Type element, array_element_type(arguments, 1));
    return call(Type::array(element), SP_SYMBOL(sp_array_partial_sort),
                {uint64_type(), arguments[1].type}, sort_context(element, element, reverse, false));
  };
}

}  // namespace

SP_FUNCTIONS(array_sort) {
  rows.push_back({.name = "arraySort",
                  .min_arguments = 1,
                  .nulls = NullPolicy::kSeesNulls,
                  .takes_lambda = true,
                  .resolve = sorting(false),
                  .doc = "Sorts an array in ascending order, or by the results of `lambda`.",
                  .example = "SELECT arraySort([3, 1, 2])",
                  .example_result = "[1,2,3]"});
  rows.push_back({.name = "arrayReverseSort",
                  .min_arguments = 1,
                  .nulls = NullPolicy::kSeesNulls,
                  .takes_lambda = true,
                  .resolve = sorting(true),
                  .doc = "Sorts an array in descending order, or by the results of `lambda`.",
                  .example = "SELECT arrayReverseSort(x -> -x, [3, 1, 2])",
                  .example_result = "[1,2,3]"});
  rows.push_back(
      {.name = "arrayPartialSort",
       .min_arguments = 2,
       .max_arguments = 2,
       .resolve = partial_sorting(false),
       .doc = "Sorts an array so that its first `limit` elements are in ascending order.",
       .example = "SELECT arrayPartialSort(1, [3, 1, 2])",
       .example_result = "[1,2,3]"});
  rows.push_back(
      {.name = "arrayPartialReverseSort",
       .min_arguments = 2,
       .max_arguments = 2,
       .resolve = partial_sorting(true),
       .doc = "Sorts an array so that its first `limit` elements are in descending order.",
       .example = "SELECT arrayPartialReverseSort(1, [1, 3, 2])",
       .example_result = "[3,2,1]"});
}

}  // namespace sp
