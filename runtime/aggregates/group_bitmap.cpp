// groupBitmap(x): the number of different integers. groupBitmapAnd, -Or, -Xor over states of
// groupBitmap: the number of integers that are in all of them, in any, or in an odd number of them.

#include "runtime/aggregates/flat_set.h"
#include "runtime/aggregates/number_kind.h"
#include "runtime/aggregates/parameters.h"
#include "runtime/aggregates/stored_state.h"

namespace sp {

enum class BitmapOperation : uint8_t { kAnd, kOr, kXor };

struct BitmapContext : AggregateContext {
  BitmapOperation operation = BitmapOperation::kOr;
};

// The integers left so far, of the states met.
struct BitmapCombination {
  WordSet set;
  uint8_t seen;
  void combine(ExecState& exec, const BitmapContext& context, const WordSet& other) noexcept {
    if (!seen || context.operation == BitmapOperation::kOr) {
      set.merge(exec, other);
      seen = 1;
      return;
    }
    const bool both = context.operation == BitmapOperation::kAnd;
    WordSet kept{}, mine = set, theirs{};
    theirs.merge(exec, other);
    // insert() tells what the other one lacks; its copy may grow.
    set.for_each([&](uint64_t value) {
      if (!theirs.insert(exec, value) == both) kept.insert(exec, value);
    });
    if (!both)
      other.for_each([&](uint64_t value) {
        if (mine.insert(exec, value)) kept.insert(exec, value);
      });
    set = kept;
  }
  void merge(ExecState& exec, const BitmapContext& context, const BitmapCombination& other) {
    if (other.seen) combine(exec, context, other.set);
  }
  void write(const BitmapContext&, StateWriter& out) const {
    out.pod(seen);
    set.write(out);
  }
  bool read(ExecState& exec, const BitmapContext& context, StateReader& in) {
    BitmapCombination other{};
    if (!in.pod(other.seen) || !other.set.read(exec, in)) return false;
    merge(exec, context, other);
    return true;
  }
};

}  // namespace sp

using namespace sp;

extern "C" void sp_group_bitmap_add(ExecState& exec, WordSet* state, uint64_t value) noexcept {
  state->insert(exec, value);
}
// ClickHouse counts in the argument's own type.
#define SP_BITMAP_FINISH(suffix, T)                                                          \
  extern "C" T sp_group_bitmap_##suffix##_finish(const WordSet* state) noexcept {            \
    return static_cast<T>(state->size);                                                      \
  }                                                                                          \
  extern "C" T sp_bitmap_states_##suffix##_finish(const BitmapCombination* state) noexcept { \
    return static_cast<T>(state->set.size);                                                  \
  }
SP_BITMAP_FINISH(u8, uint8_t)
SP_BITMAP_FINISH(u16, uint16_t)
SP_BITMAP_FINISH(u32, uint32_t)
extern "C" uint64_t sp_group_bitmap_finish(const WordSet* state) noexcept { return state->size; }
SP_STATE_BODIES(sp_group_bitmap, WordSet)

// The bytes are a stored state of groupBitmap; none: the empty one.
extern "C" void sp_bitmap_states_add(ExecState& exec, const BitmapContext* context,
                                     BitmapCombination* state, const StringRef& bytes) noexcept {
  WordSet other{};
  StateReader reader(bytes.view());
  char version = kStateVersion;
  if (bytes.size > 0 &&
      (!reader.pod(version) || version != kStateVersion || !other.read(exec, reader))) {
    exec.fail(ErrorCode::kIncorrectData, "Cannot read the state of aggregate function groupBitmap");
    return;
  }
  state->combine(exec, *context, other);
}
extern "C" uint64_t sp_bitmap_states_finish(const BitmapCombination* state) noexcept {
  return state->set.size;
}
SP_STATE_BODIES_WITH(sp_bitmap_states, BitmapContext, BitmapCombination)
// groupBitmapOrState and the like give a state of groupBitmap.
extern "C" void sp_bitmap_states_store(ExecState& exec, const BitmapCombination* state,
                                       StringRef* out) noexcept;

#ifndef SP_BITCODE
extern "C" void sp_bitmap_states_store(ExecState& exec, const BitmapCombination* state,
                                       StringRef* out) noexcept {
  std::string bytes(1, kStateVersion);
  StateWriter writer(bytes);
  state->set.write(writer);
  *out = exec.persistent.copy(bytes);
}

namespace sp {
namespace {

Result<ResolvedAggregate> resolve_bitmap(Arguments parameters, Arguments arguments,
                                         const ResolveOptions&) {
  SP_TRY_VOID(expect_no_parameters("groupBitmap", parameters));
  SP_TRY_VOID(expect_arguments("groupBitmap", arguments, 1));
  const Type type = arguments[0].type;
  if (!type.is_integer() || !number_kind(type)) return illegal_type("groupBitmap", type);
  ResolvedAggregate resolved;
  resolved.result = type;
  resolved.arguments = {Type::of(TypeKind::kUInt64)};
  SP_USE_BODIES(resolved, sp_group_bitmap, WordSet);
  const uint32_t width = slot_layout(type).size;
  if (width == 1) resolved.finish = SP_SYMBOL(sp_group_bitmap_u8_finish);
  if (width == 2) resolved.finish = SP_SYMBOL(sp_group_bitmap_u16_finish);
  if (width == 4) resolved.finish = SP_SYMBOL(sp_group_bitmap_u32_finish);
  return resolved;
}

template <BitmapOperation kOperation>
Result<ResolvedAggregate> resolve_bitmap_states(Arguments parameters, Arguments arguments,
                                                const ResolveOptions&) {
  constexpr std::string_view name = kOperation == BitmapOperation::kAnd  ? "groupBitmapAnd"
                                    : kOperation == BitmapOperation::kOr ? "groupBitmapOr"
                                                                         : "groupBitmapXor";
  SP_TRY_VOID(expect_no_parameters(name, parameters));
  SP_TRY_VOID(expect_arguments(name, arguments, 1));
  const Type type = arguments[0].type;
  if (!type.is(TypeKind::kAggregateFunction) || type.function() != "groupBitmap")
    return illegal_type(name, type);
  ResolvedAggregate resolved;
  auto context = std::make_shared<BitmapContext>();
  context->operation = kOperation;
  resolved.result = type.inner()[0].base();
  resolved.context = std::move(context);
  SP_USE_BODIES(resolved, sp_bitmap_states, BitmapCombination);
  const uint32_t width = slot_layout(resolved.result).size;
  if (width == 1) resolved.finish = SP_SYMBOL(sp_bitmap_states_u8_finish);
  if (width == 2) resolved.finish = SP_SYMBOL(sp_bitmap_states_u16_finish);
  if (width == 4) resolved.finish = SP_SYMBOL(sp_bitmap_states_u32_finish);
  return resolved;
}

template <BitmapOperation kOperation>
Result<ResolvedAggregate> resolve_bitmap_of_states(Arguments parameters, Arguments arguments,
                                                   const ResolveOptions& options) {
  SP_TRY(ResolvedAggregate resolved,
         resolve_bitmap_states<kOperation>(parameters, arguments, options));
  resolved.result = arguments[0].type;
  resolved.finish = SP_SYMBOL(sp_bitmap_states_store);
  return resolved;
}

}  // namespace

SP_AGGREGATES(group_bitmap) {
  rows.push_back({.name = "groupBitmap",
                  .resolve = &resolve_bitmap,
                  .doc = "Number of different integers `x`.",
                  .example = "SELECT groupBitmap(number % 5) FROM numbers(8)",
                  .example_result = "5"});
  rows.push_back({.name = "groupBitmapAnd",
                  .resolve = &resolve_bitmap_states<BitmapOperation::kAnd>,
                  .doc = "Number of integers in all `states` of groupBitmap.",
                  .example = "SELECT groupBitmapAnd(s) FROM (SELECT groupBitmapState(number % 3) "
                             "AS s FROM numbers(9) GROUP BY number < 2)",
                  .example_result = "2"});
  rows.push_back(
      {.name = "groupBitmapAndState",
       .resolve = &resolve_bitmap_of_states<BitmapOperation::kAnd>,
       .doc = "The integers in all `states` of groupBitmap, as such a state.",
       .example =
           "SELECT bitmapToArray(groupBitmapAndState(s)) FROM (SELECT groupBitmapState(number "
           "% 3) AS s FROM numbers(9) GROUP BY number < 2)",
       .example_result = "[0,1]"});
  rows.push_back({.name = "groupBitmapOr",
                  .resolve = &resolve_bitmap_states<BitmapOperation::kOr>,
                  .doc = "Number of integers in any of the `states` of groupBitmap.",
                  .example = "SELECT groupBitmapOr(s) FROM (SELECT groupBitmapState(number % 3) AS "
                             "s FROM numbers(9) GROUP BY number < 2)",
                  .example_result = "3"});
  rows.push_back(
      {.name = "groupBitmapOrState",
       .resolve = &resolve_bitmap_of_states<BitmapOperation::kOr>,
       .doc = "The integers in any of the `states` of groupBitmap, as such a state.",
       .example =
           "SELECT bitmapToArray(groupBitmapOrState(s)) FROM (SELECT groupBitmapState(number "
           "% 3) AS s FROM numbers(9) GROUP BY number < 2)",
       .example_result = "[0,1,2]"});
  rows.push_back({.name = "groupBitmapXor",
                  .resolve = &resolve_bitmap_states<BitmapOperation::kXor>,
                  .doc = "Number of integers in an odd number of the `states` of groupBitmap.",
                  .example = "SELECT groupBitmapXor(s) FROM (SELECT groupBitmapState(number % 3) "
                             "AS s FROM numbers(9) GROUP BY number < 2)",
                  .example_result = "1"});
  rows.push_back(
      {.name = "groupBitmapXorState",
       .resolve = &resolve_bitmap_of_states<BitmapOperation::kXor>,
       .doc = "The integers in an odd number of the `states` of groupBitmap, as such a state.",
       .example =
           "SELECT bitmapToArray(groupBitmapXorState(s)) FROM (SELECT groupBitmapState(number "
           "% 3) AS s FROM numbers(9) GROUP BY number < 2)",
       .example_result = "[2]"});
}

}  // namespace sp
#endif
