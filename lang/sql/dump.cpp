// Trees as indented text, one node a line, for explain=ast and tests. Entry: dump().

#include <string_view>

#include "lang/sql/print.h"
#include "lang/sql/print_parts.h"

namespace sp::sql {

namespace {

// Writes lines; `indent` follows the tree.
class Dumper {
 public:
  std::string text() && { return std::move(out_); }
  void query(const Query& query);

 private:
  void line(const std::string& text) { out_ += std::string(indent_, ' ') + text + "\n"; }
  template <typename Body>
  void nested(const std::string& title, Body body) {
    line(title);
    indent_ += 2;
    body();
    indent_ -= 2;
  }
  void clause(std::string_view title, const ExprPtr& value) {
    if (value) nested(std::string(title), [&] { expr(*value); });
  }
  void clause(std::string_view title, const std::vector<ExprPtr>& values) {
    if (!values.empty()) nested(std::string(title), [&] { exprs(values); });
  }
  void exprs(const std::vector<ExprPtr>& values) {
    for (const ExprPtr& value : values) expr(*value);
  }
  void expr(const Expr& expr);
  void select(const Select& select);
  void with(const Select& select);
  void group_by(const GroupBy& group);
  void tail(const Select& select);
  void table(const TableExpr& table);

  std::string out_;
  size_t indent_ = 0;
};

std::string_view kind_name(ExprKind kind) {
  static constexpr std::string_view kNames[] = {"Literal", "Identifier", "Parameter", "Function",
                                                "Cast",    "Interval",   "Lambda",    "Subquery",
                                                "Star",    "Columns"};
  return kNames[static_cast<size_t>(kind)];
}

std::string detail_of(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kLiteral: return " " + literal_sql(expr.literal);
    case ExprKind::kIdentifier: return " " + print_name(expr.parts, expr.name_parameters);
    case ExprKind::kParameter: return " " + expr.name + ":" + expr.type_text;
    case ExprKind::kFunction: return " " + expr.name + (expr.distinct ? " DISTINCT" : "");
    case ExprKind::kCast: return " " + expr.type_text;
    case ExprKind::kInterval: return " " + expr.name;
    case ExprKind::kLambda: {
      std::string out;
      for (const std::string& parameter : expr.lambda_params) out += " " + parameter;
      return out;
    }
    case ExprKind::kStar:
    case ExprKind::kColumns: return " " + print(expr);
    case ExprKind::kSubquery: break;
  }
  return {};
}

void Dumper::expr(const Expr& expr) {
  nested(std::string(kind_name(expr.kind)) + detail_of(expr) +
             (expr.alias.empty() ? "" : " AS " + quote_identifier(expr.alias)),
         [&] {
           clause("parameters", expr.parameters);
           if (expr.kind != ExprKind::kColumns) exprs(expr.args);
           clause("filter", expr.filter);
           if (expr.null_treatment == Expr::NullTreatment::kIgnoreNulls) line("ignore nulls");
           if (expr.null_treatment == Expr::NullTreatment::kRespectNulls) line("respect nulls");
           if (expr.over) line("over " + print_over(*expr.over));
           if (expr.subquery) query(*expr.subquery);
         });
}

void Dumper::table(const TableExpr& table) {
  static constexpr std::string_view kKinds[] = {"Inner", "Left",  "Right", "Full",
                                                "Cross", "Comma", "Paste"};
  static constexpr std::string_view kStrictness[] = {"", " any", " all", " asof", " semi", " anti"};
  const std::string alias = (table.alias.empty() ? "" : " AS " + quote_identifier(table.alias)) +
                            (table.final ? " FINAL" : "");
  switch (table.kind) {
    case TableExpr::Kind::kTable:
      line("Table " + print_name(table.parts, table.name_parameters) + alias);
      break;
    case TableExpr::Kind::kFunction:
      nested("TableFunction" + alias, [&] { expr(*table.function); });
      break;
    case TableExpr::Kind::kSubquery:
      nested("TableSubquery" + alias, [&] { query(*table.subquery); });
      break;
    case TableExpr::Kind::kJoin:
      nested("Join " + std::string(kKinds[static_cast<size_t>(table.join)]) +
                 std::string(kStrictness[static_cast<size_t>(table.strictness)]) +
                 (table.global ? " global" : "") + (table.natural ? " natural" : ""),
             [&] {
               this->table(*table.left);
               this->table(*table.right);
               clause("on", table.on);
               clause("using", table.using_columns);
             });
      break;
    case TableExpr::Kind::kArrayJoin:
      nested(table.array_join.left ? "Left array join" : "Array join", [&] {
        this->table(*table.left);
        exprs(table.array_join.exprs);
      });
      break;
  }
  clause("sample", table.sample);
  clause("sample offset", table.sample_offset);
}

void Dumper::with(const Select& select) {
  if (select.with.empty()) return;
  nested(select.with_recursive ? "with recursive" : "with", [&] {
    for (const WithItem& item : select.with) {
      if (item.expr) {
        expr(*item.expr);
      } else {
        nested(quote_identifier(item.name), [&] { query(*item.query); });
      }
    }
  });
}

void Dumper::group_by(const GroupBy& group) {
  static constexpr std::string_view kTitles[] = {
      "", "group by", "group by all", "group by rollup", "group by cube", "group by sets"};
  const std::string title(kTitles[static_cast<size_t>(group.kind)]);
  if (group.kind == GroupBy::Kind::kGroupingSets) {
    nested(title, [&] {
      for (const std::vector<ExprPtr>& set : group.sets) nested("set", [&] { exprs(set); });
    });
  } else if (group.kind != GroupBy::Kind::kNone) {
    nested(title, [&] { exprs(group.keys); });
  }
  if (group.with_totals) line("with totals");
}

void Dumper::tail(const Select& select) {
  if (!select.order_by.empty()) line("order by " + print_sort_list(select.order_by));
  for (const InterpolateItem& item : select.interpolate)
    line("interpolate " + quote_identifier(item.column) +
         (item.expr ? " AS " + print(*item.expr) : ""));
  if (select.limit_by) {
    nested("limit by", [&] {
      clause("limit", select.limit_by->limit);
      clause("offset", select.limit_by->offset);
      exprs(select.limit_by->keys);
      if (select.limit_by->all) line("all");
    });
  }
  clause("limit", select.limit);
  clause("offset", select.offset);
  if (select.limit_with_ties) line("with ties");
  for (const Setting& setting : select.settings)
    line("setting " + setting.name + " = " + literal_sql(setting.value));
}

void Dumper::select(const Select& select) {
  nested("Select", [&] {
    with(select);
    if (select.distinct) line("distinct");
    clause("distinct on", select.distinct_on);
    clause("columns", select.columns);
    if (select.from) nested("from", [&] { table(*select.from); });
    for (const ArrayJoin& join : select.array_joins)
      clause(join.left ? "left array join" : "array join", join.exprs);
    clause("prewhere", select.prewhere);
    clause("where", select.where);
    group_by(select.group_by);
    clause("having", select.having);
    for (const auto& [name, window] : select.windows)
      line("window " + quote_identifier(name) + " " + print_over(*window));
    clause("qualify", select.qualify);
    tail(select);
  });
}

void Dumper::query(const Query& query) {
  static constexpr std::string_view kKinds[] = {
      "",       "UnionAll",      "UnionDistinct", "Intersect", "IntersectDistinct",
      "Except", "ExceptDistinct"};
  if (query.kind == Query::Kind::kSelect) {
    select(*query.select);
    return;
  }
  nested(std::string(kKinds[static_cast<size_t>(query.kind)]), [&] {
    this->query(*query.left);
    this->query(*query.right);
  });
}

}  // namespace

std::string dump(const Query& query) {
  Dumper dumper;
  dumper.query(query);
  return std::move(dumper).text();
}

}  // namespace sp::sql
