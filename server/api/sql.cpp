// GET|POST /v0/sql: ad-hoc queries. The text comes as `q`, as the raw body, or as `q` of a JSON or
// form body.

#include <nlohmann/json.hpp>

#include "lang/sql/parse.h"
#include "server/api/api.h"
#include "server/api/respond.h"
#include "server/api/result_options.h"

namespace sp {
namespace {

std::string query_text(const HttpRequest& request) {
  if (const auto q = request.parameter("q")) return std::string(*q);
  const std::string_view type = request.header("content-type");
  if (type.find("json") != std::string_view::npos) {
    const auto json = nlohmann::json::parse(request.body, nullptr, false);
    return json.is_object() && json.contains("q") && json["q"].is_string()
               ? json["q"].get<std::string>()
               : "";
  }
  if (type.find("x-www-form-urlencoded") != std::string_view::npos) {
    for (const auto& [name, value] : parse_form(request.body)) {
      if (name == "q") return value;
    }
    // curl -d 'SELECT 1' announces a form and sends SQL.
    if (request.body.find("SELECT") == std::string::npos &&
        request.body.find("select") == std::string::npos)
      return "";
  }
  return request.body;
}

HttpResponse run_sql(ApiCall& call) {
  const std::string sql = query_text(call.http);
  if (sql.find_first_not_of(" \t\r\n;") == std::string::npos) {
    return error_response(400, "The query is empty",
                          "send it as `q=SELECT ...` or as the request's body");
  }
  // The format stands in the text; a templated text shows it only once rendered.
  std::string format_name = "JSON";
  std::string explain(call.http.parameter("explain").value_or(""));
  if (sql[sql.find_first_not_of(" \t\r\n")] != '%') {
    const auto statement = sql::parse_statement(sql);
    if (!statement.ok())
      return error_response(SourceText("<query>", sql).attach(statement.error()));
    if (!statement->format.empty()) format_name = statement->format;
    if (statement->kind == sql::Statement::Kind::kExplain)
      explain = statement->explain_form.empty() ? "plan" : statement->explain_form;
  }
  const ResultFormat* format = find_result_format(format_name);
  if (format == nullptr) return error_response(unknown_result_format(format_name));
  auto params = request_params(call.http);
  if (!params.ok()) return error_response(params.error());
  RunOptions options;
  options.cancelled = call.http.client_gone;
  options.stream = true;
  options.explain = explain;
  const std::string pipeline(call.http.parameter("pipeline").value_or(""));
  if (!pipeline.empty() && !call.grants.may_read_pipe(pipeline)) {
    return error_response(403, "The token has no PIPES:READ:" + pipeline + " scope");
  }
  auto response = call.workspace.run_sql(sql, *params, &call.grants, pipeline, options);
  if (!response.ok()) return error_response(response.error());
  if (!response->format.empty()) format = find_result_format(response->format);
  if (format == nullptr) return error_response(unknown_result_format(response->format));
  return result_response(std::move(*response), *format, result_options(call.http));
}

}  // namespace

std::vector<Route> sql_routes() {
  return {{"GET", "/v0/sql", true, &run_sql}, {"POST", "/v0/sql", true, &run_sql}};
}

}  // namespace sp
