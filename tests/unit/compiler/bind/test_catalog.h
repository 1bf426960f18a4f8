#pragma once
// A catalog for tests of the binder and the optimizer: two small tables, one of journeys, one with
// a column of each type, and a view; and the way from SQL to a printed plan or to an error.

#include <string>
#include <utility>
#include <vector>

#include "compiler/bind/bind.h"
#include "compiler/plan/optimize.h"
#include "lang/sql/parse.h"

namespace sp::testing {

class TestCatalog : public Catalog {
 public:
  TestCatalog() {
    add("a", {{"id", "UInt32"}, {"x", "String"}, {"k", "UInt8"}, {"arr", "Array(UInt16)"}}, {0});
    add("b", {{"id", "UInt64"}, {"y", "LowCardinality(String)"}, {"k", "UInt16"}}, {0});
    add("events",
        {{"customer", "String"},
         {"time", "DateTime"},
         {"kind", "LowCardinality(String)"},
         {"amount", "Float64"},
         {"note", "Nullable(String)"}},
        {0, 1});
    add_view("big", "SELECT id, x FROM a WHERE id > 100");
    add_view("circle", "SELECT * FROM circle");
    add_view("broken", "SELECT nothing FROM a");
  }
  Result<std::optional<Relation>> find(std::string_view, std::string_view name) const override {
    for (const auto& [known, relation] : relations_) {
      if (known == name) return std::optional<Relation>(relation);
    }
    return std::optional<Relation>();
  }
  std::vector<std::string> names() const override {
    std::vector<std::string> names;
    for (const auto& [name, relation] : relations_) names.push_back(name);
    return names;
  }

 private:
  void add(const std::string& name, const std::vector<std::pair<std::string, std::string>>& columns,
           std::vector<uint32_t> key) {
    auto table = std::make_shared<TableSchema>();
    table->name = name;
    for (const auto& [column, type] : columns)
      table->columns.push_back({column, parse_type(type).value()});
    table->sorting_key = std::move(key);
    relations_.emplace_back(name, Relation{std::move(table), nullptr});
  }
  void add_view(const std::string& name, const std::string& text) {
    auto view = std::make_shared<ViewRelation>();
    view->name = name;
    view->query = sql::parse_query(text).value();
    view->locate = [name](Error error) {
      error.location =
          Location{.file = name + ".pipe", .line = 1, .column = 1, .line_text = "", .width = 1};
      return error;
    };
    relations_.emplace_back(name, Relation{nullptr, std::move(view)});
  }
  std::vector<std::pair<std::string, Relation>> relations_;
};

inline const FunctionRegistry& functions() {
  static const FunctionRegistry registry;
  return registry;
}
inline const AggregateRegistry& aggregates() {
  static const AggregateRegistry registry;
  return registry;
}

inline Result<plan::Plan> bind_text(const std::string& text,
                                    const std::vector<BoundParameter>& parameters = {}) {
  static const TestCatalog catalog;
  SP_TRY(const sql::QueryPtr query, sql::parse_query(text));
  BindInput input;
  input.query = query.get();
  input.parameters = &parameters;
  input.catalog = &catalog;
  input.functions = &functions();
  input.aggregates = &aggregates();
  return bind(input);
}

/// The printed plan's tree, without the header of columns and the list of parameters; or "code:
/// message | hint".
inline std::string bound_tree(const std::string& text, bool optimized = false) {
  auto bound = bind_text(text);
  if (!bound) {
    const Error& error = bound.error();
    return std::to_string(static_cast<int>(error.code)) + ": " + error.message +
           (error.hint.empty() ? "" : " | " + error.hint);
  }
  if (optimized) plan::optimize(*bound, {});
  return plan::print(*bound->root);
}

/// "name Type, name Type" of the result.
inline std::string bound_columns(const std::string& text) {
  auto bound = bind_text(text);
  if (!bound) return bound.error().message;
  std::string out;
  for (size_t i = 0; i < bound->column_names.size(); ++i) {
    out += (i == 0 ? "" : ", ") + bound->column_names[i] + " " + bound->column_types[i].name();
  }
  return out;
}

}  // namespace sp::testing
