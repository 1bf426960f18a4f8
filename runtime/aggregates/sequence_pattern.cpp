// Parsing and matching of event patterns: a set of active positions where there are no times, else
// backtracking with a bound on the number of steps.

#include "runtime/aggregates/sequence_pattern.h"

#ifndef SP_BITCODE
#include <algorithm>
#include <charconv>

namespace sp {
namespace {

using Kind = SequenceStep::Kind;
constexpr uint64_t kMaxIterations = 1000000;

struct Cursor {
  std::string_view text;
  size_t at = 0;
  bool take(std::string_view word) {
    if (!text.substr(at).starts_with(word)) return false;
    at += word.size();
    return true;
  }
  bool number(uint64_t& value) {
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), value);
    if (error != std::errc()) return false;
    at = static_cast<size_t>(end - text.data());
    return true;
  }
  Error error(const char* message) const {
    return fail(ErrorCode::kSyntaxError, std::string(message) + " '" +
                                             std::string(text.substr(at)) + "' at position " +
                                             std::to_string(at));
  }
};

bool is_time(Kind kind) { return kind >= Kind::kTimeLessOrEqual; }

Result<SequenceStep> parse_time(Cursor& cursor, const SequenceContext& context) {
  SequenceStep step{};
  if (cursor.take("<="))
    step.kind = Kind::kTimeLessOrEqual;
  else if (cursor.take("<"))
    step.kind = Kind::kTimeLess;
  else if (cursor.take(">="))
    step.kind = Kind::kTimeGreaterOrEqual;
  else if (cursor.take(">"))
    step.kind = Kind::kTimeGreater;
  else if (cursor.take("=="))
    step.kind = Kind::kTimeEqual;
  else
    return cursor.error("Unknown time condition");
  if (!cursor.number(step.extra)) return cursor.error("Could not parse number");
  if (is_time(context.steps.back().kind)) {
    return fail(ErrorCode::kBadArguments,
                "Temporal condition should be preceded by an event condition");
  }
  return step;
}

using Events = GrowingArray<SequenceEvent>;

void sort_events(const SequenceState& state) {
  if (!state.unsorted) return;
  std::stable_sort(state.events.begin(), state.events.end(),
                   [](const SequenceEvent& a, const SequenceEvent& b) { return a.time < b.time; });
}

// Without times: positions in the pattern that may be reached after each event.
bool matches_without_times(const SequenceContext& context, const Events& events) {
  struct Position {
    bool loops = false;  // ".*" here
    bool any = false;
    uint64_t event = 0;
  };
  std::vector<Position> positions(1);
  for (const SequenceStep& step : context.steps) {
    if (step.kind == Kind::kAnyEvents) {
      positions.back().loops = true;
    } else {
      positions.back().any = step.kind == Kind::kAnyEvent;
      positions.back().event = step.extra;
      positions.emplace_back();
    }
  }
  const size_t last = positions.size() - 1;
  std::vector<bool> active(positions.size(), false), next(positions.size(), false);
  active[0] = true;
  for (const SequenceEvent& event : events) {
    if (active[last]) return true;
    next.assign(positions.size(), false);
    bool any_active = false;
    for (size_t i = 0; i <= last; ++i) {
      if (!active[i]) continue;
      if (i < last && (positions[i].any || (event.events >> positions[i].event & 1) != 0))
        any_active = next[i + 1] = true;
      if (positions[i].loops) any_active = next[i] = true;
    }
    active.swap(next);
    if (!any_active) break;
  }
  return active[last];
}

// With times: ClickHouse's backtracking. `at` moves on to where the next match may begin.
class Backtracking {
 public:
  /// `remember`: times() is wanted.
  Backtracking(ExecState& exec, const SequenceContext& context, const Events& events,
               bool remember = false)
      : exec_(exec),
        steps_(context.steps),
        events_(events),
        remember_(remember) {}

  bool match(uint64_t& at) {
    const uint64_t first = at;
    step_ = 0;
    event_ = at;
    base_ = at;
    stack_.clear();
    uint64_t iterations = 0;
    while (step_ < steps_.size() && event_ < events_.size) {
      if (!advance()) break;
      if (++iterations > kMaxIterations) {
        exec_.fail(ErrorCode::kTooSlow,
                   "Pattern application proves too difficult, exceeding max iterations (1000000)");
        return false;
      }
    }
    while (step_ < steps_.size() && matches_nothing(steps_[step_])) ++step_;
    at = event_ == first ? event_ + 1 : event_;
    keep_longest();
    return step_ == steps_.size();
  }
  /// Of the conditions in the longest chain that was matched.
  const std::vector<uint64_t>& times() const { return longest_; }

 private:
  struct Saved {
    size_t step;
    uint64_t event, base;
    size_t times;
  };
  void keep_longest() {
    if (times_.size() > longest_.size()) longest_ = times_;
  }
  static bool matches_nothing(const SequenceStep& step) {
    return step.kind == Kind::kAnyEvents || step.kind == Kind::kTimeLessOrEqual ||
           step.kind == Kind::kTimeLess ||
           (step.kind == Kind::kTimeGreaterOrEqual && step.extra == 0);
  }
  bool backtrack() {
    while (!stack_.empty()) {
      const Saved saved = stack_.back();
      stack_.pop_back();
      step_ = saved.step;
      event_ = saved.event + 1;
      base_ = saved.base;
      keep_longest();
      times_.resize(saved.times);
      if (event_ < events_.size) return true;
    }
    return false;
  }
  bool satisfied() const {
    const SequenceStep& step = steps_[step_];
    const uint64_t time = events_[event_].time, limit = events_[base_].time + step.extra;
    switch (step.kind) {
      case Kind::kTimeLessOrEqual: return time <= limit;
      case Kind::kTimeLess: return time < limit;
      case Kind::kTimeGreaterOrEqual: return time >= limit;
      case Kind::kTimeGreater: return time > limit;
      default: return time == limit;
    }
  }
  void keep_going_back_here() {
    stack_.push_back({step_, event_, base_, times_.size()});
    base_ = event_;
    ++step_;
  }
  bool advance() {
    const SequenceStep& step = steps_[step_];
    switch (step.kind) {
      case Kind::kEvent:
        if ((events_[event_].events >> step.extra & 1) == 0) return backtrack();
        if (remember_) times_.push_back(events_[event_].time);
        [[fallthrough]];
      case Kind::kAnyEvent:
        base_ = event_;
        ++step_;
        ++event_;
        return true;
      case Kind::kAnyEvents: keep_going_back_here(); return true;
      default: break;
    }
    if (satisfied()) {
      keep_going_back_here();
      return true;
    }
    if (step.kind == Kind::kTimeLessOrEqual || step.kind == Kind::kTimeLess) return backtrack();
    return ++event_ < events_.size || backtrack();
  }

  ExecState& exec_;
  const std::vector<SequenceStep>& steps_;
  const Events& events_;
  std::vector<Saved> stack_;
  std::vector<uint64_t> times_, longest_;
  bool remember_;
  size_t step_ = 0;
  uint64_t event_ = 0, base_ = 0;
};

}  // namespace

Result<std::shared_ptr<SequenceContext>> parse_sequence(std::string_view pattern,
                                                        size_t conditions) {
  auto context = std::make_shared<SequenceContext>();
  context->conditions = static_cast<uint8_t>(conditions);
  context->steps.push_back({Kind::kAnyEvents, 0});
  Cursor cursor{pattern};
  while (cursor.at < pattern.size()) {
    if (cursor.take("(?")) {
      if (cursor.take("t")) {
        SP_TRY(const SequenceStep step, parse_time(cursor, *context));
        context->steps.push_back(step);
        context->has_time = true;
      } else {
        uint64_t number = 0;
        if (!cursor.number(number)) return cursor.error("Could not parse number");
        if (number == 0 || number > conditions) {
          return fail(ErrorCode::kBadArguments,
                      "Event number " + std::to_string(number) + " is out of range");
        }
        context->steps.push_back({Kind::kEvent, number - 1});
        context->events_in_pattern |= 1u << (number - 1);
      }
      if (!cursor.take(")")) return cursor.error("Expected closing parenthesis, found");
    } else if (cursor.take(".*")) {
      context->steps.push_back({Kind::kAnyEvents, 0});
    } else if (cursor.take(".")) {
      context->steps.push_back({Kind::kAnyEvent, 0});
    } else {
      return cursor.error("Could not parse pattern, unexpected starting symbol");
    }
  }
  return context;
}

uint8_t sequence_matches(ExecState& exec, const SequenceContext& context,
                         const SequenceState& state) noexcept {
  if ((context.events_in_pattern & state.met) != context.events_in_pattern) return 0;
  sort_events(state);
  if (!context.has_time) return matches_without_times(context, state.events) ? 1 : 0;
  uint64_t at = 0;
  return Backtracking(exec, context, state.events).match(at) ? 1 : 0;
}

std::vector<uint64_t> sequence_match_times(ExecState& exec, const SequenceContext& context,
                                           const SequenceState& state) {
  sort_events(state);
  Backtracking backtracking(exec, context, state.events, true);
  uint64_t at = 0;
  backtracking.match(at);
  return backtracking.times();
}

uint64_t sequence_count(ExecState& exec, const SequenceContext& context,
                        const SequenceState& state) noexcept {
  if ((context.events_in_pattern & state.met) != context.events_in_pattern) return 0;
  sort_events(state);
  Backtracking backtracking(exec, context, state.events);
  uint64_t count = 0;
  for (uint64_t at = 0; at < state.events.size && backtracking.match(at);) ++count;
  return count;
}

}  // namespace sp
#endif
