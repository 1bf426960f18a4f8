// bind(): the entry. Sets up the Binder, binds the query and names the result's columns. Also the
// inlining of views, which are bound afresh at each use with an environment of their own.

#include "compiler/bind/bind.h"

#include <cstdlib>

#include "compiler/bind/binder.h"
#include "compiler/bind/fold_constant.h"
#include "compiler/bind/name_parameters.h"
#include "compiler/bind/select_binder.h"
#include "lang/sql/print.h"

namespace sp {

namespace binding {

namespace {

constexpr uint32_t kMaxSubqueryDepth = 100;  // ClickHouse's max_subquery_depth

}  // namespace

ExpressionPtr make_column(ColumnId id, const std::string& name, Type type, Span span) {
  auto expression = std::make_shared<Expression>();
  expression->kind = Expression::Kind::kColumn;
  expression->column = id;
  expression->name = name;
  expression->type = type;
  expression->span = span;
  return expression;
}

NodePtr make_node(Node::Kind kind, NodePtr input, Span span) {
  auto node = std::make_unique<Node>();
  node->kind = kind;
  node->span = span;
  if (input) {
    node->output = input->output;
    node->inputs.push_back(std::move(input));
  }
  return node;
}

Error at(Error error, Span span) {
  if (!error.span) error.span = span;
  return error;
}

Error not_implemented(std::string what, Span span) {
  return fail(ErrorCode::kNotImplemented, "Not supported: " + std::move(what), span);
}

Binder::Binder(const BindInput& input) : input_(input) {}
Binder::~Binder() = default;

void apply_settings(const std::vector<sql::Setting>& given, QuerySettings& settings) {
  const auto number = [](const sql::LiteralValue& value) -> uint64_t {
    if (const auto* whole = std::get_if<uint64_t>(&value)) return *whole;
    if (const auto* flag = std::get_if<bool>(&value)) return *flag ? 1 : 0;
    if (const auto* text = std::get_if<std::string>(&value))
      return std::strtoull(text->c_str(), nullptr, 10);
    return 0;
  };
  for (const sql::Setting& setting : given) {
    if (setting.name == "join_use_nulls") settings.join_use_nulls = number(setting.value) != 0;
    if (setting.name == "max_recursive_cte_evaluation_depth")
      settings.max_recursive_depth = number(setting.value);
  }
}

Result<const sql::Query*> Binder::with_names(const sql::Query& query) {
  if (!has_name_parameters(query)) return &query;
  sql::QueryPtr named = sql::clone(query);
  SP_TRY_VOID(fill_name_parameters(*named, [this](const sql::NameParameter& parameter) {
    return hole_text(parameter.name, parameter.span);
  }));
  return named_queries_.emplace_back(std::move(named)).get();
}

Result<plan::Plan> Binder::run() {
  SP_TRY(const sql::Query* query, with_names(*input_.query));
  numbers_ = number_literals(*query);
  // SETTINGS at the end of a union are written with its last SELECT and hold for all of it.
  const sql::Query* last = query;
  while (last->right) last = last->right.get();
  if (last->select) apply_settings(last->select->settings, settings);
  SP_TRY(plan_.root, bind_query(*query, {}));
  std::vector<Type> types;
  for (const plan::OutputColumn& column : plan_.root->output) {
    plan_.column_names.push_back(column.name);
    plan_.column_types.push_back(column.type);
  }
  for (const plan::Parameter& parameter : plan_.parameters) types.push_back(parameter.type);
  const RowLayout layout = row_layout(types);
  for (size_t i = 0; i < types.size(); ++i) plan_.parameters[i].offset = layout.offsets[i];
  plan_.parameters_size = layout.size;
  return std::move(plan_);
}

Result<NodePtr> Binder::bind_query(const sql::Query& query, const Environment& environment) {
  if (++depth_ > kMaxSubqueryDepth) {
    --depth_;
    return fail(ErrorCode::kTooDeepSubqueries,
                "Too deep subqueries. Maximum: " + std::to_string(kMaxSubqueryDepth), query.span);
  }
  Result<NodePtr> node = query.kind == sql::Query::Kind::kSelect
                             ? SelectBinder(*this, *query.select, environment).bind()
                             : bind_set_operation(query, environment);
  --depth_;
  return node;
}

Result<NodePtr> Binder::bind_view(const ViewRelation& view, Span span) {
  for (const ViewRelation* open : views_) {
    if (open == &view || open->name == view.name) {
      return fail(ErrorCode::kTooDeepSubqueries, "A node refers to itself: " + view.name, span,
                  "break the circle of nodes");
    }
  }
  views_.push_back(&view);
  std::vector<const sql::WithItem*> hidden;
  hidden.swap(open_ctes);
  Result<const sql::Query*> query = with_names(*view.query);
  Result<NodePtr> node = query.ok() ? bind_query(**query, {}) : std::move(query).error();
  hidden.swap(open_ctes);
  views_.pop_back();
  if (node || node.error().location || !view.locate) return node;
  return view.locate(std::move(node).error());
}

uint32_t Binder::subquery_number(const sql::Expr& subquery) {
  return subquery_numbers_.emplace(&subquery, static_cast<uint32_t>(subquery_numbers_.size() + 1))
      .first->second;
}

uint32_t Binder::add_subquery(NodePtr node, Type type, Span) {
  plan_.subqueries.push_back(std::move(node));
  return add_parameter({.source = plan::Parameter::Source::kSubquery,
                        .type = type,
                        .index = static_cast<uint32_t>(plan_.subqueries.size() - 1)});
}

}  // namespace binding

Result<plan::Plan> bind(const BindInput& input) {
  static const std::vector<BoundParameter> kNone;
  BindInput complete = input;
  if (complete.parameters == nullptr) complete.parameters = &kNone;
  return binding::Binder(complete).run();
}

}  // namespace sp
