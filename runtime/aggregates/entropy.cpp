// entropy: Shannon's measure of how evenly values are spread; counts each value exactly.

#include <cmath>

#include "runtime/aggregates/parameters.h"
#include "runtime/aggregates/read_slots.h"
#include "runtime/aggregates/slot_counts.h"
#include "runtime/aggregates/slot_table.h"
#include "runtime/aggregates/variadic_hash.h"

namespace sp {

struct EntropyContext : AggregateContext {
  explicit EntropyContext(std::vector<Type> types)
      : ops(&slot_ops(Type::tuple(std::move(types)))) {}
  const SlotOps* ops;
};
struct Entropy {
  SlotTable table;
  void add(ExecState& exec, const EntropyContext& context, const void* row,
           uint64_t times) noexcept {
    bool is_new = false;
    char* payload = table.find_or_insert(exec, *context.ops, 8, row, is_new);
    uint64_t count;
    std::memcpy(&count, payload, 8);
    count += times;
    std::memcpy(payload, &count, 8);
  }
  static uint64_t count_of(char* row) noexcept {
    uint64_t count;
    std::memcpy(&count, SlotTable::payload_of(row), 8);
    return count;
  }
  void merge(ExecState& exec, const EntropyContext& context, const Entropy& other) {
    for (char* row : other.table.rows)
      add(exec, context, SlotTable::slot_of(row, 8), count_of(row));
  }
  void write(const EntropyContext& context, StateWriter& out) const {
    out.varint(table.rows.size);
    for (char* row : table.rows) {
      out.varint(count_of(row));
      serialize_slot(context.ops->type, SlotTable::slot_of(row, 8), out.text());
    }
  }
  bool read(ExecState& exec, const EntropyContext& context, StateReader& in) {
    uint64_t size;
    if (!in.count(size)) return false;
    void* slot = exec.persistent.allocate(context.ops->layout.size, 8);
    for (uint64_t i = 0; i < size; ++i) {
      uint64_t count;
      if (!in.varint(count)) return false;
      if (!read_slot(exec, context.ops->type, in, slot)) return false;
      add(exec, context, slot, count);
    }
    return true;
  }
  double value() const noexcept {
    double total = 0, sum = 0;
    for (char* row : table.rows) total += static_cast<double>(count_of(row));
    for (char* row : table.rows) {
      const double share = static_cast<double>(count_of(row)) / total;
      sum -= share * std::log2(share);
    }
    return sum;
  }
};

}  // namespace sp

using namespace sp;

extern "C" void sp_entropy_add(ExecState& exec, const EntropyContext* context, Entropy* state,
                               const void* row) noexcept {
  state->add(exec, *context, row, 1);
}
extern "C" double sp_entropy_finish(const Entropy* state) noexcept { return state->value(); }
SP_STATE_BODIES_WITH(sp_entropy, EntropyContext, Entropy)

// Over a frame that slides.
extern "C" void sp_entropy_enter(ExecState& exec, const EntropyContext* context, SlotCounts* state,
                                 const void* row) noexcept {
  state->add(exec, *context->ops, row);
}
extern "C" void sp_entropy_leave(const EntropyContext* context, SlotCounts* state,
                                 const void* row) noexcept {
  state->remove(*context->ops, row);
}
extern "C" double sp_entropy_frame(const EntropyContext* context,
                                   const SlotCounts* state) noexcept {
  double total = 0, sum = 0;
  for (uint64_t i = 0; i < state->size; ++i)
    total += static_cast<double>(state->count(*context->ops, i));
  for (uint64_t i = 0; i < state->size; ++i) {
    const double share = static_cast<double>(state->count(*context->ops, i)) / total;
    sum -= share * std::log2(share);
  }
  return sum;
}

#ifndef SP_BITCODE
namespace sp {
namespace {

Result<ResolvedAggregate> resolve_entropy(Arguments parameters, Arguments arguments,
                                          const ResolveOptions&) {
  SP_TRY_VOID(expect_no_parameters("entropy", parameters));
  if (arguments.empty()) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Incorrect number of arguments for aggregate function entropy");
  }
  ResolvedAggregate resolved;
  resolved.result = Type::of(TypeKind::kFloat64);
  resolved.context = std::make_shared<EntropyContext>(types_of(arguments));
  resolved.pack_from = 0;
  SP_USE_BODIES(resolved, sp_entropy, Entropy);
  SP_USE_SLIDING(resolved, sp_entropy, sp_entropy_frame, SlotCounts);
  return resolved;
}

}  // namespace

SP_AGGREGATES(entropy) {
  rows.push_back({.name = "entropy",
                  .resolve = &resolve_entropy,
                  .doc = "Shannon entropy, in bits, of the values of `x`.",
                  .example = "SELECT entropy(number % 4) FROM numbers(16)",
                  .example_result = "2"});
}

}  // namespace sp
#endif
