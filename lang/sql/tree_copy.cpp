// Deep copies of trees. Entries: clone(const Expr&), clone(const Query&), declared in print.h.

#include "lang/sql/print.h"

namespace sp::sql {

namespace {

ExprPtr copy(const ExprPtr& expr) { return expr ? clone(*expr) : nullptr; }
QueryPtr copy(const QueryPtr& query) { return query ? clone(*query) : nullptr; }

std::vector<ExprPtr> copy(const std::vector<ExprPtr>& list) {
  std::vector<ExprPtr> out;
  out.reserve(list.size());
  for (const ExprPtr& expr : list) out.push_back(copy(expr));
  return out;
}

std::vector<SortItem> copy(const std::vector<SortItem>& items) {
  std::vector<SortItem> out;
  for (const SortItem& item : items) {
    SortItem& made = out.emplace_back();
    made.expr = copy(item.expr);
    made.descending = item.descending;
    made.nulls = item.nulls;
    made.collate = item.collate;
    if (!item.fill) continue;
    made.fill = std::make_unique<FillSpec>();
    made.fill->from = copy(item.fill->from);
    made.fill->to = copy(item.fill->to);
    made.fill->step = copy(item.fill->step);
    made.fill->staleness = copy(item.fill->staleness);
  }
  return out;
}

std::unique_ptr<WindowSpec> copy(const std::unique_ptr<WindowSpec>& window) {
  if (!window) return nullptr;
  auto out = std::make_unique<WindowSpec>();
  out->base_name = window->base_name;
  out->partition_by = copy(window->partition_by);
  out->order_by = copy(window->order_by);
  out->span = window->span;
  if (!window->frame) return out;
  WindowFrame& frame = out->frame.emplace();
  frame.unit = window->frame->unit;
  frame.begin = {window->frame->begin.kind, copy(window->frame->begin.offset)};
  frame.end = {window->frame->end.kind, copy(window->frame->end.offset)};
  return out;
}

TableExprPtr copy(const TableExprPtr& table) {
  if (!table) return nullptr;
  auto out = std::make_unique<TableExpr>();
  out->kind = table->kind;
  out->span = table->span;
  out->alias = table->alias;
  out->column_aliases = table->column_aliases;
  out->parts = table->parts;
  out->name_parameters = table->name_parameters;
  out->function = copy(table->function);
  out->subquery = copy(table->subquery);
  out->final = table->final;
  out->sample = copy(table->sample);
  out->sample_offset = copy(table->sample_offset);
  out->left = copy(table->left);
  out->right = copy(table->right);
  out->join = table->join;
  out->strictness = table->strictness;
  out->global = table->global;
  out->natural = table->natural;
  out->on = copy(table->on);
  out->using_columns = copy(table->using_columns);
  out->array_join = {table->array_join.left, copy(table->array_join.exprs), table->array_join.span};
  return out;
}

void copy_sources(const Select& from, Select& to) {
  for (const WithItem& item : from.with)
    to.with.push_back({item.name, item.column_names, copy(item.query), copy(item.expr), item.span});
  to.with_recursive = from.with_recursive;
  to.distinct = from.distinct;
  to.distinct_on = copy(from.distinct_on);
  to.columns = copy(from.columns);
  to.from = copy(from.from);
  for (const ArrayJoin& join : from.array_joins)
    to.array_joins.push_back({join.left, copy(join.exprs), join.span});
  to.prewhere = copy(from.prewhere);
  to.where = copy(from.where);
}

void copy_grouping(const Select& from, Select& to) {
  to.group_by.kind = from.group_by.kind;
  to.group_by.keys = copy(from.group_by.keys);
  for (const std::vector<ExprPtr>& set : from.group_by.sets) to.group_by.sets.push_back(copy(set));
  to.group_by.with_totals = from.group_by.with_totals;
  to.having = copy(from.having);
  for (const auto& [name, window] : from.windows) to.windows.emplace_back(name, copy(window));
  to.qualify = copy(from.qualify);
}

void copy_tail(const Select& from, Select& to) {
  to.order_by = copy(from.order_by);
  to.order_by_all = from.order_by_all;
  to.has_interpolate = from.has_interpolate;
  for (const InterpolateItem& item : from.interpolate)
    to.interpolate.push_back({item.column, copy(item.expr)});
  if (from.limit_by)
    to.limit_by = LimitBy{copy(from.limit_by->limit), copy(from.limit_by->offset),
                          copy(from.limit_by->keys), from.limit_by->all};
  to.limit = copy(from.limit);
  to.offset = copy(from.offset);
  to.limit_with_ties = from.limit_with_ties;
  to.settings = from.settings;
}

}  // namespace

ExprPtr clone(const Expr& expr) {
  auto out = std::make_unique<Expr>();
  out->kind = expr.kind;
  out->spelling = expr.spelling;
  out->span = expr.span;
  out->alias = expr.alias;
  out->alias_quoted = expr.alias_quoted;
  out->parenthesized = expr.parenthesized;
  out->literal = expr.literal;
  out->name = expr.name;
  out->type_text = expr.type_text;
  out->parts = expr.parts;
  out->name_parameters = expr.name_parameters;
  out->parameters = copy(expr.parameters);
  out->has_parameters = expr.has_parameters;
  out->args = copy(expr.args);
  out->distinct = expr.distinct;
  out->filter = copy(expr.filter);
  out->over = copy(expr.over);
  out->null_treatment = expr.null_treatment;
  out->lambda_params = expr.lambda_params;
  out->subquery = copy(expr.subquery);
  for (const StarTransformer& item : expr.transformers) {
    out->transformers.push_back(
        {item.kind, item.names, copy(item.exprs), item.except_regex, item.prefix, item.strict});
  }
  return out;
}

QueryPtr clone(const Query& query) {
  auto out = std::make_unique<Query>();
  out->kind = query.kind;
  out->span = query.span;
  out->left = copy(query.left);
  out->right = copy(query.right);
  if (!query.select) return out;
  out->select = std::make_unique<Select>();
  out->select->span = query.select->span;
  copy_sources(*query.select, *out->select);
  copy_grouping(*query.select, *out->select);
  copy_tail(*query.select, *out->select);
  return out;
}

}  // namespace sp::sql
