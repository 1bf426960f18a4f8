// finalizeAggregation(state): the result of a stored state. arrayReduce(aggregate, arrays...): an
// aggregate over the elements of arrays. initializeAggregation(aggregate, arguments...): an
// aggregate over the one row.

#include <cstring>

#include "runtime/aggregates/parameters.h"
#include "runtime/aggregates/stored_state.h"
#include "runtime/functions/signature.h"

namespace sp {

struct ReduceContext : FunctionContext {
  explicit ReduceContext(Nested aggregate) : nested(std::move(aggregate)) {}
  Nested nested;
  std::vector<uint32_t> offsets;  // of the arguments behind the first in the packed row
  std::vector<uint32_t> strides;  // of array elements

  void* new_state(ExecState& exec) const noexcept {
    void* state = exec.persistent.allocate(nested.state_size() + 1, 16);
    nested.init(state);
    return state;
  }
};

}  // namespace sp

using namespace sp;

extern "C" void sp_finalize_aggregation(ExecState& exec, const ReduceContext* context,
                                        const StringRef& bytes, void* out) noexcept {
  void* state = context->new_state(exec);
  if (!absorb_state(exec, context->nested, state, bytes)) {
    exec.fail(ErrorCode::kIncorrectData,
              "Cannot read the state of aggregate function " + context->nested.aggregate().name);
    return;
  }
  context->nested.finish(exec, state, out);
}

extern "C" void sp_array_reduce(ExecState& exec, const ReduceContext* context, const void* row,
                                void* out) noexcept {
  constexpr size_t kMost = 64;
  const ArrayRef* arrays[kMost];
  const void* slots[kMost];
  const size_t count = context->offsets.size();
  for (size_t a = 0; a < count; ++a) {
    arrays[a] =
        reinterpret_cast<const ArrayRef*>(static_cast<const char*>(row) + context->offsets[a]);
    if (arrays[a]->size == arrays[0]->size) continue;
    exec.fail(ErrorCode::kSizesOfArraysDontMatch,
              "Lengths of all arrays passed to arrayReduce must be equal");
    return;
  }
  void* state = context->new_state(exec);
  for (uint64_t i = 0; count > 0 && i < arrays[0]->size; ++i) {
    for (size_t a = 0; a < count; ++a)
      slots[a] = static_cast<const char*>(arrays[a]->data) + i * context->strides[a];
    context->nested.add(exec, state, slots);
  }
  context->nested.finish(exec, state, out);
}

extern "C" void sp_initialize_aggregation(ExecState& exec, const ReduceContext* context,
                                          const void* row, void* out) noexcept {
  constexpr size_t kMost = 64;
  const void* slots[kMost];
  for (size_t a = 0; a < context->offsets.size(); ++a)
    slots[a] = static_cast<const char*>(row) + context->offsets[a];
  void* state = context->new_state(exec);
  context->nested.add(exec, state, slots);
  context->nested.finish(exec, state, out);
}

namespace sp {
namespace {

const AggregateRegistry& aggregates() {
  static const AggregateRegistry registry;
  return registry;
}

Result<ResolvedFunction> resolve_finalize(std::span<const Argument> arguments,
                                          const ResolveOptions& options) {
  const Type type = arguments[0].type;
  if (!type.is(TypeKind::kAggregateFunction))
    return illegal_argument(arguments, 0, "AggregateFunction");
  SP_TRY(Nested nested, stored_aggregate(aggregates(), type, options));
  const Type result = nested.result();
  return fallible_call(result, SP_SYMBOL(sp_finalize_aggregation), {type},
                       std::make_shared<ReduceContext>(std::move(nested)));
}

// Both others: the first argument names the aggregate, with parameters; `over_arrays`: the others
// are arrays of its arguments.
Result<ResolvedFunction> resolve_reduce(std::span<const Argument> arguments,
                                        const ResolveOptions& options, bool over_arrays) {
  const auto text = arguments[0].constant_text();
  if (!text) return illegal_argument(arguments, 0, "the name of an aggregate function");
  const StoredCall call = parse_aggregate_call(*text);
  std::vector<Argument> values;
  for (size_t i = 1; i < arguments.size(); ++i) {
    Type type = arguments[i].type.without_low_cardinality();
    if (over_arrays && !type.is(TypeKind::kArray)) return illegal_argument(arguments, i, "Array");
    if (over_arrays) type = type.element().without_low_cardinality();
    values.push_back({type, false, nullptr, ""});
  }
  SP_TRY(ResolvedAggregate resolved,
         aggregates().resolve(call.name, call.parameters, values, options));
  std::vector<bool> nullable;
  std::vector<Type> types{arguments[0].type}, slots;
  for (size_t i = 0; i < resolved.arguments.size(); ++i) {
    const bool null = resolved.skip_nulls && values[i].type.is_nullable();
    nullable.push_back(null);
    slots.push_back(null ? Type::nullable(resolved.arguments[i]) : resolved.arguments[i]);
    types.push_back(over_arrays ? Type::array(slots.back()) : slots.back());
  }
  const Type result = resolved.result;
  auto context = std::make_shared<ReduceContext>(Nested(std::move(resolved), std::move(nullable)));
  const RowLayout layout = row_layout(types);
  context->offsets.assign(layout.offsets.begin() + 1, layout.offsets.end());
  for (const Type slot : slots) context->strides.push_back(slot_layout(slot).size);
  ResolvedFunction function = packed_call(
      result, over_arrays ? SP_SYMBOL(sp_array_reduce) : SP_SYMBOL(sp_initialize_aggregation),
      types, std::move(context));
  function.total = false;
  return function;
}

}  // namespace

SP_FUNCTIONS(aggregate_states) {
  rows.push_back({.name = "finalizeAggregation",
                  .min_arguments = 1,
                  .max_arguments = 1,
                  .nulls = NullPolicy::kSeesNulls,
                  .resolve = resolve_finalize,
                  .doc = "Returns the result of the stored aggregate `state`.",
                  .example = "SELECT finalizeAggregation(sumState(number)) FROM numbers(5)",
                  .example_result = "10"});
  rows.push_back({.name = "arrayReduce",
                  .min_arguments = 2,
                  .nulls = NullPolicy::kSeesNulls,
                  .constant_arguments = 1,
                  .resolve =
                      [](std::span<const Argument> arguments, const ResolveOptions& options) {
                        return resolve_reduce(arguments, options, true);
                      },
                  .doc = "Applies the aggregate named `aggregate`, such as 'quantile(0.9)', to the "
                         "elements of `arrays`.",
                  .example = "SELECT arrayReduce('quantileExact(0.9)', [3, 1, 2])",
                  .example_result = "3"});
  rows.push_back({.name = "initializeAggregation",
                  .min_arguments = 2,
                  .nulls = NullPolicy::kSeesNulls,
                  .constant_arguments = 1,
                  .resolve =
                      [](std::span<const Argument> arguments, const ResolveOptions& options) {
                        return resolve_reduce(arguments, options, false);
                      },
                  .doc = "Applies the aggregate named `aggregate`, such as 'sumState', to one row "
                         "of `arguments`.",
                  .example = "SELECT finalizeAggregation(initializeAggregation('sumState', 7))",
                  .example_result = "7"});
}

}  // namespace sp
