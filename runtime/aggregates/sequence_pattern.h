#pragma once
// Patterns of sequenceMatch, sequenceCount, sequenceMatchEvents: "(?1)(?t<=3600).*(?2)". Parsed at
// bind time, matched over a customer's events in time order. Same language and results as
// ClickHouse's.

#include <string_view>
#include <vector>

#include "runtime/aggregates/bodies.h"
#include "runtime/aggregates/growing_array.h"

namespace sp {

struct SequenceStep {
  enum class Kind : uint8_t {
    kEvent,
    kAnyEvent,
    kAnyEvents,
    kTimeLessOrEqual,
    kTimeLess,
    kTimeGreaterOrEqual,
    kTimeGreater,
    kTimeEqual
  };
  Kind kind;
  uint64_t extra;  // number of the event from 0, or seconds
};

struct SequenceContext : AggregateContext {
  std::vector<SequenceStep> steps;  // begins with kAnyEvents
  uint32_t events_in_pattern = 0;   // bits
  uint8_t conditions = 0;
  bool has_time = false;
  uint32_t time_width = 0;  // of sequenceMatchEvents
};

struct SequenceEvent {
  uint64_t time;
  uint64_t events;  // bits of the conditions that hold
};

struct SequenceState {
  GrowingArray<SequenceEvent> events;
  uint32_t met;
  uint8_t unsorted;

  void push(ExecState& exec, SequenceEvent event) noexcept {
    if (events.size > 0 && event.time < events.back().time) unsorted = 1;
    events.push(exec, event);
    met |= static_cast<uint32_t>(event.events);
  }
  void merge(ExecState& exec, const SequenceState& other) {
    for (const SequenceEvent& event : other.events) push(exec, event);
  }
  void write(StateWriter& out) const {
    out.varint(events.size);
    for (const SequenceEvent& event : events) {
      out.pod(event.time);
      out.pod(static_cast<uint32_t>(event.events));
    }
  }
  bool read(ExecState& exec, StateReader& in) {
    uint64_t count;
    if (!in.count(count, 12)) return false;
    for (uint64_t i = 0; i < count; ++i) {
      SequenceEvent event;
      uint32_t bits;
      if (!in.pod(event.time) || !in.pod(bits)) return false;
      event.events = bits;
      push(exec, event);
    }
    return true;
  }
};

/// Parses a pattern over `conditions` conditions.
Result<std::shared_ptr<SequenceContext>> parse_sequence(std::string_view pattern,
                                                        size_t conditions);
/// Whether the pattern occurs.
uint8_t sequence_matches(ExecState& exec, const SequenceContext& context,
                         const SequenceState& state) noexcept;
/// The times of the conditions in the longest chain that matches the pattern, or as much of it as
/// there is.
std::vector<uint64_t> sequence_match_times(ExecState& exec, const SequenceContext& context,
                                           const SequenceState& state);
/// How many times it occurs, not overlapping.
uint64_t sequence_count(ExecState& exec, const SequenceContext& context,
                        const SequenceState& state) noexcept;

}  // namespace sp
