// A walk over every place of a query where a table can be named: FROM, IN, joinGet.

#include "server/workspace/qualify_tables.h"

#include <algorithm>
#include <functional>
#include <set>

#include "lang/sql/print.h"

namespace sp {
namespace {

bool is_join_get(const sql::Expr& e) {
  return e.kind == sql::ExprKind::kFunction && (e.name == "joinGet" || e.name == "joinGetOrNull") &&
         !e.args.empty();
}

bool has_join_get(const sql::Expr& e) {
  return is_join_get(e) || std::any_of(e.args.begin(), e.args.end(),
                                       [](const sql::ExprPtr& arg) { return has_join_get(*arg); });
}

// Walks a query and shows each name in table position, unless a CTE hides it; `alias`: of the
// table, null inside IN.
class TableWalk {
 public:
  // A name: its parts, those of them that parameters give, its alias (null: none possible).
  struct Name {
    std::vector<std::string>& parts;
    std::vector<sql::NameParameter>& parameters;
    std::string* alias;
    Span span;
  };
  using Visit = std::function<void(const Name&)>;
  explicit TableWalk(Visit visit) : visit_(std::move(visit)) {}

  void query(sql::Query& q) {
    if (q.left) query(*q.left);
    if (q.right) query(*q.right);
    if (q.select) select(*q.select);
  }

 private:
  void name(const Name& name) const {
    if (name.parts.size() != 1 || !hidden_.contains(name.parts[0])) visit_(name);
  }

  void select(sql::Select& s) {
    const auto outer = hidden_;
    for (sql::WithItem& item : s.with) {
      if (s.with_recursive && item.query) hidden_.insert(item.name);
      if (item.query) query(*item.query);
      if (item.expr) expr(*item.expr);
      if (item.query) hidden_.insert(item.name);
    }
    if (s.from) table(*s.from);
    exprs(s.distinct_on);
    for (sql::ExprPtr& column : s.columns) {
      if (column->alias.empty() && has_join_get(*column))
        column->alias = sql::print(*column);  // named as it is written
      expr(*column);
    }
    for (auto& join : s.array_joins) exprs(join.exprs);
    for (sql::ExprPtr* part : {&s.prewhere, &s.where, &s.having, &s.qualify, &s.limit, &s.offset}) {
      if (*part) expr(**part);
    }
    exprs(s.group_by.keys);
    for (auto& set : s.group_by.sets) exprs(set);
    for (auto& item : s.order_by) {
      if (item.expr) expr(*item.expr);
    }
    hidden_ = outer;
  }

  void table(sql::TableExpr& t) {
    if (t.kind == sql::TableExpr::Kind::kTable && !t.parts.empty())
      name({t.parts, t.name_parameters, &t.alias, t.span});
    if (t.subquery) query(*t.subquery);
    if (t.function) expr(*t.function);
    if (t.left) table(*t.left);
    if (t.right) table(*t.right);
    if (t.on) expr(*t.on);
    exprs(t.array_join.exprs);
  }

  void exprs(std::vector<sql::ExprPtr>& list) {
    for (auto& item : list) expr(*item);
  }

  void expr(sql::Expr& e) {
    const bool membership =
        e.kind == sql::ExprKind::kFunction && e.args.size() == 2 &&
        (e.name == "in" || e.name == "notIn" || e.name == "globalIn" || e.name == "globalNotIn");
    if (membership && e.args[1]->kind == sql::ExprKind::kIdentifier)
      name({e.args[1]->parts, e.args[1]->name_parameters, nullptr, e.args[1]->span});
    if (is_join_get(e)) looked_up(*e.args[0]);
    exprs(e.parameters);
    exprs(e.args);
    if (e.filter) expr(*e.filter);
    if (e.subquery) query(*e.subquery);
    for (auto& transformer : e.transformers) exprs(transformer.exprs);
    if (e.over) {
      exprs(e.over->partition_by);
      for (auto& item : e.over->order_by) expr(*item.expr);
    }
  }

  // joinGet('table', ...), or joinGet(table, ...).
  void looked_up(sql::Expr& table) {
    if (table.kind == sql::ExprKind::kIdentifier)
      return name({table.parts, table.name_parameters, nullptr, table.span});
    const auto* text =
        table.kind == sql::ExprKind::kLiteral ? std::get_if<std::string>(&table.literal) : nullptr;
    if (text == nullptr) return;
    const size_t dot = text->find('.');
    std::vector<std::string> parts = {text->substr(0, dot)};
    if (dot != std::string::npos) parts.push_back(text->substr(dot + 1));
    const size_t written = parts.size();
    std::vector<sql::NameParameter> none;
    visit_({parts, none, nullptr, table.span});
    if (parts.size() == written) return;
    table.kind = sql::ExprKind::kIdentifier;
    table.parts = std::move(parts);
  }

  const Visit visit_;
  std::set<std::string> hidden_;
};

}  // namespace

void qualify_tables(sql::Query& query, const std::string& database) {
  TableWalk([&database](const TableWalk::Name& name) {
    if (name.parts.size() != 1) return;
    // The alias keeps column references such as `node.column` working.
    if (name.alias != nullptr && name.alias->empty()) *name.alias = name.parts[0];
    name.parts.insert(name.parts.begin(), database);
    for (sql::NameParameter& parameter : name.parameters) ++parameter.part;
  }).query(query);
}

std::vector<NamedTable> named_tables(sql::Query& query) {
  std::vector<NamedTable> out;
  TableWalk([&out](const TableWalk::Name& name) {
    const auto& parts = name.parts;
    if (!parts.empty() && name.parameters.empty())
      out.push_back({parts.size() > 1 ? parts.front() : std::string(), parts.back(), name.span});
  }).query(query);
  return out;
}

}  // namespace sp
