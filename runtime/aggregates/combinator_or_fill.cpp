// -OrNull: NULL over no rows, whatever the aggregate; generated code keeps the flag (null_when_empty).
// -OrDefault: the default of the result's type over no rows.

#include <cstring>

#include "runtime/aggregates/wrapping.h"

namespace sp {

struct OrDefault {
  static void add(ExecState& exec, const WrapContext& context, void* state, const void* row) noexcept {
    context.nested.add_packed(exec, state, row);
  }
  static void merge(ExecState& exec, const WrapContext& context, void* into, const void* from) noexcept {
    context.nested.merge(exec, into, from);
  }
  static void finish(ExecState& exec, const WrapContext& context, const void* state, void* out) noexcept {
    const Type nullable = context.nested.result();
    auto* slot = static_cast<char*>(exec.persistent.allocate(slot_layout(nullable).size, 8));
    context.nested.finish(exec, state, slot);
    std::memcpy(out, slot, slot_layout(nullable.without_nullable()).size);  // zero bytes if nothing was added
  }
  static void write(const WrapContext& context, const void* state, StateWriter& out) { context.write_nested(state, out); }
  static bool read(ExecState& exec, const WrapContext& context, void* state, StateReader& in) {
    return context.read_nested(exec, state, in);
  }
};

}  // namespace sp

extern "C" void sp_or_default_init(const sp::WrapContext* context, void* state) noexcept { context->nested.init(state); }
SP_WRAP_BODIES(sp_or_default, sp::WrapContext, sp::OrDefault)

#ifndef SP_BITCODE
namespace sp {
namespace {

bool can_be_null(Type type) {
  return !type.is_nullable() && !type.is(TypeKind::kTuple) && !(Type::nullable(type) == type);
}

Result<ResolvedAggregate> resolve_or_null(const CombinatorCall& call) {
  SP_TRY(ResolvedAggregate resolved, call.resolve_nested(call.arguments));
  if (resolved.null_when_empty || !can_be_null(resolved.result)) return resolved;
  resolved.null_when_empty = true;
  resolved.result = Type::nullable(resolved.result);
  return resolved;
}

Result<ResolvedAggregate> resolve_or_default(const CombinatorCall& call) {
  SP_TRY(ResolvedAggregate nested, call.resolve_nested(call.arguments));
  if (nested.null_when_empty || !can_be_null(nested.result)) return nested;
  ResolvedAggregate resolved;
  resolved.result = nested.result;
  resolved.arguments = nested.arguments;
  resolved.skip_nulls = nested.skip_nulls;
  resolved.order_matters = nested.order_matters;
  resolved.has_condition = take_condition(nested);
  nested.null_when_empty = true;
  nested.result = Type::nullable(nested.result);
  auto context = std::make_shared<WrapContext>(Nested(std::move(nested)));
  resolved.state_size = context->nested.state_size();
  resolved.state_align = context->nested.state_align();
  resolved.init = SP_SYMBOL(sp_or_default_init);
  resolved.pack_from = 0;
  SP_USE_WRAP(resolved, sp_or_default);
  resolved.context = std::move(context);
  return resolved;
}

const Combinator combinator_or_null("OrNull", &resolve_or_null);
const Combinator combinator_or_default("OrDefault", &resolve_or_default);

}  // namespace
}  // namespace sp
#endif
