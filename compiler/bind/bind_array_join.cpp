// The ARRAY JOIN clause: arrays named after FROM unrolled side by side, one row for each element.
// Without an alias the element takes the array's name; with one, both can be named. A Nested column
// `n` stands for its arrays `n.a`, `n.b`, ...

#include "compiler/bind/select_binder.h"
#include "lang/sql/print.h"

namespace sp::binding {

Result<NodePtr> SelectBinder::bind_array_joins(NodePtr node) {
  for (const sql::ArrayJoin& clause : select_.array_joins) {
    SP_TRY(node, bind_array_join(clause, std::move(node)));
  }
  return node;
}

// The arrays n.a, n.b, ... of a name n that is no column itself.
std::vector<SelectBinder::NestedColumn> SelectBinder::nested_columns(
    const std::vector<std::string>& parts) const {
  std::vector<NestedColumn> found;
  for (const ScopeRelation& relation : relations_) {
    for (const size_t qualifier : {size_t{0}, size_t{1}, size_t{2}}) {
      if (!found.empty() || parts.size() <= qualifier) continue;
      if (qualifier == 1 && parts[0] != relation.label && parts[0] != relation.table) continue;
      if (qualifier == 2 && (parts[0] != relation.database || parts[1] != relation.table)) continue;
      std::string prefix;
      for (size_t i = qualifier; i < parts.size(); ++i) prefix += parts[i] + ".";
      for (const ScopeColumn& column : relation.columns) {
        const bool named = column.name.starts_with(prefix) &&
                           column.name.find('.', prefix.size()) == std::string::npos;
        if (named && column.value->type.base().is(TypeKind::kArray))
          found.push_back({column.name.substr(prefix.size()), column.value});
      }
    }
  }
  return found;
}

// A tuple with named elements of values, or an array of such tuples of arrays.
Result<ExpressionPtr> SelectBinder::nested_value(const std::vector<NestedColumn>& columns,
                                                 bool arrays, Span span) {
  std::vector<ExpressionPtr> values;
  std::vector<Type> types;
  std::vector<std::string> names;
  for (const NestedColumn& column : columns) {
    values.push_back(column.value);
    types.push_back(arrays ? column.value->type.base().element() : column.value->type);
    names.push_back(column.name);
  }
  const Type tuple = Type::tuple(std::move(types), std::move(names));
  SP_TRY(const ExpressionPtr value,
         binder_.call(arrays ? "arrayZip" : "tuple", std::move(values), span));
  return binder_.cast(value, arrays ? Type::array(tuple) : tuple, span);
}

// Each of the arrays is unrolled on its own; the tuple of their elements is made only where it is
// named.
Result<bool> SelectBinder::array_join_nested(const sql::Expr& expr, Node& join,
                                             std::vector<ScopeColumn>& columns,
                                             std::vector<bool>& shadows) {
  if (expr.kind != sql::ExprKind::kIdentifier || aliases_.contains(expr.parts[0])) return false;
  SP_TRY(const std::optional<Found> column, find_column(expr.parts, expr.span));
  if (column) return false;
  std::vector<NestedColumn> nested = nested_columns(expr.parts);
  const std::string& name = expr.alias.empty() ? expr.parts.back() : expr.alias;
  for (NestedColumn& one : nested) {
    const plan::OutputColumn output{binder_.new_column(), name + "." + one.name,
                                    one.value->type.base().element()};
    join.expressions.push_back(std::move(one.value));
    join.array_outputs.push_back(output);
    one.value = make_column(output.id, output.name, output.type);
    columns.push_back({output.name, one.value});
    shadows.push_back(expr.alias.empty());
  }
  if (nested.empty()) return false;
  SP_TRY(ExpressionPtr whole, nested_value(nested, false, expr.span));
  columns.push_back({name, std::move(whole)});
  shadows.push_back(false);
  return true;
}

Result<NodePtr> SelectBinder::bind_array_join(const sql::ArrayJoin& clause, NodePtr node) {
  NodePtr join = make_node(Node::Kind::kArrayJoin, std::move(node), clause.span);
  join->left_array_join = clause.left;
  std::vector<ScopeColumn> columns;
  std::vector<bool> shadows;
  for (const sql::ExprPtr& expr : clause.exprs) {
    SP_TRY(const bool nested, array_join_nested(*expr, *join, columns, shadows));
    if (nested) continue;
    SP_TRY(ExpressionPtr array, unaliased(*expr));
    SP_TRY_VOID(check_no_aggregates(*array, "ARRAY JOIN"));
    SP_TRY_VOID(check_no_rowwise_calls(*array, "ARRAY JOIN"));
    const Type base = array->type.base();
    if (!base.is(TypeKind::kArray) && !base.is(TypeKind::kMap)) {
      return fail(ErrorCode::kTypeMismatch,
                  "ARRAY JOIN needs an array or a map, not " + array->type.name(), expr->span);
    }
    const Type element = base.is(TypeKind::kArray)
                             ? base.element()
                             : Type::tuple({base.inner()[0], base.inner()[1]}, {"keys", "values"});
    const bool plain = expr->alias.empty() && expr->kind == sql::ExprKind::kIdentifier;
    const bool column =
        plain && array->kind == Expression::Kind::kColumn;  // its own name may have dots
    const std::string name = !expr->alias.empty() ? expr->alias
                             : column             ? array->name
                             : plain              ? expr->parts.back()
                                                  : sql::column_name(*expr);
    const plan::OutputColumn output{binder_.new_column(), name, element};
    columns.push_back({name, make_column(output.id, name, element)});
    shadows.push_back(plain);
    join->expressions.push_back(std::move(array));
    join->array_outputs.push_back(output);
  }
  join->output.insert(join->output.end(), join->array_outputs.begin(), join->array_outputs.end());
  array_columns_.insert(array_columns_.begin(), columns.begin(), columns.end());
  array_column_shadows_.insert(array_column_shadows_.begin(), shadows.begin(), shadows.end());
  return join;
}

}  // namespace sp::binding
