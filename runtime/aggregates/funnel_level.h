#pragma once
// The funnel's state and its evaluation: windowFunnel(window, modes...)(time, step1, step2, ...).
// Same algorithm as ClickHouse's, so that every corner (several steps in one row, equal times)
// agrees.

#include "runtime/aggregates/bodies.h"
#include "runtime/aggregates/growing_array.h"

namespace sp {

struct FunnelContext : AggregateContext {
  uint64_t window = 0;
  uint8_t steps = 0;
  bool strict_deduplication = false;
  bool strict_order = false;
  bool strict_increase = false;
  bool strict_once = false;
  bool allow_reentry = false;
};

struct FunnelEvent {
  uint64_t time;
  uint32_t row;   // numbers the rows: one row may be several steps
  uint32_t step;  // 1-based; 0 = no step, kept in strict_order only
};

struct FunnelState {
  GrowingArray<FunnelEvent> events;
  uint32_t rows;
  uint8_t unsorted;

  void push(ExecState& exec, const FunnelContext& context, uint64_t time, uint32_t step) noexcept {
    const FunnelEvent event{time, rows, step};
    if (events.size > 0 && before(context, event, events.back())) unsorted = 1;
    events.push(exec, event);
  }
  static bool before(const FunnelContext& context, const FunnelEvent& a,
                     const FunnelEvent& b) noexcept {
    if (a.time != b.time) return a.time < b.time;
    if (a.step != b.step) return a.step < b.step;
    return context.strict_once && a.row < b.row;
  }
  void add(ExecState& exec, const FunnelContext& context, uint64_t time,
           const uint8_t* steps) noexcept {
    bool any = false;
    for (uint32_t step = context.steps; step > 0; --step) {
      if (steps[step - 1] != 0) {
        push(exec, context, time, step);
        any = true;
      }
    }
    if (context.strict_order && !any) push(exec, context, time, 0);
    ++rows;
  }
  void merge(ExecState& exec, const FunnelContext& context, const FunnelState& other);
  void write(const FunnelContext& context, StateWriter& out) const;
  bool read(ExecState& exec, const FunnelContext& context, StateReader& in);
};

/// The longest chain of steps reached within the window. Sorts the events in place.
uint8_t funnel_level(const FunnelContext& context, const FunnelState& state) noexcept;

}  // namespace sp
