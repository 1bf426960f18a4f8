// if, multiIf and caseWithExpression: lazy branches, emitted inline. The result is the least
// supertype of the branches; NULL conditions count as false.

#include "runtime/core/slot.h"
#include "runtime/functions/comparison.h"
#include "runtime/functions/function.h"
#include "runtime/functions/signature.h"

namespace sp {

// caseWithExpression(x, when1, then1, ..., else): packed; x and the whens share one Nullable type.
struct CaseContext : FunctionContext {
  const SlotOps* subject = nullptr;
  const SlotOps* result = nullptr;
  uint32_t flag_offset = 0;  // of the Nullable subject
  std::vector<uint32_t> offsets;
};

extern "C" void sp_case_with_expression(const CaseContext* context, const void* tuple,
                                        void* out) noexcept {
  const auto* row = static_cast<const char*>(tuple);
  const uint32_t* offsets = context->offsets.data();
  const size_t count = context->offsets.size();
  const char* chosen = row + offsets[count - 1];
  const bool subject_null = row[offsets[0] + context->flag_offset] != 0;
  for (size_t i = 1; i + 1 < count && !subject_null; i += 2) {
    const char* when = row + offsets[i];
    if (when[context->flag_offset] == 0 && context->subject->compare(row + offsets[0], when) == 0) {
      chosen = row + offsets[i + 1];
      break;
    }
  }
  __builtin_memcpy(out, chosen, context->result->layout.size);
}

#ifndef SP_BITCODE
namespace {

Result<Type> condition_type(const Argument& argument, const char* function) {
  const Type base = argument.type.base();
  if (base.is(TypeKind::kUInt8) || base.is(TypeKind::kBool) || base.is(TypeKind::kNothing)) {
    return bool_type().with_null(argument.type.can_be_null());
  }
  return fail(ErrorCode::kIllegalTypeOfArgument, "Illegal type " + argument.type.name() +
                                                     " of argument (condition) of function " +
                                                     function + ". Must be UInt8");
}

// The common type of branches: LowCardinality is dropped, as its function implementation does.
Result<Type> branch_type(const std::vector<Type>& branches) {
  bool any_null = false;
  std::vector<Type> bare;
  for (const Type branch : branches) {
    any_null |= branch.can_be_null();
    if (!branch.base().is(TypeKind::kNothing)) bare.push_back(branch.base());
  }
  if (bare.empty()) return Type::null_type();
  SP_TRY(const Type common, least_supertype(bare));
  return common.with_null(any_null);
}

Result<ResolvedFunction> resolve_if(std::span<const Argument> arguments, const ResolveOptions&) {
  SP_TRY(const Type condition, condition_type(arguments[0], "if"));
  SP_TRY(const Type result, branch_type({arguments[1].type, arguments[2].type}));
  return inlined(result, Intrinsic::kIf, {condition, result, result});
}

Result<ResolvedFunction> resolve_multi_if(std::span<const Argument> arguments,
                                          const ResolveOptions&) {
  if (arguments.size() % 2 == 0) {
    return fail(
        ErrorCode::kNumberOfArgumentsDoesntMatch,
        "Invalid number of arguments for function multiIf: " + std::to_string(arguments.size()));
  }
  std::vector<Type> branches, casts;
  for (size_t i = 1; i < arguments.size(); i += 2) branches.push_back(arguments[i].type);
  branches.push_back(arguments.back().type);
  SP_TRY(const Type result, branch_type(branches));
  for (size_t i = 0; i + 1 < arguments.size(); i += 2) {
    SP_TRY(const Type condition, condition_type(arguments[i], "multiIf"));
    casts.push_back(condition);
    casts.push_back(result);
  }
  casts.push_back(result);
  return inlined(result, Intrinsic::kMultiIf, std::move(casts));
}

Result<ResolvedFunction> resolve_case(std::span<const Argument> arguments, const ResolveOptions&) {
  if (arguments.size() % 2 != 0) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Invalid number of arguments for function caseWithExpression: " +
                    std::to_string(arguments.size()));
  }
  std::vector<Type> subjects = {arguments[0].type}, branches;
  for (size_t i = 1; i + 1 < arguments.size(); i += 2) {
    subjects.push_back(arguments[i].type);
    branches.push_back(arguments[i + 1].type);
  }
  branches.push_back(arguments.back().type);
  SP_TRY(const Type result, branch_type(branches));
  SP_TRY(const Type common, branch_type(subjects));
  const Type subject = Type::nullable(common);
  std::vector<Type> casts = {subject};
  for (size_t i = 1; i + 1 < arguments.size(); i += 2) {
    casts.push_back(subject);
    casts.push_back(result);
  }
  casts.push_back(result);
  auto context = std::make_shared<CaseContext>();
  context->subject = &slot_ops(subject);
  context->result = &slot_ops(result);
  context->flag_offset = slot_layout(subject.base()).size;
  context->offsets = row_layout(casts).offsets;
  return packed_call(result, SP_SYMBOL(sp_case_with_expression), std::move(casts), context);
}

}  // namespace

SP_FUNCTIONS(conditional) {
  rows.push_back({.name = "if",
                  .case_insensitive = true,
                  .min_arguments = 3,
                  .max_arguments = 3,
                  .nulls = NullPolicy::kSeesNulls,
                  .resolve = resolve_if,
                  .doc = "Returns `then` if `condition` holds, else `otherwise` (`condition ? then "
                         ": otherwise`).",
                  .example = "SELECT if(1 > 2, 'yes', 'no')",
                  .example_result = "no"});
  rows.push_back({.name = "multiIf",
                  .aliases = {"caseWithoutExpression", "caseWithoutExpr"},
                  .min_arguments = 3,
                  .nulls = NullPolicy::kSeesNulls,
                  .resolve = resolve_multi_if,
                  .doc = "Returns the value behind the first condition that holds, else the last "
                         "argument (CASE WHEN).",
                  .example = "SELECT multiIf(0, 'a', 1, 'b', 'c')",
                  .example_result = "b"});
  rows.push_back({.name = "caseWithExpression",
                  .aliases = {"caseWithExpr"},
                  .min_arguments = 4,
                  .nulls = NullPolicy::kSeesNulls,
                  .resolve = resolve_case,
                  .doc = "Compares `x` with each `when` and returns the value behind the first "
                         "equal one (CASE x WHEN).",
                  .example = "SELECT caseWithExpression(2, 1, 'a', 2, 'b', 'c')",
                  .example_result = "b"});
}
#endif

}  // namespace sp
