// Conditions known while planning: WHERE 1, WHERE 1 = 1 and their negations, which templates write.

#include <optional>

#include "compiler/plan/rules/rules.h"
#include "compiler/plan/totals.h"
#include "compiler/plan/tree.h"

namespace sp::plan::rules {

namespace {

// The truth of a condition that the plan's fixed constants decide.
std::optional<bool> known_truth(const Plan& plan, const Expression& condition) {
  const Expression& bare = without_condition_casts(condition);
  if (bare.kind == Expression::Kind::kParameter) {
    const Parameter& parameter = plan.parameters[bare.slot];
    if (parameter.source != Parameter::Source::kConstant) return std::nullopt;
    if (!parameter.type.is_integer() && !parameter.type.is(TypeKind::kBool)) return std::nullopt;
    for (const uint8_t byte : *parameter.constant) {
      if (byte != 0) return true;
    }
    return false;
  }
  if (bare.kind != Expression::Kind::kCall || bare.args.size() != 2) {
    if (bare.kind == Expression::Kind::kCall && bare.function.intrinsic == Intrinsic::kNot) {
      const auto inner = known_truth(plan, *bare.args[0]);
      return inner ? std::optional(!*inner) : std::nullopt;
    }
    return std::nullopt;
  }
  const Expression& a = *bare.args[0];
  const Expression& b = *bare.args[1];
  const bool equals = bare.name == "equals", differs = bare.name == "notEquals";
  if ((!equals && !differs) || a.kind != Expression::Kind::kParameter ||
      b.kind != Expression::Kind::kParameter) {
    return std::nullopt;
  }
  const Parameter& left = plan.parameters[a.slot];
  const Parameter& right = plan.parameters[b.slot];
  if (left.source != Parameter::Source::kConstant || right.source != Parameter::Source::kConstant ||
      left.type != right.type || !left.type.is_integer()) {
    return std::nullopt;
  }
  return (*left.constant == *right.constant) == equals;
}

void simplify(const Plan& plan, NodePtr& node) {
  // Where no row passes HAVING there are totals still.
  if (node->kind != Node::Kind::kFilter || node->having) return;
  std::vector<ExpressionPtr> conditions, kept;
  split_conjunction(node->predicate, conditions);
  for (const ExpressionPtr& condition : conditions) {
    const auto truth = known_truth(plan, *condition);
    if (truth && !*truth && has_totals(*node)) return;
    if (truth && !*truth) {
      auto nothing = std::make_unique<Node>();
      nothing->kind = Node::Kind::kValues;
      nothing->span = node->span;
      nothing->output = node->output;
      node = std::move(nothing);
      return;
    }
    bool repeated = false;
    for (const ExpressionPtr& other : kept) repeated = repeated || equal(*other, *condition);
    if (!truth && !repeated) kept.push_back(condition);
  }
  if (kept.size() == conditions.size()) return;
  if (kept.empty()) {
    NodePtr input = std::move(node->inputs[0]);
    node = std::move(input);
  } else {
    node->predicate = conjunction(kept);
  }
}

}  // namespace

void simplify_conditions(Plan& plan) {
  for_each_root(plan, [&](NodePtr& root) {
    for_each_node(root, [&](NodePtr& node) { simplify(plan, node); });
  });
}

}  // namespace sp::plan::rules
