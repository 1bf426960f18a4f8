// -OrNull: NULL over no rows, whatever the aggregate; generated code keeps the flag
// (null_when_empty).
// -OrDefault: the default of the result's type over no rows.

#include "runtime/aggregates/value_holder.h"
#include "runtime/aggregates/wrapping.h"

namespace sp {

// The nested state, then a byte that says whether a row was added.
struct OrDefaultContext : WrapContext {
  OrDefaultContext(Nested wrapped, Type result)
      : WrapContext(std::move(wrapped)),
        flag(nested.state_size()),
        slot(result) {}
  uint32_t flag;
  SlotContext slot;  // of the result
};

struct OrDefault {
  static char& added(const OrDefaultContext& context, void* state) {
    return static_cast<char*>(state)[context.flag];
  }
  static void add(ExecState& exec, const OrDefaultContext& context, void* state,
                  const void* row) noexcept {
    added(context, state) = 1;
    context.nested.add_packed(exec, state, row);
  }
  static void merge(ExecState& exec, const OrDefaultContext& context, void* into,
                    const void* from) noexcept {
    added(context, into) =
        static_cast<char>(added(context, into) | static_cast<const char*>(from)[context.flag]);
    context.nested.merge(exec, into, from);
  }
  static void finish(ExecState& exec, const OrDefaultContext& context, const void* state,
                     void* out) noexcept {
    if (static_cast<const char*>(state)[context.flag])
      return context.nested.finish(exec, state, out);
    const SlotHolder nothing{};
    nothing.finish(context.slot, out);
  }
  static void write(const OrDefaultContext& context, const void* state, StateWriter& out) {
    out.pod(static_cast<const char*>(state)[context.flag]);
    context.write_nested(state, out);
  }
  static bool read(ExecState& exec, const OrDefaultContext& context, void* state, StateReader& in) {
    char flag;
    if (!in.pod(flag)) return false;
    added(context, state) = static_cast<char>(added(context, state) | flag);
    return context.read_nested(exec, state, in);
  }
};

}  // namespace sp

extern "C" void sp_or_default_init(const sp::OrDefaultContext* context, void* state) noexcept {
  context->nested.init(state);
  sp::OrDefault::added(*context, state) = 0;
}
SP_WRAP_BODIES(sp_or_default, sp::OrDefaultContext, sp::OrDefault)

#ifndef SP_BITCODE
namespace sp {
namespace {

bool can_be_null(Type type) {
  return !type.is_nullable() && !type.is(TypeKind::kTuple) && !(Type::nullable(type) == type);
}

Result<ResolvedAggregate> or_default(ResolvedAggregate nested) {
  ResolvedAggregate resolved;
  resolved.result = nested.result;
  resolved.arguments = nested.arguments;
  resolved.skip_nulls = nested.skip_nulls;
  resolved.order_matters = nested.order_matters;
  resolved.has_condition = take_condition(nested);
  const Type result = nested.result;
  auto context = std::make_shared<OrDefaultContext>(Nested(std::move(nested)), result);
  resolved.state_align = context->nested.state_align();
  resolved.state_size =
      (context->flag + 1 + resolved.state_align - 1) / resolved.state_align * resolved.state_align;
  resolved.init = SP_SYMBOL(sp_or_default_init);
  resolved.pack_from = 0;
  SP_USE_SYMBOLS(resolved, sp_or_default);
  resolved.context = std::move(context);
  return resolved;
}

// A result that cannot be NULL becomes its type's default, as by -OrDefault.
Result<ResolvedAggregate> resolve_or_null(const CombinatorCall& call) {
  SP_TRY(ResolvedAggregate resolved, call.resolve_nested(call.arguments));
  if (resolved.null_when_empty || resolved.result.is_nullable()) return resolved;
  if (!can_be_null(resolved.result)) return or_default(std::move(resolved));
  resolved.null_when_empty = true;
  resolved.result = Type::nullable(resolved.result);
  return resolved;
}

Result<ResolvedAggregate> resolve_or_default(const CombinatorCall& call) {
  SP_TRY(ResolvedAggregate nested, call.resolve_nested(call.arguments));
  if (nested.null_when_empty) return nested;
  return or_default(std::move(nested));
}

const Combinator combinator_or_null("OrNull", &resolve_or_null);
const Combinator combinator_or_default("OrDefault", &resolve_or_default);

}  // namespace
}  // namespace sp
#endif
