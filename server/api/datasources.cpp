// GET /v0/datasources and /v0/datasources/NAME: what is stored, with its columns and sizes.

#include <nlohmann/json.hpp>

#include "server/api/api.h"
#include "server/api/respond.h"

namespace sp {
namespace {

using Json = nlohmann::ordered_json;

std::string value_or_empty(const std::optional<Directive>& directive) {
  return directive ? directive->value : "";
}

Json describe(Workspace& workspace, const DataSource& datasource, bool detailed) {
  const DataSourceFile& file = datasource.file;
  const TableStatistics statistics = workspace.store().statistics(file.name);
  const TableStatistics quarantine = workspace.store().statistics(datasource.quarantine.name);
  Json columns = Json::array();
  for (const ColumnDefinition& column : file.columns) {
    columns.push_back(
        {{"name", column.name},
         {"type", column.type.without_nullable().name()},
         {"codec", column.codec_text.empty() ? Json(nullptr) : Json(column.codec_text)},
         {"default_value", column.default_text.empty() ? Json(nullptr) : Json(column.default_text)},
         {"jsonpath", column.json_path.empty() ? Json(nullptr) : Json(column.json_path)},
         {"nullable", column.type.can_be_null()},
         {"normalized_name", column.name}});
  }
  Json engine = {{"engine", file.engine}};
  const std::string prefix = detailed ? "" : "engine_";
  engine[prefix + "sorting_key"] = value_or_empty(file.sorting_key);
  engine[prefix + "partition_key"] = value_or_empty(file.partition_key);
  engine[prefix + "primary_key"] =
      file.primary_key ? file.primary_key->value : value_or_empty(file.sorting_key);
  Json json = {
      {"id", file.name},
      {"name", file.name},
      {"description", file.description},
      {"tags", file.tags},
      {"type", "csv"},
      {"engine", engine},
      {"columns", columns},
      {"statistics", {{"bytes", statistics.bytes_on_disk}, {"row_count", statistics.rows}}},
      {"quarantine_rows", quarantine.rows},
      {"new_columns_detected", Json::object()},
      {"indexes", Json::array()},
      {"used_by", Json::array()}};
  if (detailed) {
    std::string schema;
    for (const ColumnDefinition& column : file.columns)
      schema += (schema.empty() ? "" : ", ") + ("`" + column.name + "` " + column.type.name());
    json["schema"] = {{"columns", columns}, {"sql_schema", schema}};
  }
  return json;
}

HttpResponse list_datasources(ApiCall& call) {
  Json list = Json::array();
  for (const auto& [name, datasource] : call.workspace.project()->datasources) {
    if (call.grants.may_read_datasource(name) || call.grants.may_append(name))
      list.push_back(describe(call.workspace, *datasource, false));
  }
  HttpResponse response;
  response.body =
      Json{{"datasources", std::move(list)}}.dump(-1, ' ', false, Json::error_handler_t::replace);
  return response;
}

HttpResponse one_datasource(ApiCall& call) {
  std::string name = call.captures[0];
  const bool as_file =
      name.ends_with(".datasource") || call.http.parameter("format").value_or("") == "datasource";
  if (name.ends_with(".datasource"))
    name.resize(name.size() - std::string_view(".datasource").size());
  const auto project = call.workspace.project();
  if (!call.grants.may_read_datasource(name))
    return error_response(403, "The token has no DATASOURCES:READ:" + name + " scope");
  const auto found = project->datasources.find(name);
  if (found == project->datasources.end()) {
    std::vector<std::string_view> names;
    for (const auto& [known, datasource] : project->datasources) names.push_back(known);
    return error_response(404, "The data source '" + name + "' does not exist",
                          did_you_mean(name, names));
  }
  HttpResponse response;
  if (as_file) {
    response.content_type = "text/plain; charset=utf-8";
    response.body = std::string(found->second->file.source->text());
  } else {
    response.body = describe(call.workspace, *found->second, true)
                        .dump(-1, ' ', false, Json::error_handler_t::replace);
  }
  return response;
}

}  // namespace

std::vector<Route> datasource_routes() {
  return {{"GET", "/v0/datasources", true, &list_datasources},
          {"GET", "/v0/datasources/*", true, &one_datasource}};
}

}  // namespace sp
