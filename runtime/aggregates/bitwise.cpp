// groupBitAnd, groupBitOr, groupBitXor, retention.

#include "runtime/aggregates/bodies.h"
#include "runtime/aggregates/number_kind.h"
#include "runtime/aggregates/parameters.h"

namespace sp {

template <class T>
struct BitAnd : PodState<BitAnd<T>> {
  T zeros;  // the complement, so that zero bytes are the neutral state
  void merge(ExecState&, const BitAnd& other) { zeros = static_cast<T>(zeros | other.zeros); }
};
template <class T>
struct BitOr : PodState<BitOr<T>> {
  T bits;
  void merge(ExecState&, const BitOr& other) { bits = static_cast<T>(bits | other.bits); }
};
template <class T>
struct BitXor : PodState<BitXor<T>> {
  T bits;
  void merge(ExecState&, const BitXor& other) { bits = static_cast<T>(bits ^ other.bits); }
};

struct RetentionContext : AggregateContext {
  uint8_t count = 0;
};
struct Retention : PodState<Retention> {
  uint32_t met;
  void merge(ExecState&, const Retention& other) { met |= other.met; }
};

}  // namespace sp

using namespace sp;

// clang-format off
#define SP_FOR_INTEGERS(X)                                                                        \
  X(u8, uint8_t) X(u16, uint16_t) X(u32, uint32_t) X(u64, uint64_t) X(i8, int8_t) X(i16, int16_t) \
  X(i32, int32_t) X(i64, int64_t)
// clang-format on

#define SP_BITS(suffix, T)                                                                         \
  extern "C" void sp_bit_and_##suffix##_add(BitAnd<T>* state, T value) noexcept {                  \
    state->zeros = static_cast<T>(state->zeros | ~value);                                          \
  }                                                                                                \
  extern "C" T sp_bit_and_##suffix##_finish(const BitAnd<T>* state) noexcept {                     \
    return static_cast<T>(~state->zeros);                                                          \
  }                                                                                                \
  SP_STATE_BODIES(sp_bit_and_##suffix, BitAnd<T>)                                                  \
  extern "C" void sp_bit_or_##suffix##_add(BitOr<T>* state, T value) noexcept {                    \
    state->bits = static_cast<T>(state->bits | value);                                             \
  }                                                                                                \
  extern "C" T sp_bit_or_##suffix##_finish(const BitOr<T>* state) noexcept { return state->bits; } \
  SP_STATE_BODIES(sp_bit_or_##suffix, BitOr<T>)                                                    \
  extern "C" void sp_bit_xor_##suffix##_add(BitXor<T>* state, T value) noexcept {                  \
    state->bits = static_cast<T>(state->bits ^ value);                                             \
  }                                                                                                \
  extern "C" T sp_bit_xor_##suffix##_finish(const BitXor<T>* state) noexcept {                     \
    return state->bits;                                                                            \
  }                                                                                                \
  SP_STATE_BODIES(sp_bit_xor_##suffix, BitXor<T>)
SP_FOR_INTEGERS(SP_BITS)

extern "C" void sp_retention_add(const RetentionContext* context, Retention* state,
                                 const void* conditions) noexcept {
  const auto* flags = static_cast<const uint8_t*>(conditions);
  for (uint8_t i = 0; i < context->count; ++i)
    state->met |= static_cast<uint32_t>(flags[i] != 0) << i;
}
extern "C" void sp_retention_finish(ExecState& exec, const RetentionContext* context,
                                    const Retention* state, ArrayRef* out) noexcept {
  auto* flags = exec.persistent.allocate_array<uint8_t>(context->count);
  for (uint8_t i = 0; i < context->count; ++i)
    flags[i] = static_cast<uint8_t>((state->met & 1) & (state->met >> i));
  *out = {flags, context->count};
}
SP_STATE_BODIES(sp_retention, Retention)

#ifndef SP_BITCODE
namespace sp {
namespace {

enum class BitOperation { kAnd, kOr, kXor };

template <BitOperation kOperation>
Result<ResolvedAggregate> resolve_bits(Arguments parameters, Arguments arguments,
                                       const ResolveOptions&) {
  constexpr std::string_view name = kOperation == BitOperation::kAnd  ? "groupBitAnd"
                                    : kOperation == BitOperation::kOr ? "groupBitOr"
                                                                      : "groupBitXor";
  SP_TRY_VOID(expect_no_parameters(name, parameters));
  SP_TRY_VOID(expect_arguments(name, arguments, 1));
  const Type type = arguments[0].type;
  const auto kind = number_kind(type);
  if (!type.is_integer() || !kind) return illegal_type(name, type);
  ResolvedAggregate resolved;
  resolved.result = type;
  switch (*kind) {
#define SP_CASE(suffix, T)                                     \
  case NumberKind::suffix:                                     \
    if constexpr (kOperation == BitOperation::kAnd)            \
      SP_USE_BODIES(resolved, sp_bit_and_##suffix, BitAnd<T>); \
    else if constexpr (kOperation == BitOperation::kOr)        \
      SP_USE_BODIES(resolved, sp_bit_or_##suffix, BitOr<T>);   \
    else                                                       \
      SP_USE_BODIES(resolved, sp_bit_xor_##suffix, BitXor<T>); \
    break;
    SP_FOR_INTEGERS(SP_CASE)
#undef SP_CASE
    default: return illegal_type(name, type);
  }
  return resolved;
}

Result<ResolvedAggregate> resolve_retention(Arguments parameters, Arguments arguments,
                                            const ResolveOptions&) {
  SP_TRY_VOID(expect_no_parameters("retention", parameters));
  if (arguments.size() < 2 || arguments.size() > 32) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Aggregate function retention requires at least two arguments, "
                "at most 32");
  }
  for (const Argument& argument : arguments) {
    if (!argument.type.is(TypeKind::kUInt8) && !argument.type.is(TypeKind::kBool))
      return illegal_type("retention", argument.type);
  }
  auto context = std::make_shared<RetentionContext>();
  context->count = static_cast<uint8_t>(arguments.size());
  ResolvedAggregate resolved;
  resolved.result = Type::array(Type::of(TypeKind::kUInt8));
  resolved.pack_from = 0;
  resolved.context = std::move(context);
  SP_USE_BODIES(resolved, sp_retention, Retention);
  return resolved;
}

}  // namespace

SP_AGGREGATES(bitwise) {
  rows.push_back({.name = "groupBitAnd",
                  .aliases = {"BIT_AND"},
                  .resolve = &resolve_bits<BitOperation::kAnd>,
                  .doc = "Bitwise AND of all `x`.",
                  .example = "SELECT groupBitAnd(number + 8) FROM numbers(8)",
                  .example_result = "8"});
  rows.push_back({.name = "groupBitOr",
                  .aliases = {"BIT_OR"},
                  .resolve = &resolve_bits<BitOperation::kOr>,
                  .doc = "Bitwise OR of all `x`.",
                  .example = "SELECT groupBitOr(number) FROM numbers(8)",
                  .example_result = "7"});
  rows.push_back({.name = "groupBitXor",
                  .aliases = {"BIT_XOR"},
                  .resolve = &resolve_bits<BitOperation::kXor>,
                  .doc = "Bitwise XOR of all `x`.",
                  .example = "SELECT groupBitXor(number) FROM numbers(8)",
                  .example_result = "0"});
  rows.push_back(
      {.name = "retention",
       .resolve = &resolve_retention,
       .doc = "Array of flags: whether the first condition was ever met, and with it each of the "
              "others.",
       .example = "SELECT retention(number = 1, number = 2, number = 50) FROM numbers(10)",
       .example_result = "[1,1,0]"});
}

}  // namespace sp
#endif
