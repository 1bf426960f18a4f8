// -Array: the aggregate over the elements of its array arguments, which must be equally long in
// each row.
// -ForEach: one state for each position in the arrays; the result is an array.

#include <algorithm>

#include "runtime/aggregates/growing_array.h"
#include "runtime/aggregates/wrapping.h"

namespace sp {

struct ArrayStatesContext : WrapContext {
  ArrayStatesContext(Nested wrapped, const std::vector<Type>& element_types)
      : WrapContext(std::move(wrapped)) {
    for (const Type type : element_types) strides.push_back(slot_layout(type).size);
    result_size = slot_layout(nested.result()).size;
  }
  std::vector<uint32_t> strides;  // of the elements of each argument
  uint32_t result_size;

  // Calls `visit(i, slots)` for each position of the arrays in `row`.
  template <class Visit>
  void for_each_position(ExecState& exec, const void* row, Visit&& visit) const noexcept {
    const auto* arrays = static_cast<const ArrayRef*>(row);
    constexpr size_t kMost = 64;
    const void* slots[kMost];
    for (size_t a = 1; a < strides.size(); ++a) {
      if (arrays[a].size == arrays[0].size) continue;
      exec.fail(ErrorCode::kSizesOfArraysDontMatch,
                "Sizes of arrays passed to the aggregate function don't match");
      return;
    }
    for (uint64_t i = 0; i < arrays[0].size; ++i) {
      for (size_t a = 0; a < strides.size(); ++a)
        slots[a] = static_cast<const char*>(arrays[a].data) + i * strides[a];
      visit(i, slots);
    }
  }
};

struct OverElements {
  static void add(ExecState& exec, const ArrayStatesContext& context, void* state,
                  const void* row) noexcept {
    context.for_each_position(exec, row, [&](uint64_t, const void* const* slots) {
      context.nested.add(exec, state, slots);
    });
  }
  static void merge(ExecState& exec, const ArrayStatesContext& context, void* into,
                    const void* from) noexcept {
    context.nested.merge(exec, into, from);
  }
  static void finish(ExecState& exec, const ArrayStatesContext& context, const void* state,
                     void* out) noexcept {
    context.nested.finish(exec, state, out);
  }
  static void write(const ArrayStatesContext& context, const void* state, StateWriter& out) {
    context.write_nested(state, out);
  }
  static bool read(ExecState& exec, const ArrayStatesContext& context, void* state,
                   StateReader& in) {
    return context.read_nested(exec, state, in);
  }
};

struct ForEachPosition {
  using States = GrowingArray<void*>;
  static void* at(ExecState& exec, const ArrayStatesContext& context, States& states,
                  uint64_t i) noexcept {
    while (states.size <= i) states.push(exec, context.new_state(exec));
    return states[i];
  }
  static void add(ExecState& exec, const ArrayStatesContext& context, void* state,
                  const void* row) noexcept {
    auto& states = *static_cast<States*>(state);
    context.for_each_position(exec, row, [&](uint64_t i, const void* const* slots) {
      context.nested.add(exec, at(exec, context, states, i), slots);
    });
  }
  static void merge(ExecState& exec, const ArrayStatesContext& context, void* into,
                    const void* from) noexcept {
    const auto& other = *static_cast<const States*>(from);
    for (uint64_t i = 0; i < other.size; ++i) {
      context.nested.merge(exec, at(exec, context, *static_cast<States*>(into), i), other[i]);
    }
  }
  static void finish(ExecState& exec, const ArrayStatesContext& context, const void* state,
                     void* out) noexcept {
    const auto& states = *static_cast<const States*>(state);
    char* results =
        static_cast<char*>(exec.persistent.allocate(states.size * context.result_size + 1, 16));
    for (uint64_t i = 0; i < states.size; ++i)
      context.nested.finish(exec, states[i], results + i * context.result_size);
    *static_cast<ArrayRef*>(out) = {results, states.size};
  }
  static void write(const ArrayStatesContext& context, const void* state, StateWriter& out) {
    const auto& states = *static_cast<const States*>(state);
    out.varint(states.size);
    for (const void* one : states) context.write_nested(one, out);
  }
  static bool read(ExecState& exec, const ArrayStatesContext& context, void* state,
                   StateReader& in) {
    uint64_t count;
    if (!in.count(count)) return false;
    for (uint64_t i = 0; i < count; ++i) {
      if (!context.read_nested(exec, at(exec, context, *static_cast<States*>(state), i), in))
        return false;
    }
    return true;
  }
};

}  // namespace sp

extern "C" void sp_over_array_init(const sp::ArrayStatesContext* context, void* state) noexcept {
  context->nested.init(state);
}
SP_WRAP_BODIES(sp_over_array, sp::ArrayStatesContext, sp::OverElements)
SP_WRAP_BODIES(sp_for_each, sp::ArrayStatesContext, sp::ForEachPosition)

#ifndef SP_BITCODE
namespace sp {
namespace {

// Resolves the nested aggregate over elements; `resolved` gets the array arguments.
Result<std::shared_ptr<ArrayStatesContext>> over_elements(const CombinatorCall& call,
                                                          ResolvedAggregate& resolved) {
  if (call.arguments.empty()) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Array-like arguments are needed by aggregate function " + std::string(call.name));
  }
  std::vector<Argument> elements;
  for (const Argument& argument : call.arguments) {
    const Type type = argument.type.base();
    if (!type.is(TypeKind::kArray)) {
      return fail(ErrorCode::kIllegalTypeOfArgument, "Illegal type " + argument.type.name() +
                                                         " of argument for aggregate "
                                                         "function " +
                                                         std::string(call.name) +
                                                         ". Must be array.");
    }
    elements.push_back({type.element().without_low_cardinality(), false, nullptr, ""});
  }
  SP_TRY(ResolvedAggregate nested, call.resolve_nested(elements));
  std::vector<bool> nullable;
  std::vector<Type> element_types;
  for (size_t i = 0; i < nested.arguments.size(); ++i) {
    nullable.push_back(nested.skip_nulls && elements[i].type.is_nullable());
    element_types.push_back(nullable.back() ? Type::nullable(nested.arguments[i])
                                            : nested.arguments[i]);
    resolved.arguments.push_back(Type::array(element_types.back()));
  }
  resolved.order_matters = nested.order_matters;
  resolved.pack_from = 0;
  return std::make_shared<ArrayStatesContext>(Nested(std::move(nested), std::move(nullable)),
                                              element_types);
}

Result<ResolvedAggregate> resolve_array(const CombinatorCall& call) {
  ResolvedAggregate resolved;
  SP_TRY(std::shared_ptr<ArrayStatesContext> context, over_elements(call, resolved));
  resolved.result = context->nested.result();
  resolved.state_size = context->nested.state_size();
  resolved.state_align = context->nested.state_align();
  resolved.init = SP_SYMBOL(sp_over_array_init);
  SP_USE_SYMBOLS(resolved, sp_over_array);
  resolved.context = std::move(context);
  return resolved;
}

Result<ResolvedAggregate> resolve_for_each(const CombinatorCall& call) {
  ResolvedAggregate resolved;
  SP_TRY(std::shared_ptr<ArrayStatesContext> context, over_elements(call, resolved));
  resolved.result = Type::array(context->nested.result());
  resolved.state_size = sizeof(ForEachPosition::States);
  SP_USE_SYMBOLS(resolved, sp_for_each);
  resolved.context = std::move(context);
  return resolved;
}

const Combinator combinator_array("Array", &resolve_array);
const Combinator combinator_for_each("ForEach", &resolve_for_each);

}  // namespace
}  // namespace sp
#endif
