// IN and NOT IN: the right side becomes a set of the plan (constant rows, an array parameter, or a
// subplan), the left side its key. Left and right are cast to their common type, so that `x IN
// (300)` over UInt8 finds nothing instead of 44.

#include <algorithm>
#include <cctype>

#include "compiler/bind/select_binder.h"
#include "lang/sql/print.h"

namespace sp::binding {

namespace {

// The type in which both sides are compared: the left's own when a text is compared with something
// else (the text is read as that), the common supertype otherwise.
Result<Type> common_type(Type left, const std::vector<Type>& right, Span span) {
  std::vector<Type> types = {left.base()};
  bool nullable = false;
  for (const Type type : right) {
    nullable = nullable || type.can_be_null();
    if (type.base().is(TypeKind::kNothing)) continue;
    const bool read_as_left = type.base().is_string_like() && !left.base().is_string_like() &&
                              !left.base().is(TypeKind::kNothing);
    if (!read_as_left) types.push_back(type.base());
  }
  const bool truth = types[0].is(TypeKind::kBool);
  if (truth && types.size() > 1 && !types[1].is(TypeKind::kBool))
    std::swap(types[0], types[1]);  // true is 1, not 2
  auto common = least_supertype(types);
  if (!common) {
    return fail(ErrorCode::kTypeMismatch,
                "Types of IN do not match: " + left.name() + " and " + types.back().name(), span);
  }
  return Type(*common).base();
}

bool is_null_constant(const Expression& expression) {
  return expression.type.base().is(TypeKind::kNothing);
}

bool same_rows(const std::vector<std::vector<ExpressionPtr>>& a,
               const std::vector<std::vector<ExpressionPtr>>& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    for (size_t k = 0; k < a[i].size(); ++k) {
      if (!plan::equal(*a[i][k], *b[i][k])) return false;
    }
  }
  return true;
}

}  // namespace

ExpressionPtr SelectBinder::set_expression(std::vector<ExpressionPtr> args, uint32_t set,
                                           bool negated, Span span) {
  auto expression = std::make_shared<Expression>();
  expression->kind = Expression::Kind::kInSet;
  bool nullable = false;
  for (const ExpressionPtr& arg : args) nullable = nullable || arg->type.can_be_null();
  expression->type = Type::of(TypeKind::kUInt8).with_null(nullable && args.size() == 1);
  if (args.size() == 1 && args[0]->type.is_low_cardinality())
    expression->type = Type::low_cardinality(expression->type);
  expression->args = std::move(args);
  expression->set = set;
  expression->negated = negated;
  expression->name = negated ? "notIn" : "in";
  expression->span = binder_.in_view() ? Span{} : span;
  return expression;
}

// The elements of a tuple value: its arguments if it was just built, tupleElement() of it
// otherwise.
Result<std::vector<ExpressionPtr>> SelectBinder::tuple_parts(const ExpressionPtr& value,
                                                             Span span) {
  if (value->kind == Expression::Kind::kCall && value->function.intrinsic == Intrinsic::kTuple)
    return value->args;
  std::vector<ExpressionPtr> parts;
  for (size_t i = 0; i < value->type.base().inner().size(); ++i) {
    const ExpressionPtr index = binder_.constant_u64(i + 1, Type::of(TypeKind::kUInt8));
    SP_TRY(ExpressionPtr part, binder_.call("tupleElement", {value, index}, span));
    parts.push_back(std::move(part));
  }
  return parts;
}

Result<ExpressionPtr> SelectBinder::in(const sql::Expr& expr) {
  std::string name = expr.name;
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const bool negated = name.find("not") != std::string::npos;
  if (name.find("null") != std::string::npos) return not_implemented(expr.name + "()", expr.span);
  if (expr.args.size() != 2) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch, "IN takes a left and a right side",
                expr.span);
  }
  const sql::Expr& right = *expr.args[1];
  SP_TRY(ExpressionPtr left, expression(*expr.args[0]));
  if (left->type.base().is(TypeKind::kNothing)) return left;  // NULL is neither in nor out
  std::vector<ExpressionPtr> keys = {left};
  if (left->type.base().is(TypeKind::kTuple)) { SP_TRY(keys, tuple_parts(left, expr.span)); }

  if (right.kind == sql::ExprKind::kSubquery) {
    binder_.subquery_number(right);
    const std::string key = sql::print(*right.subquery);
    Correlation correlation;
    SP_TRY(NodePtr query, binder_.bind_query(*right.subquery, {inner_.ctes, this, &correlation}));
    if (!correlation.uses.empty())
      return correlated_in(keys, std::move(query), std::move(correlation), negated, expr.span);
    return in_query(std::move(keys), std::move(query), key, negated, expr.span);
  }
  if (right.kind == sql::ExprKind::kIdentifier) {
    const bool is_alias = right.parts.size() == 1 && aliases_.contains(right.parts[0]);
    bool is_column = false;
    if (!is_alias) {
      SP_TRY(std::optional<Found> column, find_column(right.parts, right.span));
      is_column = column && (column->used_parts == right.parts.size() ||
                             column->value->type.base().is(TypeKind::kTuple));
    }
    if (!is_alias && !is_column) {
      // IN table: all its columns.
      sql::TableExpr table;
      table.parts = right.parts;
      table.span = right.span;
      auto relation = from_table(table);
      if (relation)
        return in_query(std::move(keys), std::move(relation->node), sql::print(right), negated,
                        expr.span);
      SP_TRY(std::optional<ExpressionPtr> outer, outer_name(right));
      if (!outer) return std::move(relation).error();
    }
  }
  // x IN ((1, 2), (3, 4)) and x IN (1, 2) are rows; x IN [1, 2] and x IN {p:Array(T)} are arrays.
  SP_TRY(ExpressionPtr value, expression(right));
  if (value->type.base().is(TypeKind::kArray)) {
    const bool literal =
        value->kind == Expression::Kind::kCall && value->function.intrinsic == Intrinsic::kArray;
    if (!literal) return in_array(left, value, negated, expr.span);
    std::vector<std::vector<ExpressionPtr>> rows;
    for (const ExpressionPtr& element : value->args) {
      std::vector<ExpressionPtr> row = {element};
      if (keys.size() > 1 || left->type.base().is(TypeKind::kTuple)) {
        SP_TRY(row, tuple_parts(element, expr.span));
      }
      rows.push_back(std::move(row));
    }
    return in_list(std::move(keys), std::move(rows), negated, expr.span);
  }
  std::vector<std::vector<ExpressionPtr>> rows;
  const bool left_is_tuple = left->type.base().is(TypeKind::kTuple);
  if (!value->type.base().is(TypeKind::kTuple)) {
    rows.push_back({value});
  } else if (!left_is_tuple) {
    // The tuple's own elements, before the tuple made one type of nothing: each keeps its type.
    SP_TRY(std::vector<ExpressionPtr> elements, tuple_parts(value, expr.span));
    for (ExpressionPtr& element : elements) rows.push_back({std::move(element)});
  } else {
    const bool many = !value->type.base().inner().empty() &&
                      value->type.base().inner()[0].base().is(TypeKind::kTuple);
    std::vector<ExpressionPtr> tuples = {value};
    if (many) { SP_TRY(tuples, tuple_parts(value, expr.span)); }
    for (const ExpressionPtr& tuple : tuples) {
      if (!tuple->type.base().is(TypeKind::kTuple)) {
        return fail(ErrorCode::kIncorrectData,
                    "Invalid element of a set of tuples: " + plan::print(*tuple), right.span);
      }
      SP_TRY(std::vector<ExpressionPtr> row, tuple_parts(tuple, expr.span));
      rows.push_back(std::move(row));
    }
  }
  return in_list(std::move(keys), std::move(rows), negated, expr.span);
}

Result<ExpressionPtr> SelectBinder::in_list(std::vector<ExpressionPtr> left,
                                            std::vector<std::vector<ExpressionPtr>> rows,
                                            bool negated, Span span) {
  bool constant = true;
  for (const auto& row : rows) {
    if (row.size() != left.size()) {
      return fail(ErrorCode::kNumberOfColumnsDoesntMatch,
                  "Number of columns of IN does not match: left " + std::to_string(left.size()) +
                      ", right " + std::to_string(row.size()),
                  span);
    }
    for (const ExpressionPtr& value : row) constant = constant && value->is_constant();
  }
  if (!constant) {
    // Elements of the row itself: x = a OR x = b.
    std::vector<ExpressionPtr> alternatives;
    for (const auto& row : rows) {
      std::vector<ExpressionPtr> equal;
      for (size_t i = 0; i < row.size(); ++i) {
        SP_TRY(ExpressionPtr one, binder_.call("equals", {left[i], row[i]}, span));
        equal.push_back(std::move(one));
      }
      ExpressionPtr whole = equal[0];
      if (equal.size() > 1) { SP_TRY(whole, binder_.call("and", std::move(equal), span)); }
      alternatives.push_back(std::move(whole));
    }
    ExpressionPtr any = alternatives[0];
    if (alternatives.size() > 1) { SP_TRY(any, binder_.call("or", std::move(alternatives), span)); }
    return negated ? binder_.call("not", {any}, span) : Result<ExpressionPtr>(any);
  }
  plan::SetDefinition set;
  for (size_t i = 0; i < left.size(); ++i) {
    std::vector<Type> types;
    for (const auto& row : rows) types.push_back(row[i]->type);
    SP_TRY(const Type common, common_type(left[i]->type, types, span));
    set.types.push_back(common);
    SP_TRY(left[i], binder_.cast(left[i], common.with_null(left[i]->type.can_be_null()), span));
  }
  for (auto& row : rows) {
    // A NULL element never matches.
    if (std::any_of(row.begin(), row.end(),
                    [](const ExpressionPtr& value) { return is_null_constant(*value); }))
      continue;
    for (size_t i = 0; i < row.size(); ++i) {
      SP_TRY(row[i],
             binder_.cast(row[i], set.types[i].with_null(row[i]->type.can_be_null()), span));
    }
    set.rows.push_back(std::move(row));
  }
  auto& sets = binder_.plan().sets;
  for (uint32_t i = 0; i < sets.size(); ++i) {
    if (!sets[i].subplan && !sets[i].array && sets[i].types == set.types &&
        same_rows(sets[i].rows, set.rows)) {
      return set_expression(std::move(left), i, negated, span);
    }
  }
  sets.push_back(std::move(set));
  return set_expression(std::move(left), static_cast<uint32_t>(sets.size() - 1), negated, span);
}

Result<ExpressionPtr> SelectBinder::in_array(const ExpressionPtr& left, const ExpressionPtr& array,
                                             bool negated, Span span) {
  const Type element = array->type.base().element();
  if (!array->is_constant()) {
    SP_TRY(ExpressionPtr found, binder_.call("has", {array, left}, span));
    return negated ? binder_.call("not", {found}, span) : Result<ExpressionPtr>(found);
  }
  SP_TRY(const Type common, common_type(left->type, {element}, span));
  plan::SetDefinition set;
  set.types = {common};
  SP_TRY(set.array,
         binder_.cast(array, Type::array(common.with_null(element.can_be_null())), span));
  SP_TRY(ExpressionPtr key, binder_.cast(left, common.with_null(left->type.can_be_null()), span));
  auto& sets = binder_.plan().sets;
  for (uint32_t i = 0; i < sets.size(); ++i) {
    if (sets[i].array && plan::equal(*sets[i].array, *set.array))
      return set_expression({key}, i, negated, span);
  }
  sets.push_back(std::move(set));
  return set_expression({key}, static_cast<uint32_t>(sets.size() - 1), negated, span);
}

Result<ExpressionPtr> SelectBinder::in_query(std::vector<ExpressionPtr> left, NodePtr query,
                                             const std::string& key, bool negated, Span span) {
  if (query->output.size() != left.size()) {
    return fail(ErrorCode::kNumberOfColumnsDoesntMatch,
                "Number of columns of IN does not match: left " + std::to_string(left.size()) +
                    ", right " + std::to_string(query->output.size()),
                span);
  }
  plan::SetDefinition set;
  std::vector<Type> column_types;
  std::string set_key = key;
  for (size_t i = 0; i < left.size(); ++i) {
    const Type column = query->output[i].type;
    SP_TRY(const Type common, common_type(left[i]->type, {column}, span));
    set.types.push_back(common);
    set_key += "|" + common.name();
    const Type wanted = common.with_null(column.can_be_null());
    column_types.push_back(wanted == column.without_low_cardinality() ? column : wanted);
    SP_TRY(left[i], binder_.cast(left[i], common.with_null(left[i]->type.can_be_null()), span));
  }
  if (const auto known = set_queries_.find(set_key); known != set_queries_.end()) {
    return set_expression(std::move(left), known->second, negated, span);
  }
  SP_TRY(set.subplan, binder_.cast_outputs(std::move(query), column_types, span));
  auto& sets = binder_.plan().sets;
  sets.push_back(std::move(set));
  set_queries_.emplace(set_key, static_cast<uint32_t>(sets.size() - 1));
  return set_expression(std::move(left), static_cast<uint32_t>(sets.size() - 1), negated, span);
}

}  // namespace sp::binding
