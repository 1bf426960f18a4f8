// sessionize(gap)(time): the number of sessions; as a window function over the rows so far, the
// number of the current row's session. A session ends when nothing happens for longer than `gap`.
// Definition: docs/journeys.md.
//
// The state is the sessions found so far, as intervals: a time within `gap` of the last one extends
// it, so rows in order cost O(1) and no memory for each. Others are appended, and intervals that
// belong together are joined when there is reason to.

#include "runtime/aggregates/bodies.h"
#include "runtime/aggregates/growing_array.h"
#include "runtime/aggregates/journey_time.h"

namespace sp {

struct SessionsContext : AggregateContext {
  JourneyTime time;
  uint64_t gap = 0;
};

struct Session {
  uint64_t first, last;
};

struct Sessions {
  GrowingArray<Session> sessions;
  uint8_t untidy;  // intervals may overlap, or lie closer together than the gap

  void add(ExecState& exec, const SessionsContext& context, Session one) noexcept {
    if (sessions.size > 0) {
      Session& last = sessions.back();
      if (one.first >= last.first &&
          (one.first <= last.last || one.first - last.last <= context.gap)) {
        if (one.last > last.last) last.last = one.last;
        return;
      }
      if (__builtin_expect(sessions.size == sessions.capacity && untidy, 0)) {
        tidy(context);
        return add(exec, context, one);
      }
      if (one.first < last.first) untidy = 1;
    }
    sessions.push(exec, one);
  }
  void merge(ExecState& exec, const SessionsContext& context, const Sessions& other) {
    for (const Session& one : other.sessions) add(exec, context, one);
    untidy = static_cast<uint8_t>(untidy | other.untidy);
  }
  /// Joins what belongs together.
  void tidy(const SessionsContext& context) noexcept;
  void write(const SessionsContext&, StateWriter& out) const;
  bool read(ExecState& exec, const SessionsContext& context, StateReader& in);
};

}  // namespace sp

using namespace sp;

extern "C" void sp_sessionize_add(ExecState& exec, const SessionsContext* context, Sessions* state,
                                  const void* row) noexcept {
  const uint64_t time = context->time.load(row);
  state->add(exec, *context, {time, time});
}
extern "C" uint64_t sp_sessionize_finish(const SessionsContext* context,
                                         const Sessions* state) noexcept {
  if (state->untidy) const_cast<Sessions*>(state)->tidy(*context);  // the same sessions
  return state->sessions.size;
}
SP_STATE_BODIES_WITH(sp_sessionize, SessionsContext, Sessions)

#ifndef SP_BITCODE
#include <algorithm>

#include "runtime/aggregates/parameters.h"

namespace sp {

void Sessions::tidy(const SessionsContext& context) noexcept {
  std::sort(sessions.begin(), sessions.end(),
            [](const Session& a, const Session& b) { return a.first < b.first; });
  uint64_t kept = 0;
  for (uint64_t i = 1; i < sessions.size; ++i) {
    Session& last = sessions[kept];
    const Session one = sessions[i];
    if (one.first <= last.last || one.first - last.last <= context.gap)
      last.last = std::max(last.last, one.last);
    else
      sessions[++kept] = one;
  }
  sessions.size = kept + 1;
  untidy = 0;
}

void Sessions::write(const SessionsContext&, StateWriter& out) const {
  out.varint(sessions.size);
  for (const Session& one : sessions) out.pod(one);
}

bool Sessions::read(ExecState& exec, const SessionsContext& context, StateReader& in) {
  uint64_t count;
  if (!in.count(count, sizeof(Session))) return false;
  for (uint64_t i = 0; i < count; ++i) {
    Session one;
    if (!in.pod(one) || one.last < one.first) return false;
    add(exec, context, one);
  }
  return true;
}

namespace {

Result<ResolvedAggregate> resolve_sessionize(Arguments parameters, Arguments arguments,
                                             const ResolveOptions&) {
  SP_TRY_VOID(expect_arguments("sessionize", arguments, 1));
  if (parameters.size() != 1) {
    return fail(
        ErrorCode::kNumberOfArgumentsDoesntMatch,
        "Aggregate function sessionize requires one parameter: the gap that ends a session");
  }
  auto context = std::make_shared<SessionsContext>();
  SP_TRY(context->time, journey_time("sessionize", arguments[0].type));
  SP_TRY(context->gap, span_ticks("sessionize", "gap", parameters[0], context->time));
  ResolvedAggregate resolved;
  resolved.result = Type::of(TypeKind::kUInt64);
  resolved.pack_from = 0;
  SP_USE_BODIES(resolved, sp_sessionize, Sessions);
  resolved.context = std::move(context);
  return resolved;
}

}  // namespace

SP_AGGREGATES(sessionize) {
  rows.push_back({.name = "sessionize",
                  .resolve = &resolve_sessionize,
                  .never_null = true,
                  .doc = "The number of sessions, which end when no `time` comes for longer than "
                         "`gap`; OVER the rows so far: "
                         "the number of the row's session (journeys.md).",
                  .example = "SELECT sessionize(30)(number * number) FROM numbers(20)",
                  .example_result = "5"});
}

}  // namespace sp
#endif
