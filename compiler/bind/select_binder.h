#pragma once
// SelectBinder: binds one SELECT. First every clause is bound to expressions over the columns of
// FROM (aggregates, windows and arrayJoin() become columns of their own), then the operators are
// stacked in ClickHouse's order: FROM, ARRAY JOIN, WHERE, GROUP BY, HAVING, windows, QUALIFY,
// SELECT, DISTINCT, ORDER BY, LIMIT BY, LIMIT. Each clause's methods are in the .cpp named in the
// comment above them.

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "compiler/bind/binder.h"
#include "runtime/functions/formula.h"

namespace sp::binding {

/// A column that a name may refer to.
struct ScopeColumn {
  std::string name;
  ExpressionPtr value;    ///< a column, or what USING made of two
  bool in_using = false;  ///< shown once, by the merged column
};

/// One relation of FROM under its names.
struct ScopeRelation {
  std::string label;            ///< alias, or the table's name; "" if it has none
  std::string database, table;  ///< as written; "" for subqueries
  std::vector<ScopeColumn> columns;
  std::vector<ScopeColumn>
      hidden;  ///< found by name, not shown by stars: _sample_factor; see hidden_value()
};

/// Fails if SAMPLE stands after something that has no rows of its own to choose from.
Result<void> check_sample(const sql::TableExpr& table, bool is_query);
/// True if the item of a WITH RECURSIVE reads itself.
bool is_recursive(const sql::WithItem& item, const CteFrame& frame);

class SelectBinder {
 public:
  SelectBinder(Binder& binder, const sql::Select& select, const Environment& environment);
  Result<NodePtr> bind();

 private:
  struct FromItem {
    NodePtr node;
    std::vector<ScopeRelation> relations;
  };
  struct Alias {
    const sql::Expr* expr = nullptr;
    bool open = false;  // being resolved
    ExpressionPtr bound;
  };
  struct NamedExpression {
    std::string name;
    ExpressionPtr value;
    Span span;
    const sql::Expr* source = nullptr;  // null for expanded stars
  };
  struct Window {
    std::vector<ExpressionPtr> partition_by;
    std::vector<plan::SortKey> order_by;
    std::vector<plan::WindowFunction> functions;
  };
  struct ArrayJoinCall {
    ExpressionPtr array;
    ColumnId output = 0;
    Type type;
    std::string name;
    bool placed = false;
  };
  // A subquery that reads columns of this SELECT: becomes a join where its value is first needed.
  struct CorrelatedCall {
    NodePtr tree;
    Correlation correlation;
    bool exists = false;  // the value: whether there are rows; else the first row's first column
    ExpressionPtr of_no_rows;  // what counts are without rows; null: NULL
    ColumnId output = 0;
    Type type;
    std::string name;
    bool placed = false;
  };
  struct OrderItem {
    plan::SortKey key;
    std::optional<plan::Node::Fill> fill;
  };
  struct Found {
    ExpressionPtr value;
    size_t used_parts = 0;   // how many parts of the identifier named the column
    std::string shown_name;  // as ClickHouse names it in results
  };
  using LambdaFrame = std::vector<std::pair<std::string, ExpressionPtr>>;

  // scope.cpp
  Result<void> collect_aliases();
  Result<void> collect_aliases(const sql::Expr& expr);
  Result<ExpressionPtr> identifier(const sql::Expr& expr);
  Result<ExpressionPtr> alias(const std::string& name, Span span);
  Result<std::optional<Found>> find_column(const std::vector<std::string>& parts, Span span);
  Result<std::optional<ExpressionPtr>> outer_name(const sql::Expr& expr);
  Result<std::optional<ExpressionPtr>> name_around(const sql::Expr& expr);
  Result<ExpressionPtr> element_path(ExpressionPtr value, const std::vector<std::string>& parts,
                                     size_t from, Span span);
  Error unknown_identifier(const std::vector<std::string>& parts, Span span);
  const ScopeColumn* shadow_of(const ScopeColumn& column) const;
  std::string projection_name(size_t relation, const std::string& column) const;
  std::string result_name(const sql::Expr& expr);
  std::optional<std::pair<const sql::WithItem*, const CteFrame*>> find_cte(
      const std::string& name) const;

  // bind_expression.cpp
  Result<ExpressionPtr> expression(const sql::Expr& expr);
  Result<ExpressionPtr> unaliased(const sql::Expr& expr);
  /// A CAST that the author wrote. Where keys form grouping sets it is a key apart from its
  /// argument's, even if both are of one type.
  Result<ExpressionPtr> written_cast(const ExpressionPtr& value, Type type, Span span);
  Result<ExpressionPtr> lambda(const sql::Expr& expr, const std::vector<Type>& elements, Span span);
  Result<std::vector<ExpressionPtr>> arguments(const sql::Expr& expr,
                                               std::vector<std::string>* names);

  // bind_function.cpp
  Result<ExpressionPtr> function(const sql::Expr& expr);
  Result<ExpressionPtr> higher_order(const FunctionRow& row, const sql::Expr& expr);
  Result<ExpressionPtr> case_with_expression(const sql::Expr& expr);
  Result<ExpressionPtr> apply_lambda(const sql::Expr& lambda, const sql::Expr& call);
  Result<ExpressionPtr> array_join_call(const sql::Expr& expr);
  const sql::Expr* lambda_alias(const std::string& name) const;

  // bind_formula.cpp
  std::optional<Result<ExpressionPtr>> formula_call(const sql::Expr& expr);
  Result<ExpressionPtr> formula(const std::string& text, LambdaFrame names);
  bool is_mixed_null_if(const FunctionRow& row, const std::vector<ExpressionPtr>& args) const;
  Result<ExpressionPtr> mixed_null_if(const std::vector<ExpressionPtr>& args, Span span);
  Result<ExpressionPtr> default_for_null(const ExpressionPtr& value,
                                         const std::vector<ExpressionPtr>& args, Span span);
  Result<ExpressionPtr> row_formula(const FormulaRow& row, const sql::Expr& expr);
  Result<ExpressionPtr> row_number_call(const sql::Expr& expr);
  std::optional<Result<ExpressionPtr>> neighbour_call(const sql::Expr& expr);
  Result<ExpressionPtr> get_subcolumn(const sql::Expr& expr);
  Result<ExpressionPtr> subcolumn(const ExpressionPtr& value, const std::string& name, Span span);
  Result<ExpressionPtr> map_sum(const sql::Expr& expr);
  Result<ExpressionPtr> join_get(const sql::Expr& expr);

  // bind_tuple.cpp
  std::optional<Result<ExpressionPtr>> tuple_call(const sql::Expr& expr);
  /// An operator or a function of numbers, applied to tuples; nothing if none is among `args`.
  Result<ExpressionPtr> compared(const std::string& name, const ExpressionPtr& left,
                                 const ExpressionPtr& right, Span span);
  std::optional<Result<ExpressionPtr>> over_tuples(const std::string& name,
                                                   const std::vector<ExpressionPtr>& args,
                                                   Span span);
  Result<std::vector<ExpressionPtr>> elements_of(const ExpressionPtr& tuple, Span span);
  Result<ExpressionPtr> each_element(const std::string& function, const ExpressionPtr& left,
                                     const ExpressionPtr& right, Span span);
  Result<ExpressionPtr> shifted_by(const ExpressionPtr& date, const ExpressionPtr& intervals,
                                   const std::string& function, Span span);
  Result<ExpressionPtr> norm_of(const std::string& name, const std::vector<ExpressionPtr>& args,
                                Span span);
  Result<ExpressionPtr> flattened(const ExpressionPtr& tuple, Span span);

  // bind_aggregate.cpp
  Result<ExpressionPtr> aggregate(const sql::Expr& expr);
  Result<ResolvedAggregate> resolve_aggregate(const sql::Expr& expr,
                                              std::vector<ExpressionPtr>& args);
  Result<ExpressionPtr> grouping(const sql::Expr& expr);
  Result<NodePtr> add_groupings(NodePtr node);
  Result<ExpressionPtr> after_aggregation(const ExpressionPtr& expression);
  bool equals_key(const Expression& a, const Expression& b);
  Result<void> bind_group_by();
  Result<void> check_no_aggregates(const Expression& expression, const char* where);
  Result<void> add_group_all_keys(const ExpressionPtr& expression);

  // bind_window.cpp
  Result<ExpressionPtr> window_function(const sql::Expr& expr);
  Result<ExpressionPtr> non_negative_derivative(const sql::Expr& expr);
  Result<Window> window_spec(const sql::WindowSpec& spec);
  Result<const sql::WindowSpec*> named_window(const std::string& name, Span span) const;

  // bind_set.cpp
  Result<ExpressionPtr> in(const sql::Expr& expr);
  Result<ExpressionPtr> in_list(std::vector<ExpressionPtr> left,
                                std::vector<std::vector<ExpressionPtr>> rows, bool negated,
                                Span span);
  Result<ExpressionPtr> in_array(const ExpressionPtr& left, const ExpressionPtr& array,
                                 bool negated, Span span);
  Result<ExpressionPtr> in_query(std::vector<ExpressionPtr> left, NodePtr query,
                                 const std::string& key, bool negated, Span span);
  ExpressionPtr set_expression(std::vector<ExpressionPtr> args, uint32_t set, bool negated,
                               Span span);
  Result<std::vector<ExpressionPtr>> tuple_parts(const ExpressionPtr& value, Span span);

  // bind_subquery.cpp
  Result<ExpressionPtr> scalar_subquery(const sql::Expr& expr);
  Result<ExpressionPtr> exists(const sql::Expr& expr);

  // bind_correlated.cpp
  Result<ExpressionPtr> correlated_scalar(NodePtr tree, Correlation correlation, Span span);
  Result<ExpressionPtr> correlated_exists(NodePtr tree, Correlation correlation, Span span);
  Result<ExpressionPtr> correlated_in(const std::vector<ExpressionPtr>& left, NodePtr tree,
                                      Correlation correlation, bool negated, Span span);
  ExpressionPtr add_correlated(CorrelatedCall call, Span span);
  Result<NodePtr> place_correlated(NodePtr node, size_t index);
  Result<NodePtr> join_conditions(NodePtr node, CorrelatedCall& call, bool& done);
  ExpressionPtr value_without_rows(const Node& tree);
  Result<void> check_no_rowwise_calls(const Expression& expression, const char* where);

  // bind_star.cpp
  Result<std::vector<NamedExpression>> expand(const sql::Expr& expr);
  Result<std::vector<NamedExpression>> star_columns(const sql::Expr& expr);
  Result<std::vector<NamedExpression>> matching_columns(const sql::Expr& expr);
  Result<void> transform(const sql::StarTransformer& transformer,
                         std::vector<NamedExpression>& columns, Span span);
  Result<void> add_tuple_elements(const sql::Expr& expr);
  Result<void> bind_columns();

  // bind_from.cpp, bind_join.cpp, bind_table_function.cpp, bind_array_join.cpp
  Result<NodePtr> bind_from();
  Result<FromItem> from_item(const sql::TableExpr& table);
  Result<FromItem> from_table(const sql::TableExpr& table);
  Result<FromItem> from_query(NodePtr node, const sql::TableExpr& table, const std::string& name);
  // bind_sample.cpp
  ExpressionPtr hidden_value(const ScopeColumn& column);
  Result<void> sample(FromItem& item, const TableSchema& schema, const sql::TableExpr& table);
  Result<ExpressionPtr> sampling_key(const TableSchema& schema,
                                     const std::vector<ScopeRelation>& relations, Span span);
  // bind_recursive.cpp
  std::optional<NodePtr> working_table(const std::string& name, Span span);
  Result<NodePtr> recursive_query(const sql::WithItem& item, const CteFrame* frame);
  friend bool is_recursive(const sql::WithItem& item, const CteFrame& frame);
  Result<FromItem> table_function(const sql::TableExpr& table);
  Result<FromItem> values_function(const sql::TableExpr& table);
  NodePtr scan(const std::shared_ptr<const TableSchema>& table, bool final, Span span);
  NodePtr numbers(ExpressionPtr from, ExpressionPtr count, ExpressionPtr step, const char* name);
  Result<FromItem> join(const sql::TableExpr& table);
  Result<void> join_on(const sql::TableExpr& table, Node& node, const std::vector<ColumnId>& left,
                       const std::vector<ColumnId>& right);
  Result<void> join_using(const sql::TableExpr& table, Node& node, std::vector<ScopeRelation>& left,
                          std::vector<ScopeRelation>& right, std::vector<ScopeColumn>& merged,
                          NodePtr& left_input);
  Result<NodePtr> nullable_side(NodePtr input, std::vector<ScopeRelation>& relations,
                                std::vector<ScopeColumn>* merged, Span span);
  Result<NodePtr> bind_array_joins(NodePtr node);
  Result<void> paste(FromItem& side, Node& join, std::vector<ExpressionPtr>& keys);
  Result<NodePtr> bind_array_join(const sql::ArrayJoin& clause, NodePtr node);
  struct NestedColumn {
    std::string name;  // without that of the whole
    ExpressionPtr value;
  };
  std::vector<NestedColumn> nested_columns(const std::vector<std::string>& parts) const;
  Result<ExpressionPtr> nested_value(const std::vector<NestedColumn>& columns, bool arrays,
                                     Span span);
  Result<bool> array_join_nested(const sql::Expr& expr, Node& join,
                                 std::vector<ScopeColumn>& columns, std::vector<bool>& shadows);

  // bind_limit.cpp
  Result<ExpressionPtr> limit_value(const sql::Expr& expr, const char* clause);
  Result<ExpressionPtr> limit_value(const sql::Expr& expr, const char* clause,
                                    plan::Node::Amount& amount);
  Result<void> bind_order_by();
  Result<void> bind_limit_by();
  Result<plan::Node::Fill> fill(const sql::FillSpec& spec, Type type);
  Result<const NamedExpression*> position(const sql::Expr& expr, const char* clause);
  Result<NodePtr> add_limits(
      NodePtr node, const std::function<Result<ExpressionPtr>(const ExpressionPtr&)>& projected);

  // bind_select.cpp
  Result<NodePtr> bind_all();
  Result<void> bind_clauses();
  Result<NodePtr> stack(NodePtr node);
  Result<NodePtr> filtered(NodePtr node, const ExpressionPtr& predicate);
  Result<NodePtr> aggregated(NodePtr node);
  Result<NodePtr> windowed(NodePtr node);
  Result<NodePtr> projected(NodePtr node);
  Result<NodePtr> place_calls(NodePtr node, const std::vector<ExpressionPtr>& needed);
  Result<ExpressionPtr> staged(const ExpressionPtr& expression);

  Binder& binder_;
  const sql::Select& select_;
  Environment environment_;
  CteFrame frame_;
  Environment inner_;  // for queries nested in this one
  uint32_t joins_ = 0;

  std::vector<ScopeRelation> relations_;
  std::vector<ScopeColumn> merged_;         // columns of USING, in order
  std::vector<ScopeColumn> array_columns_;  // ARRAY JOIN: shadow the columns of FROM
  std::vector<bool> array_column_shadows_;
  std::unordered_map<std::string, Alias> aliases_;
  std::vector<LambdaFrame> lambdas_;
  std::vector<sql::ExprPtr>
      formulas_;  // SQL that functions stand for: lives as long as what it is bound to

  std::vector<NamedExpression> columns_;
  ExpressionPtr where_, having_, qualify_;
  std::vector<ExpressionPtr> keys_;
  std::vector<std::vector<uint32_t>> grouping_sets_;
  std::vector<plan::OutputColumn> key_outputs_;
  std::vector<uint32_t> key_places_;  // of the keys among those of the operator
  std::vector<plan::AggregateCall> aggregates_;
  // grouping(a, b): a column over the aggregation, known once the keys are.
  struct GroupingCall {
    std::vector<ExpressionPtr> args;
    ColumnId output = 0;
    std::string name;
    Span span;
  };
  std::vector<GroupingCall> groupings_;
  std::unordered_set<ColumnId> aggregate_ids_, window_ids_;
  std::vector<Window> windows_;
  std::vector<ArrayJoinCall> array_join_calls_;
  std::vector<CorrelatedCall> correlated_calls_;
  std::vector<OrderItem> order_by_;
  std::vector<ExpressionPtr> limit_by_;
  ExpressionPtr limit_by_count_, limit_by_offset_, limit_, offset_;
  plan::Node::Amount limit_amount_ = plan::Node::Amount::kRows,
                     offset_amount_ = plan::Node::Amount::kRows;
  std::unordered_map<std::string, ExpressionPtr> subqueries_;  // printed text -> scalar
  std::unordered_map<std::string, uint32_t> set_queries_;
  bool aggregated_ = false;
  bool past_aggregation_ = false;  // expressions being placed now see keys and aggregates only
};

}  // namespace sp::binding
