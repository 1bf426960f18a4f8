// GET|POST /v0/pipes/NAME.FORMAT runs an endpoint; GET /v0/pipes and /v0/pipes/NAME describe pipes.

#include <nlohmann/json.hpp>

#include "server/api/api.h"
#include "server/api/respond.h"
#include "server/api/result_options.h"

namespace sp {
namespace {

using Json = nlohmann::ordered_json;

const char* type_name(PipeNode::Type type) {
  switch (type) {
    case PipeNode::Type::kEndpoint: return "endpoint";
    case PipeNode::Type::kMaterialized: return "materialized";
    case PipeNode::Type::kCopy: return "copy";
    case PipeNode::Type::kSink: return "sink";
    case PipeNode::Type::kNone: break;
  }
  return "default";
}

Json describe(const Pipe& pipe) {
  Json params = Json::array();
  for (const ParamSpec& spec : pipe.signature.params) {
    Json param = {{"name", spec.name}, {"type", spec.type}};
    if (spec.default_value) param["default"] = *spec.default_value;
    param["required"] = spec.required;
    if (!spec.description.empty()) param["description"] = spec.description;
    params.push_back(std::move(param));
  }
  Json nodes = Json::array();
  for (size_t i = 0; i < pipe.nodes.size(); ++i) {
    const PipeNode& node = pipe.file.nodes[i];
    Json item = {{"id", node.name},
                 {"name", node.name},
                 {"sql", (node.templated ? "%\n" : "") + node.sql},
                 {"description", node.description},
                 {"node_type", type_name(node.type)}};
    if (i == pipe.output) item["params"] = params;
    nodes.push_back(std::move(item));
  }
  Json json = {{"id", pipe.file.name},
               {"name", pipe.file.name},
               {"description", pipe.file.description},
               {"type", type_name(pipe.nodes[pipe.output].type)}};
  json["endpoint"] = pipe.is_endpoint() ? Json(pipe.nodes[pipe.output].name) : Json(nullptr);
  json["tags"] = pipe.file.tags;
  json["nodes"] = std::move(nodes);
  if (pipe.is_endpoint()) json["url"] = "/v0/pipes/" + pipe.file.name + ".json";
  return json;
}

HttpResponse list_pipes(ApiCall& call) {
  Json pipes = Json::array();
  for (const auto& [name, pipe] : call.workspace.project()->pipes) {
    if (call.grants.may_read_pipe(name)) pipes.push_back(describe(*pipe));
  }
  HttpResponse response;
  response.body =
      Json{{"pipes", std::move(pipes)}}.dump(-1, ' ', false, Json::error_handler_t::replace);
  return response;
}

HttpResponse unknown_pipe(const Project& project, const std::string& name) {
  std::vector<std::string_view> names;
  for (const auto& [known, pipe] : project.pipes) names.push_back(known);
  return error_response(404, "The pipe '" + name + "' does not exist", did_you_mean(name, names));
}

HttpResponse run_endpoint(ApiCall& call, const std::string& name, const std::string& format_name) {
  const auto project = call.workspace.project();
  const auto pipe = project->pipes.find(name);
  if (!call.grants.may_read_pipe(name))
    return error_response(403, "The token has no PIPES:READ:" + name + " scope");
  if (pipe == project->pipes.end()) return unknown_pipe(*project, name);
  if (!pipe->second->is_endpoint()) {
    return error_response(404, "The pipe '" + name + "' does not have an endpoint yet",
                          "give one of its nodes `TYPE endpoint`");
  }
  const ResultFormat* format = find_result_format(format_name == "ndjson" ? "JSONEachRow"
                                                  : format_name == "csv"  ? "CSVWithNames"
                                                                          : format_name);
  if (format == nullptr) return error_response(unknown_result_format(format_name));
  auto params = request_params(call.http);
  if (!params.ok()) return error_response(params.error());
  RunOptions options;
  options.cancelled = call.http.client_gone;
  options.stream = true;
  const std::string explain(call.http.parameter("explain").value_or(""));
  options.explain = explain == "true" || explain == "1" ? "plan"
                    : explain == "false"                ? ""
                                                        : explain;
  auto response = call.workspace.run_pipe(
      name, *params, std::string(call.http.parameter("q").value_or("")), options);
  if (!response.ok()) return error_response(response.error());
  return result_response(std::move(*response), *format, result_options(call.http));
}

HttpResponse one_pipe(ApiCall& call) {
  const std::string& target = call.captures[0];
  const size_t dot = target.rfind('.');
  if (dot != std::string::npos)
    return run_endpoint(call, target.substr(0, dot), target.substr(dot + 1));
  const auto project = call.workspace.project();
  const auto pipe = project->pipes.find(target);
  if (!call.grants.may_read_pipe(target))
    return error_response(403, "The token has no PIPES:READ:" + target + " scope");
  if (pipe == project->pipes.end()) return unknown_pipe(*project, target);
  HttpResponse response;
  response.body = describe(*pipe->second).dump(-1, ' ', false, Json::error_handler_t::replace);
  return response;
}

}  // namespace

std::vector<Route> pipe_routes() {
  return {{"GET", "/v0/pipes", true, &list_pipes},
          {"GET", "/v0/pipes/*", true, &one_pipe},
          {"POST", "/v0/pipes/*", true, &one_pipe}};
}

}  // namespace sp
