// The ARRAY JOIN clause: arrays named after FROM unrolled side by side, one row for each element. Without an alias the
// element takes the array's name; with one, both can be named.

#include "compiler/bind/select_binder.h"
#include "lang/sql/print.h"

namespace sp::binding {

Result<NodePtr> SelectBinder::bind_array_joins(NodePtr node) {
  for (const sql::ArrayJoin& clause : select_.array_joins) {
    SP_TRY(node, bind_array_join(clause, std::move(node)));
  }
  return node;
}

Result<NodePtr> SelectBinder::bind_array_join(const sql::ArrayJoin& clause, NodePtr node) {
  NodePtr join = make_node(Node::Kind::kArrayJoin, std::move(node), clause.span);
  join->left_array_join = clause.left;
  std::vector<ScopeColumn> columns;
  std::vector<bool> shadows;
  for (const sql::ExprPtr& expr : clause.exprs) {
    SP_TRY(ExpressionPtr array, unaliased(*expr));
    SP_TRY_VOID(check_no_aggregates(*array, "ARRAY JOIN"));
    SP_TRY_VOID(check_no_rowwise_calls(*array, "ARRAY JOIN"));
    const Type base = array->type.base();
    if (!base.is(TypeKind::kArray) && !base.is(TypeKind::kMap)) {
      return fail(ErrorCode::kTypeMismatch, "ARRAY JOIN needs an array or a map, not " + array->type.name(), expr->span);
    }
    const Type element = base.is(TypeKind::kArray) ? base.element()
                                                   : Type::tuple({base.inner()[0], base.inner()[1]}, {"keys", "values"});
    const bool plain = expr->alias.empty() && expr->kind == sql::ExprKind::kIdentifier;
    const std::string name = !expr->alias.empty() ? expr->alias : plain ? expr->parts.back() : sql::column_name(*expr);
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
