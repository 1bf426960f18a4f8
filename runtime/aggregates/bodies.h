#pragma once
// What the files of aggregate families share: macros that turn the methods of a state struct into
// extern "C" bodies and those into a ResolvedAggregate.
//
// A state has:  void merge(ExecState&, const State&);  void write(StateWriter&) const;  bool
// read(ExecState&, StateReader&)
// read() absorbs: it merges the stored state into this one. States of kind "PodState" get write and
// read for free.
// The `_with` variants pass the call's context after ExecState / the writer / the reader.

#include "runtime/aggregates/aggregate.h"
#include "runtime/aggregates/state_bytes.h"
#include "runtime/exec/exec_state.h"

namespace sp {

/// write/read of a state without pointers: its bytes.
template <class State>
struct PodState {
  void write(StateWriter& out) const { out.pod(static_cast<const State&>(*this)); }
  bool read(ExecState& exec, StateReader& in) {
    State other;
    if (!in.pod(other)) return false;
    static_cast<State&>(*this).merge(exec, other);
    return true;
  }
};

}  // namespace sp

/// Defines prefix_merge, prefix_serialize, prefix_deserialize.
#define SP_STATE_BODIES(prefix, ...)                                                        \
  extern "C" void prefix##_merge(::sp::ExecState& exec, __VA_ARGS__* into,                  \
                                 const __VA_ARGS__* from) noexcept {                        \
    into->merge(exec, *from);                                                               \
  }                                                                                         \
  extern "C" void prefix##_serialize(const __VA_ARGS__* state, std::string* out) noexcept { \
    ::sp::StateWriter writer(*out);                                                         \
    state->write(writer);                                                                   \
  }                                                                                         \
  extern "C" bool prefix##_deserialize(::sp::ExecState& exec, __VA_ARGS__* state,           \
                                       const ::sp::StringRef& bytes) noexcept {             \
    ::sp::StateReader reader(bytes.view());                                                 \
    return state->read(exec, reader);                                                       \
  }

/// The same for states whose methods take the context: merge(exec, ctx, from), write(ctx, writer),
/// read(exec, ctx, reader).
#define SP_STATE_BODIES_WITH(prefix, Context, ...)                                                 \
  extern "C" void prefix##_merge(::sp::ExecState& exec, const Context* context, __VA_ARGS__* into, \
                                 const __VA_ARGS__* from) noexcept {                               \
    into->merge(exec, *context, *from);                                                            \
  }                                                                                                \
  extern "C" void prefix##_serialize(const Context* context, const __VA_ARGS__* state,             \
                                     std::string* out) noexcept {                                  \
    ::sp::StateWriter writer(*out);                                                                \
    state->write(*context, writer);                                                                \
  }                                                                                                \
  extern "C" bool prefix##_deserialize(::sp::ExecState& exec, const Context* context,              \
                                       __VA_ARGS__* state,                                         \
                                       const ::sp::StringRef& bytes) noexcept {                    \
    ::sp::StateReader reader(bytes.view());                                                        \
    return state->read(exec, *context, reader);                                                    \
  }

/// Fills the five symbols of `resolved` from bodies prefix_add, _merge, _finish, _serialize,
/// _deserialize.
#define SP_USE_SYMBOLS(resolved, prefix)                      \
  do {                                                        \
    (resolved).add = SP_SYMBOL(prefix##_add);                 \
    (resolved).merge = SP_SYMBOL(prefix##_merge);             \
    (resolved).finish = SP_SYMBOL(prefix##_finish);           \
    (resolved).serialize = SP_SYMBOL(prefix##_serialize);     \
    (resolved).deserialize = SP_SYMBOL(prefix##_deserialize); \
  } while (false)

/// The same, with the size and alignment of the state's type.
#define SP_USE_BODIES(resolved, prefix, ...)       \
  do {                                             \
    (resolved).state_size = sizeof(__VA_ARGS__);   \
    (resolved).state_align = alignof(__VA_ARGS__); \
    SP_USE_SYMBOLS(resolved, prefix);              \
  } while (false)

/// Gives `resolved` the sliding form of bodies prefix_enter, prefix_leave and `finish_body`.
#define SP_USE_SLIDING(resolved, prefix, finish_body, ...) \
  do {                                                     \
    static_assert(alignof(__VA_ARGS__) <= 8);              \
    (resolved).sliding.state_size = sizeof(__VA_ARGS__);   \
    (resolved).sliding.enter = SP_SYMBOL(prefix##_enter);  \
    (resolved).sliding.leave = SP_SYMBOL(prefix##_leave);  \
    (resolved).sliding.finish = SP_SYMBOL(finish_body);    \
  } while (false)
