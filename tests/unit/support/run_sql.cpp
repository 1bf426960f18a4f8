// An empty catalog and TabSeparated around Engine::run.

#include "tests/unit/support/run_sql.h"

#include "runtime/formats/result_writer.h"

namespace sp {
namespace {

class NoTables : public Catalog {
 public:
  Result<std::optional<Relation>> find(std::string_view, std::string_view) const override {
    return std::optional<Relation>();
  }
  std::vector<std::string> names() const override { return {}; }
};

}  // namespace

SqlAnswer run_sql(Engine& engine, const std::string& sql) {
  const NoTables catalog;
  QueryRequest request;
  request.sql = sql;
  request.catalog = &catalog;
  request.catalog_key = "no tables";
  request.snapshots = [](const std::vector<std::string>&)
      -> Result<std::vector<std::shared_ptr<const TableSnapshot>>> {
    return std::vector<std::shared_ptr<const TableSnapshot>>();
  };
  const Result<QueryResponse> response = engine.run(request);
  SqlAnswer answer;
  if (!response.ok()) {
    answer.error_code = static_cast<int>(response.error().code);
    answer.message = response.error().message;
    return answer;
  }
  const ResultTable& table = *response->table;
  for (const Type type : table.types)
    answer.types += (answer.types.empty() ? "" : ", ") + type.name();
  answer.text = write_result(*find_result_format("TabSeparated"), table, ResultStatistics());
  if (answer.text.ends_with('\n')) answer.text.pop_back();
  return answer;
}

}  // namespace sp
