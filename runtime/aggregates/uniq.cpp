// uniq: approximate number of different values, by ClickHouse's hashes and set, so that the numbers
// are equal.

#include "runtime/aggregates/counted_set.h"
#include "runtime/aggregates/number_kind.h"
#include "runtime/aggregates/parameters.h"
#include "runtime/aggregates/uniques_set.h"
#include "runtime/aggregates/variadic_hash.h"

namespace sp {

// A set over a frame's rows keeps the hashes that are divisible by the smallest power of two that
// leaves no more than fit: that needs the number of hashes by their trailing zeros only.
struct SlidingUniq {
  CountedSet<uint32_t> hashes;
  uint32_t by_zeros[33];  // different hashes; the hash 0 has 32

  static unsigned zeros_of(uint32_t hash) noexcept {
    return hash == 0 ? 32 : static_cast<unsigned>(__builtin_ctz(hash));
  }
  void enter(ExecState& exec, uint64_t hash) noexcept {
    const auto x = static_cast<uint32_t>(hash);
    if (hashes.add(exec, x) == 1) ++by_zeros[zeros_of(x)];
  }
  void leave(uint64_t hash) noexcept {
    const auto x = static_cast<uint32_t>(hash);
    if (hashes.remove(x) == 0) --by_zeros[zeros_of(x)];
  }
  uint64_t count() const noexcept {
    UniquesSet set{};
    set.size = static_cast<uint32_t>(hashes.size);
    while (set.size > UniquesSet::kMaxSize) set.size -= by_zeros[set.skip++];
    return set.count();
  }
};

namespace {

inline uint64_t hash_of_wide(const void* value) noexcept {
  SipHash hash;
  hash.update(value, 16);
  return int_hash64(hash.finish64());
}

}  // namespace
}  // namespace sp

using namespace sp;

#define SP_UNIQ(suffix, T)                                                                       \
  extern "C" void sp_uniq_##suffix##_add(ExecState& exec, UniquesSet* state, T value) noexcept { \
    state->insert(exec, int_hash64(number_bits(value)));                                         \
  }                                                                                              \
  extern "C" void sp_uniq_##suffix##_enter(ExecState& exec, SlidingUniq* state,                  \
                                           T value) noexcept {                                   \
    state->enter(exec, int_hash64(number_bits(value)));                                          \
  }                                                                                              \
  extern "C" void sp_uniq_##suffix##_leave(SlidingUniq* state, T value) noexcept {               \
    state->leave(int_hash64(number_bits(value)));                                                \
  }
SP_FOR_NUMBERS(SP_UNIQ)

extern "C" void sp_uniq_string_add(ExecState& exec, UniquesSet* state,
                                   const StringRef& value) noexcept {
  state->insert(exec, uniq_hash_of_text(value));
}
extern "C" void sp_uniq_string_enter(ExecState& exec, SlidingUniq* state,
                                     const StringRef& value) noexcept {
  state->enter(exec, uniq_hash_of_text(value));
}
extern "C" void sp_uniq_string_leave(SlidingUniq* state, const StringRef& value) noexcept {
  state->leave(uniq_hash_of_text(value));
}
extern "C" void sp_uniq_wide_add(ExecState& exec, UniquesSet* state, const void* value) noexcept {
  state->insert(exec, hash_of_wide(value));
}
extern "C" void sp_uniq_wide_enter(ExecState& exec, SlidingUniq* state,
                                   const void* value) noexcept {
  state->enter(exec, hash_of_wide(value));
}
extern "C" void sp_uniq_wide_leave(SlidingUniq* state, const void* value) noexcept {
  state->leave(hash_of_wide(value));
}
extern "C" void sp_uniq_values_add(ExecState& exec, const VariadicContext* context,
                                   UniquesSet* state, const void* values) noexcept {
  state->insert(exec, variadic_hash64(*context, values));
}
extern "C" void sp_uniq_values_enter(ExecState& exec, const VariadicContext* context,
                                     SlidingUniq* state, const void* values) noexcept {
  state->enter(exec, variadic_hash64(*context, values));
}
extern "C" void sp_uniq_values_leave(const VariadicContext* context, SlidingUniq* state,
                                     const void* values) noexcept {
  state->leave(variadic_hash64(*context, values));
}
extern "C" uint64_t sp_uniq_frame(const SlidingUniq* state) noexcept { return state->count(); }
extern "C" uint64_t sp_uniq_finish(const UniquesSet* state) noexcept { return state->count(); }
extern "C" void sp_uniq_add(ExecState& exec, UniquesSet* state, uint64_t value) noexcept {
  state->insert(exec, int_hash64(value));
}
SP_STATE_BODIES(sp_uniq, UniquesSet)

#ifndef SP_BITCODE
namespace sp {
namespace {

Result<ResolvedAggregate> resolve_uniq(Arguments parameters, Arguments arguments,
                                       const ResolveOptions&) {
  SP_TRY_VOID(expect_no_parameters("uniq", parameters));
  if (arguments.empty()) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Incorrect number of arguments for aggregate function uniq");
  }
  ResolvedAggregate resolved;
  resolved.result = Type::of(TypeKind::kUInt64);
  SP_USE_BODIES(resolved, sp_uniq, UniquesSet);
  const Type type = arguments[0].type;
  const auto kind = number_kind(type);
  if (arguments.size() == 1 && kind && !type.is_nullable()) {
    switch (*kind) {
#define SP_CASE(suffix, T)                                                  \
  case NumberKind::suffix:                                                  \
    resolved.add = SP_SYMBOL(sp_uniq_##suffix##_add);                       \
    SP_USE_SLIDING(resolved, sp_uniq_##suffix, sp_uniq_frame, SlidingUniq); \
    break;
      SP_FOR_NUMBERS(SP_CASE)
#undef SP_CASE
    }
  } else if (arguments.size() == 1 && type.is_string_like()) {
    resolved.add = SP_SYMBOL(sp_uniq_string_add);
    SP_USE_SLIDING(resolved, sp_uniq_string, sp_uniq_frame, SlidingUniq);
  } else if (arguments.size() == 1 && !type.is_nullable() && is_wide_value(type)) {
    resolved.add = SP_SYMBOL(sp_uniq_wide_add);
    SP_USE_SLIDING(resolved, sp_uniq_wide, sp_uniq_frame, SlidingUniq);
  } else {
    resolved.add = SP_SYMBOL(sp_uniq_values_add);
    SP_USE_SLIDING(resolved, sp_uniq_values, sp_uniq_frame, SlidingUniq);
    resolved.context = std::make_shared<VariadicContext>(types_of(arguments));
    if (arguments.size() > 1) resolved.pack_from = 0;
  }
  return resolved;
}

}  // namespace

SP_AGGREGATES(uniq) {
  rows.push_back({.name = "uniq",
                  .resolve = &resolve_uniq,
                  .never_null = true,
                  .doc = "Approximate number of different values of `x` (or rows of several "
                         "arguments); exact up to 65,536.",
                  .example = "SELECT uniq(number % 7) FROM numbers(100)",
                  .example_result = "7"});
}

}  // namespace sp
#endif
