// groupArray(x), groupArray(n)(x) and groupArrayLast: all values in the order of rows, the first n,
// or the last n.

#include "runtime/aggregates/growing_array.h"
#include "runtime/aggregates/parameters.h"
#include "runtime/aggregates/read_slots.h"
#include "runtime/aggregates/slot_queue.h"
#include "runtime/aggregates/value_holder.h"

namespace sp {

struct GroupArrayContext : AggregateContext {
  GroupArrayContext(Type type, uint64_t max_size, bool keep_last)
      : slot(type),
        limit(max_size),
        last(keep_last) {}
  SlotContext slot;
  uint64_t limit;
  bool last;
};

// Slots in one growing block; strings and arrays are copied beside it.
struct GroupArrayState {
  GrowingArray<char, 16> bytes;  // size and capacity in bytes; aligned for every slot
  uint64_t count;
  uint64_t seen;  // of groupArrayLast: values met, place = seen % limit

  void add(ExecState& exec, const GroupArrayContext& context, const void* slot) noexcept {
    const uint32_t width = context.slot.size;
    if (__builtin_expect(count == context.limit, 0)) {
      if (context.last) copy(exec, context, bytes.data + (seen++ % context.limit) * width, slot);
      return;
    }
    if (__builtin_expect(bytes.size + width > bytes.capacity, 0) &&
        !bytes.grow(exec, bytes.size + width * 4))
      return;
    copy(exec, context, bytes.data + bytes.size, slot);
    bytes.size += width;
    ++count;
    ++seen;
  }
  static void copy(ExecState& exec, const GroupArrayContext& context, char* to,
                   const void* slot) noexcept {
    if (context.slot.copy != SlotContext::Copy::kFlat) {
      context.slot.ops->copy(to, slot, exec.persistent);
      return;
    }
    switch (context.slot.size) {
      case 1: *to = *static_cast<const char*>(slot); break;
      case 4: std::memcpy(to, slot, 4); break;
      case 8: std::memcpy(to, slot, 8); break;
      default: std::memcpy(to, slot, context.slot.size);
    }
  }
  const char* at(const GroupArrayContext& context, uint64_t i) const noexcept {
    const uint64_t place = context.last && seen > context.limit ? (seen + i) % context.limit : i;
    return bytes.data + place * context.slot.size;
  }
  void merge(ExecState& exec, const GroupArrayContext& context, const GroupArrayState& other) {
    if (context.limit == UINT64_MAX && context.slot.copy == SlotContext::Copy::kFlat) {
      if (other.count == 0 || !bytes.grow(exec, bytes.size + other.bytes.size)) return;
      bytes.append(exec, other.bytes.data, other.bytes.size);
      count += other.count;
      return;
    }
    for (uint64_t i = 0; i < other.count; ++i) add(exec, context, other.at(context, i));
  }
  void write(const GroupArrayContext& context, StateWriter& out) const {
    out.varint(count);
    for (uint64_t i = 0; i < count; ++i)
      serialize_slot(context.slot.type, at(context, i), out.text());
  }
  bool read(ExecState& exec, const GroupArrayContext& context, StateReader& in) {
    return read_slots(exec, context.slot.type, in, [&](const void* slot) {
      add(exec, context, slot);
      return true;
    });
  }
};

}  // namespace sp

using namespace sp;

extern "C" void sp_group_array_add(ExecState& exec, const GroupArrayContext* context,
                                   GroupArrayState* state, const void* slot) noexcept {
  state->add(exec, *context, slot);
}
// The last n values stay in the order of the ring, as in ClickHouse.
extern "C" void sp_group_array_finish(const GroupArrayState* state, ArrayRef* out) noexcept {
  *out = {state->bytes.data, state->count};
}
SP_STATE_BODIES_WITH(sp_group_array, GroupArrayContext, GroupArrayState)

// Over a frame that slides: every result is a piece of the array of all values.
extern "C" void sp_group_array_enter(ExecState& exec, const GroupArrayContext* context,
                                     SlotQueue* state, const void* slot) noexcept {
  const uint32_t width = context->slot.size;
  std::memcpy(state->append(exec, width), slot, width);
}
extern "C" void sp_group_array_leave(SlotQueue* state, const void*) noexcept { state->pop_front(); }
extern "C" void sp_group_array_frame(const GroupArrayContext* context, const SlotQueue* state,
                                     ArrayRef* out) noexcept {
  *out = {state->front(context->slot.size), std::min(state->size(), context->limit)};
}

#ifndef SP_BITCODE
namespace sp {
namespace {

template <bool kLast>
Result<ResolvedAggregate> resolve_group_array(Arguments parameters, Arguments arguments,
                                              const ResolveOptions&) {
  constexpr std::string_view name = kLast ? "groupArrayLast" : "groupArray";
  SP_TRY_VOID(expect_arguments(name, arguments, 1));
  uint64_t limit = UINT64_MAX;
  if (parameters.size() > 1 || (kLast && parameters.empty())) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Incorrect number of parameters for aggregate function " + std::string(name) +
                    ", should be 0 or 1");
  }
  if (parameters.size() == 1) {
    const auto given = constant_unsigned(parameters[0]);
    if (!given || *given == 0) {
      return fail(ErrorCode::kBadArguments, "Parameter for aggregate function " +
                                                std::string(name) + " should be positive number");
    }
    limit = *given;
  }
  ResolvedAggregate resolved;
  resolved.result = Type::array(arguments[0].type);
  resolved.context = std::make_shared<GroupArrayContext>(arguments[0].type, limit, kLast);
  resolved.order_matters = true;
  SP_USE_BODIES(resolved, sp_group_array, GroupArrayState);
  if (kLast) return resolved;
  SP_USE_SLIDING(resolved, sp_group_array, sp_group_array_frame, SlotQueue);
  resolved.sliding.stable_result = resolved.sliding.for_growing = true;
  return resolved;
}

}  // namespace

SP_AGGREGATES(group_array) {
  rows.push_back(
      {.name = "groupArray",
       .aliases = {"array_agg"},
       .resolve = &resolve_group_array<false>,
       .doc = "Array of the values of `x` in the order of rows; groupArray(n) keeps the first `n`.",
       .example = "SELECT groupArray(2)(number) FROM numbers(5)",
       .example_result = "[0,1]"});
  rows.push_back({.name = "groupArrayLast",
                  .resolve = &resolve_group_array<true>,
                  .doc = "Array of the last `n` values of `x`, in no particular order.",
                  .example = "SELECT groupArrayLast(2)(number) FROM numbers(5)",
                  .example_result = "[4,3]"});
}

}  // namespace sp
#endif
