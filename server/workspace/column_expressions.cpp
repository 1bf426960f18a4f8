// Reading and ordering.

#include "server/workspace/column_expressions.h"

#include <algorithm>

#include "lang/sql/parse.h"
#include "runtime/aggregates/aggregate.h"

namespace sp {
namespace {

const char* word_of(ColumnDefinition::Expression expression) {
  if (expression == ColumnDefinition::Expression::kMaterialized) return "MATERIALIZED";
  return expression == ColumnDefinition::Expression::kAlias ? "ALIAS" : "DEFAULT";
}

// Collects the columns that an expression reads.
class Reads {
 public:
  Reads(const DataSourceFile& file, const Engine& engine) : file_(file), engine_(engine) {}

  Result<void> visit(const sql::Expr& expr) {
    const auto refuse = [&](ErrorCode code, const std::string& what) {
      return fail(code, what, expr.span, "the expression is evaluated for one event at a time");
    };
    if (expr.kind == sql::ExprKind::kSubquery)
      return refuse(ErrorCode::kBadArguments, "A query cannot be in a column's expression");
    if (expr.kind == sql::ExprKind::kIdentifier) add(expr.parts.front());
    if (expr.kind == sql::ExprKind::kFunction) {
      if (expr.over)
        return refuse(ErrorCode::kBadArguments,
                      "A window function cannot be in a column's expression: " + expr.name);
      if (expr.name == "arrayJoin")
        return refuse(ErrorCode::kBadArguments, "arrayJoin cannot be in a column's expression");
      if (engine_.aggregates().find(expr.name) != nullptr) {
        return refuse(ErrorCode::kIllegalAggregation,
                      "An aggregate function cannot be in a column's expression: " + expr.name);
      }
    }
    const size_t outer = hidden_.size();
    hidden_.insert(hidden_.end(), expr.lambda_params.begin(), expr.lambda_params.end());
    for (const auto* list : {&expr.parameters, &expr.args}) {
      for (const sql::ExprPtr& item : *list) {
        if (item) SP_TRY_VOID(visit(*item));
      }
    }
    hidden_.resize(outer);
    return {};
  }

  std::vector<size_t> columns;

 private:
  void add(const std::string& name) {
    if (std::find(hidden_.begin(), hidden_.end(), name) != hidden_.end()) return;
    for (size_t i = 0; i < file_.columns.size(); ++i) {
      if (file_.columns[i].name == name &&
          std::find(columns.begin(), columns.end(), i) == columns.end())
        columns.push_back(i);
    }
  }

  const DataSourceFile& file_;
  const Engine& engine_;
  std::vector<std::string> hidden_;  // parameters of the lambdas around
};

// Depth first: an expression comes after those that it reads.
class Ordering {
 public:
  Ordering(const DataSourceFile& file, std::vector<std::vector<size_t>> reads)
      : file_(file),
        reads_(std::move(reads)),
        state_(reads_.size()) {}

  Result<std::vector<ColumnExpression>> run() {
    for (size_t i = 0; i < reads_.size(); ++i) SP_TRY_VOID(place(i));
    return std::move(ordered_);
  }

 private:
  enum class State : uint8_t { kNew, kOpen, kPlaced };

  Result<void> place(size_t column) {
    if (reads_[column].empty() || state_[column] == State::kPlaced) return {};
    path_.push_back(column);
    if (state_[column] == State::kOpen) return cycle();
    state_[column] = State::kOpen;
    for (const size_t read : reads_[column]) SP_TRY_VOID(place(read));
    path_.pop_back();
    state_[column] = State::kPlaced;
    ordered_.push_back({column, reads_[column]});
    return {};
  }

  Error cycle() const {
    std::string shown;
    for (auto it = std::find(path_.begin(), path_.end(), path_.back()); it != path_.end(); ++it) {
      shown += (shown.empty() ? "" : " -> ") + file_.columns[*it].name;
    }
    return fail(ErrorCode::kCyclicAliases, "Expressions of columns read each other: " + shown,
                file_.columns[path_.back()].default_span, "one of them must do without the others");
  }

  const DataSourceFile& file_;
  const std::vector<std::vector<size_t>> reads_;
  std::vector<State> state_;
  std::vector<size_t> path_;
  std::vector<ColumnExpression> ordered_;
};

}  // namespace

Result<std::vector<ColumnExpression>> order_column_expressions(const DataSourceFile& file,
                                                               const Engine& engine) {
  std::vector<std::vector<size_t>> reads;
  for (const ColumnDefinition& column : file.columns) {
    Reads found(file, engine);
    if (!column.default_text.empty()) {
      auto parsed = sql::parse_expression(column.default_text);
      if (parsed.ok()) {
        auto visited = found.visit(**parsed);
        if (!visited.ok())
          return file.source->attach(in_column_expression(std::move(visited).error(), column, 0));
      }
    }
    reads.push_back(std::move(found.columns));
  }
  auto ordered = Ordering(file, std::move(reads)).run();
  if (!ordered.ok()) return file.source->attach(std::move(ordered).error());
  return ordered;
}

std::string converted_expression(const ColumnDefinition& column) {
  return std::string(kBeforeExpression) + column.default_text + "\n) AS " + column.type.name() +
         ")";
}

Error in_column_expression(Error error, const ColumnDefinition& column, size_t begin) {
  error.message = std::string(word_of(column.expression)) + " of column `" + column.name +
                  "`: " + error.message;
  const uint32_t size = column.default_span.end - column.default_span.begin;
  const bool inside = error.span && error.span->begin >= begin && error.span->end <= begin + size;
  const auto place = [&](uint32_t at) {
    return column.default_span.begin + at - static_cast<uint32_t>(begin);
  };
  error.span =
      inside ? Span{place(error.span->begin), place(error.span->end)} : column.default_span;
  error.location.reset();
  return error;
}

}  // namespace sp
