// -Distinct: every different row of arguments counts once, in the order of first appearance.

#include "runtime/aggregates/read_slots.h"
#include "runtime/aggregates/slot_table.h"
#include "runtime/aggregates/wrapping.h"

namespace sp {

struct DistinctContext : WrapContext {
  DistinctContext(Nested wrapped, Type row_type)
      : WrapContext(std::move(wrapped)),
        ops(&slot_ops(row_type)) {
    const uint32_t align = nested.state_align();
    nested_offset = (static_cast<uint32_t>(sizeof(SlotTable)) + align - 1) / align * align;
  }
  const SlotOps* ops;  // of the tuple of arguments
};

struct Distinct {
  static void* nested(const DistinctContext& context, void* state) {
    return static_cast<char*>(state) + context.nested_offset;
  }
  static void add(ExecState& exec, const DistinctContext& context, void* state,
                  const void* row) noexcept {
    bool is_new = false;
    static_cast<SlotTable*>(state)->find_or_insert(exec, *context.ops, 0, row, is_new);
    if (is_new) context.nested.add_packed(exec, nested(context, state), row);
  }
  static void merge(ExecState& exec, const DistinctContext& context, void* into,
                    const void* from) noexcept {
    for (const char* row : static_cast<const SlotTable*>(from)->rows)
      add(exec, context, into, SlotTable::slot_of(row, 0));
  }
  static void finish(ExecState& exec, const DistinctContext& context, const void* state,
                     void* out) noexcept {
    context.nested.finish(exec, static_cast<const char*>(state) + context.nested_offset, out);
  }
  // The different rows say everything: the nested state is made of them again.
  static void write(const DistinctContext& context, const void* state, StateWriter& out) {
    const auto& table = *static_cast<const SlotTable*>(state);
    out.varint(table.rows.size);
    for (const char* row : table.rows)
      serialize_slot(context.ops->type, SlotTable::slot_of(row, 0), out.text());
  }
  static bool read(ExecState& exec, const DistinctContext& context, void* state, StateReader& in) {
    return read_slots(exec, context.ops->type, in, [&](const void* row) {
      add(exec, context, state, row);
      return true;
    });
  }
};

}  // namespace sp

extern "C" void sp_distinct_init(const sp::DistinctContext* context, void* state) noexcept {
  std::memset(state, 0, sizeof(sp::SlotTable));
  context->nested.init(static_cast<char*>(state) + context->nested_offset);
}
SP_WRAP_BODIES(sp_distinct, sp::DistinctContext, sp::Distinct)

#ifndef SP_BITCODE
namespace sp {
namespace {

Result<ResolvedAggregate> resolve_distinct(const CombinatorCall& call) {
  if (call.arguments.empty()) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Incorrect number of arguments for aggregate function with Distinct suffix");
  }
  SP_TRY(ResolvedAggregate nested, call.resolve_nested(call.arguments));
  ResolvedAggregate resolved;
  resolved.result = nested.result;
  resolved.arguments = nested.arguments;
  resolved.skip_nulls = nested.skip_nulls;
  resolved.order_matters = nested.order_matters;
  resolved.null_when_empty = nested.null_when_empty;
  resolved.has_condition = take_condition(nested);
  if (nested.null_when_empty) {  // generated code keeps the flag
    nested.null_when_empty = false;
    nested.result = nested.result.without_nullable();
  }
  const Type row = Type::tuple(nested.arguments);
  auto context = std::make_shared<DistinctContext>(Nested(std::move(nested)), row);
  resolved.state_size = context->nested_offset + context->nested.state_size();
  resolved.state_align = std::max<uint32_t>(8, context->nested.state_align());
  resolved.init = SP_SYMBOL(sp_distinct_init);
  resolved.pack_from = 0;
  SP_USE_SYMBOLS(resolved, sp_distinct);
  resolved.context = std::move(context);
  return resolved;
}

const Combinator combinator_distinct("Distinct", &resolve_distinct);

}  // namespace
}  // namespace sp
#endif
