// Joins. ON is split into pairs of keys (one side each, cast to one type) and a residual condition;
// USING makes such pairs by name and shows each column once. Rows without a match have default
// values, or NULLs if join_use_nulls = 1: then a projection below the join makes the columns of
// that side Nullable; keys and conditions still read the columns as they are.

#include <algorithm>
#include <unordered_set>

#include "compiler/bind/select_binder.h"
#include "compiler/plan/totals.h"
#include "compiler/plan/tree.h"

namespace sp::binding {

namespace {

using Ids = std::unordered_set<ColumnId>;

enum class Side { kNone, kLeft, kRight, kBoth };

Side side_of(const Expression& expression, const Ids& left, const Ids& right) {
  bool in_left = false, in_right = false;
  plan::for_each_column(expression, [&](ColumnId id) {
    in_left = in_left || left.contains(id);
    in_right = in_right || right.contains(id);
  });
  if (in_left && in_right) return Side::kBoth;
  return in_left ? Side::kLeft : in_right ? Side::kRight : Side::kNone;
}

// The inequality of an ASOF join, as left op right.
std::optional<plan::ScanBound::Op> inequality(const std::string& name, bool flipped) {
  using Op = plan::ScanBound::Op;
  if (name == "less") return flipped ? Op::kGreater : Op::kLess;
  if (name == "lessOrEquals") return flipped ? Op::kGreaterOrEquals : Op::kLessOrEquals;
  if (name == "greater") return flipped ? Op::kLess : Op::kGreater;
  if (name == "greaterOrEquals") return flipped ? Op::kLessOrEquals : Op::kGreaterOrEquals;
  return std::nullopt;
}

std::vector<ColumnId> output_ids(const Node& node) {
  std::vector<ColumnId> ids;
  for (const plan::OutputColumn& column : node.output) ids.push_back(column.id);
  return ids;
}

// The type that also holds NULL; arrays, maps and tuples have none.
Type null_type_of(Type type) {
  const Type base = type.base();
  return base.is(TypeKind::kTuple) || base.is(TypeKind::kJson) ? type : Type::nullable(type);
}

const ScopeColumn* find_column_named(const std::vector<ScopeRelation>& relations,
                                     const std::string& name) {
  for (const ScopeRelation& relation : relations) {
    for (const ScopeColumn& column : relation.columns) {
      if (column.name == name) return &column;
    }
  }
  return nullptr;
}

// The side's own column is shown once, by the merged one, and has its type when it is named with
// its table.
Result<void> hide(Binder& binder, std::vector<ScopeRelation>& relations, const std::string& name,
                  Type type, Span span) {
  for (ScopeRelation& relation : relations) {
    for (ScopeColumn& column : relation.columns) {
      if (column.name != name) continue;
      column.in_using = true;
      SP_TRY(column.value, binder.explicit_cast(column.value, type, span));
    }
  }
  return {};
}

// NATURAL: USING the columns that both sides have, in the left side's order; without any, a CROSS
// JOIN.
sql::TableExpr natural_join(const sql::TableExpr& table, const std::vector<ScopeRelation>& left,
                            const std::vector<ScopeRelation>& right) {
  sql::TableExpr join;
  join.kind = table.kind;
  join.span = table.span;
  join.join = table.join;
  for (const ScopeRelation& relation : left) {
    for (const ScopeColumn& column : relation.columns) {
      const auto same = [&](const sql::ExprPtr& expr) { return expr->parts.back() == column.name; };
      const bool taken = std::any_of(join.using_columns.begin(), join.using_columns.end(), same);
      if (taken || find_column_named(right, column.name) == nullptr) continue;
      auto name = std::make_unique<sql::Expr>();
      name->kind = sql::ExprKind::kIdentifier;
      name->span = table.span;
      name->parts = {column.name};
      join.using_columns.push_back(std::move(name));
    }
  }
  if (join.using_columns.empty()) join.join = sql::JoinKind::kCross;
  return join;
}

}  // namespace

// Two expressions of comparable types as one pair of keys.
Result<void> Binder::add_join_key(Node& node, ExpressionPtr left, ExpressionPtr right,
                                  bool null_safe, Span span) {
  Type types[] = {left->type.base(), right->type.base()};
  if (types[0].is(TypeKind::kBool) && types[1].is(TypeKind::kUInt8))
    std::swap(types[0], types[1]);  // true is 1, not 2
  auto common = least_supertype(types);
  if (!common) {
    return fail(
        ErrorCode::kTypeMismatch,
        "Types of JOIN keys do not match: " + left->type.name() + " and " + right->type.name(),
        span, "convert one of them");
  }
  const Type type =
      Type(*common).base().with_null(left->type.can_be_null() || right->type.can_be_null());
  SP_TRY(left, cast(left, type, span));
  SP_TRY(right, cast(right, type, span));
  if (null_safe || !node.null_safe.empty()) {
    node.null_safe.resize(node.left_keys.size());
    node.null_safe.push_back(null_safe ? 1 : 0);
  }
  node.left_keys.push_back(std::move(left));
  node.right_keys.push_back(std::move(right));
  return {};
}

// join_use_nulls: what the side's names stand for becomes Nullable, in columns beside the ones that
// keys read.
Result<NodePtr> SelectBinder::nullable_side(NodePtr input, std::vector<ScopeRelation>& relations,
                                            std::vector<ScopeColumn>* merged, Span span) {
  NodePtr project = make_node(Node::Kind::kProject, std::move(input), span);
  for (const plan::OutputColumn& column : project->output) {
    project->expressions.push_back(make_column(column.id, column.name, column.type));
  }
  const auto widen = [&](ScopeColumn& column) -> Result<void> {
    const Type type = null_type_of(column.value->type);
    if (type == column.value->type) return {};
    SP_TRY(ExpressionPtr value, binder_.explicit_cast(column.value, type, span));
    project->expressions.push_back(std::move(value));
    project->output.push_back({binder_.new_column(), column.name, type});
    column.value = make_column(project->output.back().id, column.name, type);
    return {};
  };
  for (ScopeRelation& relation : relations) {
    for (ScopeColumn& column : relation.columns) SP_TRY_VOID(widen(column));
  }
  for (size_t i = 0; merged != nullptr && i < merged->size(); ++i) SP_TRY_VOID(widen((*merged)[i]));
  return project;
}

// PASTE JOIN puts rows side by side as they come: each side's rows are numbered, and the numbers
// are joined.
Result<void> SelectBinder::paste(FromItem& side, Node& join, std::vector<ExpressionPtr>& keys) {
  plan::WindowFunction number;
  number.kind = plan::WindowFunction::Kind::kRowNumber;
  number.begin.kind = sql::FrameBound::Kind::kUnboundedPreceding;
  number.end.kind = sql::FrameBound::Kind::kCurrentRow;
  number.output = binder_.new_column();
  number.type = Type::of(TypeKind::kUInt64);
  number.name = "row";
  NodePtr window = make_node(Node::Kind::kWindow, std::move(side.node), join.span);
  window->output.push_back({number.output, number.name, number.type});
  keys.push_back(make_column(number.output, number.name, number.type));
  window->window_functions.push_back(std::move(number));
  side.node = std::move(window);
  return {};
}

Result<SelectBinder::FromItem> SelectBinder::join(const sql::TableExpr& written) {
  SP_TRY(FromItem left, from_item(*written.left));
  SP_TRY(FromItem right, from_item(*written.right));
  const sql::TableExpr natural =
      written.natural ? natural_join(written, left.relations, right.relations) : sql::TableExpr{};
  const sql::TableExpr& table = written.natural ? natural : written;
  NodePtr node = make_node(Node::Kind::kJoin, nullptr, table.span);
  node->join = table.join;
  if (table.join == sql::JoinKind::kPaste) {
    if (plan::has_totals(*left.node) || plan::has_totals(*right.node))
      return not_implemented("PASTE JOIN of a subquery WITH TOTALS", table.span);
    node->join = sql::JoinKind::kInner;
    SP_TRY_VOID(paste(left, *node, node->left_keys));
    SP_TRY_VOID(paste(right, *node, node->right_keys));
  }
  node->strictness = table.strictness == sql::JoinStrictness::kDefault ? sql::JoinStrictness::kAll
                                                                       : table.strictness;

  const std::vector<ColumnId> left_ids = output_ids(*left.node),
                              right_ids = output_ids(*right.node);
  std::vector<ScopeColumn> merged;
  if (!table.using_columns.empty()) {
    SP_TRY_VOID(join_using(table, *node, left.relations, right.relations, merged, left.node));
  }
  FromItem joined;
  if (table.on) {
    // ON sees both sides; an alias bound here keeps its columns' ids.
    relations_ = left.relations;
    relations_.insert(relations_.end(), right.relations.begin(), right.relations.end());
    Result<void> bound = join_on(table, *node, left_ids, right_ids);
    relations_.clear();
    if (!bound) return std::move(bound).error();
  }
  if (binder_.settings.join_use_nulls) {
    const bool full = table.join == sql::JoinKind::kFull;
    if (full || table.join == sql::JoinKind::kLeft) {
      SP_TRY(right.node,
             nullable_side(std::move(right.node), right.relations, nullptr, table.span));
    }
    if (full || table.join == sql::JoinKind::kRight) {
      SP_TRY(left.node, nullable_side(std::move(left.node), left.relations, &merged_, table.span));
    }
    for (size_t i = 0; full && i < merged.size(); ++i) {
      SP_TRY(
          merged[i].value,
          binder_.explicit_cast(merged[i].value, null_type_of(merged[i].value->type), table.span));
    }
  }
  merged_.insert(merged_.end(), merged.begin(), merged.end());
  joined.relations = std::move(left.relations);
  joined.relations.insert(joined.relations.end(), right.relations.begin(), right.relations.end());
  node->output = left.node->output;
  node->output.insert(node->output.end(), right.node->output.begin(), right.node->output.end());
  node->inputs.push_back(std::move(left.node));
  node->inputs.push_back(std::move(right.node));
  joined.node = std::move(node);
  return joined;
}

Result<void> SelectBinder::join_on(const sql::TableExpr& table, Node& node,
                                   const std::vector<ColumnId>& left,
                                   const std::vector<ColumnId>& right) {
  SP_TRY(ExpressionPtr condition, expression(*table.on));
  SP_TRY_VOID(check_no_aggregates(*condition, "JOIN ON"));
  SP_TRY_VOID(check_no_rowwise_calls(*condition, "JOIN ON"));
  const Ids left_ids(left.begin(), left.end()), right_ids(right.begin(), right.end());
  std::vector<ExpressionPtr> parts, residual;
  plan::split_conjunction(condition, parts);
  const bool asof = node.strictness == sql::JoinStrictness::kAsof;
  std::optional<std::pair<ExpressionPtr, ExpressionPtr>> asof_pair;
  for (const ExpressionPtr& part : parts) {
    const bool binary = part->kind == Expression::Kind::kCall && part->args.size() == 2;
    const Side a = binary ? side_of(*part->args[0], left_ids, right_ids) : Side::kNone;
    const Side b = binary ? side_of(*part->args[1], left_ids, right_ids) : Side::kNone;
    const bool across =
        (a == Side::kLeft && b == Side::kRight) || (a == Side::kRight && b == Side::kLeft);
    const bool flipped = a == Side::kRight;
    if (across && part->name == "equals") {
      SP_TRY_VOID(binder_.add_join_key(node, part->args[flipped ? 1 : 0],
                                       part->args[flipped ? 0 : 1], false, table.on->span));
      continue;
    }
    const auto op = across ? inequality(part->name, flipped) : std::nullopt;
    if (asof && op && !asof_pair) {
      asof_pair = {part->args[flipped ? 1 : 0], part->args[flipped ? 0 : 1]};
      node.asof_op = *op;
      continue;
    }
    residual.push_back(part);
  }
  if (asof) {
    if (!asof_pair || node.left_keys.empty()) {
      return fail(ErrorCode::kInvalidJoinOnExpression,
                  "ASOF JOIN needs an equality and one inequality between its sides",
                  table.on->span);
    }
    SP_TRY_VOID(
        binder_.add_join_key(node, asof_pair->first, asof_pair->second, false, table.on->span));
  }
  if (residual.size() == 1) {
    SP_TRY(node.predicate, binder_.condition(residual[0], "JOIN ON"));
  } else if (!residual.empty()) {
    for (ExpressionPtr& part : residual) { SP_TRY(part, binder_.condition(part, "JOIN ON")); }
    SP_TRY(node.predicate, binder_.call("and", std::move(residual), table.on->span));
  }
  return {};
}

Result<void> SelectBinder::join_using(const sql::TableExpr& table, Node& node,
                                      std::vector<ScopeRelation>& left,
                                      std::vector<ScopeRelation>& right,
                                      std::vector<ScopeColumn>& merged, NodePtr& left_input) {
  ExpressionPtr matched;
  if (table.join == sql::JoinKind::kFull) {
    // FULL: the value of whichever side is there. A constant 1 on the left is 0 in rows that only
    // the right has.
    const Type flag = Type::of(TypeKind::kUInt8);
    NodePtr project = make_node(Node::Kind::kProject, std::move(left_input), table.span);
    for (const plan::OutputColumn& column : project->output) {
      project->expressions.push_back(make_column(column.id, column.name, column.type));
    }
    project->expressions.push_back(binder_.constant_u64(1, flag));
    project->output.push_back({binder_.new_column(), "matched", flag});
    matched = make_column(project->output.back().id, "matched", flag);
    left_input = std::move(project);
  }
  for (size_t i = 0; i < table.using_columns.size(); ++i) {
    const sql::Expr& expr = *table.using_columns[i];
    const std::string name = expr.parts.empty() ? expr.alias : expr.parts.back();
    // The left side of a chain of USING joins is what the earlier ones merged.
    ExpressionPtr left_value, right_value;
    const auto earlier = std::find_if(merged_.begin(), merged_.end(),
                                      [&](const ScopeColumn& c) { return c.name == name; });
    if (earlier != merged_.end()) {
      left_value = earlier->value;
      merged_.erase(earlier);
    } else if (const ScopeColumn* column = find_column_named(left, name)) {
      left_value = column->value;
    } else if (const auto named = aliases_.find(name); named != aliases_.end()) {
      // USING an alias of the SELECT list: an expression over the left side.
      relations_ = left;
      Result<ExpressionPtr> value = alias(name, expr.span);
      relations_.clear();
      if (!value) return std::move(value).error();
      left_value = *value;
    }
    const auto unrolled = std::find_if(array_columns_.begin(), array_columns_.end(),
                                       [&](const ScopeColumn& c) { return c.name == name; });
    if (!left_value && unrolled != array_columns_.end())
      left_value = unrolled->value;  // of an ARRAY JOIN before this join
    if (const ScopeColumn* column = find_column_named(right, name)) right_value = column->value;
    if (!left_value || !right_value) {
      std::vector<std::string_view> names;
      for (const ScopeRelation& relation : left_value ? right : left) {
        for (const ScopeColumn& column : relation.columns) names.push_back(column.name);
      }
      return fail(ErrorCode::kUnknownIdentifier,
                  std::string("Unknown column of USING in the ") + (left_value ? "right" : "left") +
                      " table: " + name,
                  expr.span, did_you_mean(name, names));
    }
    const Type types[] = {left_value->type, right_value->type};
    SP_TRY_VOID(binder_.add_join_key(node, left_value, right_value, false, expr.span));
    auto common = least_supertype(types);
    Type type = left_value->type == right_value->type ? left_value->type
                : common                              ? *common
                                                      : node.left_keys.back()->type;
    if (!left_value->type.is_low_cardinality() || !right_value->type.is_low_cardinality()) {
      type = type.without_low_cardinality();
    }
    ExpressionPtr value = table.join == sql::JoinKind::kRight ? right_value : left_value;
    SP_TRY(value, binder_.explicit_cast(value, type, expr.span));
    if (matched) {
      SP_TRY(ExpressionPtr other, binder_.explicit_cast(right_value, type, expr.span));
      SP_TRY(value, binder_.call("if", {matched, value, other}, expr.span));
    }
    if (unrolled != array_columns_.end())
      unrolled->value = value;  // what the name means from here on
    merged.push_back({name, std::move(value)});
    SP_TRY_VOID(hide(binder_, left, name, type, expr.span));
    SP_TRY_VOID(hide(binder_, right, name, type, expr.span));
  }
  if (node.strictness == sql::JoinStrictness::kAsof) {
    if (node.left_keys.size() < 2) {
      return fail(ErrorCode::kInvalidJoinOnExpression,
                  "ASOF JOIN USING needs a key and an ordered column", table.span);
    }
    node.asof_op = plan::ScanBound::Op::kGreaterOrEquals;
  }
  return {};
}

}  // namespace sp::binding
