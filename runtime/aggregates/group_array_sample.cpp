// groupArraySample(n[, seed])(x): a uniform sample of n values (Vitter's algorithm R), by
// ClickHouse's generator and seed, so that the samples agree.

#include "runtime/aggregates/growing_array.h"
#include "runtime/aggregates/parameters.h"
#include "runtime/aggregates/pcg.h"
#include "runtime/aggregates/read_slots.h"
#include "runtime/aggregates/value_holder.h"

namespace sp {

struct SampleContext : SlotContext {
  explicit SampleContext(Type slot_type) : SlotContext(slot_type) {}
  uint64_t limit = 0;
  uint64_t seed = 123456;
};

struct SampleState {
  GrowingArray<char, 16> bytes;  // aligned for every slot
  uint64_t count, total;
  Pcg random;

  static void copy(ExecState& exec, const SampleContext& context, char* to,
                   const void* from) noexcept {
    if (context.copy == SlotContext::Copy::kFlat)
      std::memcpy(to, from, context.size);
    else
      context.ops->copy(to, from, exec.persistent);
  }
  const char* at(const SampleContext& context, uint64_t i) const noexcept {
    return bytes.data + i * context.size;
  }
  void push(ExecState& exec, const SampleContext& context, const void* slot) noexcept {
    bytes.reserve(exec, bytes.size + context.size);
    copy(exec, context, bytes.data + bytes.size, slot);
    bytes.size += context.size;
    ++count;
  }
  void add(ExecState& exec, const SampleContext& context, const void* slot) noexcept {
    ++total;
    if (count < context.limit) return push(exec, context, slot);
    const uint64_t place = below(context, total);
    if (place < context.limit) copy(exec, context, bytes.data + place * context.size, slot);
  }
  uint64_t below(const SampleContext& context, uint64_t limit) noexcept {
    return random.below(limit, context.seed);
  }
  void merge(ExecState& exec, const SampleContext& context, const SampleState& other);
  void write(const SampleContext& context, StateWriter& out) const;
  bool read(ExecState& exec, const SampleContext& context, StateReader& in);
};

}  // namespace sp

using namespace sp;

extern "C" void sp_group_array_sample_add(ExecState& exec, const SampleContext* context,
                                          SampleState* state, const void* slot) noexcept {
  state->add(exec, *context, slot);
}
extern "C" void sp_group_array_sample_finish(const SampleState* state, ArrayRef* out) noexcept {
  *out = {state->bytes.data, state->count};
}
SP_STATE_BODIES_WITH(sp_group_array_sample, SampleContext, SampleState)

#ifndef SP_BITCODE
#include <algorithm>

namespace sp {

// The larger of two full samples gives places to the other, in proportion to the rows that each
// stands for.
void SampleState::merge(ExecState& exec, const SampleContext& context, const SampleState& other) {
  if (other.count == 0) return;
  if (other.total <= context.limit) {
    for (uint64_t i = 0; i < other.count; ++i) add(exec, context, other.at(context, i));
    return;
  }
  if (total <= context.limit) {
    const SampleState mine = *this;
    *this = SampleState{};
    for (uint64_t i = 0; i < other.count; ++i) push(exec, context, other.at(context, i));
    total = other.total;
    random = mine.random;
    for (uint64_t i = 0; i < mine.count; ++i) add(exec, context, mine.at(context, i));
    return;
  }
  for (uint64_t i = 1; i < count; ++i) {  // shuffle
    char* one = bytes.data + i * context.size;
    std::swap_ranges(one, one + context.size, bytes.data + below(context, i + 1) * context.size);
  }
  total += other.total;
  for (uint64_t i = 0; i < count; ++i) {
    if (below(context, total) < other.total)
      copy(exec, context, bytes.data + i * context.size, other.at(context, i));
  }
}

void SampleState::write(const SampleContext& context, StateWriter& out) const {
  out.varint(total);
  out.pod(random);
  out.varint(count);
  for (uint64_t i = 0; i < count; ++i) serialize_slot(context.type, at(context, i), out.text());
}

bool SampleState::read(ExecState& exec, const SampleContext& context, StateReader& in) {
  SampleState other{};
  uint64_t size, rows;
  if (!in.varint(rows) || !in.pod(other.random) || !in.count(size)) return false;
  if (size > context.limit || size > rows || (size < context.limit && size != rows)) return false;
  void* slot = exec.persistent.allocate(context.size, 16);
  for (uint64_t i = 0; i < size; ++i) {
    if (!read_slot(exec, context.type, in, slot)) return false;
    other.push(exec, context, slot);
  }
  other.total = rows;
  merge(exec, context, other);
  return true;
}

namespace {

Result<ResolvedAggregate> resolve_sample(Arguments parameters, Arguments arguments,
                                         const ResolveOptions&) {
  SP_TRY_VOID(expect_arguments("groupArraySample", arguments, 1));
  if (parameters.empty() || parameters.size() > 2) {
    return fail(
        ErrorCode::kNumberOfArgumentsDoesntMatch,
        "Incorrect number of parameters for aggregate function groupArraySample, should be 1 or 2");
  }
  auto context = std::make_shared<SampleContext>(arguments[0].type);
  const auto limit = constant_unsigned(parameters[0]);
  if (!limit || *limit == 0) {
    return fail(ErrorCode::kBadArguments,
                "Parameter for aggregate function groupArraySample should be positive number");
  }
  context->limit = *limit;
  if (parameters.size() == 2) {
    const auto seed = constant_unsigned(parameters[1]);
    if (!seed || *seed == 0) {
      return fail(ErrorCode::kBadArguments,
                  "Parameter for aggregate function groupArraySample should be positive number");
    }
    context->seed = *seed;
  }
  ResolvedAggregate resolved;
  resolved.result = Type::array(arguments[0].type);
  resolved.order_matters = true;
  resolved.context = std::move(context);
  SP_USE_BODIES(resolved, sp_group_array_sample, SampleState);
  return resolved;
}

}  // namespace

SP_AGGREGATES(group_array_sample) {
  rows.push_back({.name = "groupArraySample",
                  .resolve = &resolve_sample,
                  .doc = "Array of `n` values of `x` (parameter), chosen at random from the `seed` "
                         "(second parameter).",
                  .example = "SELECT length(groupArraySample(3)(number)) FROM numbers(100)",
                  .example_result = "3"});
}

}  // namespace sp
#endif
