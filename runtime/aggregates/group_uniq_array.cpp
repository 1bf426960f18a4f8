// groupUniqArray(x), groupUniqArray(n)(x): the different values, in the order of first appearance
// (ClickHouse leaves the order open). groupArrayIntersect(array): the elements that are in every
// array.

#include "runtime/aggregates/parameters.h"
#include "runtime/aggregates/read_slots.h"
#include "runtime/aggregates/slot_counts.h"
#include "runtime/aggregates/slot_table.h"
#include "runtime/aggregates/value_holder.h"

namespace sp {

struct UniqArrayContext : SlotContext {
  UniqArrayContext(Type slot_type, uint64_t max_size) : SlotContext(slot_type), limit(max_size) {}
  uint64_t limit;
};

struct UniqArray {
  SlotTable values;
  uint8_t seen_any;  // of groupArrayIntersect

  void add(ExecState& exec, const UniqArrayContext& context, const void* slot) noexcept {
    bool is_new = false;
    if (values.rows.size < context.limit)
      values.find_or_insert(exec, *context.ops, 0, slot, is_new);
  }
  void merge(ExecState& exec, const UniqArrayContext& context, const UniqArray& other) {
    for (const char* row : other.values.rows) add(exec, context, SlotTable::slot_of(row, 0));
  }
  void finish(ExecState& exec, const SlotContext& context, ArrayRef* out) const noexcept {
    char* slots =
        static_cast<char*>(exec.persistent.allocate(values.rows.size * context.size + 1, 16));
    for (uint64_t i = 0; i < values.rows.size; ++i) {
      std::memcpy(slots + i * context.size, SlotTable::slot_of(values.rows[i], 0), context.size);
    }
    *out = {slots, values.rows.size};
  }
  void write(const UniqArrayContext& context, StateWriter& out) const {
    out.varint(values.rows.size);
    for (const char* row : values.rows)
      serialize_slot(context.type, SlotTable::slot_of(row, 0), out.text());
  }
  bool read(ExecState& exec, const UniqArrayContext& context, StateReader& in) {
    return read_slots(exec, context.type, in, [&](const void* slot) {
      add(exec, context, slot);
      return true;
    });
  }
};

// Over a frame that slides. An array serves all rows until a value comes or goes for good.
struct SlidingUniqArray {
  SlotCounts values;
  const char* made;
  uint8_t is_made;
};

// The intersection so far: nothing seen = everything.
struct Intersection {
  UniqArray held;
  void narrow(ExecState& exec, const UniqArrayContext& context, const UniqArray& other) noexcept {
    if (!held.seen_any) {
      held = UniqArray{};
      held.merge(exec, context, other);
      held.seen_any = 1;
      return;
    }
    UniqArray kept{};
    SlotTable lookup = other.values;
    for (const char* row : held.values.rows) {
      const void* slot = SlotTable::slot_of(row, 0);
      const uint64_t before = lookup.rows.size;
      bool is_new = false;
      lookup.find_or_insert(exec, *context.ops, 0, slot, is_new);
      if (is_new)
        lookup.rows.size = before + 1;
      else if (before == lookup.rows.size)
        kept.add(exec, context, slot);
    }
    kept.seen_any = 1;
    held = kept;
  }
  void add(ExecState& exec, const UniqArrayContext& context, const ArrayRef& array) noexcept {
    UniqArray values{};
    for (uint64_t i = 0; i < array.size; ++i)
      values.add(exec, context, static_cast<const char*>(array.data) + i * context.size);
    narrow(exec, context, values);
  }
  void merge(ExecState& exec, const UniqArrayContext& context, const Intersection& other) {
    if (other.held.seen_any) narrow(exec, context, other.held);
  }
  void write(const UniqArrayContext& context, StateWriter& out) const {
    out.pod(held.seen_any);
    held.write(context, out);
  }
  bool read(ExecState& exec, const UniqArrayContext& context, StateReader& in) {
    UniqArray other{};
    if (!in.pod(other.seen_any) || !other.read(exec, context, in)) return false;
    if (other.seen_any) narrow(exec, context, other);
    return true;
  }
};

}  // namespace sp

using namespace sp;

extern "C" void sp_group_uniq_array_add(ExecState& exec, const UniqArrayContext* context,
                                        UniqArray* state, const void* slot) noexcept {
  state->add(exec, *context, slot);
}
extern "C" void sp_group_uniq_array_finish(ExecState& exec, const UniqArrayContext* context,
                                           const UniqArray* state, ArrayRef* out) noexcept {
  state->finish(exec, *context, out);
}
SP_STATE_BODIES_WITH(sp_group_uniq_array, UniqArrayContext, UniqArray)

extern "C" void sp_group_uniq_array_enter(ExecState& exec, const UniqArrayContext* context,
                                          SlidingUniqArray* state, const void* slot) noexcept {
  if (state->values.add(exec, *context->ops, slot)) state->is_made = 0;
}
extern "C" void sp_group_uniq_array_leave(const UniqArrayContext* context, SlidingUniqArray* state,
                                          const void* slot) noexcept {
  if (state->values.remove(*context->ops, slot)) state->is_made = 0;
}
extern "C" void sp_group_uniq_array_frame(ExecState& exec, const UniqArrayContext* context,
                                          SlidingUniqArray* state, ArrayRef* out) noexcept {
  const uint64_t size = state->values.size;
  if (!state->is_made) {
    char* const slots = static_cast<char*>(exec.persistent.allocate(size * context->size + 1, 16));
    for (uint64_t i = 0; i < size; ++i)
      std::memcpy(slots + i * context->size, state->values.slot(*context->ops, i), context->size);
    state->made = slots;
    state->is_made = 1;
  }
  *out = {state->made, size};
}

extern "C" void sp_array_intersect_add(ExecState& exec, const UniqArrayContext* context,
                                       Intersection* state, const ArrayRef& array) noexcept {
  state->add(exec, *context, array);
}
extern "C" void sp_array_intersect_finish(ExecState& exec, const UniqArrayContext* context,
                                          const Intersection* state, ArrayRef* out) noexcept {
  state->held.finish(exec, *context, out);
}
SP_STATE_BODIES_WITH(sp_array_intersect, UniqArrayContext, Intersection)

#ifndef SP_BITCODE
namespace sp {
namespace {

Result<ResolvedAggregate> resolve_uniq_array(Arguments parameters, Arguments arguments,
                                             const ResolveOptions&) {
  SP_TRY_VOID(expect_arguments("groupUniqArray", arguments, 1));
  uint64_t limit = UINT64_MAX;
  if (!parameters.empty()) {
    const auto given = constant_unsigned(parameters[0]);
    if (!given || *given == 0) {
      return fail(ErrorCode::kBadArguments,
                  "Parameter for aggregate function groupUniqArray should be positive number");
    }
    limit = *given;
  }
  ResolvedAggregate resolved;
  resolved.result = Type::array(arguments[0].type);
  resolved.context = std::make_shared<UniqArrayContext>(arguments[0].type, limit);
  SP_USE_BODIES(resolved, sp_group_uniq_array, UniqArray);
  // With a limit the values are those that came first.
  if (limit == UINT64_MAX) {
    SP_USE_SLIDING(resolved, sp_group_uniq_array, sp_group_uniq_array_frame, SlidingUniqArray);
    resolved.sliding.stable_result = true;
  }
  return resolved;
}

Result<ResolvedAggregate> resolve_intersect(Arguments parameters, Arguments arguments,
                                            const ResolveOptions&) {
  SP_TRY_VOID(expect_no_parameters("groupArrayIntersect", parameters));
  SP_TRY_VOID(expect_arguments("groupArrayIntersect", arguments, 1));
  const Type type = arguments[0].type;
  if (!type.is(TypeKind::kArray)) return illegal_type("groupArrayIntersect", type);
  ResolvedAggregate resolved;
  resolved.result = type;
  resolved.context = std::make_shared<UniqArrayContext>(type.element(), UINT64_MAX);
  SP_USE_BODIES(resolved, sp_array_intersect, Intersection);
  return resolved;
}

}  // namespace

SP_AGGREGATES(group_uniq_array) {
  rows.push_back(
      {.name = "groupUniqArray",
       .resolve = &resolve_uniq_array,
       .doc = "Array of the different values of `x`; groupUniqArray(n) keeps at most `n`.",
       .example = "SELECT arraySort(groupUniqArray(number % 3)) FROM numbers(10)",
       .example_result = "[0,1,2]"});
  rows.push_back({.name = "groupArrayIntersect",
                  .resolve = &resolve_intersect,
                  .doc = "The different elements that all arrays `x` share.",
                  .example = "SELECT arraySort(groupArrayIntersect(x)) FROM (SELECT arrayJoin([[1, "
                             "2, 3], [2, 3]]) AS x)",
                  .example_result = "[2,3]"});
}

}  // namespace sp
#endif
