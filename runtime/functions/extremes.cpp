// greatest, least (any number of arguments of any comparable types, NULLs skipped), max2, min2.

#include <algorithm>

#include "runtime/core/slot.h"
#include "runtime/functions/function.h"
#include "runtime/functions/signature.h"

namespace sp {

struct ExtremeContext : FunctionContext {
  const SlotOps* ops = nullptr;
  std::vector<uint32_t> offsets;
  uint32_t flag_offset = 0;
  bool nullable = false;
  bool greatest = true;
};

#define SP_X(suffix, type, kind)                                                          \
  extern "C" type sp_greatest_##suffix(type a, type b) noexcept { return a > b ? a : b; } \
  extern "C" type sp_least_##suffix(type a, type b) noexcept { return a < b ? a : b; }
SP_BY_NUMBER(SP_X)
#undef SP_X
extern "C" uint64_t sp_greatest_mixed(uint64_t a, int64_t b) noexcept {
  return b < 0 || a > static_cast<uint64_t>(b) ? a : static_cast<uint64_t>(b);
}
extern "C" int64_t sp_least_mixed(uint64_t a, int64_t b) noexcept {
  return b < 0 || a > static_cast<uint64_t>(b) ? b : static_cast<int64_t>(a);
}

extern "C" void sp_extreme(const ExtremeContext* context, const void* tuple, void* out) noexcept {
  const auto* row = static_cast<const char*>(tuple);
  const char* best = nullptr;
  for (const uint32_t offset : context->offsets) {
    const char* value = row + offset;
    if (context->nullable && value[context->flag_offset] != 0) continue;
    if (best == nullptr) {
      best = value;
      continue;
    }
    const int order = context->ops->compare(value, best, SlotOps::losing(context->greatest));
    if (context->greatest ? order > 0 : order < 0) best = value;
  }
  __builtin_memcpy(out, best != nullptr ? best : row, context->ops->layout.size);
}

#ifndef SP_BITCODE
namespace {

Symbol pair_symbol(Type type, bool greatest) {
  switch (type.kind()) {
#define SP_X(suffix, ctype, kind) \
  case TypeKind::kind:            \
    return greatest ? SP_SYMBOL(sp_greatest_##suffix) : SP_SYMBOL(sp_least_##suffix);
    SP_BY_NUMBER(SP_X)
#undef SP_X
    case TypeKind::kDate: return greatest ? SP_SYMBOL(sp_greatest_u16) : SP_SYMBOL(sp_least_u16);
    case TypeKind::kDate32: return greatest ? SP_SYMBOL(sp_greatest_i32) : SP_SYMBOL(sp_least_i32);
    case TypeKind::kDateTime:
      return greatest ? SP_SYMBOL(sp_greatest_u32) : SP_SYMBOL(sp_least_u32);
    case TypeKind::kDateTime64:
      return greatest ? SP_SYMBOL(sp_greatest_i64) : SP_SYMBOL(sp_least_i64);
    default: return {};
  }
}

// UInt64 beside a narrower signed integer: Int128 holds both.
bool needs_128_bits(Type a, Type b) {
  const auto narrow = [](Type type) {
    return type.is(TypeKind::kInt8) || type.is(TypeKind::kInt16) || type.is(TypeKind::kInt32);
  };
  return (a == uint64_type() && narrow(b)) || (b == uint64_type() && narrow(a));
}

// The common type. Two Decimals that cannot be NULL have the full precision of their width, as
// under `+`.
Result<Type> common_type(const std::vector<Type>& types, bool pair) {
  if (pair && types.size() == 2 && needs_128_bits(types[0], types[1]))
    return Type::of(TypeKind::kInt128);
  SP_TRY(const Type common, least_supertype(types));
  if (!pair) return common;
  const auto decimals = std::count_if(types.begin(), types.end(),
                                      [](Type type) { return type.is(TypeKind::kDecimal); });
  if (!common.is(TypeKind::kDecimal) || decimals < 2) return common;
  const uint32_t digits = common.precision();
  return Type::decimal(digits <= 9    ? 9
                       : digits <= 18 ? 18
                       : digits <= 38 ? 38
                                      : 76,
                       common.scale());
}

Resolver extreme_of_full(bool greatest) {
  return
      [=](std::span<const Argument> arguments, const ResolveOptions&) -> Result<ResolvedFunction> {
        bool nullable = false;
        std::vector<Type> bare;
        for (const Argument& argument : arguments) {
          nullable |= argument.type.can_be_null() && !argument.type.base().is(TypeKind::kNothing);
          if (argument.type.base().is(TypeKind::kBool))
            bare.push_back(uint8_type());
          else if (!argument.type.base().is(TypeKind::kNothing))
            bare.push_back(argument.type.base());
        }
        if (bare.empty()) return inlined(Type::null_type(), Intrinsic::kIdentity, {});
        const bool any_null_literal = bare.size() != arguments.size();
        if (bare.size() == 2 && !nullable && !any_null_literal) {
          const Type u64 = uint64_type(), i64 = int64_type();
          if (bare[0] == u64 && bare[1] == i64) {
            return greatest ? call(u64, SP_SYMBOL(sp_greatest_mixed), {u64, i64})
                            : call(i64, SP_SYMBOL(sp_least_mixed), {u64, i64});
          }
        }
        SP_TRY(const Type common,
               common_type(bare, arguments.size() == 2 && !nullable && !any_null_literal));
        if (arguments.size() == 1 && !any_null_literal) {
          return inlined(common.with_null(nullable), Intrinsic::kIdentity,
                         {common.with_null(nullable)});
        }
        if (bare.size() == 2 && !nullable && !any_null_literal) {
          if (const Symbol symbol = pair_symbol(common, greatest))
            return call(common, symbol, {common, common});
        }
        // NULL literals are skipped, so they need a flag in the tuple but none in the result.
        const Type slot = common.with_null(nullable || any_null_literal);
        auto context = std::make_shared<ExtremeContext>();
        std::vector<Type> casts = repeated(slot, arguments.size());
        context->ops = &slot_ops(slot);
        context->offsets = row_layout(casts).offsets;
        context->nullable = nullable || any_null_literal;
        context->flag_offset = slot_layout(common).size;
        context->greatest = greatest;
        return packed_call(slot, SP_SYMBOL(sp_extreme), std::move(casts), context);
      };
}

Resolver extreme(bool greatest) {
  return [resolve = extreme_of_full(greatest)](
             std::span<const Argument> arguments,
             const ResolveOptions& options) -> Result<ResolvedFunction> {
    SP_TRY(ResolvedFunction resolved, resolve(arguments, options));
    resolved.result = restore_low_cardinality(resolved.result, arguments);
    return resolved;
  };
}

}  // namespace

SP_FUNCTIONS(extremes) {
  rows.push_back({.name = "greatest",
                  .case_insensitive = true,
                  .min_arguments = 1,
                  .nulls = NullPolicy::kSeesNulls,
                  .resolve = extreme(true),
                  .doc = "Returns the greatest argument; NULLs are skipped.",
                  .example = "SELECT greatest(1, 2.5, 2)",
                  .example_result = "2.5"});
  rows.push_back({.name = "least",
                  .case_insensitive = true,
                  .min_arguments = 1,
                  .nulls = NullPolicy::kSeesNulls,
                  .resolve = extreme(false),
                  .doc = "Returns the least argument; NULLs are skipped.",
                  .example = "SELECT least('b', 'a', 'c')",
                  .example_result = "a"});
  rows.push_back({.name = "max2",
                  .case_insensitive = true,
                  .min_arguments = 2,
                  .max_arguments = 2,
                  .resolve = signature("ff", float64_type(), SP_SYMBOL(sp_greatest_f64)),
                  .doc = "Returns the greater of two numbers as Float64.",
                  .example = "SELECT max2(1, 2)",
                  .example_result = "2"});
  rows.push_back({.name = "min2",
                  .case_insensitive = true,
                  .min_arguments = 2,
                  .max_arguments = 2,
                  .resolve = signature("ff", float64_type(), SP_SYMBOL(sp_least_f64)),
                  .doc = "Returns the lesser of two numbers as Float64.",
                  .example = "SELECT min2(1, 2)",
                  .example_result = "1"});
}
#endif

}  // namespace sp
