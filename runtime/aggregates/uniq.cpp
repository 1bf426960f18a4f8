// uniq: approximate number of different values, by ClickHouse's hashes and set, so that the numbers
// are equal.

#include "runtime/aggregates/number_kind.h"
#include "runtime/aggregates/parameters.h"
#include "runtime/aggregates/uniques_set.h"
#include "runtime/aggregates/variadic_hash.h"

using namespace sp;

#define SP_UNIQ(suffix, T)                                                                       \
  extern "C" void sp_uniq_##suffix##_add(ExecState& exec, UniquesSet* state, T value) noexcept { \
    state->insert(exec, int_hash64(number_bits(value)));                                         \
  }
SP_FOR_NUMBERS(SP_UNIQ)

extern "C" void sp_uniq_string_add(ExecState& exec, UniquesSet* state,
                                   const StringRef& value) noexcept {
  state->insert(exec, uniq_hash_of_text(value));
}
extern "C" void sp_uniq_wide_add(ExecState& exec, UniquesSet* state, const void* value) noexcept {
  SipHash hash;
  hash.update(value, 16);
  state->insert(exec, int_hash64(hash.finish64()));
}
extern "C" void sp_uniq_values_add(ExecState& exec, const VariadicContext* context,
                                   UniquesSet* state, const void* values) noexcept {
  state->insert(exec, variadic_hash64(*context, values));
}
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
#define SP_CASE(suffix, T) \
  case NumberKind::suffix: resolved.add = SP_SYMBOL(sp_uniq_##suffix##_add); break;
      SP_FOR_NUMBERS(SP_CASE)
#undef SP_CASE
    }
  } else if (arguments.size() == 1 && type.is_string_like()) {
    resolved.add = SP_SYMBOL(sp_uniq_string_add);
  } else if (arguments.size() == 1 && !type.is_nullable() && is_wide_value(type)) {
    resolved.add = SP_SYMBOL(sp_uniq_wide_add);
  } else {
    resolved.add = SP_SYMBOL(sp_uniq_values_add);
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
