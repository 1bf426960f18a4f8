// sequenceNextNode(direction, base)(time, node, base_condition, event1, event2, ...): the node that
// follows (or precedes) a chain of events from a base row on. Same language and results as
// ClickHouse's; the state is JourneyRows' cousin: rows are sorted at the end, and only if they did
// not come in order.

#include "runtime/aggregates/bodies.h"
#include "runtime/aggregates/growing_array.h"
#include "runtime/core/string_ref.h"

namespace sp {

struct NextNodeContext : AggregateContext {
  enum class Base : uint8_t { kHead, kTail, kFirstMatch, kLastMatch };
  Base base = Base::kHead;
  bool forward = true;
  uint8_t events = 0;
  uint32_t conditions = 0;  // offset of the base condition
};

struct NextNodeRow {
  StringRef node;
  uint64_t events;  // bit i: condition i holds
  uint32_t time;
  uint8_t can_be_base;
};

struct NextNode {
  GrowingArray<NextNodeRow> rows;
  uint8_t unsorted;
  static bool before(const NextNodeRow& a, const NextNodeRow& b) noexcept {
    return a.time != b.time ? a.time < b.time : compare(a.node, b.node) < 0;
  }
  void push(ExecState& exec, const NextNodeRow& row) noexcept {
    if (rows.size > 0 && before(row, rows.back())) unsorted = 1;
    rows.push(exec, row);
  }
  void merge(ExecState& exec, const NextNodeContext&, const NextNode& other) {
    for (const NextNodeRow& row : other.rows) push(exec, row);
  }
  void write(const NextNodeContext&, StateWriter& out) const {
    out.varint(rows.size);
    for (const NextNodeRow& row : rows) {
      out.bytes(row.node.view());
      out.pod(row.events);
      out.pod(row.time);
      out.pod(row.can_be_base);
    }
  }
  bool read(ExecState& exec, const NextNodeContext&, StateReader& in) {
    uint64_t count;
    if (!in.count(count, 14)) return false;
    for (uint64_t i = 0; i < count; ++i) {
      NextNodeRow row;
      std::string_view node;
      if (!in.bytes(node) || !in.pod(row.events) || !in.pod(row.time) || !in.pod(row.can_be_base))
        return false;
      row.node = exec.persistent.copy(node);
      push(exec, row);
    }
    return true;
  }
  /// The node wanted; nullptr if there is none. Sorts the rows in place.
  const StringRef* find(const NextNodeContext& context) const noexcept;
};

}  // namespace sp

using namespace sp;

extern "C" void sp_next_node_add(ExecState& exec, const NextNodeContext* context, NextNode* state,
                                 uint32_t time, const void* packed) noexcept {
  const auto* flags = static_cast<const uint8_t*>(packed) + context->conditions;
  NextNodeRow row;
  row.node = exec.persistent.copy(static_cast<const StringRef*>(packed)->view());
  row.events = 0;
  for (uint8_t i = 0; i < context->events; ++i)
    row.events |= static_cast<uint64_t>(flags[i + 1] != 0) << i;
  row.time = time;
  row.can_be_base = flags[0] != 0 ? 1 : 0;
  state->push(exec, row);
}
extern "C" void sp_next_node_finish(const NextNodeContext* context, const NextNode* state,
                                    void* out) noexcept {
  const StringRef* node = state->find(*context);
  const StringRef value = node != nullptr ? *node : StringRef();
  std::memcpy(out, &value, sizeof(value));
  static_cast<char*>(out)[sizeof(value)] = node == nullptr ? 1 : 0;
}
SP_STATE_BODIES_WITH(sp_next_node, NextNodeContext, NextNode)

#ifndef SP_BITCODE
#include <algorithm>
#include <optional>

#include "runtime/aggregates/parameters.h"

namespace sp {
namespace {

std::optional<uint64_t> base_row(const NextNodeContext& context,
                                 const GrowingArray<NextNodeRow>& rows) {
  const auto matches = [&](uint64_t i) { return rows[i].can_be_base && (rows[i].events & 1) != 0; };
  switch (context.base) {
    case NextNodeContext::Base::kHead:
      if (rows[0].can_be_base) return 0;
      break;
    case NextNodeContext::Base::kTail:
      if (rows.back().can_be_base) return rows.size - 1;
      break;
    case NextNodeContext::Base::kFirstMatch:
      for (uint64_t i = 0; i < rows.size; ++i) {
        if (matches(i)) return i;
      }
      break;
    case NextNodeContext::Base::kLastMatch:
      for (uint64_t i = rows.size; i-- > 0;) {
        if (matches(i)) return i;
      }
      break;
  }
  return std::nullopt;
}

}  // namespace

const StringRef* NextNode::find(const NextNodeContext& context) const noexcept {
  if (rows.size <= context.events) return nullptr;
  if (unsorted) std::stable_sort(rows.begin(), rows.end(), before);
  const auto base = base_row(context, rows);
  if (!base) return nullptr;
  if (context.events == 0) return &rows[*base].node;
  // Going back, a chain must leave a row before it.
  for (uint64_t i = 0; i < context.events; ++i) {
    if (context.forward ? *base + i >= rows.size : i >= *base) return nullptr;
    const NextNodeRow& row = rows[context.forward ? *base + i : *base - i];
    if ((row.events >> i & 1) == 0) return nullptr;
  }
  const uint64_t at = context.forward ? *base + context.events : *base - context.events;
  return at < rows.size ? &rows[at].node : nullptr;
}

namespace {

Result<ResolvedAggregate> resolve_next_node(Arguments parameters, Arguments arguments,
                                            const ResolveOptions&) {
  constexpr std::string_view name = "sequenceNextNode";
  if (parameters.size() < 2) {
    return fail(
        ErrorCode::kNumberOfArgumentsDoesntMatch,
        "Aggregate function 'sequenceNextNode' requires 'direction' and 'base' parameters.");
  }
  auto context = std::make_shared<NextNodeContext>();
  const std::string_view direction = parameters[0].constant_text().value_or(""),
                         base = parameters[1].constant_text().value_or("");
  if (direction != "forward" && direction != "backward") {
    return fail(ErrorCode::kBadArguments,
                "Aggregate function sequenceNextNode doesn't support a parameter: " +
                    std::string(direction));
  }
  context->forward = direction == "forward";
  if (base == "head")
    context->base = NextNodeContext::Base::kHead;
  else if (base == "tail")
    context->base = NextNodeContext::Base::kTail;
  else if (base == "first_match")
    context->base = NextNodeContext::Base::kFirstMatch;
  else if (base == "last_match")
    context->base = NextNodeContext::Base::kLastMatch;
  else
    return fail(
        ErrorCode::kBadArguments,
        "Aggregate function sequenceNextNode doesn't support a parameter: " + std::string(base));
  const bool by_match = context->base == NextNodeContext::Base::kFirstMatch ||
                        context->base == NextNodeContext::Base::kLastMatch;
  if (by_match && arguments.size() < 4) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Aggregate function sequenceNextNode requires at least one event argument when "
                "base is first_match or last_match");
  }
  if (context->forward ? context->base == NextNodeContext::Base::kTail
                       : context->base == NextNodeContext::Base::kHead) {
    return fail(ErrorCode::kBadArguments, "Invalid argument combination of '" + std::string(base) +
                                              "' with '" + std::string(direction) + "'");
  }
  if (arguments.size() < 3 || arguments.size() > 67) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Aggregate function sequenceNextNode requires at least 3 arguments (timestamp, "
                "node, base condition), at most 64 events");
  }
  if (!arguments[0].type.is(TypeKind::kDateTime) && !arguments[0].type.is(TypeKind::kDate) &&
      !arguments[0].type.is_unsigned()) {
    return illegal_type(name, arguments[0].type);
  }
  if (!arguments[1].type.is(TypeKind::kString)) return illegal_type(name, arguments[1].type);
  for (const Argument& condition : arguments.subspan(2)) {
    if (!condition.type.is(TypeKind::kUInt8) && !condition.type.is(TypeKind::kBool))
      return illegal_type(name, condition.type);
  }
  context->events = static_cast<uint8_t>(arguments.size() - 3);
  ResolvedAggregate resolved;
  resolved.arguments = types_of(arguments);
  resolved.arguments[0] = Type::of(TypeKind::kUInt32);
  context->conditions =
      row_layout({resolved.arguments.begin() + 1, resolved.arguments.end()}).offsets[1];
  resolved.result = Type::nullable(Type::of(TypeKind::kString));
  resolved.pack_from = 1;
  resolved.context = std::move(context);
  SP_USE_BODIES(resolved, sp_next_node, NextNode);
  return resolved;
}

}  // namespace

SP_AGGREGATES(sequence_next_node) {
  rows.push_back({.name = "sequenceNextNode",
                  .resolve = &resolve_next_node,
                  .doc = "The `node` after (or, backward, before) a chain of conditions from a "
                         "base row on, in the order of `time`; "
                         "parameters: 'forward' or 'backward', and 'head', 'tail', 'first_match' "
                         "or 'last_match'.",
                  .example = "SELECT sequenceNextNode('forward', 'first_match')(number, "
                             "toString(number), 1, number = 4) FROM numbers(9)",
                  .example_result = "5"});
}

}  // namespace sp
#endif
