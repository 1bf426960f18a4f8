// Evaluation of funnels over sorted events.

#include "runtime/aggregates/funnel_level.h"

#ifndef SP_BITCODE
#include <algorithm>
#include <array>
#include <list>
#include <vector>

namespace sp {
namespace {

constexpr size_t kMaxSteps = 32;

// For each step: time of the first step of its chain, and of the step itself.
struct Reached {
  bool has = false;
  uint64_t first = 0;
  uint64_t last = 0;
};

template <class Levels>
uint8_t highest(const Levels& reached, size_t steps, auto&& has) {
  for (size_t step = steps; step > 0; --step) {
    if (has(reached[step - 1])) return static_cast<uint8_t>(step);
  }
  return 0;
}

uint8_t level_of_events(const FunnelContext& context, const GrowingArray<FunnelEvent>& events) {
  std::array<Reached, kMaxSteps> reached;
  const auto has = [](const Reached& one) { return one.has; };
  bool started = false;
  for (const FunnelEvent& event : events) {
    if (event.step == 0) {  // only in strict_order: something else happened
      if (started) break;
      continue;
    }
    const size_t step = event.step - 1;
    if (step == 0) {
      reached[0] = {true, event.time, event.time};
      started = true;
    } else if (context.strict_deduplication && reached[step].has) {
      return highest(reached, context.steps, has);
    } else if (context.strict_order && started && !reached[step - 1].has) {
      if (context.allow_reentry) continue;
      size_t first_missing = 0;
      while (reached[first_missing].has) ++first_missing;
      return static_cast<uint8_t>(first_missing);
    } else if (reached[step - 1].has) {
      const Reached& previous = reached[step - 1];
      const bool in_time = event.time <= previous.first + context.window &&
                           (!context.strict_increase || previous.last < event.time);
      if (in_time) {
        reached[step] = {true, previous.first, event.time};
        if (step + 1 == context.steps) return context.steps;
      }
    }
  }
  return highest(reached, context.steps, has);
}

// strict_once: a row counts for one step of a chain only, so all possible chains are followed.
struct Chain {
  uint64_t first;
  uint64_t last;
  std::array<uint32_t, kMaxSteps> rows;
};

// Extends the chains that end before `event.step`; returns true when the last step was reached.
bool extend_chains(const FunnelContext& context, std::vector<std::list<Chain>>& chains,
                   const FunnelEvent& event) {
  const size_t step = event.step - 1;
  std::list<Chain>& previous = chains[step - 1];
  for (auto it = previous.begin(); it != previous.end();) {
    const bool in_window = event.time <= it->first + context.window;
    if (!in_window && previous.size() > 1) {
      it = previous.erase(it);
      continue;
    }
    const bool row_is_new =
        std::find(it->rows.begin(), it->rows.begin() + static_cast<ptrdiff_t>(step), event.row) ==
        it->rows.begin() + static_cast<ptrdiff_t>(step);
    if (in_window && row_is_new && (!context.strict_increase || it->last < event.time)) {
      Chain longer = *it;
      longer.last = event.time;
      longer.rows[step] = event.row;
      chains[step].push_back(longer);
      if (step + 1 == context.steps) return true;
    }
    ++it;
  }
  return false;
}

uint8_t level_of_chains(const FunnelContext& context, const GrowingArray<FunnelEvent>& events) {
  std::vector<std::list<Chain>> chains(context.steps);
  const auto has = [](const std::list<Chain>& list) { return !list.empty(); };
  bool started = false;
  for (const FunnelEvent& event : events) {
    if (event.step == 0) {
      if (started) break;
      continue;
    }
    const size_t step = event.step - 1;
    if (step == 0) {
      Chain chain{event.time, event.time, {}};
      chain.rows[0] = event.row;
      chains[0].push_back(chain);
      started = true;
    } else if (context.strict_deduplication && has(chains[step])) {
      return highest(chains, context.steps, has);
    } else if (context.strict_order && started && !has(chains[step - 1])) {
      if (context.allow_reentry) continue;
      size_t first_missing = 0;
      while (has(chains[first_missing])) ++first_missing;
      return static_cast<uint8_t>(first_missing);
    } else if (has(chains[step - 1]) && extend_chains(context, chains, event)) {
      return context.steps;
    }
  }
  return highest(chains, context.steps, has);
}

}  // namespace

void FunnelState::merge(ExecState& exec, const FunnelContext& context, const FunnelState& other) {
  for (FunnelEvent event : other.events) {
    event.row += rows;
    if (events.size > 0 && before(context, event, events.back())) unsorted = 1;
    events.push(exec, event);
  }
  rows += other.rows;
}

void FunnelState::write(const FunnelContext&, StateWriter& out) const {
  out.pod(rows);
  out.varint(events.size);
  for (const FunnelEvent& event : events) {
    out.pod(event.time);
    out.pod(event.row);
    out.pod(static_cast<uint8_t>(event.step));
  }
}

bool FunnelState::read(ExecState& exec, const FunnelContext& context, StateReader& in) {
  FunnelState other{};
  uint64_t count;
  if (!in.pod(other.rows) || !in.count(count, 13)) return false;
  for (uint64_t i = 0; i < count; ++i) {
    FunnelEvent event;
    uint8_t step;
    if (!in.pod(event.time) || !in.pod(event.row) || !in.pod(step) || step > context.steps)
      return false;
    event.step = step;
    other.events.push(exec, event);
  }
  merge(exec, context, other);
  return true;
}

uint8_t funnel_level(const FunnelContext& context, const FunnelState& state) noexcept {
  if (state.events.size == 0) return 0;
  if (!context.strict_order && context.steps == 1) return 1;
  if (state.unsorted) {
    std::stable_sort(state.events.begin(), state.events.end(),
                     [&](const FunnelEvent& a, const FunnelEvent& b) {
                       return FunnelState::before(context, a, b);
                     });
  }
  return context.strict_once ? level_of_chains(context, state.events)
                             : level_of_events(context, state.events);
}

}  // namespace sp
#endif
