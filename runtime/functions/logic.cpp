// and, or, xor, not: three-valued logic over numbers, emitted inline. Conditions are cast to Bool
// first, so that any non-zero number is true; the result is Bool if an argument is Bool (of and,
// or: not Nullable(Bool)), else UInt8.

#include "runtime/functions/function.h"

#include "runtime/functions/signature.h"

namespace sp {

#ifndef SP_BITCODE
namespace {

// NULL handling: the intrinsics see Nullable arguments, and `0 AND NULL` is 0.
Resolver logical(const char* function, Intrinsic intrinsic) {
  return
      [=](std::span<const Argument> arguments, const ResolveOptions&) -> Result<ResolvedFunction> {
        bool any_null = false, any_bool = false, all_nothing = true;
        std::vector<Type> casts;
        for (size_t i = 0; i < arguments.size(); ++i) {
          const Type base = arguments[i].type.base();
          const bool is_null = arguments[i].type.can_be_null();
          if (!base.is_number() && !base.is(TypeKind::kNothing)) {
            return fail(ErrorCode::kIllegalTypeOfArgument,
                        "Illegal type (" + arguments[i].type.name() + ") of " +
                            std::to_string(i + 1) + " argument of function " + function);
          }
          any_null |= is_null;
          // and, or: Nullable(Bool) does not make the result Bool.
          const bool unary = intrinsic == Intrinsic::kNot || intrinsic == Intrinsic::kXor;
          any_bool |= base.is(TypeKind::kBool) && (unary || !is_null);
          all_nothing &= base.is(TypeKind::kNothing);
          casts.push_back(bool_type().with_null(is_null));
        }
        if (all_nothing && intrinsic == Intrinsic::kNot) {
          return inlined(arguments[0].type, Intrinsic::kIdentity, {arguments[0].type});
        }
        const Type result = any_bool ? bool_type() : uint8_type();
        Type type = result.with_null(any_null);
        if (intrinsic == Intrinsic::kNot) type = restore_low_cardinality(type, arguments);
        return inlined(type, intrinsic, std::move(casts));
      };
}

}  // namespace

SP_FUNCTIONS(logic) {
  rows.push_back({.name = "and",
                  .case_insensitive = true,
                  .min_arguments = 2,
                  .nulls = NullPolicy::kSeesNulls,
                  .resolve = logical("and", Intrinsic::kAnd),
                  .doc = "Returns 1 if all conditions hold (`a AND b`); 0 AND NULL is 0.",
                  .example = "SELECT and(1, 0, NULL)",
                  .example_result = "0"});
  rows.push_back({.name = "or",
                  .case_insensitive = true,
                  .min_arguments = 2,
                  .nulls = NullPolicy::kSeesNulls,
                  .resolve = logical("or", Intrinsic::kOr),
                  .doc = "Returns 1 if any condition holds (`a OR b`); 1 OR NULL is 1.",
                  .example = "SELECT or(0, 1, NULL)",
                  .example_result = "1"});
  rows.push_back({.name = "xor",
                  .case_insensitive = true,
                  .min_arguments = 2,
                  .nulls = NullPolicy::kSeesNulls,
                  .resolve = logical("xor", Intrinsic::kXor),
                  .doc = "Returns 1 if an odd number of conditions hold.",
                  .example = "SELECT xor(1, 0, 1)",
                  .example_result = "0"});
  rows.push_back({.name = "not",
                  .case_insensitive = true,
                  .min_arguments = 1,
                  .max_arguments = 1,
                  .nulls = NullPolicy::kSeesNulls,
                  .resolve = logical("not", Intrinsic::kNot),
                  .doc = "Returns 1 if `x` is zero (`NOT x`).",
                  .example = "SELECT not(5)",
                  .example_result = "0"});
}
#endif

}  // namespace sp
