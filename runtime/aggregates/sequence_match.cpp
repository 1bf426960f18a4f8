// sequenceMatch(pattern)(time, condition1, ...), sequenceCount and sequenceMatchEvents: does a
// chain of events occur, how often, when.

#include "runtime/aggregates/number_kind.h"
#include "runtime/aggregates/parameters.h"
#include "runtime/aggregates/sequence_pattern.h"

using namespace sp;

extern "C" void sp_sequence_add(ExecState& exec, const SequenceContext* context,
                                SequenceState* state, uint64_t time,
                                const void* conditions) noexcept {
  const auto* flags = static_cast<const uint8_t*>(conditions);
  uint64_t events = 0;
  for (uint8_t i = 0; i < context->conditions; ++i)
    events |= static_cast<uint64_t>(flags[i] != 0) << i;
  if (events != 0) state->push(exec, {time, events});
}
#define SP_SEQUENCE(suffix, T)                                                                \
  extern "C" void sp_sequence_##suffix##_add(ExecState& exec, const SequenceContext* context, \
                                             SequenceState* state, T time,                    \
                                             const void* conditions) noexcept {               \
    sp_sequence_add(exec, context, state, static_cast<uint64_t>(time), conditions);           \
  }
SP_SEQUENCE(u8, uint8_t)
SP_SEQUENCE(u16, uint16_t)
SP_SEQUENCE(u32, uint32_t)
extern "C" uint8_t sp_sequence_finish(ExecState& exec, const SequenceContext* context,
                                      const SequenceState* state) noexcept {
  return sequence_matches(exec, *context, *state);
}
extern "C" uint64_t sp_sequence_count_finish(ExecState& exec, const SequenceContext* context,
                                             const SequenceState* state) noexcept {
  return sequence_count(exec, *context, *state);
}
extern "C" void sp_sequence_events_finish(ExecState& exec, const SequenceContext* context,
                                          const SequenceState* state, ArrayRef* out) noexcept;
SP_STATE_BODIES(sp_sequence, SequenceState)

#ifndef SP_BITCODE
extern "C" void sp_sequence_events_finish(ExecState& exec, const SequenceContext* context,
                                          const SequenceState* state, ArrayRef* out) noexcept {
  const std::vector<uint64_t> times = sequence_match_times(exec, *context, *state);
  char* slots =
      static_cast<char*>(exec.persistent.allocate(times.size() * context->time_width + 1, 8));
  for (size_t i = 0; i < times.size(); ++i) {
    std::memcpy(slots + i * context->time_width, &times[i], context->time_width);  // little-endian
  }
  *out = {slots, times.size()};
}

namespace sp {
namespace {

enum class SequenceResult { kMatch, kCount, kEvents };

template <SequenceResult kResult>
Result<ResolvedAggregate> resolve_sequence(Arguments parameters, Arguments arguments,
                                           const ResolveOptions&) {
  constexpr bool kCount = kResult == SequenceResult::kCount,
                 kEvents = kResult == SequenceResult::kEvents;
  constexpr std::string_view name = kCount    ? "sequenceCount"
                                    : kEvents ? "sequenceMatchEvents"
                                              : "sequenceMatch";
  const auto pattern = parameters.size() == 1 ? parameters[0].constant_text() : std::nullopt;
  if (!pattern) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Aggregate function " + std::string(name) +
                    " requires exactly one parameter: pattern string");
  }
  if (arguments.size() < 3 || arguments.size() > 33) {
    return fail(
        ErrorCode::kNumberOfArgumentsDoesntMatch,
        "Aggregate function " + std::string(name) + " requires a timestamp and 2 to 32 conditions");
  }
  for (const Argument& argument : arguments.subspan(1)) {
    if (!argument.type.is(TypeKind::kUInt8) && !argument.type.is(TypeKind::kBool))
      return illegal_type(name, argument.type);
  }
  SP_TRY(std::shared_ptr<SequenceContext> context, parse_sequence(*pattern, arguments.size() - 1));
  const Type time = arguments[0].type;
  const auto kind = number_kind(time);
  if (!kind || !(time.is_unsigned() || time.is(TypeKind::kDate) || time.is(TypeKind::kDateTime)))
    return illegal_type(name, time);
  ResolvedAggregate resolved;
  resolved.result = Type::of(kCount ? TypeKind::kUInt64 : TypeKind::kUInt8);
  SP_USE_BODIES(resolved, sp_sequence, SequenceState);
  if (*kind == NumberKind::u8) resolved.add = SP_SYMBOL(sp_sequence_u8_add);
  if (*kind == NumberKind::u16) resolved.add = SP_SYMBOL(sp_sequence_u16_add);
  if (*kind == NumberKind::u32) resolved.add = SP_SYMBOL(sp_sequence_u32_add);
  if (kCount) resolved.finish = SP_SYMBOL(sp_sequence_count_finish);
  if (kEvents) {
    resolved.finish = SP_SYMBOL(sp_sequence_events_finish);
    resolved.result = Type::array(time);
    context->time_width = slot_layout(time).size;
  }
  resolved.pack_from = 1;
  resolved.context = std::move(context);
  return resolved;
}

}  // namespace

SP_AGGREGATES(sequence_match) {
  rows.push_back({.name = "sequenceMatch",
                  .resolve = &resolve_sequence<SequenceResult::kMatch>,
                  .doc = "Whether the `pattern` of conditions, like (?1)(?t<=60).*(?2), occurs in "
                         "order of `time`.",
                  .example = "SELECT sequenceMatch('(?1).*(?2)')(toDateTime(number), number = 2, "
                             "number = 5) FROM numbers(9)",
                  .example_result = "1"});
  rows.push_back({.name = "sequenceCount",
                  .resolve = &resolve_sequence<SequenceResult::kCount>,
                  .doc = "How many times the `pattern` occurs, without overlaps.",
                  .example = "SELECT sequenceCount('(?1).*(?2)')(toDateTime(number), number % 4 = "
                             "0, number % 4 = 2) FROM numbers(9)",
                  .example_result = "2"});
  rows.push_back({.name = "sequenceMatchEvents",
                  .resolve = &resolve_sequence<SequenceResult::kEvents>,
                  .doc = "Array of the times of the conditions in the longest chain that matches "
                         "the `pattern`, or as much of it as "
                         "there is.",
                  .example = "SELECT sequenceMatchEvents('(?1).*(?2)')(number, number = 2, number "
                             "= 5) FROM numbers(9)",
                  .example_result = "[2,5]"});
}

}  // namespace sp
#endif
