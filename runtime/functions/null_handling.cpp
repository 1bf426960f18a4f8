// isNull, isNotNull, coalesce, ifNull, nullIf, assumeNotNull, isZeroOrNull and comparison that
// knows NULL (isDistinctFrom). They see Nullable arguments as they are.

#include "runtime/core/slot.h"
#include "runtime/functions/comparison.h"
#include "runtime/functions/function.h"
#include "runtime/functions/signature.h"

namespace sp {

// What nullIf and isDistinctFrom know about their arguments, both already of one Nullable type.
struct NullComparisonContext : FunctionContext {
  const SlotOps* ops = nullptr;
  uint32_t value_size = 0;  // bytes of the value before its flag
};

extern "C" void sp_null_if(const NullComparisonContext* context, const void* value,
                           const void* other, void* out) noexcept {
  __builtin_memcpy(out, value, context->ops->layout.size);
  const auto* a = static_cast<const uint8_t*>(value) + context->value_size;
  const auto* b = static_cast<const uint8_t*>(other) + context->value_size;
  if (*a == 0 && *b == 0 && context->ops->compare(value, other) == 0) {
    static_cast<uint8_t*>(out)[context->value_size] = 1;
  }
}
extern "C" uint8_t sp_is_not_distinct(const NullComparisonContext* context, const void* a,
                                      const void* b) noexcept {
  return context->ops->compare(a, b) == 0;
}
extern "C" uint8_t sp_is_distinct(const NullComparisonContext* context, const void* a,
                                  const void* b) noexcept {
  return context->ops->compare(a, b) != 0;
}
extern "C" uint8_t sp_is_zero_or_null(const Nullable<double>* value) noexcept {
  return value->is_null != 0 || value->value == 0;
}

#ifndef SP_BITCODE
namespace {

Resolver null_test(Intrinsic intrinsic) {
  return
      [=](std::span<const Argument> arguments, const ResolveOptions&) -> Result<ResolvedFunction> {
        return inlined(uint8_type(), intrinsic, {arguments[0].type});
      };
}

Result<ResolvedFunction> resolve_assume_not_null(std::span<const Argument> arguments,
                                                 const ResolveOptions&) {
  const Type type = arguments[0].type;
  return inlined(type.without_nullable(),
                 type.can_be_null() ? Intrinsic::kAssumeNotNull : Intrinsic::kIdentity, {type});
}

// LowCardinality survives when it is the only non-constant argument, as for ordinary functions.
bool keeps_low_cardinality(std::span<const Argument> arguments) {
  bool any = false;
  for (const Argument& argument : arguments) {
    if (argument.type.is_low_cardinality()) {
      if (any && !argument.is_constant) return false;
      any = true;
    } else if (!argument.is_constant) {
      return false;
    }
  }
  return any;
}

Type wrapped(Type type, bool low_cardinality) {
  return low_cardinality ? Type::low_cardinality(type) : type;
}

Result<ResolvedFunction> resolve_coalesce(std::span<const Argument> arguments,
                                          const ResolveOptions&) {
  // NULL literals drop out; everything behind the first argument that cannot be NULL is never
  // reached.
  std::vector<Type> considered;
  bool can_be_null = true;
  for (const Argument& argument : arguments) {
    if (!can_be_null) break;
    if (argument.type.base().is(TypeKind::kNothing)) continue;
    considered.push_back(argument.type.without_low_cardinality());
    can_be_null = argument.type.can_be_null();
  }
  if (considered.empty())
    return inlined(Type::null_type(), Intrinsic::kCoalesce, argument_types(arguments));
  std::vector<Type> bare;
  for (const Type type : considered) bare.push_back(type.without_nullable());
  SP_TRY(const Type common, least_supertype(bare));
  const Type result = wrapped(common.with_null(can_be_null), keeps_low_cardinality(arguments));
  // Arguments that can be NULL keep their flag; unreachable ones are replaced by a cast only where
  // it exists.
  std::vector<Type> casts;
  bool reachable = true;
  for (const Argument& argument : arguments) {
    const bool nothing = argument.type.base().is(TypeKind::kNothing);
    casts.push_back(!reachable ? argument.type
                               : common.with_null(argument.type.can_be_null() || nothing));
    if (!argument.type.can_be_null()) reachable = false;
  }
  return inlined(result, Intrinsic::kCoalesce, std::move(casts));
}

Result<ResolvedFunction> resolve_null_if(std::span<const Argument> arguments,
                                         const ResolveOptions&) {
  const Type type = arguments[0].type.without_low_cardinality();
  if (type.base().is(TypeKind::kNothing)) return inlined(type, Intrinsic::kIdentity, {});
  const Type result = Type::nullable(type);
  Argument a = arguments[0], b = arguments[1];
  a.type = type.base();
  b.type = b.type.base();
  const Type cast = wrapped(result, keeps_low_cardinality(arguments));
  if (b.type.is(TypeKind::kNothing)) {
    return inlined(result, Intrinsic::kCoalesce, {result, result});
  }
  const std::vector<Argument> pair = {a, b};
  SP_TRY_VOID(resolve_comparison(Comparison::kEquals, pair));  // the same errors as for `a = b`
  Type common = a.type;
  if (!(b.type == a.type) && !b.type.is_string_like()) {
    SP_TRY(common, least_supertype(std::vector<Type>{a.type, b.type}));
  }
  // The comparison happens in the common type; the binder writes the others as if(a = b, NULL, a).
  if (!(common == a.type)) {
    return fail(ErrorCode::kNotImplemented, "nullIf of " + type.name() + " and " + b.type.name(),
                std::nullopt, "cast both arguments to one type");
  }
  auto context = std::make_shared<NullComparisonContext>();
  const Type nullable = Type::nullable(common);
  context->ops = &slot_ops(nullable);
  context->value_size = slot_layout(common).size;
  return call(cast, SP_SYMBOL(sp_null_if), {nullable, nullable}, context);
}

Resolver distinct(bool is_distinct) {
  return
      [=](std::span<const Argument> arguments, const ResolveOptions&) -> Result<ResolvedFunction> {
        std::vector<Type> bare;
        for (const Argument& argument : arguments) {
          if (!argument.type.base().is(TypeKind::kNothing)) bare.push_back(argument.type.base());
        }
        Type common = Type::of(TypeKind::kUInt8);
        if (!bare.empty()) {
          const bool constant_string =
              bare.size() == 2 && (bare[0].is_string_like() != bare[1].is_string_like());
          if (constant_string) {
            common = bare[0].is_string_like() ? bare[1] : bare[0];
          } else {
            SP_TRY(common, least_supertype(bare));
          }
        }
        auto context = std::make_shared<NullComparisonContext>();
        const Type nullable = Type::nullable(common);
        context->ops = &slot_ops(nullable);
        return call(restore_low_cardinality(uint8_type(), arguments),
                    is_distinct ? SP_SYMBOL(sp_is_distinct) : SP_SYMBOL(sp_is_not_distinct),
                    {nullable, nullable}, context);
      };
}

Result<ResolvedFunction> resolve_is_zero_or_null(std::span<const Argument> arguments,
                                                 const ResolveOptions&) {
  const Type base = arguments[0].type.base();
  if (!is_number_like(base) && !base.is(TypeKind::kNothing))
    return illegal_argument(arguments, 0, "a number");
  return call(restore_low_cardinality(uint8_type(), arguments), SP_SYMBOL(sp_is_zero_or_null),
              {Type::nullable(float64_type())});
}

}  // namespace

SP_FUNCTIONS(null_handling) {
  const auto add = [&](const char* name, uint8_t least, uint8_t most, Resolver resolve,
                       const char* doc, const char* example, const char* result,
                       std::vector<const char*> aliases = {}, bool any_case = false) {
    rows.push_back({.name = name,
                    .aliases = std::move(aliases),
                    .case_insensitive = any_case,
                    .min_arguments = least,
                    .max_arguments = most,
                    .nulls = NullPolicy::kSeesNulls,
                    .resolve = std::move(resolve),
                    .doc = doc,
                    .example = example,
                    .example_result = result});
  };
  add("isNull", 1, 1, null_test(Intrinsic::kIsNull), "Returns 1 if `x` is NULL (`x IS NULL`).",
      "SELECT isNull(NULL)", "1", {}, true);
  add("isNotNull", 1, 1, null_test(Intrinsic::kIsNotNull),
      "Returns 1 if `x` is not NULL (`x IS NOT NULL`).", "SELECT isNotNull(NULL)", "0", {}, true);
  add("assumeNotNull", 1, 1, resolve_assume_not_null,
      "Returns `x` without Nullable; for NULL any value.", "SELECT assumeNotNull(toNullable(5))",
      "5");
  add("coalesce", 1, 255, resolve_coalesce, "Returns the first argument that is not NULL.",
      "SELECT coalesce(NULL, 'a', 'b')", "a", {}, true);
  add("ifNull", 2, 2, resolve_coalesce, "Returns `x`, or `alternative` if `x` is NULL.",
      "SELECT ifNull(NULL, 7)", "7", {}, true);
  add("nullIf", 2, 2, resolve_null_if, "Returns NULL if `a` equals `b`, else `a`.",
      "SELECT nullIf('a', 'a')", "\\N", {}, true);
  add("isDistinctFrom", 2, 2, distinct(true),
      "Returns 1 if `a` differs from `b`, where NULL equals NULL.",
      "SELECT isDistinctFrom(NULL, NULL)", "0");
  add("isNotDistinctFrom", 2, 2, distinct(false),
      "Returns 1 if `a` equals `b` or both are NULL (`a <=> b`).",
      "SELECT isNotDistinctFrom(NULL, NULL)", "1");
  add("isZeroOrNull", 1, 1, resolve_is_zero_or_null, "Returns 1 if `x` is zero or NULL.",
      "SELECT isZeroOrNull(0)", "1");
}
#endif

}  // namespace sp
