// uniqExact, also known as countDistinct: the exact number of different values. Numbers are kept as
// they are, everything else as 128-bit SipHash, as in ClickHouse.

#include "runtime/aggregates/counted_set.h"
#include "runtime/aggregates/flat_set.h"
#include "runtime/aggregates/number_kind.h"
#include "runtime/aggregates/parameters.h"
#include "runtime/aggregates/variadic_hash.h"

using namespace sp;

#define SP_UNIQ_EXACT(suffix, T)                                                                  \
  extern "C" void sp_uniq_exact_##suffix##_add(ExecState& exec, WordSet* state,                   \
                                               T value) noexcept {                                \
    state->insert(exec, number_bits(value));                                                      \
  }                                                                                               \
  extern "C" void sp_uniq_exact_##suffix##_enter(ExecState& exec, CountedSet<uint64_t>* state,    \
                                                 T value) noexcept {                              \
    state->add(exec, number_bits(value));                                                         \
  }                                                                                               \
  extern "C" void sp_uniq_exact_##suffix##_leave(CountedSet<uint64_t>* state, T value) noexcept { \
    state->remove(number_bits(value));                                                            \
  }
SP_FOR_NUMBERS(SP_UNIQ_EXACT)

extern "C" void sp_uniq_exact_add(ExecState& exec, WordSet* state, uint64_t value) noexcept {
  state->insert(exec, value);
}
extern "C" uint64_t sp_uniq_exact_finish(const WordSet* state) noexcept { return state->size; }
SP_STATE_BODIES(sp_uniq_exact, WordSet)

namespace sp {
namespace {

using WideCounts = CountedSet<WideKey>;

WideKey key_of(const StringRef& text) noexcept {
  uint64_t words[2];
  string_hash128(text, words);
  return {words[0], words[1]};
}
WideKey key_of(const VariadicContext& context, const void* values) noexcept {
  uint64_t words[2];
  variadic_hash128(context, values, words);
  return {words[0], words[1]};
}
WideKey key_of_wide(const void* value) noexcept {
  WideKey key;
  std::memcpy(&key, value, sizeof(key));
  key.low ^=
      hash_word(key.high);  // spreads the bits: the table uses `low` as the hash; still one to one
  return key;
}

}  // namespace
}  // namespace sp

extern "C" void sp_uniq_exact_string_add(ExecState& exec, WideSet* state,
                                         const StringRef& value) noexcept {
  state->insert(exec, key_of(value));
}
extern "C" void sp_uniq_exact_string_enter(ExecState& exec, WideCounts* state,
                                           const StringRef& value) noexcept {
  state->add(exec, key_of(value));
}
extern "C" void sp_uniq_exact_string_leave(WideCounts* state, const StringRef& value) noexcept {
  state->remove(key_of(value));
}
extern "C" void sp_uniq_exact_values_add(ExecState& exec, const VariadicContext* context,
                                         WideSet* state, const void* values) noexcept {
  state->insert(exec, key_of(*context, values));
}
extern "C" void sp_uniq_exact_values_enter(ExecState& exec, const VariadicContext* context,
                                           WideCounts* state, const void* values) noexcept {
  state->add(exec, key_of(*context, values));
}
extern "C" void sp_uniq_exact_values_leave(const VariadicContext* context, WideCounts* state,
                                           const void* values) noexcept {
  state->remove(key_of(*context, values));
}
extern "C" void sp_uniq_exact_wide_add(ExecState& exec, WideSet* state,
                                       const void* value) noexcept {
  state->insert(exec, key_of_wide(value));
}
extern "C" void sp_uniq_exact_wide_enter(ExecState& exec, WideCounts* state,
                                         const void* value) noexcept {
  state->add(exec, key_of_wide(value));
}
extern "C" void sp_uniq_exact_wide_leave(WideCounts* state, const void* value) noexcept {
  state->remove(key_of_wide(value));
}
extern "C" uint64_t sp_uniq_exact_frame(const CountedSet<uint64_t>* state) noexcept {
  return state->size;
}
extern "C" uint64_t sp_uniq_exact_wide_frame(const WideCounts* state) noexcept {
  return state->size;
}
extern "C" uint64_t sp_uniq_exact_wide_finish(const WideSet* state) noexcept { return state->size; }
SP_STATE_BODIES(sp_uniq_exact_wide, WideSet)

#ifndef SP_BITCODE
namespace sp {
namespace {

Result<ResolvedAggregate> resolve_uniq_exact(Arguments parameters, Arguments arguments,
                                             const ResolveOptions&) {
  SP_TRY_VOID(expect_no_parameters("uniqExact", parameters));
  if (arguments.empty()) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Incorrect number of arguments for aggregate function uniqExact");
  }
  ResolvedAggregate resolved;
  resolved.result = Type::of(TypeKind::kUInt64);
  const Type type = arguments[0].type;
  const auto kind = number_kind(type);
  if (arguments.size() == 1 && kind && !type.is_nullable()) {
    SP_USE_BODIES(resolved, sp_uniq_exact, WordSet);
    switch (*kind) {
#define SP_CASE(suffix, T)                                                                       \
  case NumberKind::suffix:                                                                       \
    resolved.add = SP_SYMBOL(sp_uniq_exact_##suffix##_add);                                      \
    SP_USE_SLIDING(resolved, sp_uniq_exact_##suffix, sp_uniq_exact_frame, CountedSet<uint64_t>); \
    break;
      SP_FOR_NUMBERS(SP_CASE)
#undef SP_CASE
    }
    return resolved;
  }
  SP_USE_BODIES(resolved, sp_uniq_exact_wide, WideSet);
  SP_USE_SLIDING(resolved, sp_uniq_exact_wide, sp_uniq_exact_wide_frame, WideCounts);
  if (arguments.size() == 1 && type.is_string_like()) {
    resolved.add = SP_SYMBOL(sp_uniq_exact_string_add);
    SP_USE_SLIDING(resolved, sp_uniq_exact_string, sp_uniq_exact_wide_frame, WideCounts);
  } else if (arguments.size() > 1 || !is_wide_value(type)) {
    resolved.add = SP_SYMBOL(sp_uniq_exact_values_add);
    SP_USE_SLIDING(resolved, sp_uniq_exact_values, sp_uniq_exact_wide_frame, WideCounts);
    resolved.context = std::make_shared<VariadicContext>(types_of(arguments));
    if (arguments.size() > 1) resolved.pack_from = 0;
  }
  return resolved;
}

}  // namespace

SP_AGGREGATES(uniq_exact) {
  rows.push_back({.name = "uniqExact",
                  .resolve = &resolve_uniq_exact,
                  .never_null = true,
                  .doc = "Exact number of different values of `x` (or rows of several arguments).",
                  .example = "SELECT uniqExact(number % 7, number % 2) FROM numbers(100)",
                  .example_result = "14"});
  rows.push_back({.name = "countDistinct",
                  .case_insensitive = true,
                  .resolve = &resolve_uniq_exact,
                  .never_null = true,
                  .doc = "Exact number of different values of `x`: count(DISTINCT x).",
                  .example = "SELECT countDistinct(number % 7) FROM numbers(100)",
                  .example_result = "7"});
}

}  // namespace sp
#endif
