// uniqCombined(precision), uniqCombined64, uniqHLL12: approximate distinct counts in bounded
// memory. Equal to ClickHouse's for up to 159 thousand values; above, ClickHouse corrects the
// default precision by a table of measured biases, and results may differ within the error of the
// method (about 0.3 %).

#include <cmath>

#include "runtime/aggregates/hyper_log_log.h"
#include "runtime/aggregates/number_kind.h"
#include "runtime/aggregates/parameters.h"
#include "runtime/aggregates/variadic_hash.h"

using namespace sp;

namespace {

// 0.0 and -0.0 are one value.
template <class T>
inline uint64_t value_bits(T value) noexcept {
  if constexpr (std::is_floating_point_v<T>) {
    if (value == 0) value = 0;
  }
  return number_bits(value);
}

}  // namespace

// The bodies of one way to hash: NAME_add, NAME_enter, NAME_leave; `hash` of `value`, a TYPE.
#define SP_COMBINED_BODIES(name, Context, type, hash)                                           \
  extern "C" void name##_add(ExecState& exec, const Context* context, CombinedCounter* state,   \
                             type value) noexcept {                                             \
    state->insert(exec, *context, hash);                                                        \
  }                                                                                             \
  extern "C" void name##_enter(ExecState& exec, const Context* context, SlidingCombined* state, \
                               type value) noexcept {                                           \
    state->enter(exec, *context, hash);                                                         \
  }                                                                                             \
  extern "C" void name##_leave(const Context* context, SlidingCombined* state,                  \
                               type value) noexcept {                                           \
    state->leave(*context, hash);                                                               \
  }
#define SP_COMBINED(suffix, T)                                                                     \
  SP_COMBINED_BODIES(sp_uniq_combined_##suffix, CombinedContext, T, int_hash64(value_bits(value))) \
  SP_COMBINED_BODIES(sp_uniq_hll12_##suffix, CombinedContext, T, int_hash32(value_bits(value)))
SP_FOR_NUMBERS(SP_COMBINED)

SP_COMBINED_BODIES(sp_uniq_combined_string, CombinedContext, const StringRef&,
                   city_hash64(value.begin(), value.size))
SP_COMBINED_BODIES(sp_uniq_hll12_string, CombinedContext, const StringRef&,
                   int_hash32(city_hash64(value.begin(), value.size)))

namespace sp {
struct CombinedVariadicContext : CombinedContext {
  explicit CombinedVariadicContext(std::vector<Type> types) : values(std::move(types)) {}
  VariadicContext values;
};
}  // namespace sp

SP_COMBINED_BODIES(sp_uniq_combined, CombinedVariadicContext, const void*,
                   variadic_hash64(context->values, value))
extern "C" uint64_t sp_uniq_combined_frame(ExecState& exec, const CombinedContext* context,
                                           const SlidingCombined* state) noexcept {
  return state->count(exec, *context);
}
extern "C" uint64_t sp_uniq_combined_finish(const CombinedContext* context,
                                            const CombinedCounter* state) noexcept {
  return state->count(*context);
}
SP_STATE_BODIES_WITH(sp_uniq_combined, CombinedContext, CombinedCounter)

#ifndef SP_BITCODE
namespace sp {
namespace {

enum class Flavour { kCombined, kCombined64, kHll12 };

template <Flavour kFlavour>
Result<ResolvedAggregate> resolve_combined(Arguments parameters, Arguments arguments,
                                           const ResolveOptions&) {
  constexpr std::string_view name = kFlavour == Flavour::kCombined     ? "uniqCombined"
                                    : kFlavour == Flavour::kCombined64 ? "uniqCombined64"
                                                                       : "uniqHLL12";
  if (arguments.empty()) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Incorrect number of arguments for aggregate function " + std::string(name));
  }
  uint64_t precision = kFlavour == Flavour::kHll12 ? 12 : 17;
  if (kFlavour == Flavour::kHll12) {
    SP_TRY_VOID(expect_no_parameters(name, parameters));
  } else if (!parameters.empty()) {
    const auto given = constant_unsigned(parameters[0]);
    if (!given || *given < 12 || *given > 20) {
      return fail(
          ErrorCode::kParameterOutOfBound,
          "Parameter for aggregate function " + std::string(name) + " is out of range: [12, 20].");
    }
    precision = *given;
  }
  const Type type = arguments[0].type;
  const auto kind = number_kind(type);
  const bool number = arguments.size() == 1 && kind && !type.is_nullable();
  const bool text = arguments.size() == 1 && type.is_string_like();
  std::shared_ptr<CombinedContext> context;
  ResolvedAggregate resolved;
  SP_USE_BODIES(resolved, sp_uniq_combined, CombinedCounter);
#define SP_USE_COMBINED(prefix)           \
  resolved.add = SP_SYMBOL(prefix##_add); \
  SP_USE_SLIDING(resolved, prefix, sp_uniq_combined_frame, SlidingCombined)
  SP_USE_COMBINED(sp_uniq_combined);
  if (number) {
    switch (*kind) {
#define SP_CASE(suffix, T)                        \
  case NumberKind::suffix:                        \
    if constexpr (kFlavour == Flavour::kHll12) {  \
      SP_USE_COMBINED(sp_uniq_hll12_##suffix);    \
    } else {                                      \
      SP_USE_COMBINED(sp_uniq_combined_##suffix); \
    }                                             \
    break;
      SP_FOR_NUMBERS(SP_CASE)
#undef SP_CASE
    }
    context = std::make_shared<CombinedContext>();
  } else if (text) {
    if constexpr (kFlavour == Flavour::kHll12) {
      SP_USE_COMBINED(sp_uniq_hll12_string);
    } else {
      SP_USE_COMBINED(sp_uniq_combined_string);
    }
    context = std::make_shared<CombinedContext>();
  } else {
    context = std::make_shared<CombinedVariadicContext>(types_of(arguments));
    if (arguments.size() > 1) resolved.pack_from = 0;
  }
#undef SP_USE_COMBINED
  context->precision = static_cast<uint8_t>(precision);
  context->wide = kFlavour == Flavour::kCombined64 || (kFlavour == Flavour::kCombined && text);
  const double registers = static_cast<double>(uint64_t{1} << precision);
  context->linear_below = 2.5 * registers;
  context->set_limit =
      kFlavour == Flavour::kHll12 ? 16 : uint64_t{1} << (precision - (context->wide ? 5 : 4));
  context->keeps_full_set = kFlavour == Flavour::kHll12;
  resolved.result = Type::of(TypeKind::kUInt64);
  resolved.context = std::move(context);
  return resolved;
}

}  // namespace

SP_AGGREGATES(uniq_combined) {
  rows.push_back({.name = "uniqCombined",
                  .resolve = &resolve_combined<Flavour::kCombined>,
                  .doc = "Approximate number of different values of `x` in at most 2^precision "
                         "(default 17) registers.",
                  .example = "SELECT uniqCombined(number % 7) FROM numbers(100)",
                  .example_result = "7"});
  rows.push_back({.name = "uniqCombined64",
                  .resolve = &resolve_combined<Flavour::kCombined64>,
                  .doc = "The same with 64-bit hashes: for very many values.",
                  .example = "SELECT uniqCombined64(number % 7) FROM numbers(100)",
                  .example_result = "7"});
  rows.push_back(
      {.name = "uniqHLL12",
       .resolve = &resolve_combined<Flavour::kHll12>,
       .never_null = true,
       .doc = "Approximate number of different values of `x` by HyperLogLog of 4096 registers.",
       .example = "SELECT uniqHLL12(number % 7) FROM numbers(100)",
       .example_result = "7"});
}

}  // namespace sp
#endif
