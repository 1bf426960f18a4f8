#pragma once
// JourneyRows: the state that journeyPath, journeyTransitions and attribution share: one customer's
// rows in the order of time. Rows that come in order, as from a table sorted by customer and time,
// are appended and never sorted; others are sorted once, when the aggregate is finished. Rows of
// one moment have an order too (see `before`), so that the answer never depends on the order in
// which rows arrive. Definitions: docs/journeys.md.

#include <span>

#include "runtime/aggregates/growing_array.h"
#include "runtime/aggregates/journey_time.h"
#include "runtime/aggregates/value_holder.h"

namespace sp {

/// What a call of a journey aggregate looks like: where its arguments lie in the packed row, how an
/// event is laid out.
struct JourneyContext : AggregateContext {
  static constexpr uint32_t kNone = UINT32_MAX;
  explicit JourneyContext(JourneyTime journey_time, Type time_type, Type step_type)
      : time(journey_time),
        tie(time_type),
        step(step_type) {}

  JourneyTime time;
  SlotContext
      tie;  // the whole time argument; stored if it is a tuple, which orders rows of one moment
  SlotContext step;
  // The packed row; kNone: no such argument, or (null_*) it cannot be NULL.
  uint32_t step_offset = 0, mark_offset[2] = {kNone, kNone}, value_offset = kNone;
  uint32_t null_time = kNone, null_step = kNone, null_mark[2] = {kNone, kNone}, null_value = kNone;
  bool first_mark_orders = false;  // rows of one moment: those with the first mark come last
  // The event: [time][marks][tie][step][value], in words.
  uint32_t tie_at = 0, step_at = 0, value_at = 0, words = 0;

  // Of journeyPath and journeyTransitions.
  uint64_t limit = 0;      // most steps, or largest gap in ticks; 0 = none
  bool collapse = false;   // equal neighbours are one step
  bool must_end = false;   // no end: no path
  bool keep_last = false;  // the limit keeps the last steps

  /// Lays out packed row and event for these arguments: time, step, marks..., value (if
  /// `has_value`).
  void lay_out(const std::vector<Type>& arguments, bool has_value);
};

struct JourneyRows {
  GrowingArray<uint64_t> events;
  uint32_t count;
  uint8_t unsorted;

  static constexpr uint64_t kFirstMark = 1, kSecondMark = 2, kHasStep = 4;

  static bool is_null(const char* row, uint32_t flag) noexcept {
    return flag != JourneyContext::kNone && row[flag] != 0;
  }

  void add(ExecState& exec, const JourneyContext& context, const char* row) noexcept {
    if (is_null(row, context.null_time)) return;
    uint64_t marks = is_null(row, context.null_step) ? 0 : kHasStep;
    for (uint32_t i = 0; i < 2; ++i) {
      const uint32_t at = context.mark_offset[i];
      if (at != JourneyContext::kNone && row[at] != 0 && !is_null(row, context.null_mark[i]))
        marks |= kFirstMark << i;
    }
    if (__builtin_expect(events.size + context.words > events.capacity, 0)) {
      events.reserve(exec, events.size + context.words * 4);
    }
    uint64_t* event = events.data + events.size;
    event[0] = context.time.load(row);
    event[1] = marks;
    if (context.time.tuple) copy(exec, context.tie, event + context.tie_at, row);
    if (marks & kHasStep)
      copy(exec, context.step, event + context.step_at, row + context.step_offset);
    else
      std::memset(event + context.step_at, 0, context.step.size);
    if (context.value_offset != JourneyContext::kNone) {
      double value = 0;
      if (!is_null(row, context.null_value)) std::memcpy(&value, row + context.value_offset, 8);
      std::memcpy(event + context.value_at, &value, 8);
    }
    appended(context);
  }
  /// Counts the event that was just written behind the others.
  void appended(const JourneyContext& context) noexcept {
    const uint64_t* event = events.data + events.size;
    if (count > 0 && event[0] <= event[-static_cast<int64_t>(context.words)] && !unsorted) {
      unsorted = event[0] < event[-static_cast<int64_t>(context.words)] ||
                 before(context, event, event - context.words);
    }
    events.size += context.words;
    ++count;
  }
  static void copy(ExecState& exec, const SlotContext& slot, void* to, const void* from) noexcept {
    if (slot.copy != SlotContext::Copy::kFlat) return slot.ops->copy(to, from, exec.persistent);
    std::memcpy(to, from, slot.size);
  }
  const uint64_t* at(const JourneyContext& context, uint64_t i) const noexcept {
    return events.data + i * context.words;
  }
  static const void* step_of(const JourneyContext& context, const uint64_t* event) noexcept {
    return event + context.step_at;
  }
  static double value_of(const JourneyContext& context, const uint64_t* event) noexcept {
    double value;
    std::memcpy(&value, event + context.value_at, 8);
    return value;
  }

  /// The order of rows: time, the rest of a tuple, first mark (if it orders), step, marks, value.
  static bool before(const JourneyContext& context, const uint64_t* a, const uint64_t* b) noexcept;
  /// Puts the events in order, if they are not.
  void sort(const JourneyContext& context) const noexcept;
  /// The rows from the first with the first mark to the next with the second one, as journeyPath's
  /// start and end say: pointers to events, equal neighbours collapsed if the context says so.
  std::vector<const uint64_t*> journey(const JourneyContext& context) const;

  void merge(ExecState& exec, const JourneyContext& context, const JourneyRows& other);
  void write(const JourneyContext& context, StateWriter& out) const;
  bool read(ExecState& exec, const JourneyContext& context, StateReader& in);
};

extern "C" {
void sp_journey_add(ExecState& exec, const JourneyContext* context, JourneyRows* state,
                    const void* row) noexcept;
void sp_journey_merge(ExecState& exec, const JourneyContext* context, JourneyRows* into,
                      const JourneyRows* from) noexcept;
void sp_journey_serialize(const JourneyContext* context, const JourneyRows* state,
                          std::string* out) noexcept;
bool sp_journey_deserialize(ExecState& exec, const JourneyContext* context, JourneyRows* state,
                            const StringRef& bytes) noexcept;
}

/// What journeyPath and journeyTransitions share: arguments (time, step[, start[, end]]) and
/// options in parameters from the second on. `arguments` get their types.
Result<std::shared_ptr<JourneyContext>> journey_context(std::string_view name,
                                                        std::span<const Argument> parameters,
                                                        std::span<const Argument> arguments,
                                                        bool collapse);
/// Fills a resolved call with the shared bodies.
void use_journey_bodies(ResolvedAggregate& resolved, std::shared_ptr<const JourneyContext> context);

}  // namespace sp
