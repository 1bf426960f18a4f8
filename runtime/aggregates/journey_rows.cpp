// JourneyRows: bodies, order, journeys cut out of rows, bytes. Bytes of a state: varint count, then
// each event: time, marks, tie (if the time is a tuple), step (if there is one), value (if the call
// has values).

#include "runtime/aggregates/journey_rows.h"

using namespace sp;

extern "C" void sp_journey_add(ExecState& exec, const JourneyContext* context, JourneyRows* state,
                               const void* row) noexcept {
  state->add(exec, *context, static_cast<const char*>(row));
}
SP_STATE_BODIES_WITH(sp_journey, JourneyContext, JourneyRows)

#ifndef SP_BITCODE
#include <algorithm>

#include "runtime/aggregates/parameters.h"

namespace sp {
void JourneyContext::lay_out(const std::vector<Type>& arguments, bool has_value) {
  const RowLayout layout = row_layout(arguments);
  const auto null_flag = [&](size_t i) {
    return arguments[i].is_nullable() ? layout.offsets[i] + slot_layout(arguments[i].element()).size
                                      : kNone;
  };
  null_time = null_flag(0);
  step_offset = layout.offsets[1];
  null_step = null_flag(1);
  const size_t marks = arguments.size() - (has_value ? 1 : 0);
  for (size_t i = 2; i < marks; ++i) {
    mark_offset[i - 2] = layout.offsets[i];
    null_mark[i - 2] = null_flag(i);
  }
  if (has_value) {
    value_offset = layout.offsets.back();
    null_value = null_flag(arguments.size() - 1);
  }
  const auto in_words = [](uint32_t bytes) { return (bytes + 7) / 8; };
  tie_at = 2;
  step_at = tie_at + (time.tuple ? in_words(tie.size) : 0);
  value_at = step_at + in_words(step.size);
  words = value_at + (has_value ? 1 : 0);
}

bool JourneyRows::before(const JourneyContext& context, const uint64_t* a,
                         const uint64_t* b) noexcept {
  if (a[0] != b[0]) return a[0] < b[0];
  if (context.time.tuple) {
    const int order = context.tie.ops->compare(a + context.tie_at, b + context.tie_at);
    if (order != 0) return order < 0;
  }
  if (context.first_mark_orders && (a[1] & kFirstMark) != (b[1] & kFirstMark))
    return (a[1] & kFirstMark) < (b[1] & kFirstMark);
  if (a[1] & b[1] & kHasStep) {
    const int order = context.step.ops->compare(step_of(context, a), step_of(context, b));
    if (order != 0) return order < 0;
  }
  if (a[1] != b[1]) return a[1] < b[1];
  return context.words > context.value_at && a[context.value_at] < b[context.value_at];
}

void JourneyRows::sort(const JourneyContext& context) const noexcept {
  if (!unsorted) return;
  auto& self = const_cast<JourneyRows&>(
      *this);  // the same rows: who reads them sees no difference but order
  const uint32_t words = context.words;
  std::vector<const uint64_t*> order(count);
  for (uint32_t i = 0; i < count; ++i) order[i] = at(context, i);
  std::sort(order.begin(), order.end(),
            [&](const uint64_t* a, const uint64_t* b) { return before(context, a, b); });
  std::vector<uint64_t> sorted(events.size);
  for (uint32_t i = 0; i < count; ++i) std::memcpy(sorted.data() + i * words, order[i], words * 8);
  std::memcpy(self.events.data, sorted.data(), events.size * 8);
  self.unsorted = 0;
}

std::vector<const uint64_t*> JourneyRows::journey(const JourneyContext& context) const {
  sort(context);
  std::vector<const uint64_t*> steps;
  const bool has_start = context.mark_offset[0] != JourneyContext::kNone;
  const bool has_end = context.mark_offset[1] != JourneyContext::kNone;
  uint32_t i = 0;
  while (has_start && i < count && (at(context, i)[1] & kFirstMark) == 0) ++i;
  bool ended = false;
  for (; i < count && !ended; ++i) {
    const uint64_t* event = at(context, i);
    ended = has_end && (event[1] & kSecondMark) != 0;
    if (context.collapse && !steps.empty() &&
        context.step.ops->equal(step_of(context, steps.back()), step_of(context, event))) {
      continue;
    }
    steps.push_back(event);
  }
  if (context.must_end && !ended) steps.clear();
  return steps;
}

void JourneyRows::merge(ExecState& exec, const JourneyContext& context, const JourneyRows& other) {
  if (other.count == 0) return;
  const bool in_order =
      count == 0 || !before(context, other.at(context, 0), at(context, count - 1));
  unsorted = static_cast<uint8_t>(unsorted | other.unsorted | (in_order ? 0 : 1));
  events.append(exec, other.events.data, other.events.size);
  count += other.count;
}

void JourneyRows::write(const JourneyContext& context, StateWriter& out) const {
  out.varint(count);
  for (uint32_t i = 0; i < count; ++i) {
    const uint64_t* event = at(context, i);
    out.pod(event[0]);
    out.pod(static_cast<uint8_t>(event[1]));
    if (context.time.tuple) serialize_slot(context.tie.type, event + context.tie_at, out.text());
    if (event[1] & kHasStep) serialize_slot(context.step.type, step_of(context, event), out.text());
    if (context.words > context.value_at) out.pod(event[context.value_at]);
  }
}

bool JourneyRows::read(ExecState& exec, const JourneyContext& context, StateReader& in) {
  uint64_t size;
  if (!in.count(size, 9) || size > UINT32_MAX) return false;
  const auto read_slot = [&](Type type, uint64_t* slot) {
    const size_t used = deserialize_slot(type, in.at(), in.remaining(), slot, exec.persistent);
    in.skip(used);
    return used > 0;
  };
  for (uint64_t i = 0; i < size; ++i) {
    events.reserve(exec, events.size + context.words);
    uint64_t* event = events.data + events.size;
    std::memset(event, 0, context.words * 8);
    uint8_t marks;
    if (!in.pod(event[0]) || !in.pod(marks) || marks > (kFirstMark | kSecondMark | kHasStep))
      return false;
    event[1] = marks;
    if (context.time.tuple && !read_slot(context.tie.type, event + context.tie_at)) return false;
    if ((marks & kHasStep) && !read_slot(context.step.type, event + context.step_at)) return false;
    if (context.words > context.value_at && !in.pod(event[context.value_at])) return false;
    appended(context);
  }
  return true;
}

Result<std::shared_ptr<JourneyContext>> journey_context(std::string_view name, Arguments parameters,
                                                        Arguments arguments, bool collapse) {
  if (arguments.size() < 2 || arguments.size() > 4) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Aggregate function " + std::string(name) +
                    " requires from two to four arguments: time, step[, start[, end]]");
  }
  SP_TRY(const JourneyTime time, journey_time(name, arguments[0].type));
  for (const Argument& mark : arguments.subspan(2)) {
    if (!mark.type.is_number()) return illegal_type(name, mark.type);
  }
  auto context = std::make_shared<JourneyContext>(time, arguments[0].type, arguments[1].type);
  context->collapse = collapse;
  for (const Argument& parameter : parameters.subspan(std::min<size_t>(1, parameters.size()))) {
    const std::string_view option = parameter.constant_text().value_or("");
    if (option == "collapse_repeats")
      context->collapse = true;
    else if (option == "keep_repeats")
      context->collapse = false;
    else if (option == "must_end")
      context->must_end = true;
    else if (option == "keep_last")
      context->keep_last = true;
    else {
      return fail(ErrorCode::kBadArguments,
                  "Aggregate function " + std::string(name) + " has no such option: '" +
                      std::string(option) + "'",
                  std::nullopt, "options: collapse_repeats, keep_repeats, must_end, keep_last");
    }
  }
  return context;
}

void use_journey_bodies(ResolvedAggregate& resolved,
                        std::shared_ptr<const JourneyContext> context) {
  resolved.state_size = sizeof(JourneyRows);
  resolved.state_align = alignof(JourneyRows);
  resolved.add = SP_SYMBOL(sp_journey_add);
  resolved.merge = SP_SYMBOL(sp_journey_merge);
  resolved.serialize = SP_SYMBOL(sp_journey_serialize);
  resolved.deserialize = SP_SYMBOL(sp_journey_deserialize);
  resolved.pack_from = 0;
  resolved.context = std::move(context);
}

}  // namespace sp
#endif
