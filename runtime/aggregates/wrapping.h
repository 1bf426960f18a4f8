#pragma once
// What combinators that wrap have in common: a context with the nested aggregate, bodies over
// packed arguments, and the macro that names them. A wrapping state is a struct W with static
// functions
//   add(exec, ctx, state, row)  merge(exec, ctx, into, from)  finish(exec, ctx, state, out)
//   write(ctx, state, writer)   read(exec, ctx, state, reader)
// over raw state memory: [W's own fields][nested state at ctx.nested_offset].

#include "runtime/aggregates/bodies.h"
#include "runtime/aggregates/combinator.h"
#include "runtime/aggregates/nested.h"

namespace sp {

struct WrapContext : AggregateContext {
  explicit WrapContext(Nested wrapped) : nested(std::move(wrapped)) {}
  Nested nested;
  uint32_t nested_offset = 0;
  /// A new nested state in the query's arena.
  void* new_state(ExecState& exec) const noexcept {
    void* state = exec.persistent.allocate(nested.state_size() == 0 ? 1 : nested.state_size(), 16);
    nested.init(state);
    return state;
  }
  void write_nested(const void* state, StateWriter& out) const {
    std::string bytes;
    nested.serialize(state, &bytes);
    out.bytes(bytes);
  }
  bool read_nested(ExecState& exec, void* state, StateReader& in) const {
    std::string_view bytes;
    return in.bytes(bytes) && nested.deserialize(exec, state, StringRef(bytes));
  }
};

/// Takes the condition of a nested -If off, so that the wrapper may pass it on to generated code.
inline bool take_condition(ResolvedAggregate& nested) {
  if (!nested.has_condition) return false;
  nested.has_condition = false;
  nested.arguments.pop_back();
  return true;
}

}  // namespace sp

#define SP_WRAP_BODIES(prefix, Context, W)                                                         \
  extern "C" void prefix##_add(::sp::ExecState& exec, const Context* context, void* state,         \
                               const void* row) noexcept {                                         \
    W::add(exec, *context, state, row);                                                            \
  }                                                                                                \
  extern "C" void prefix##_merge(::sp::ExecState& exec, const Context* context, void* into,        \
                                 const void* from) noexcept {                                      \
    W::merge(exec, *context, into, from);                                                          \
  }                                                                                                \
  extern "C" void prefix##_finish(::sp::ExecState& exec, const Context* context,                   \
                                  const void* state, void* out) noexcept {                         \
    W::finish(exec, *context, state, out);                                                         \
  }                                                                                                \
  extern "C" void prefix##_serialize(const Context* context, const void* state,                    \
                                     std::string* out) noexcept {                                  \
    ::sp::StateWriter writer(*out);                                                                \
    W::write(*context, state, writer);                                                             \
  }                                                                                                \
  extern "C" bool prefix##_deserialize(::sp::ExecState& exec, const Context* context, void* state, \
                                       const ::sp::StringRef& bytes) noexcept {                    \
    ::sp::StateReader reader(bytes.view());                                                        \
    return W::read(exec, *context, state, reader);                                                 \
  }
