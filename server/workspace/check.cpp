// Every branch of every template is rendered once and described by the engine.

#include "server/workspace/check.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

namespace sp {
namespace {

// Describes a pipe's node under one set of parameters.
Result<void> describe(const std::shared_ptr<const Project>& project, const std::shared_ptr<const Pipe>& pipe, size_t node,
                      const RequestParams& params, Engine& engine, const PipeCatalog::FindTable& find_table) {
  PipeCatalog catalog(project, find_table);
  TemplateContext context;
  context.params = &params;
  context.secret = [](std::string_view) { return std::optional<std::string>("secret"); };
  SP_TRY_VOID(catalog.render(pipe, node, context));
  QueryRequest request;
  request.sql = catalog.sql();
  request.holes = catalog.holes();
  request.catalog = &catalog;
  request.catalog_key = catalog.key();
  auto description = engine.describe(request);
  if (!description.ok()) return catalog.locate(std::move(description).error());
  return {};
}

// The probes of all nodes that the output may read; the defaults alone if there is no template.
std::vector<RequestParams> probes_of(const Project& project, const std::shared_ptr<const Pipe>& pipe, size_t node) {
  std::vector<RequestParams> probes;
  for (const NodeReference& reference : project.mentioned_nodes(pipe, node)) {
    for (RequestParams& probe : reference.pipe->nodes[reference.node].sql->probes()) probes.push_back(std::move(probe));
  }
  if (probes.empty()) probes.emplace_back();
  return probes;
}

bool is_template_stop(const Error& error) {
  return error.code == ErrorCode::kTemplateError || error.code == ErrorCode::kTemplateCustomError;
}

}  // namespace

PipeCatalog::FindTable tables_of(const std::shared_ptr<const Project>& project) {
  auto tables = std::make_shared<std::map<std::string, std::shared_ptr<const TableSchema>>>();
  uint64_t id = 0;
  for (const auto& [name, datasource] : project->datasources) {
    for (const TableSchema* schema : {&datasource->schema, &datasource->quarantine}) {
      auto copy = std::make_shared<TableSchema>(*schema);
      copy->id = ++id;
      (*tables)[copy->name] = std::move(copy);
    }
  }
  return [tables](const std::string& name) {
    const auto it = tables->find(name);
    return it == tables->end() ? nullptr : it->second;
  };
}

void check_project(const std::shared_ptr<const Project>& project, Engine& engine, const PipeCatalog::FindTable& find_table,
                   std::vector<Problem>& problems, std::set<std::string>* broken) {
  std::set<std::string> missing_tables;
  for (const auto& [name, pipe] : project->pipes) {
    std::set<std::string> reported;  // the same mistake shows in many branches
    std::vector<bool> reached(pipe->nodes.size(), false);
    for (const NodeReference& reference : project->mentioned_nodes(pipe, pipe->output)) {
      if (reference.pipe == pipe) reached[reference.node] = true;
    }
    for (size_t node = 0; node < pipe->nodes.size(); ++node) {
      if (reached[node] && node != pipe->output) continue;  // bound as part of the output
      for (const RequestParams& probe : probes_of(*project, pipe, node)) {
        const auto result = describe(project, pipe, node, probe, engine, find_table);
        if (result.ok()) continue;
        const Error& error = result.error();
        if (is_template_stop(error)) continue;  // error() in a branch is what the author wants there
        const std::string file = error.location ? error.location->file : pipe->file.source->file();
        if (error.code == ErrorCode::kUnknownTable) {
          if (!missing_tables.insert(error.message).second) continue;
          problems.push_back({Problem::Severity::kWarning, error, file});
          if (broken != nullptr) broken->insert(name);
          continue;
        }
        if (!reported.insert(error.render()).second) continue;
        problems.push_back({Problem::Severity::kError, error, file});
        if (broken != nullptr) broken->insert(name);
      }
      if (!reached[node]) {
        Error unused = fail(ErrorCode::kDatafileError, "No other node reads this one: " + pipe->nodes[node].name, pipe->file.nodes[node].name_span,
                            "remove it, or read it from the node that has the TYPE");
        problems.push_back({Problem::Severity::kWarning, pipe->file.source->attach(std::move(unused)), pipe->file.source->file()});
      }
    }
  }
}

CheckReport check_folder(const std::string& directory, Engine& engine) {
  const auto project = load_project(directory, nullptr);
  CheckReport report;
  report.problems = project->problems;
  report.datasources = project->datasources.size();
  report.pipes = project->pipes.size();
  check_project(project, engine, tables_of(project), report.problems, nullptr);
  return report;
}

size_t CheckReport::count(Problem::Severity severity) const {
  return static_cast<size_t>(std::count_if(problems.begin(), problems.end(), [severity](const Problem& p) { return p.severity == severity; }));
}

std::string CheckReport::print(bool json) const {
  std::string out;
  for (const Problem& problem : problems) out += json ? problem_to_json(problem) + "\n" : problem_to_text(problem) + "\n\n";
  if (json) return out;
  const auto counted = [](size_t number, const char* what) { return std::to_string(number) + ' ' + what + (number == 1 ? "" : "s"); };
  return out + counted(datasources, "data source") + ", " + counted(pipes, "pipe") + ": " + counted(count(Problem::Severity::kError), "error") + ", " +
         counted(count(Problem::Severity::kWarning), "warning") + "\n";
}

std::string problem_to_json(const Problem& problem) {
  const Error& error = problem.error;
  nlohmann::ordered_json json;
  json["file"] = problem.file;
  json["line"] = error.location ? error.location->line : 0;
  json["column"] = error.location ? error.location->column : 0;
  json["severity"] = problem.severity == Problem::Severity::kError ? "error" : "warning";
  json["code"] = std::string(error_code_name(error.code));
  json["message"] = error.message;
  json["hint"] = error.hint;
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string problem_to_text(const Problem& problem) {
  const std::string text = problem.error.render();
  const std::string severity = problem.severity == Problem::Severity::kError ? "error: " : "warning: ";
  // The severity stands after the place, where compilers put it.
  const size_t message = problem.error.location ? text.find(problem.error.message) : 0;
  if (!problem.error.location) return problem.file + ": " + severity + text;
  return text.substr(0, message) + severity + text.substr(message);
}

}  // namespace sp
