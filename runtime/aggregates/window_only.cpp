// Functions that exist only over windows: named here, with their types; the window operator
// computes them.

#ifndef SP_BITCODE
#include "runtime/aggregates/bodies.h"
#include "runtime/aggregates/parameters.h"

namespace sp {
namespace {

AggregateResolver without_arguments(const char* name, TypeKind kind) {
  return [=](Arguments parameters, Arguments arguments,
             const ResolveOptions&) -> Result<ResolvedAggregate> {
    SP_TRY_VOID(expect_no_parameters(name, parameters));
    if (!arguments.empty()) {
      return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                  "Function " + std::string(name) + " takes no arguments");
    }
    ResolvedAggregate resolved;
    resolved.result = Type::of(kind);
    resolved.order_matters = true;
    return resolved;
  };
}

// lag and lead: (value[, offset[, default]]).
AggregateResolver shifted(const char* name) {
  return [=](Arguments parameters, Arguments arguments,
             const ResolveOptions&) -> Result<ResolvedAggregate> {
    SP_TRY_VOID(expect_no_parameters(name, parameters));
    if (arguments.empty() || arguments.size() > 3) {
      return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                  "Function " + std::string(name) + " accepts 1 to 3 arguments");
    }
    const Type type = arguments[0].type;
    ResolvedAggregate resolved;
    resolved.result = type;
    resolved.arguments = {type};
    resolved.order_matters = true;
    if (arguments.size() > 1) {
      if (!arguments[1].type.base().is_integer()) {
        return fail(ErrorCode::kBadArguments,
                    "Offset must be an integer, '" + arguments[1].type.name() + "' given");
      }
      resolved.arguments.push_back(Type::of(TypeKind::kInt64));
    }
    if (arguments.size() > 2) {
      const Type types[] = {type, arguments[2].type};
      const auto common = least_supertype(types);
      if (!common.ok() || !(*common == type)) {
        return fail(ErrorCode::kBadArguments,
                    "The supertype '" + (common.ok() ? common->name() : arguments[2].type.name()) +
                        "' for the argument "
                        "type '" +
                        type.name() + "' and the default value type '" + arguments[2].type.name() +
                        "' is not the same as the argument type");
      }
      resolved.arguments.push_back(type);
    }
    return resolved;
  };
}

Result<ResolvedAggregate> resolve_nth_value(Arguments parameters, Arguments arguments,
                                            const ResolveOptions&) {
  SP_TRY_VOID(expect_no_parameters("nth_value", parameters));
  SP_TRY_VOID(expect_arguments("nth_value", arguments, 2));
  ResolvedAggregate resolved;
  resolved.result = arguments[0].type;
  resolved.arguments = {arguments[0].type, Type::of(TypeKind::kInt64)};
  resolved.order_matters = true;
  return resolved;
}

// nonNegativeDerivative: the binder writes it in terms of lag and never comes here.
Result<ResolvedAggregate> resolve_derivative(Arguments, Arguments, const ResolveOptions&) {
  ResolvedAggregate resolved;
  resolved.result = Type::of(TypeKind::kFloat64);
  return resolved;
}

Result<ResolvedAggregate> resolve_ntile(Arguments parameters, Arguments arguments,
                                        const ResolveOptions&) {
  SP_TRY_VOID(expect_no_parameters("ntile", parameters));
  SP_TRY_VOID(expect_arguments("ntile", arguments, 1));
  if (!arguments[0].type.base().is_integer()) return illegal_type("ntile", arguments[0].type);
  ResolvedAggregate resolved;
  resolved.result = Type::of(TypeKind::kUInt64);
  resolved.arguments = {resolved.result};
  resolved.order_matters = true;
  return resolved;
}

void add_row(std::vector<AggregateRow>& rows, const char* name, std::vector<const char*> aliases,
             AggregateResolver resolver, const char* doc, const char* example, const char* result) {
  rows.push_back({.name = name,
                  .aliases = std::move(aliases),
                  .case_insensitive = true,
                  .resolve = std::move(resolver),
                  .skip_nulls = false,
                  .window_only = true,
                  .doc = doc,
                  .example = example,
                  .example_result = result});
}

}  // namespace

SP_AGGREGATES(window_only) {
  add_row(rows, "row_number", {}, without_arguments("row_number", TypeKind::kUInt64),
          "Number of the row in its partition, from 1.",
          "SELECT sum(n) FROM (SELECT row_number() OVER (ORDER BY number) AS n FROM numbers(4))",
          "10");
  add_row(rows, "rank", {}, without_arguments("rank", TypeKind::kUInt64),
          "Rank of the row, with gaps after ties.",
          "SELECT sum(n) FROM (SELECT rank() OVER (ORDER BY number > 1) AS n FROM numbers(4))",
          "8");
  add_row(
      rows, "dense_rank", {"denseRank"}, without_arguments("dense_rank", TypeKind::kUInt64),
      "Rank of the row, without gaps.",
      "SELECT sum(n) FROM (SELECT dense_rank() OVER (ORDER BY number > 1) AS n FROM numbers(4))",
      "6");
  add_row(rows, "percent_rank", {"percentRank"},
          without_arguments("percent_rank", TypeKind::kFloat64),
          "(rank - 1) / (rows of the partition - 1).",
          "SELECT max(n) FROM (SELECT percent_rank() OVER (ORDER BY number) AS n FROM numbers(4))",
          "1");
  add_row(rows, "cume_dist", {}, without_arguments("cume_dist", TypeKind::kFloat64),
          "Share of the rows that are not after this one.",
          "SELECT min(n) FROM (SELECT cume_dist() OVER (ORDER BY number) AS n FROM numbers(4))",
          "0.25");
  add_row(rows, "ntile", {}, &resolve_ntile,
          "Number of the bucket, of `n` of nearly equal size, that the row is in.",
          "SELECT sum(n) FROM (SELECT ntile(2) OVER (ORDER BY number) AS n FROM numbers(4))", "6");
  add_row(rows, "lag", {}, shifted("lag"),
          "`x` of the row `offset` (default 1) before, or `default`, in the partition.",
          "SELECT sum(n) FROM (SELECT lag(number) OVER (ORDER BY number) AS n FROM numbers(4))",
          "3");
  add_row(rows, "lead", {}, shifted("lead"),
          "`x` of the row `offset` (default 1) after, or `default`, in the partition.",
          "SELECT sum(n) FROM (SELECT lead(number) OVER (ORDER BY number) AS n FROM numbers(4))",
          "6");
  add_row(
      rows, "lagInFrame", {}, shifted("lagInFrame"),
      "`x` of the row `offset` before, or `default`, in the frame.",
      "SELECT sum(n) FROM (SELECT lagInFrame(number) OVER (ORDER BY number) AS n FROM numbers(4))",
      "3");
  add_row(rows, "leadInFrame", {}, shifted("leadInFrame"),
          "`x` of the row `offset` after, or `default`, in the frame.",
          "SELECT sum(n) FROM (SELECT leadInFrame(number) OVER (ORDER BY number ROWS BETWEEN "
          "CURRENT ROW AND UNBOUNDED "
          "FOLLOWING) AS n FROM numbers(4))",
          "6");
  add_row(rows, "nonNegativeDerivative", {}, &resolve_derivative,
          "Rise of `x` since the row before, as in one `interval` (a second) of `time`; 0 where it "
          "falls.",
          "SELECT sum(n) FROM (SELECT nonNegativeDerivative(number, toDateTime(number * 2)) OVER "
          "(ORDER BY number) AS n FROM numbers(4))",
          "1.5");
  rows.back().case_insensitive = false;
  add_row(rows, "nth_value", {}, &resolve_nth_value, "`x` of the `n`-th row of the frame.",
          "SELECT max(n) FROM (SELECT nth_value(number, 2) OVER (ORDER BY number) AS n FROM "
          "numbers(4))",
          "1");
}

}  // namespace sp
#endif
