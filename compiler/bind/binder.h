#pragma once
// Binder: what one bind() shares between all SELECTs of a query: the plan being built, the
// constants, the sets, the way to functions and casts, and the inlining of views. One SelectBinder
// (select_binder.h) is made for each SELECT.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "compiler/bind/bind.h"
#include "compiler/bind/literal.h"
#include "compiler/plan/plan.h"

namespace sp::binding {

using plan::ColumnId;
using plan::Expression;
using plan::ExpressionPtr;
using plan::Node;
using plan::NodePtr;

class SelectBinder;
class ConstantFolder;

/// The WITH items of one SELECT, visible to it and to everything nested in it.
struct CteFrame {
  const CteFrame* parent = nullptr;
  const std::vector<sql::WithItem>* items = nullptr;
  SelectBinder* owner = nullptr;
};

/// The columns of queries around a subquery that it reads: inside they are placeholders, columns
/// that no node of the subquery's plan yields until decorrelate() puts them there.
struct Correlation {
  struct Use {
    ExpressionPtr outer;  ///< over the columns of the SELECT around it
    ColumnId placeholder = 0;
  };
  std::vector<Use> uses;
};

/// Where a query stands: what its names may refer to besides its own FROM.
struct Environment {
  const CteFrame* ctes = nullptr;
  SelectBinder* outer = nullptr;  ///< the SELECT around it; null at the top and in views
  /// Set if the query is a value of `outer` (scalar, EXISTS, IN): it may read its columns. Null in
  /// FROM.
  Correlation* correlation = nullptr;
};

/// What SETTINGS change in the meaning of a query.
struct QuerySettings {
  bool join_use_nulls = false;
  uint64_t max_recursive_depth = 1000;  ///< max_recursive_cte_evaluation_depth
};
/// Takes over those that a SELECT gives; others are nothing to the binder.
void apply_settings(const std::vector<sql::Setting>& given, QuerySettings& settings);

/// Makes expressions. `name` is what printing and IR show.
ExpressionPtr make_column(ColumnId id, const std::string& name, Type type, Span span = {});
NodePtr make_node(Node::Kind kind, NodePtr input = nullptr, Span span = {});
/// Attaches a span to an error that has none.
Error at(Error error, Span span);
/// Fails as NOT_IMPLEMENTED.
Error not_implemented(std::string what, Span span);

class Binder {
 public:
  explicit Binder(const BindInput& input);
  ~Binder();
  Result<plan::Plan> run();

  const BindInput& input() const { return input_; }
  plan::Plan& plan() { return plan_; }
  ColumnId new_column() { return plan_.next_column++; }
  const FunctionRegistry& functions() const { return *input_.functions; }
  const AggregateRegistry& aggregates() const { return *input_.aggregates; }

  // --- constants (constants.cpp) ----------------------------------------------------------------
  ExpressionPtr literal(const sql::Expr& expr);
  ExpressionPtr constant(const LiteralImage& image, Span span);
  ExpressionPtr constant_u64(uint64_t value, Type type, Span span = {});
  /// A {name:Type} parameter of the request.
  Result<ExpressionPtr> hole(const sql::Expr& expr);
  /// The text of a parameter that names a thing ({name:Identifier}); specialises it.
  Result<std::string> hole_text(const std::string& name, Span span);
  /// The slot of a constant expression's value, valid while the Binder lives. Holes and literals
  /// that it rests on are noted as specialised. Error: ILLEGAL_COLUMN if the expression is not
  /// constant.
  Result<const void*> value_of(const ExpressionPtr& expression);
  /// The same if it costs no specialisation (a constant fixed by the text); null otherwise.
  const void* free_value_of(const Expression& expression) const;
  uint32_t add_sample(plan::Sample sample);
  ExpressionPtr sample_value(uint32_t sample, plan::Parameter::SampleField field, Type type,
                             Span span);
  void specialise(const plan::Parameter& parameter);
  /// True if two parameters hold equal values; notes both as specialised then.
  bool same_value(const Expression& a, const Expression& b);

  // --- what is known before the query runs (known_value.cpp) ------------------------------------
  /// The constant that the expression is to ClickHouse, perhaps itself; null if it is none.
  ExpressionPtr folded(const ExpressionPtr& expression);
  /// The same, and also calls with lambdas over constants, which are constant columns of the run.
  ExpressionPtr constant_in_run(const ExpressionPtr& expression);
  /// The truth of a condition that the query's text alone decides.
  std::optional<bool> known_condition(const ExpressionPtr& condition);
  /// The argument that if() or multiIf() of three yields if its condition is known; else null.
  ExpressionPtr taken_branch(std::string_view function, const std::vector<ExpressionPtr>& args);
  /// The expression with such calls replaced by their branches where the types are equal.
  ExpressionPtr simplified(const ExpressionPtr& expression);
  /// Notes for shown_type() what type the branch of such a call has.
  void note_branch(const ExpressionPtr& branch, const ExpressionPtr& call);
  /// The type under which ClickHouse shows a column of the outermost SELECT: an if() with a known
  /// condition has there that of the branch, if the two differ in precision or time zone only.
  Type shown_type(const ExpressionPtr& expression) const;

  // --- calls (calls.cpp) ------------------------------------------------------------------------
  /// A call by SQL name over bound arguments (casts inserted).
  Result<ExpressionPtr> call(std::string_view name, std::vector<ExpressionPtr> args, Span span);
  Result<ExpressionPtr> call_row(const FunctionRow& row, std::string_view name,
                                 std::vector<ExpressionPtr> args,
                                 const std::vector<std::string>& arg_names, Span span);
  /// Casts unless the type is already that (LowCardinality aside, which is the same to the
  /// machine).
  Result<ExpressionPtr> cast(const ExpressionPtr& expression, Type to, Span span);
  /// Casts to a declared type: LowCardinality joins the type of the result.
  Result<ExpressionPtr> explicit_cast(const ExpressionPtr& expression, Type to, Span span);
  /// A filter's condition: UInt8 or Bool, perhaps Nullable. `clause` is named in the error.
  Result<ExpressionPtr> condition(const ExpressionPtr& expression, const char* clause);
  /// Casts each column of `node` to `types` by a projection, if any differs.
  Result<NodePtr> cast_outputs(NodePtr node, const std::vector<Type>& types, Span span);

  /// Adds a pair of keys to a join, cast to their common type. `null_safe`: NULL equals NULL.
  Result<void> add_join_key(Node& join, ExpressionPtr left, ExpressionPtr right, bool null_safe,
                            Span span);

  // --- queries ----------------------------------------------------------------------------------
  Result<NodePtr> bind_query(const sql::Query& query, const Environment& environment);
  Result<NodePtr> bind_view(const ViewRelation& view, Span span);
  uint32_t add_subquery(NodePtr node, Type type, Span span);  ///< returns the parameter's slot
  bool in_view() const { return !views_.empty(); }

  /// Subqueries that are values are named _subquery_1, _subquery_2, ... in the order of their
  /// binding.
  uint32_t subquery_number(const sql::Expr& subquery);

  std::vector<const sql::WithItem*> open_ctes;  ///< being bound: not visible to themselves
  /// WITH RECURSIVE queries whose second part is being bound: their names mean the working table.
  struct Recursion {
    const sql::WithItem* item = nullptr;
    uint32_t number = 0;
    std::vector<plan::OutputColumn> columns;  ///< names and types of the working table
  };
  std::vector<Recursion> recursions;
  uint32_t next_recursion = 0;
  QuerySettings settings;  ///< of the SELECT being bound

 private:
  uint32_t add_parameter(plan::Parameter parameter);
  bool may_be_known(const Expression& expression) const;
  bool is_left_to_the_run(const Expression& expression) const;
  bool is_fixed(const Expression& expression) const;
  /// The query itself, or a copy of it in which names that parameters give stand as such.
  Result<const sql::Query*> with_names(const sql::Query& query);
  Result<NodePtr> bind_set_operation(const sql::Query& query, const Environment& environment);

  const BindInput& input_;
  plan::Plan plan_;
  LiteralNumbers numbers_;
  std::vector<sql::QueryPtr> named_queries_;                    // see with_names
  std::unordered_map<std::string, uint32_t> constants_;         // type and bytes -> slot
  std::unordered_map<uint32_t, uint32_t> literals_;             // literal's number -> slot
  std::map<std::pair<uint32_t, std::string>, uint32_t> holes_;  // index and type -> slot
  std::unordered_map<const sql::Expr*, uint32_t> subquery_numbers_;
  std::vector<const ViewRelation*> views_;
  std::unique_ptr<ConstantFolder> folder_;
  std::vector<std::pair<ExpressionPtr, Type>> branch_types_;  // of calls that differ from them
  uint32_t depth_ = 0;
};

}  // namespace sp::binding
