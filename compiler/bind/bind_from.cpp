// FROM: tables of the catalog, CTEs, views (nodes and pipes, inlined), subqueries. Each yields a
// node and the names of its columns. Joins, table functions and ARRAY JOIN have files of their own.

#include "compiler/bind/select_binder.h"

namespace sp::binding {

namespace {

uint32_t count_joins(const sql::TableExpr& table) {
  if (table.kind == sql::TableExpr::Kind::kArrayJoin) return count_joins(*table.left);
  if (table.kind != sql::TableExpr::Kind::kJoin) return 0;
  return 1 + count_joins(*table.left) + count_joins(*table.right);
}

// FINAL needs an engine that merges rows, and keys that storage knows in whole.
Result<void> check_final(const TableSchema& table, Span span) {
  using Engine = TableSchema::Engine;
  if (table.engine == Engine::kPlain || table.engine == Engine::kNull) {
    return fail(ErrorCode::kIllegalFinal, "Storage MergeTree doesn't support FINAL: " + table.name,
                span,
                "FINAL is for ReplacingMergeTree, SummingMergeTree, AggregatingMergeTree and "
                "CollapsingMergeTree");
  }
  if (!table.whole_sorting_key) {
    return fail(ErrorCode::kNotImplemented,
                "FINAL over a sorting key with expressions: " + table.name, span,
                "sort by plain columns, or take the last row of each key with argMax");
  }
  return {};
}

}  // namespace

Result<NodePtr> SelectBinder::bind_from() {
  if (!select_.from) {
    // As ClickHouse: a SELECT without FROM reads system.one.
    ScopeRelation one;
    one.columns.push_back({"dummy", binder_.constant_u64(0, Type::of(TypeKind::kUInt8))});
    relations_.push_back(std::move(one));
    return make_node(Node::Kind::kOneRow, nullptr, select_.span);
  }
  joins_ = count_joins(*select_.from);
  SP_TRY(FromItem from, from_item(*select_.from));
  relations_ = std::move(from.relations);
  return std::move(from.node);
}

Result<SelectBinder::FromItem> SelectBinder::from_item(const sql::TableExpr& table) {
  switch (table.kind) {
    case sql::TableExpr::Kind::kTable: return from_table(table);
    case sql::TableExpr::Kind::kFunction:
      SP_TRY_VOID(check_sample(table, false));
      return table_function(table);
    case sql::TableExpr::Kind::kSubquery: {
      SP_TRY_VOID(check_sample(table, true));
      SP_TRY(NodePtr node, binder_.bind_query(*table.subquery, inner_));
      return from_query(std::move(node), table, "");
    }
    case sql::TableExpr::Kind::kJoin: return join(table);
    case sql::TableExpr::Kind::kArrayJoin: {
      SP_TRY(FromItem item, from_item(*table.left));
      relations_ = item.relations;
      Result<NodePtr> node = bind_array_join(table.array_join, std::move(item.node));
      relations_.clear();
      SP_TRY(item.node, std::move(node));
      return item;
    }
  }
  return not_implemented("this form of FROM", table.span);
}

// The columns of a bound query under its alias, or under `name` without one.
Result<SelectBinder::FromItem> SelectBinder::from_query(NodePtr node, const sql::TableExpr& table,
                                                        const std::string& name) {
  if (!table.column_aliases.empty()) {
    if (table.column_aliases.size() != node->output.size()) {
      return fail(ErrorCode::kBadArguments,
                  "Number of column aliases does not match: given " +
                      std::to_string(table.column_aliases.size()) + " for " +
                      std::to_string(node->output.size()) + " columns",
                  table.span);
    }
    for (size_t i = 0; i < node->output.size(); ++i) node->output[i].name = table.column_aliases[i];
  }
  ScopeRelation relation;
  relation.table = name;
  relation.label = table.alias.empty() ? name : table.alias;
  for (const plan::OutputColumn& column : node->output) {
    relation.columns.push_back({column.name, make_column(column.id, column.name, column.type)});
  }
  FromItem item;
  item.node = std::move(node);
  item.relations.push_back(std::move(relation));
  return item;
}

NodePtr SelectBinder::scan(const std::shared_ptr<const TableSchema>& table, bool final, Span span) {
  NodePtr node = make_node(Node::Kind::kScan, nullptr, span);
  node->table = table;
  node->final = final;
  for (uint32_t i = 0; i < table->columns.size(); ++i) {
    node->scan_columns.push_back(i);
    node->output.push_back({binder_.new_column(), table->columns[i].name, table->columns[i].type});
  }
  return node;
}

Result<SelectBinder::FromItem> SelectBinder::from_table(const sql::TableExpr& table) {
  const std::vector<std::string>& parts = table.parts;
  const std::string name = parts.back();
  const std::string database = parts.size() > 1 ? parts[parts.size() - 2] : std::string();
  if (database.empty()) {
    if (std::optional<NodePtr> rows = working_table(name, table.span)) {
      SP_TRY_VOID(check_sample(table, true));
      return from_query(std::move(*rows), table, name);
    }
    if (const auto cte = find_cte(name)) {
      SP_TRY_VOID(check_sample(table, true));
      const auto& [item, frame] = *cte;
      binder_.open_ctes.push_back(item);
      Result<NodePtr> node = is_recursive(*item, *frame)
                                 ? recursive_query(*item, frame)
                                 : binder_.bind_query(*item->query, {frame, frame->owner});
      binder_.open_ctes.pop_back();
      if (!node) return std::move(node).error();
      for (size_t i = 0; i < item->column_names.size() && i < (*node)->output.size(); ++i) {
        (*node)->output[i].name = item->column_names[i];
      }
      return from_query(std::move(*node), table, name);
    }
  }
  SP_TRY(std::optional<Relation> relation, binder_.input().catalog->find(database, name));
  if (relation && relation->view) {
    SP_TRY_VOID(check_sample(table, true));
    SP_TRY(NodePtr node, binder_.bind_view(*relation->view, table.span));
    SP_TRY(FromItem item, from_query(std::move(node), table, name));
    item.relations[0].database = database;
    return item;
  }
  if (relation && relation->table) {
    if (table.final) SP_TRY_VOID(check_final(*relation->table, table.span));
    SP_TRY(FromItem item, from_query(scan(relation->table, table.final, table.span), table, name));
    item.relations[0].database = database;
    if (database != "system" || table.sample) SP_TRY_VOID(sample(item, *relation->table, table));
    return item;
  }
  if (database == "system") SP_TRY_VOID(check_sample(table, false));
  if (database == "system" && name == "one") {
    NodePtr node = make_node(Node::Kind::kProject, make_node(Node::Kind::kOneRow), table.span);
    const Type type = Type::of(TypeKind::kUInt8);
    node->expressions = {binder_.constant_u64(0, type)};
    node->output = {{binder_.new_column(), "dummy", type}};
    return from_query(std::move(node), table, name);
  }
  if (database == "system" && (name == "numbers" || name == "numbers_mt")) {
    const Type type = Type::of(TypeKind::kUInt64);
    return from_query(numbers(binder_.constant_u64(0, type), binder_.constant_u64(UINT64_MAX, type),
                              binder_.constant_u64(1, type), "number"),
                      table, name);
  }
  std::vector<std::string> names = binder_.input().catalog->names();
  for (const CteFrame* frame = &frame_; frame != nullptr; frame = frame->parent) {
    for (size_t i = 0; frame->items != nullptr && i < frame->items->size(); ++i) {
      if ((*frame->items)[i].query) names.push_back((*frame->items)[i].name);
    }
  }
  const std::string full = database.empty() ? name : database + "." + name;
  return fail(ErrorCode::kUnknownTable, "Unknown table: " + full, table.span,
              did_you_mean(full, {names.begin(), names.end()}));
}

}  // namespace sp::binding
