// -State: the result is the stored state itself, a value of AggregateFunction(f, arguments...); in
// flight a string of its version (one byte) and its bytes (see state_bytes.h).
// -Merge: merges such states and finishes; -MergeState: merges and stores again.
// -SimpleState: the plain result, typed SimpleAggregateFunction(f, T).

#include "runtime/aggregates/bodies.h"
#include "runtime/aggregates/nested.h"
#include "runtime/aggregates/stored_state.h"

namespace sp {

struct StateContext : AggregateContext {
  explicit StateContext(Nested wrapped) : nested(std::move(wrapped)) {}
  Nested nested;
};

}  // namespace sp

using namespace sp;

extern "C" void sp_state_init(const StateContext* context, void* state) noexcept {
  context->nested.init(state);
}
extern "C" void sp_state_add(ExecState& exec, const StateContext* context, void* state,
                             const void* row) noexcept;
extern "C" void sp_state_merge(ExecState& exec, const StateContext* context, void* into,
                               const void* from) noexcept {
  context->nested.merge(exec, into, from);
}
extern "C" void sp_state_finish(ExecState& exec, const StateContext* context, const void* state,
                                StringRef* out) noexcept;
extern "C" void sp_state_serialize(const StateContext* context, const void* state,
                                   std::string* out) noexcept {
  context->nested.serialize(state, out);
}
extern "C" bool sp_state_deserialize(ExecState& exec, const StateContext* context, void* state,
                                     const StringRef& bytes) noexcept {
  return context->nested.deserialize(exec, state, bytes);
}
/// add of -Merge: absorbs a stored state. Empty bytes are the default value of the type: an empty
/// state.
extern "C" void sp_merge_add(ExecState& exec, const StateContext* context, void* state,
                             const StringRef& bytes) noexcept;
extern "C" void sp_merge_finish(ExecState& exec, const StateContext* context, const void* state,
                                void* out) noexcept {
  context->nested.finish(exec, state, out);
}

#ifndef SP_BITCODE
#include <strings.h>

#include <algorithm>
#include <cstring>

#include "runtime/aggregates/combinator.h"
#include "runtime/aggregates/parameters.h"

extern "C" void sp_state_add(ExecState& exec, const StateContext* context, void* state,
                             const void* row) noexcept {
  context->nested.add_packed(exec, state, row);
}
extern "C" void sp_state_finish(ExecState& exec, const StateContext* context, const void* state,
                                StringRef* out) noexcept {
  std::string bytes(1, kStateVersion);
  context->nested.serialize(state, &bytes);
  *out = exec.persistent.copy(bytes);
}
extern "C" void sp_merge_add(ExecState& exec, const StateContext* context, void* state,
                             const StringRef& bytes) noexcept {
  if (!absorb_state(exec, context->nested, state, bytes)) {
    exec.fail(ErrorCode::kIncorrectData,
              "Cannot read the state of aggregate function " + context->nested.aggregate().name);
  }
}

namespace sp {

bool absorb_state(ExecState& exec, const Nested& nested, void* state,
                  const StringRef& bytes) noexcept {
  if (bytes.size == 0) return true;
  return *bytes.begin() == kStateVersion &&
         nested.deserialize(exec, state, StringRef(bytes.begin() + 1, bytes.size - 1));
}

namespace {

// The name that ClickHouse stores a function's states by: aliases give way to it.
std::string stored_name(const AggregateRegistry& registry, std::string_view name) {
  const AggregateRow* row = registry.find(name);
  if (row == nullptr) return std::string(name);
  // The longest spelling that fits: STDDEV_POP is not STD.
  std::string_view spelling;
  const auto consider = [&](std::string_view candidate) {
    if (candidate.size() > spelling.size() && name.size() >= candidate.size() &&
        strncasecmp(name.data(), candidate.data(), candidate.size()) == 0)
      spelling = candidate;
  };
  consider(row->name);
  for (const char* alias : row->aliases) consider(alias);
  if (spelling.empty()) return std::string(name);
  std::string_view base = row->name;
  if (base == "first_value") base = "any";
  if (base == "last_value") base = "anyLast";
  return std::string(base) + std::string(name.substr(spelling.size()));
}

// A call whose add hands over to `nested` and whose finish is its bytes; everything of the state
// happens natively.
ResolvedAggregate storing(Nested nested) {
  ResolvedAggregate resolved;
  resolved.state_size = nested.state_size();
  resolved.state_align = nested.state_align();
  resolved.init = SP_SYMBOL(sp_state_init);
  resolved.add = SP_SYMBOL(sp_state_add);
  resolved.merge = SP_SYMBOL(sp_state_merge);
  resolved.finish = SP_SYMBOL(sp_state_finish);
  resolved.serialize = SP_SYMBOL(sp_state_serialize);
  resolved.deserialize = SP_SYMBOL(sp_state_deserialize);
  resolved.order_matters = nested.aggregate().order_matters;
  resolved.context = std::make_shared<StateContext>(std::move(nested));
  return resolved;
}

Result<ResolvedAggregate> resolve_state(const CombinatorCall& call) {
  SP_TRY(ResolvedAggregate nested, call.resolve_nested(call.arguments));
  if (!nested.serialize) {
    return fail(ErrorCode::kNotImplemented, "The state of aggregate function " +
                                                std::string(call.nested) + " cannot be stored");
  }
  const Type type = Type::aggregate_function(
      spelled_call(stored_name(*call.registry, call.nested), call.parameters),
      types_of(call.arguments));
  if (!nested.null_when_empty) {
    // Only the last step differs: the nested bodies stay, so generated code inlines them.
    ResolvedAggregate resolved = nested;
    resolved.result = type;
    if (nested.context == nullptr && !nested.serialize.takes_context) {
      resolved.context = std::make_shared<StateContext>(Nested(std::move(nested)));
      resolved.finish = SP_SYMBOL(sp_state_finish);
      return resolved;
    }
  }
  const bool condition = nested.has_condition;
  std::vector<Type> arguments = nested.arguments;
  const bool skip = nested.skip_nulls;
  if (condition) nested.has_condition = false, nested.arguments.pop_back();
  ResolvedAggregate resolved = storing(Nested(std::move(nested)));
  resolved.result = type;
  resolved.arguments = std::move(arguments);
  resolved.skip_nulls = skip;
  resolved.has_condition = condition;
  resolved.pack_from = 0;
  return resolved;
}

bool takes_states_of(std::string_view wanted, std::string_view stored) {
  // countDistinct and uniqExact, any and first_value share their states; -If changes arguments
  // only.
  const auto family = [](std::string_view name) -> std::string {
    if (name.ends_with("State")) name.remove_suffix(5);
    while (name.ends_with("If")) name.remove_suffix(2);
    static constexpr std::pair<std::string_view, std::string_view> kSpellings[] = {
        {"countDistinct", "uniqExact"}, {"first_value", "any"}, {"last_value", "anyLast"}};
    for (const auto& [spelling, meaning] : kSpellings) {  // with combinators behind them too
      if (name.starts_with(spelling))
        return std::string(meaning) + std::string(name.substr(spelling.size()));
    }
    for (const std::string_view prefix :
         {"median", "quantiles"}) {  // quantilesExact: as quantileExact
      if (name.starts_with(prefix)) return "quantile" + std::string(name.substr(prefix.size()));
    }
    return std::string(name);
  };
  return family(wanted) == family(stored) || wanted == stored;
}

// The nested aggregate of a -Merge call: the stored arguments, but the parameters of the call if it
// has any.
Result<Nested> merged_aggregate(const CombinatorCall& call) {
  SP_TRY_VOID(expect_arguments(call.name, call.arguments, 1));
  const Type type = call.arguments[0].type.base();
  if (!type.is(TypeKind::kAggregateFunction)) return illegal_type(call.name, type);
  const StoredCall stored = stored_call(type);
  if (!takes_states_of(call.nested, stored.name) &&
      !takes_states_of(stored_name(*call.registry, call.nested), stored.name)) {
    return fail(ErrorCode::kIllegalTypeOfArgument,
                "Illegal type " + type.name() + " of argument for aggregate function " +
                    std::string(call.name) + ", expected " + std::string(call.nested) +
                    " or equivalent type");
  }
  // Names as stored: sumMerge also reads states of sumIf.
  std::string_view name = stored.name;
  if (name.ends_with("State"))
    name.remove_suffix(5);  // Tinybird schemas spell AggregateFunction(argMaxState, ...)
  std::span<const Argument> arguments = stored.arguments;
  const bool plain = !std::string_view(call.nested).ends_with("If") && name.ends_with("If");
  std::string_view function = call.parameters.empty() ? name : call.nested;
  if (plain && !call.parameters.empty()) arguments = arguments.first(arguments.size() - 1);
  auto resolved = call.registry->resolve(
      function,
      call.parameters.empty() ? std::span<const Argument>(stored.parameters) : call.parameters,
      arguments, *call.options);
  if (!resolved.ok()) return std::move(resolved).error();
  ResolvedAggregate nested = std::move(resolved).value();
  if (nested.has_condition) {
    nested.has_condition = false;
    nested.arguments.pop_back();
  }
  if (!nested.deserialize) {
    return fail(ErrorCode::kNotImplemented,
                "The state of aggregate function " + std::string(name) + " cannot be merged");
  }
  return Nested(std::move(nested));
}

}  // namespace

Result<Nested> stored_aggregate(const AggregateRegistry& registry, Type type,
                                const ResolveOptions& options) {
  const StoredCall stored = stored_call(type);
  std::string_view name = stored.name;
  if (name.ends_with("State")) name.remove_suffix(5);
  SP_TRY(ResolvedAggregate resolved,
         registry.resolve(name, stored.parameters, stored.arguments, options));
  if (resolved.has_condition) {
    resolved.has_condition = false;
    resolved.arguments.pop_back();
  }
  return Nested(std::move(resolved));
}

namespace {

Result<ResolvedAggregate> resolve_merge(const CombinatorCall& call) {
  SP_TRY(Nested nested, merged_aggregate(call));
  const Type result = nested.result();
  ResolvedAggregate resolved = storing(std::move(nested));
  resolved.add = SP_SYMBOL(sp_merge_add);
  resolved.finish = SP_SYMBOL(sp_merge_finish);
  resolved.result = result;
  resolved.arguments = {call.arguments[0].type};
  return resolved;
}

Result<ResolvedAggregate> resolve_merge_state(const CombinatorCall& call) {
  SP_TRY(Nested nested, merged_aggregate(call));
  ResolvedAggregate resolved = storing(std::move(nested));
  resolved.add = SP_SYMBOL(sp_merge_add);
  resolved.result = call.arguments[0].type.base();
  resolved.arguments = {call.arguments[0].type};
  return resolved;
}

Result<ResolvedAggregate> resolve_simple_state(const CombinatorCall& call) {
  constexpr std::string_view allowed[] = {"any",
                                          "anyLast",
                                          "any_respect_nulls",
                                          "anyLast_respect_nulls",
                                          "min",
                                          "max",
                                          "sum",
                                          "sumWithOverflow",
                                          "groupBitAnd",
                                          "groupBitOr",
                                          "groupBitXor",
                                          "sumMap",
                                          "minMap",
                                          "maxMap",
                                          "groupArrayArray",
                                          "groupArrayLastArray",
                                          "groupUniqArrayArray"};
  const std::string name = stored_name(*call.registry, call.nested);
  if (std::find(std::begin(allowed), std::end(allowed), name) == std::end(allowed)) {
    return fail(ErrorCode::kBadArguments, "Unsupported aggregate function " +
                                              std::string(call.nested) +
                                              " for SimpleAggregateFunction");
  }
  SP_TRY(ResolvedAggregate resolved, call.resolve_nested(call.arguments));
  resolved.result = Type::simple_aggregate_function(name, resolved.result);
  return resolved;
}

const Combinator combinator_state("State", &resolve_state);
const Combinator combinator_merge("Merge", &resolve_merge);
const Combinator combinator_merge_state("MergeState", &resolve_merge_state);
const Combinator combinator_simple_state("SimpleState", &resolve_simple_state);

}  // namespace
}  // namespace sp
#endif
