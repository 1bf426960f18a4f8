// singleValueOrNull(x): the value if all rows have the same one, else NULL. uniqUpTo(n)(x...): the
// number of different values, exactly up to n; n + 1 stands for more. sumCount(x): sum and number
// of values.

#include "runtime/aggregates/growing_array.h"
#include "runtime/aggregates/number_kind.h"
#include "runtime/aggregates/parameters.h"
#include "runtime/aggregates/value_holder.h"

namespace sp {

struct SingleValue {
  SlotHolder held;
  uint8_t several;
  void add(ExecState& exec, const SlotContext& context, const void* slot) noexcept {
    if (!held.has)
      held.set(exec, context, slot);
    else if (!several && !context.ops->equal(held.get(context), slot))
      several = 1;
  }
  void merge(ExecState& exec, const SlotContext& context, const SingleValue& other) {
    if (other.held.has) add(exec, context, other.held.get(context));
    several = static_cast<uint8_t>(several | other.several);
  }
  void write(const SlotContext& context, StateWriter& out) const {
    out.pod(several);
    held.write(context, out);
  }
  bool read(ExecState& exec, const SlotContext& context, StateReader& in) {
    SingleValue other{};
    if (!in.pod(other.several) || !other.held.read(exec, context, in)) return false;
    merge(exec, context, other);
    return true;
  }
};

struct UpToContext : AggregateContext {
  explicit UpToContext(std::vector<Type> types) : ops(&slot_ops(Type::tuple(std::move(types)))) {}
  const SlotOps* ops;
  uint64_t limit = 10;
};
// Hashes: at most limit + 1 of them.
struct UpTo {
  GrowingArray<uint64_t> hashes;
  void add(ExecState& exec, const UpToContext& context, uint64_t hash) noexcept {
    if (hashes.size > context.limit) return;
    for (const uint64_t known : hashes) {
      if (known == hash) return;
    }
    hashes.push(exec, hash);
  }
  void merge(ExecState& exec, const UpToContext& context, const UpTo& other) {
    for (const uint64_t hash : other.hashes) add(exec, context, hash);
  }
  void write(const UpToContext&, StateWriter& out) const {
    out.varint(hashes.size);
    for (const uint64_t hash : hashes) out.pod(hash);
  }
  bool read(ExecState& exec, const UpToContext& context, StateReader& in) {
    uint64_t count;
    if (!in.count(count, 8)) return false;
    for (uint64_t i = 0; i < count; ++i) {
      uint64_t hash;
      if (!in.pod(hash)) return false;
      add(exec, context, hash);
    }
    return true;
  }
};

template <class T>
struct SumCount : PodState<SumCount<T>> {
  T sum;
  uint64_t count;
  void merge(ExecState&, const SumCount& other) {
    sum = static_cast<T>(sum + other.sum);
    count += other.count;
  }
};
struct WideSumCount : PodState<WideSumCount> {
  uint64_t low, high, count;
  void add(uint64_t more_low, uint64_t more_high) noexcept {
    low += more_low;
    high += more_high + (low < more_low ? 1 : 0);
  }
  void merge(ExecState&, const WideSumCount& other) {
    add(other.low, other.high);
    count += other.count;
  }
};

}  // namespace sp

using namespace sp;

extern "C" void sp_single_value_add(ExecState& exec, const SlotContext* context, SingleValue* state,
                                    const void* slot) noexcept {
  state->add(exec, *context, slot);
}
// A Nullable slot: the value, then its flag.
extern "C" void sp_single_value_finish(const SlotContext* context, const SingleValue* state,
                                       void* out) noexcept {
  const bool null = !state->held.has || state->several;
  if (null)
    std::memset(out, 0, context->size);
  else
    state->held.finish(*context, out);
  static_cast<char*>(out)[context->size] = null ? 1 : 0;
}
SP_STATE_BODIES_WITH(sp_single_value, SlotContext, SingleValue)

extern "C" void sp_uniq_up_to_add(ExecState& exec, const UpToContext* context, UpTo* state,
                                  const void* row) noexcept {
  if (state->hashes.size <= context->limit) state->add(exec, *context, context->ops->hash(row));
}
extern "C" uint64_t sp_uniq_up_to_finish(const UpTo* state) noexcept { return state->hashes.size; }
SP_STATE_BODIES_WITH(sp_uniq_up_to, UpToContext, UpTo)

#define SP_SUM_COUNT(suffix, T)                                                                  \
  extern "C" void sp_sum_count_##suffix##_add(SumCount<T>* state, T value) noexcept {            \
    state->sum = static_cast<T>(state->sum + value);                                             \
    ++state->count;                                                                              \
  }                                                                                              \
  extern "C" void sp_sum_count_##suffix##_finish(const SumCount<T>* state, void* out) noexcept { \
    std::memcpy(out, &state->sum, 8);                                                            \
    std::memcpy(static_cast<char*>(out) + 8, &state->count, 8);                                  \
  }                                                                                              \
  SP_STATE_BODIES(sp_sum_count_##suffix, SumCount<T>)
SP_SUM_COUNT(u64, uint64_t)
SP_SUM_COUNT(f64, double)
extern "C" void sp_sum_count_wide_add(WideSumCount* state, const void* value) noexcept {
  uint64_t words[2];
  std::memcpy(words, value, 16);
  state->add(words[0], words[1]);
  ++state->count;
}
extern "C" void sp_sum_count_wide_finish(const WideSumCount* state, void* out) noexcept {
  const uint64_t words[3] = {state->low, state->high, state->count};
  std::memcpy(out, words, sizeof(words));
}
SP_STATE_BODIES(sp_sum_count_wide, WideSumCount)

#ifndef SP_BITCODE
namespace sp {
namespace {

Result<ResolvedAggregate> resolve_single_value(Arguments parameters, Arguments arguments,
                                               const ResolveOptions&) {
  SP_TRY_VOID(expect_no_parameters("singleValueOrNull", parameters));
  SP_TRY_VOID(expect_arguments("singleValueOrNull", arguments, 1));
  const Type type = arguments[0].type;
  if (Type::nullable(type) == type) return illegal_type("singleValueOrNull", type);
  ResolvedAggregate resolved;
  resolved.result = Type::nullable(type);
  resolved.context = std::make_shared<SlotContext>(type);
  SP_USE_BODIES(resolved, sp_single_value, SingleValue);
  return resolved;
}

Result<ResolvedAggregate> resolve_up_to(Arguments parameters, Arguments arguments,
                                        const ResolveOptions&) {
  if (arguments.empty()) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Incorrect number of arguments for aggregate function uniqUpTo");
  }
  auto context = std::make_shared<UpToContext>(types_of(arguments));
  if (parameters.size() > 1) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Aggregate function uniqUpTo requires one parameter or less.");
  }
  if (!parameters.empty()) {
    const auto limit = constant_unsigned(parameters[0]);
    if (!limit || *limit > 100) {
      return fail(ErrorCode::kArgumentOutOfBound,
                  "Too large parameter for aggregate function uniqUpTo. Maximum: 100");
    }
    context->limit = *limit;
  }
  ResolvedAggregate resolved;
  resolved.result = Type::of(TypeKind::kUInt64);
  resolved.pack_from = 0;
  resolved.context = std::move(context);
  SP_USE_BODIES(resolved, sp_uniq_up_to, UpTo);
  return resolved;
}

Result<ResolvedAggregate> resolve_sum_count(Arguments parameters, Arguments arguments,
                                            const ResolveOptions&) {
  SP_TRY_VOID(expect_no_parameters("sumCount", parameters));
  SP_TRY_VOID(expect_arguments("sumCount", arguments, 1));
  const Type type = arguments[0].type;
  ResolvedAggregate resolved;
  Type sum = Type::of(TypeKind::kFloat64);
  if (type.is(TypeKind::kDecimal) && type.precision() <= 38) {
    sum = Type::decimal(38, type.scale());
    SP_USE_BODIES(resolved, sp_sum_count_wide, WideSumCount);
  } else if (type.is_integer() && slot_layout(type).size == 16) {
    sum = type;
    SP_USE_BODIES(resolved, sp_sum_count_wide, WideSumCount);
  } else if (type.is_float()) {
    SP_USE_BODIES(resolved, sp_sum_count_f64, SumCount<double>);
  } else if (type.is_number() && slot_layout(type).size <= 8) {
    sum = Type::of(type.is_signed_integer() ? TypeKind::kInt64 : TypeKind::kUInt64);
    SP_USE_BODIES(resolved, sp_sum_count_u64, SumCount<uint64_t>);
  } else {
    return illegal_type("sumCount", type);
  }
  resolved.arguments = {sum};
  resolved.result = Type::tuple({sum, Type::of(TypeKind::kUInt64)});
  return resolved;
}

}  // namespace

SP_AGGREGATES(single_value) {
  rows.push_back({.name = "singleValueOrNull",
                  .resolve = &resolve_single_value,
                  .doc = "The value of `x` if all rows have the same one, else NULL.",
                  .example = "SELECT singleValueOrNull(number DIV 10) FROM numbers(9)",
                  .example_result = "0"});
  rows.push_back({.name = "uniqUpTo",
                  .resolve = &resolve_up_to,
                  .never_null = true,
                  .doc = "Number of different `x`, exactly up to the parameter `n` (default 10, at "
                         "most 100); `n` + 1 if there are more.",
                  .example = "SELECT uniqUpTo(3)(number) FROM numbers(9)",
                  .example_result = "4"});
  rows.push_back({.name = "sumCount",
                  .case_insensitive = true,
                  .resolve = &resolve_sum_count,
                  .doc = "Tuple of the sum of `x` and the number of values.",
                  .example = "SELECT sumCount(number) FROM numbers(4)",
                  .example_result = "(6,4)"});
}

}  // namespace sp
#endif
