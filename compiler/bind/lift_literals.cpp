// lift_literals(): finds the literals that may become parameters and writes the key that stands for
// all texts that differ in them alone. The binder numbers literals by the same walk
// (number_literals), so both agree by construction.
//
// Not lifted: literals whose text or value decides the plan: inside unaliased SELECT columns (they
// show in names), GROUP BY / ORDER BY / LIMIT BY positions, aggregate parameters, intervals, table
// functions other than numbers(), 0, 1, NULL, true and false; and any literal equal to one of those
// elsewhere, so that equal expressions stay equal.

#include <set>

#include "compiler/bind/bind.h"
#include "compiler/bind/literal.h"
#include "lang/sql/print.h"

namespace sp::binding {

namespace {

// Walks a query in a fixed order; works on const trees and on clones alike.
template <class ExprT, class Visit>
class LiteralWalk {
 public:
  explicit LiteralWalk(Visit visit) : visit_(std::move(visit)) {}

  template <class QueryT>
  void query(QueryT& query) {
    if (query.select) select(*query.select);
    if (query.left) this->query(*query.left);
    if (query.right) this->query(*query.right);
  }

 private:
  template <class SelectT>
  void select(SelectT& select) {
    for (auto& item : select.with) {
      if (item.query) query(*item.query);
      if (item.expr) expression(*item.expr, true);
    }
    list(select.distinct_on, false);
    for (auto& column : select.columns) expression(*column, !column->alias.empty());
    if (select.from) table(*select.from);
    for (auto& join : select.array_joins) {
      for (auto& expr : join.exprs) expression(*expr, !expr->alias.empty());
    }
    optional(select.prewhere, true);
    optional(select.where, true);
    positions(select.group_by.keys);
    for (auto& set : select.group_by.sets) positions(set);
    optional(select.having, true);
    for (auto& window : select.windows) this->window(*window.second);
    optional(select.qualify, true);
    for (auto& item : select.order_by) sort_item(item);
    for (auto& item : select.interpolate) optional(item.expr, true);
    if (select.limit_by) {
      optional(select.limit_by->limit, true);
      optional(select.limit_by->offset, true);
      positions(select.limit_by->keys);
    }
    optional(select.limit, true);
    optional(select.offset, true);
  }

  template <class TableT>
  void table(TableT& table) {
    if (table.function) {
      const bool lift = table.function->name.starts_with("numbers");
      list(table.function->args, lift);
    }
    if (table.subquery) query(*table.subquery);
    if (table.left) this->table(*table.left);
    if (table.right) this->table(*table.right);
    for (auto& expr : table.array_join.exprs) expression(*expr, !expr->alias.empty());
    optional(table.on, true);
  }

  template <class SortT>
  void sort_item(SortT& item) {
    expression(*item.expr, item.expr->kind != sql::ExprKind::kLiteral);
    if (!item.fill) return;
    optional(item.fill->from, true);
    optional(item.fill->to, true);
    optional(item.fill->step, true);
    optional(item.fill->staleness, true);
  }

  template <class WindowT>
  void window(WindowT& window) {
    list(window.partition_by, false);
    for (auto& item : window.order_by) expression(*item.expr, false);
    if (!window.frame) return;
    optional(window.frame->begin.offset, false);
    optional(window.frame->end.offset, false);
  }

  template <class Exprs>
  void positions(Exprs& exprs) {
    for (auto& expr : exprs) expression(*expr, expr->kind != sql::ExprKind::kLiteral);
  }
  template <class Exprs>
  void list(Exprs& exprs, bool lift) {
    for (auto& expr : exprs) expression(*expr, lift);
  }
  template <class Pointer>
  void optional(Pointer& expr, bool lift) {
    if (expr) expression(*expr, lift);
  }

  void expression(ExprT& expr, bool lift) {
    switch (expr.kind) {
      case sql::ExprKind::kLiteral: visit_(expr, lift); return;
      case sql::ExprKind::kSubquery:
        if (expr.subquery) query(*expr.subquery);
        return;
      case sql::ExprKind::kColumns: return;
      case sql::ExprKind::kStar: return;
      case sql::ExprKind::kInterval: list(expr.args, false); return;
      default: break;
    }
    list(expr.parameters, false);
    const bool element = expr.kind == sql::ExprKind::kFunction &&
                         expr.name == "tupleElement";  // t.2: decides the type
    const bool named = names_its_arguments(expr);
    for (size_t i = 0; i < expr.args.size(); ++i)
      expression(*expr.args[i], lift && !named && !(element && i > 0));
    optional(expr.filter, lift);
    if (expr.over) window(*expr.over);
    if (expr.subquery) query(*expr.subquery);
  }

  Visit visit_;
};

template <class ExprT, class QueryT, class Visit>
void walk(QueryT& query, Visit visit) {
  LiteralWalk<ExprT, Visit>(std::move(visit)).query(query);
}

bool keeps_its_value(const sql::LiteralValue& value) {
  if (const uint64_t* number = std::get_if<uint64_t>(&value)) return *number <= 1;
  return std::holds_alternative<bool>(value) || std::holds_alternative<sql::NullLiteral>(value) ||
         std::holds_alternative<sql::BigInteger>(value);
}

}  // namespace

bool names_its_arguments(const sql::Expr& function) {
  return function.kind == sql::ExprKind::kFunction &&
         (function.name == "formatRow" || function.name == "formatRowNoNewline");
}

LiteralNumbers number_literals(const sql::Query& query) {
  std::set<std::string> fixed;
  walk<const sql::Expr>(query, [&](const sql::Expr& expr, bool lift) {
    if (!lift || keeps_its_value(expr.literal)) fixed.insert(literal_text(expr.literal));
  });
  LiteralNumbers numbers;
  std::unordered_map<std::string, uint32_t> by_text;
  walk<const sql::Expr>(query, [&](const sql::Expr& expr, bool) {
    const std::string text = literal_text(expr.literal);
    if (fixed.contains(text)) return;
    const auto [entry, added] = by_text.emplace(text, static_cast<uint32_t>(numbers.first.size()));
    if (added) numbers.first.push_back(&expr);
    numbers.number.emplace(&expr, entry->second);
  });
  return numbers;
}

}  // namespace sp::binding

namespace sp {

LiftedLiterals lift_literals(const sql::Query& query) {
  const binding::LiteralNumbers numbers = binding::number_literals(query);
  std::vector<const sql::Expr*> originals;
  binding::walk<const sql::Expr>(query,
                                 [&](const sql::Expr& expr, bool) { originals.push_back(&expr); });
  const sql::QueryPtr shape = sql::clone(query);
  size_t index = 0;
  binding::walk<sql::Expr>(*shape, [&](sql::Expr& expr, bool) {
    const auto found = numbers.number.find(originals[index++]);
    if (found == numbers.number.end()) return;
    expr.kind = sql::ExprKind::kParameter;
    expr.name = "literal" + std::to_string(found->second);
    expr.type_text = binding::literal_image(expr.literal).type.name();
  });
  return {sql::print(*shape), numbers.first};
}

}  // namespace sp
