// Queries and statements back to one line of SQL that parses to an equal tree. Entries: print(const
// Query&), print(const Statement&). Expressions are in print_expression.cpp.

#include "lang/sql/print.h"
#include "lang/sql/print_parts.h"

namespace sp::sql {

namespace {

std::string bound_text(const FrameBound& bound) {
  switch (bound.kind) {
    case FrameBound::Kind::kUnboundedPreceding: return "UNBOUNDED PRECEDING";
    case FrameBound::Kind::kPreceding: return print_unaliased(*bound.offset) + " PRECEDING";
    case FrameBound::Kind::kCurrentRow: return "CURRENT ROW";
    case FrameBound::Kind::kFollowing: return print_unaliased(*bound.offset) + " FOLLOWING";
    case FrameBound::Kind::kUnboundedFollowing: return "UNBOUNDED FOLLOWING";
  }
  return {};
}

std::string window_body(const WindowSpec& window) {
  std::string out = window.base_name.empty() ? "" : quote_identifier(window.base_name);
  const auto add = [&out](const std::string& part) { out += (out.empty() ? "" : " ") + part; };
  if (!window.partition_by.empty()) add("PARTITION BY " + print_list(window.partition_by));
  if (!window.order_by.empty()) add("ORDER BY " + print_sort_list(window.order_by));
  if (window.frame) add(print_frame(*window.frame));
  return out;
}

std::string fill_text(const FillSpec& fill) {
  std::string out = " WITH FILL";
  if (fill.from) out += " FROM " + print_unaliased(*fill.from);
  if (fill.to) out += " TO " + print_unaliased(*fill.to);
  if (fill.step) out += " STEP " + print_unaliased(*fill.step);
  if (fill.staleness) out += " STALENESS " + print_unaliased(*fill.staleness);
  return out;
}

std::string nulls_text(SortItem::Nulls nulls) {
  if (nulls == SortItem::Nulls::kDefault) return {};
  return nulls == SortItem::Nulls::kFirst ? " NULLS FIRST" : " NULLS LAST";
}

std::string settings_text(const std::vector<Setting>& settings) {
  std::string out;
  for (const Setting& setting : settings)
    out += (out.empty() ? "" : ", ") + setting.name + " = " + literal_sql(setting.value);
  return out;
}

std::string with_text(const Select& select) {
  if (select.with.empty()) return {};
  std::string out = select.with_recursive ? "WITH RECURSIVE " : "WITH ";
  for (size_t i = 0; i < select.with.size(); ++i) {
    const WithItem& item = select.with[i];
    if (i > 0) out += ", ";
    if (item.expr) {
      out += print(*item.expr);
      continue;
    }
    out += quote_identifier(item.name);
    for (size_t k = 0; k < item.column_names.size(); ++k)
      out += (k == 0 ? " (" : ", ") + quote_identifier(item.column_names[k]);
    out += (item.column_names.empty() ? " AS (" : ") AS (") + print(*item.query) + ")";
  }
  return out + " ";
}

std::string_view strictness_text(JoinStrictness strictness) {
  switch (strictness) {
    case JoinStrictness::kDefault: return "";
    case JoinStrictness::kAny: return "ANY ";
    case JoinStrictness::kAll: return "ALL ";
    case JoinStrictness::kAsof: return "ASOF ";
    case JoinStrictness::kSemi: return "SEMI ";
    case JoinStrictness::kAnti: return "ANTI ";
  }
  return "";
}

std::string_view kind_text(JoinKind kind) {
  switch (kind) {
    case JoinKind::kInner: return "INNER JOIN ";
    case JoinKind::kLeft: return "LEFT JOIN ";
    case JoinKind::kRight: return "RIGHT JOIN ";
    case JoinKind::kFull: return "FULL JOIN ";
    case JoinKind::kCross: return "CROSS JOIN ";
    case JoinKind::kComma: return "";
    case JoinKind::kPaste: return "PASTE JOIN ";
  }
  return "";
}

std::string table_text(const TableExpr& table);

std::string join_text(const TableExpr& join) {
  std::string out = table_text(*join.left);
  if (join.join == JoinKind::kComma) {
    out += ", ";
  } else {
    out += join.global ? " GLOBAL " : " ";
    if (join.natural) out += "NATURAL ";
    out += std::string(strictness_text(join.strictness)) + std::string(kind_text(join.join));
  }
  const bool brackets =
      join.right->kind == TableExpr::Kind::kJoin || join.right->kind == TableExpr::Kind::kArrayJoin;
  out += brackets ? "(" + table_text(*join.right) + ")" : table_text(*join.right);
  if (join.on) out += " ON " + print_unaliased(*join.on);
  if (!join.using_columns.empty()) out += " USING (" + print_list(join.using_columns) + ")";
  return out;
}

std::string table_text(const TableExpr& table) {
  if (table.kind == TableExpr::Kind::kJoin) return join_text(table);
  if (table.kind == TableExpr::Kind::kArrayJoin) {
    return table_text(*table.left) +
           (table.array_join.left ? " LEFT ARRAY JOIN " : " ARRAY JOIN ") +
           print_list(table.array_join.exprs);
  }
  std::string out;
  if (table.kind == TableExpr::Kind::kSubquery) {
    out = "(" + print(*table.subquery) + ")";
  } else if (table.kind == TableExpr::Kind::kFunction) {
    out = print(*table.function);
  } else {
    out = print_name(table.parts, table.name_parameters);
  }
  if (!table.alias.empty()) out += " AS " + quote_identifier(table.alias);
  for (size_t i = 0; i < table.column_aliases.size(); ++i) {
    out += (i == 0 ? " (" : ", ") + quote_identifier(table.column_aliases[i]);
  }
  if (!table.column_aliases.empty()) out += ")";
  if (table.final) out += " FINAL";
  if (table.sample) out += " SAMPLE " + print_unaliased(*table.sample);
  if (table.sample_offset) out += " OFFSET " + print_unaliased(*table.sample_offset);
  return out;
}

// As first key, a call of a function named so would read as GROUP BY CUBE (...); brackets keep it a
// call.
std::string group_keys_text(const std::vector<ExprPtr>& keys) {
  const TokenCode word =
      keys[0]->kind == ExprKind::kFunction ? keyword_of(keys[0]->name) : TokenCode::kWord;
  if (word != TokenCode::kCube && word != TokenCode::kRollup) return print_list(keys);
  std::string out = "(" + print(*keys[0]) + ")";
  for (size_t i = 1; i < keys.size(); ++i) out += ", " + print(*keys[i]);
  return out;
}

std::string group_text(const GroupBy& group) {
  std::string out;
  switch (group.kind) {
    case GroupBy::Kind::kNone: break;
    case GroupBy::Kind::kPlain: out = " GROUP BY " + group_keys_text(group.keys); break;
    case GroupBy::Kind::kAll: out = " GROUP BY ALL"; break;
    case GroupBy::Kind::kRollup: out = " GROUP BY ROLLUP(" + print_list(group.keys) + ")"; break;
    case GroupBy::Kind::kCube: out = " GROUP BY CUBE(" + print_list(group.keys) + ")"; break;
    case GroupBy::Kind::kGroupingSets:
      for (const std::vector<ExprPtr>& set : group.sets)
        out += (out.empty() ? "(" : ", (") + print_list(set) + ")";
      out = " GROUP BY GROUPING SETS (" + out + ")";
      break;
  }
  return group.with_totals ? out + " WITH TOTALS" : out;
}

std::string windows_text(const Select& select) {
  std::string out;
  for (const auto& [name, window] : select.windows) {
    out += (out.empty() ? " WINDOW " : ", ") + quote_identifier(name) + " AS (" +
           window_body(*window) + ")";
  }
  return out;
}

std::string order_text(const Select& select) {
  if (select.order_by.empty()) return {};
  std::string out = " ORDER BY ";
  if (select.order_by_all) {
    out += std::string("ALL") + (select.order_by[0].descending ? " DESC" : "") +
           nulls_text(select.order_by[0].nulls);
  } else {
    out += print_sort_list(select.order_by);
  }
  if (!select.has_interpolate) return out;
  out += " INTERPOLATE";
  for (size_t i = 0; i < select.interpolate.size(); ++i) {
    const InterpolateItem& item = select.interpolate[i];
    out += (i == 0 ? " (" : ", ") + quote_identifier(item.column) +
           (item.expr ? " AS " + print_unaliased(*item.expr) : "");
  }
  return select.interpolate.empty() ? out : out + ")";
}

std::string limit_text(const Select& select) {
  std::string out;
  if (select.limit_by) {
    out += " LIMIT " + print_unaliased(*select.limit_by->limit);
    if (select.limit_by->offset) out += " OFFSET " + print_unaliased(*select.limit_by->offset);
    out += " BY " + (select.limit_by->all ? "ALL" : print_list(select.limit_by->keys));
  }
  if (select.limit) out += " LIMIT " + print_unaliased(*select.limit);
  if (select.offset) out += " OFFSET " + print_unaliased(*select.offset);
  if (select.limit_with_ties) out += " WITH TIES";
  return out;
}

std::string select_text(const Select& select) {
  std::string out = with_text(select) + "SELECT ";
  if (select.distinct) out += "DISTINCT ";
  if (!select.distinct_on.empty()) out += "ON (" + print_list(select.distinct_on) + ") ";
  out += print_list(select.columns);
  if (select.from) out += " FROM " + table_text(*select.from);
  for (const ArrayJoin& join : select.array_joins)
    out += (join.left ? " LEFT ARRAY JOIN " : " ARRAY JOIN ") + print_list(join.exprs);
  if (select.prewhere) out += " PREWHERE " + print(*select.prewhere);
  if (select.where) out += " WHERE " + print(*select.where);
  out += group_text(select.group_by);
  if (select.having) out += " HAVING " + print(*select.having);
  out += windows_text(select);
  if (select.qualify) out += " QUALIFY " + print(*select.qualify);
  out += order_text(select) + limit_text(select);
  if (!select.settings.empty()) out += " SETTINGS " + settings_text(select.settings);
  return out;
}

std::string_view operation_text(Query::Kind kind) {
  switch (kind) {
    case Query::Kind::kSelect: return "";
    case Query::Kind::kUnionAll: return " UNION ALL ";
    case Query::Kind::kUnionDistinct: return " UNION DISTINCT ";
    case Query::Kind::kIntersect: return " INTERSECT ";
    case Query::Kind::kIntersectDistinct: return " INTERSECT DISTINCT ";
    case Query::Kind::kExcept: return " EXCEPT ";
    case Query::Kind::kExceptDistinct: return " EXCEPT DISTINCT ";
  }
  return "";
}

// `SELECT * EXCEPT ...` would read as a column list: brackets keep the star apart.
bool ends_in_star(const Query& query) {
  const Query* last = &query;
  while (last->kind != Query::Kind::kSelect) last = last->right.get();
  const Select& select = *last->select;
  if (select.from || select.where || select.prewhere || select.columns.empty()) return false;
  const ExprKind kind = select.columns.back()->kind;
  return kind == ExprKind::kStar || kind == ExprKind::kColumns;
}

bool is_intersection(Query::Kind kind) {
  return kind == Query::Kind::kIntersect || kind == Query::Kind::kIntersectDistinct;
}

}  // namespace

std::string print_frame(const WindowFrame& frame) {
  const char* unit = frame.unit == WindowFrame::Unit::kRows    ? "ROWS"
                     : frame.unit == WindowFrame::Unit::kRange ? "RANGE"
                                                               : "GROUPS";
  return std::string(unit) + " BETWEEN " + bound_text(frame.begin) + " AND " +
         bound_text(frame.end);
}

std::string print_over(const WindowSpec& window) {
  const bool named = !window.base_name.empty() && window.partition_by.empty() &&
                     window.order_by.empty() && !window.frame;
  return named ? quote_identifier(window.base_name) : "(" + window_body(window) + ")";
}

std::string print_sort_list(const std::vector<SortItem>& items) {
  std::string out;
  for (const SortItem& item : items) {
    out += (out.empty() ? "" : ", ") + print(*item.expr) + (item.descending ? " DESC" : "") +
           nulls_text(item.nulls);
    if (!item.collate.empty()) out += " COLLATE " + quote_string(item.collate);
    if (item.fill) out += fill_text(*item.fill);
  }
  return out;
}

std::string print(const Query& query) {
  if (query.kind == Query::Kind::kSelect) return select_text(*query.select);
  const bool except =
      query.kind == Query::Kind::kExcept || query.kind == Query::Kind::kExceptDistinct;
  const bool left_brackets =
      (is_intersection(query.kind) && query.left->kind != Query::Kind::kSelect &&
       !is_intersection(query.left->kind)) ||
      (except && ends_in_star(*query.left));
  const bool right_brackets = query.right->kind != Query::Kind::kSelect &&
                              (is_intersection(query.kind) || !is_intersection(query.right->kind));
  const std::string left = print(*query.left);
  const std::string right = print(*query.right);
  return (left_brackets ? "(" + left + ")" : left) + std::string(operation_text(query.kind)) +
         (right_brackets ? "(" + right + ")" : right);
}

std::string print(const Statement& statement) {
  std::string out;
  const bool explain = statement.kind == Statement::Kind::kExplain;
  if (explain) {
    out = statement.explain_form.empty() ? "EXPLAIN " : "EXPLAIN " + statement.explain_form + " ";
    if (!statement.settings.empty() && statement.format.empty())
      out += settings_text(statement.settings) + " ";
  }
  out += print(*statement.query);
  if (!statement.format.empty()) out += " FORMAT " + statement.format;
  if (!statement.settings.empty() && (!explain || !statement.format.empty()))
    out += " SETTINGS " + settings_text(statement.settings);
  return out;
}

}  // namespace sp::sql
