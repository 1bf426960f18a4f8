// Scan bounds: from the conditions of a filter that stands on a scan, those of the kind
// column-op-constant, for skipping segments by their minimum and maximum and for binary search on
// the sorting key. A bound may let more rows through than its condition, never fewer; the filter
// stays and decides.

#include <optional>

#include "compiler/plan/rules/rules.h"
#include "compiler/plan/tree.h"

namespace sp::plan::rules {

namespace {

using Op = ScanBound::Op;

std::optional<Op> op_of(const std::string& name, bool flipped) {
  if (name == "equals") return Op::kEquals;
  if (name == "less") return flipped ? Op::kGreater : Op::kLess;
  if (name == "lessOrEquals") return flipped ? Op::kGreaterOrEquals : Op::kLessOrEquals;
  if (name == "greater") return flipped ? Op::kLess : Op::kGreater;
  if (name == "greaterOrEquals") return flipped ? Op::kLessOrEquals : Op::kGreaterOrEquals;
  return std::nullopt;
}

// Times of different zones are the same numbers.
bool same_values(Type a, Type b) {
  if (a == b) return true;
  if (a.is(TypeKind::kDateTime) && b.is(TypeKind::kDateTime)) return true;
  return a.is(TypeKind::kDateTime64) && b.is(TypeKind::kDateTime64) &&
         a.precision() == b.precision();
}

std::optional<uint32_t> table_column(const Node& scan, const Expression& expression) {
  if (expression.kind != Expression::Kind::kColumn) return std::nullopt;
  for (size_t i = 0; i < scan.output.size(); ++i) {
    if (scan.output[i].id == expression.column) return scan.scan_columns[i];
  }
  return std::nullopt;
}

// Rows that FINAL replaces must be seen together: only key columns, equal in all versions of a row,
// may skip.
bool may_bound(const Node& scan, uint32_t column) {
  if (!scan.final) return true;
  for (const uint32_t key : scan.table->sorting_key) {
    if (key == column) return true;
  }
  return false;
}

ExpressionPtr cast_constant(const ExpressionPtr& value, Type to) {
  const auto function = resolve_cast({.type = value->type, .is_constant = true}, to, {});
  if (!function) return nullptr;
  auto call = std::make_shared<Expression>();
  call->kind = Expression::Kind::kCall;
  call->name = "CAST";
  call->type = function->result;
  call->function = *function;
  call->args = {value};
  return call;
}

// toDate(t) >= c and toDate(t) = c give t >= c at midnight, and so does every function that rounds
// down to the date or time it yields. There is no upper bound from `<`: a date after 2106 as a
// DateTime wraps, and would skip rows.
bool rounds_down(const std::string& name) {
  for (const char* known :
       {"toDate", "toStartOfHour", "toStartOfDay", "toStartOfMinute", "toStartOfMonth", "toMonday",
        "toStartOfYear", "toStartOfQuarter", "toStartOfFiveMinutes", "toStartOfTenMinutes",
        "toStartOfFifteenMinutes"}) {
    if (name == known) return true;
  }
  return false;
}

void add(Node& scan, uint32_t column, Op op, ExpressionPtr value) {
  if (!value || !may_bound(scan, column)) return;
  ScanBound bound;
  bound.table_column = column;
  bound.op = op;
  bound.value = std::move(value);
  scan.bounds.push_back(std::move(bound));
}

void bound_comparison(Node& scan, const Expression& call) {
  for (const bool flipped : {false, true}) {
    const Expression& side = *call.args[flipped ? 1 : 0];
    const ExpressionPtr& value = call.args[flipped ? 0 : 1];
    const auto op = op_of(call.name, flipped);
    if (!op || !value->is_constant() || value->type.can_be_null()) continue;
    if (const auto column = table_column(scan, side)) {
      const Type type = scan.table->columns[*column].type.base();
      if (same_values(type, value->type.base())) add(scan, *column, *op, value);
      continue;
    }
    if (side.kind != Expression::Kind::kCall || side.args.empty()) continue;
    const auto column = table_column(scan, *side.args[0]);
    if (!column) continue;
    const Type type = scan.table->columns[*column].type.base();
    // A column widened to the constant's type: integers that compare as they are, if the constant
    // can be narrowed without loss; known only at run time, so only the rounding functions are used
    // here.
    const bool one_argument = side.args.size() == 1 && side.function.context == nullptr;
    const bool time = type.is(TypeKind::kDateTime) && type.timezone().empty();
    if (!one_argument || !time || !rounds_down(side.name)) continue;
    const Type from = value->type.base();
    const bool date = from.is(TypeKind::kDate) && side.type.base().is(TypeKind::kDate);
    if (!date && !same_values(from, type)) continue;
    const ExpressionPtr edge = date ? cast_constant(value, type) : value;
    if (*op == Op::kGreaterOrEquals || *op == Op::kGreater || *op == Op::kEquals) {
      add(scan, *column, Op::kGreaterOrEquals, edge);
    }
  }
}

void bound_set(const Plan& plan, Node& scan, const Expression& in) {
  if (in.negated || in.args.size() != 1) return;
  const auto column = table_column(scan, *in.args[0]);
  if (!column || !may_bound(scan, *column)) return;
  const SetDefinition& set = plan.sets[in.set];
  if (set.subplan || set.types.size() != 1 ||
      set.types[0] != scan.table->columns[*column].type.base())
    return;
  ScanBound bound;
  bound.table_column = *column;
  bound.op = Op::kIn;
  bound.set = in.set;
  scan.bounds.push_back(std::move(bound));
}

void bound(const Plan& plan, NodePtr& node) {
  if (node->kind != Node::Kind::kFilter || node->inputs[0]->kind != Node::Kind::kScan) return;
  Node& scan = *node->inputs[0];
  scan.bounds.clear();
  std::vector<ExpressionPtr> conditions;
  split_conjunction(node->predicate, conditions);
  for (const ExpressionPtr& condition : conditions) {
    if (condition->kind == Expression::Kind::kInSet) bound_set(plan, scan, *condition);
    if (condition->kind == Expression::Kind::kCall && condition->args.size() == 2)
      bound_comparison(scan, *condition);
  }
}

}  // namespace

void bound_scans(Plan& plan) {
  for_each_root(
      plan, [&](NodePtr& root) { for_each_node(root, [&](NodePtr& node) { bound(plan, node); }); });
}

}  // namespace sp::plan::rules
