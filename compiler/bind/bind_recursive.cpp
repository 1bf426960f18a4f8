// WITH RECURSIVE: a query of itself. The first SELECT of its UNION ALL starts; the others are bound
// with its name meaning the rows of the round before. Column types grow until a round leaves them
// as they are.

#include <functional>

#include "compiler/bind/select_binder.h"

namespace sp::binding {

namespace {

// Calls `visit` for the name of every table that the query reads, subqueries included.
class TableNames {
 public:
  explicit TableNames(std::function<void(const std::string&)> visit) : visit_(std::move(visit)) {}

  void query(const sql::Query& query) {
    if (query.select) select(*query.select);
    if (query.left) this->query(*query.left);
    if (query.right) this->query(*query.right);
  }

 private:
  void select(const sql::Select& select) {
    for (const sql::WithItem& item : select.with) {
      if (item.query) query(*item.query);
      if (item.expr) expression(*item.expr);
    }
    if (select.from) table(*select.from);
    for (const sql::ExprPtr& expr : select.columns) expression(*expr);
    for (const sql::ExprPtr* clause :
         {&select.prewhere, &select.where, &select.having, &select.qualify}) {
      if (*clause) expression(**clause);
    }
  }
  void table(const sql::TableExpr& table) {
    if (table.kind == sql::TableExpr::Kind::kTable && table.parts.size() == 1)
      visit_(table.parts[0]);
    if (table.subquery) query(*table.subquery);
    if (table.function) expression(*table.function);
    if (table.left) this->table(*table.left);
    if (table.right) this->table(*table.right);
  }
  void expression(const sql::Expr& expr) {
    // `x IN name` reads a table too.
    if (expr.kind == sql::ExprKind::kIdentifier && expr.parts.size() == 1) visit_(expr.parts[0]);
    if (expr.subquery) query(*expr.subquery);
    for (const sql::ExprPtr& arg : expr.args) expression(*arg);
  }

  std::function<void(const std::string&)> visit_;
};

void flatten(const sql::Query& query, std::vector<const sql::Query*>& parts) {
  if (query.kind != sql::Query::Kind::kUnionAll) return parts.push_back(&query);
  flatten(*query.left, parts);
  flatten(*query.right, parts);
}

}  // namespace

bool is_recursive(const sql::WithItem& item, const CteFrame& frame) {
  if (frame.owner == nullptr || !frame.owner->select_.with_recursive) return false;
  bool reads_itself = false;
  TableNames([&](const std::string& name) {
    reads_itself = reads_itself || name == item.name;
  }).query(*item.query);
  return reads_itself;
}

std::optional<NodePtr> SelectBinder::working_table(const std::string& name, Span span) {
  for (auto recursion = binder_.recursions.rbegin(); recursion != binder_.recursions.rend();
       ++recursion) {
    if (recursion->item->name != name) continue;
    NodePtr node = make_node(Node::Kind::kWorkingTable, nullptr, span);
    node->recursion = recursion->number;
    node->table_name = name;
    for (const plan::OutputColumn& column : recursion->columns) {
      node->output.push_back({binder_.new_column(), column.name, column.type});
    }
    return node;
  }
  return std::nullopt;
}

Result<NodePtr> SelectBinder::recursive_query(const sql::WithItem& item, const CteFrame* frame) {
  constexpr int kMostWidenings = 8;
  const Span span = item.query->span;
  std::vector<const sql::Query*> parts;
  flatten(*item.query, parts);
  if (parts.size() < 2) {
    return fail(ErrorCode::kUnsupportedMethod, "A recursive query needs UNION ALL: " + item.name,
                span,
                "write WITH RECURSIVE " + item.name +
                    " AS (first SELECT UNION ALL SELECT ... FROM " + item.name + ")");
  }
  const Environment environment{frame, frame->owner};
  SP_TRY(NodePtr first, binder_.bind_query(*parts[0], environment));
  Binder::Recursion recursion{&item, binder_.next_recursion++, first->output};
  for (size_t i = 0; i < recursion.columns.size() && i < item.column_names.size(); ++i) {
    recursion.columns[i].name = item.column_names[i];
  }
  std::vector<NodePtr> rounds;
  for (int widening = 0;; ++widening) {
    rounds.clear();
    bool settled = true;
    for (size_t p = 1; p < parts.size(); ++p) {
      binder_.recursions.push_back(recursion);
      Result<NodePtr> round = binder_.bind_query(*parts[p], environment);
      binder_.recursions.pop_back();
      if (!round) return std::move(round).error();
      if ((*round)->output.size() != first->output.size()) {
        return fail(ErrorCode::kUnionAllResultStructuresMismatch,
                    "Different number of columns in UNION ALL elements: " +
                        std::to_string(first->output.size()) + " and " +
                        std::to_string((*round)->output.size()),
                    parts[p]->span);
      }
      rounds.push_back(std::move(*round));
    }
    for (size_t i = 0; i < recursion.columns.size(); ++i) {
      std::vector<Type> types = {recursion.columns[i].type};
      for (const NodePtr& round : rounds) {
        if (round->output[i].type != types[0]) types.push_back(round->output[i].type);
      }
      if (types.size() == 1) continue;
      auto common = least_supertype(types);
      if (!common) return at(std::move(common).error(), span);
      settled = settled && *common == recursion.columns[i].type;
      recursion.columns[i].type = *common;
    }
    if (settled || widening == kMostWidenings) break;
  }
  NodePtr node = make_node(Node::Kind::kRecursive, nullptr, span);
  node->recursion = recursion.number;
  node->most_rounds = binder_.settings.max_recursive_depth;
  node->table_name = item.name;
  std::vector<Type> types;
  for (const plan::OutputColumn& column : recursion.columns) {
    types.push_back(column.type);
    node->output.push_back({binder_.new_column(), column.name, column.type});
  }
  NodePtr round = std::move(rounds[0]);
  SP_TRY(round, binder_.cast_outputs(std::move(round), types, span));
  if (rounds.size() > 1) {
    NodePtr all = make_node(Node::Kind::kUnion, nullptr, span);
    for (const plan::OutputColumn& column : recursion.columns)
      all->output.push_back({binder_.new_column(), column.name, column.type});
    all->inputs.push_back(std::move(round));
    for (size_t i = 1; i < rounds.size(); ++i) {
      SP_TRY(NodePtr other, binder_.cast_outputs(std::move(rounds[i]), types, span));
      all->inputs.push_back(std::move(other));
    }
    round = std::move(all);
  }
  SP_TRY(first, binder_.cast_outputs(std::move(first), types, span));
  node->inputs.push_back(std::move(first));
  node->inputs.push_back(std::move(round));
  return node;
}

}  // namespace sp::binding
