// Opening, publishing and running.

#include "server/workspace/workspace.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "runtime/core/clock.h"
#include "runtime/core/rng.h"
#include "runtime/core/vfs.h"
#include "server/workspace/check.h"
#include "server/workspace/pipe_catalog.h"
#include "server/workspace/quarantine.h"
#include "server/workspace/system_tables.h"

namespace sp {

Result<std::unique_ptr<Workspace>> Workspace::open(WorkspaceOptions options) {
  if (options.data_directory.empty()) options.data_directory = options.directory + "/.sandpiper";
  std::unique_ptr<Workspace> workspace(new Workspace(std::move(options)));
  const WorkspaceOptions& o = workspace->options_;
  SP_TRY_VOID(posix_vfs().make_directory(o.data_directory));
  SP_TRY(workspace->store_,
         Store::open(o.data_directory, o.store, posix_vfs(), system_clock(), system_rng()));
  SP_TRY(workspace->token_keys_, TokenKeys::open(o.data_directory, o.admin_token));
  workspace->engine_ = Engine::create(o.engine);
  workspace->publish();
  return workspace;
}

Workspace::~Workspace() = default;

std::shared_ptr<const Project> Workspace::project() const {
  const std::lock_guard lock(mutex_);
  return project_;
}

std::shared_ptr<const TokenTable> Workspace::tokens() const {
  const std::lock_guard lock(mutex_);
  return tokens_;
}

// A data source whose table cannot change in place keeps its old definition.
Result<void> Workspace::create_tables(const std::shared_ptr<Project>& project) {
  const auto previous = this->project();
  for (auto it = project->datasources.begin(); it != project->datasources.end();) {
    const DataSource& datasource = *it->second;
    auto created = store_->create_table(datasource.schema);
    if (created.ok()) created = store_->create_table(datasource.quarantine);
    if (created.ok()) {
      ++it;
      continue;
    }
    Error error = std::move(created).error();
    error.location = Location{datasource.file.source->file(), 1, 1, "", 1};
    project->problems.push_back(
        {Problem::Severity::kError, std::move(error), datasource.file.source->file()});
    const auto old = previous ? previous->datasources.find(it->first)
                              : std::map<std::string, std::shared_ptr<const DataSource>,
                                         std::less<>>::const_iterator();
    if (previous && old != previous->datasources.end()) {
      it->second = old->second;
      ++it;
    } else {
      it = project->datasources.erase(it);
    }
  }
  return {};
}

std::shared_ptr<const Ingestor> Workspace::ingestor(const std::string& datasource) const {
  const std::lock_guard lock(mutex_);
  const auto found = ingestors_->find(datasource);
  return found == ingestors_->end() ? nullptr : found->second;
}

// A data source whose events cannot be read any more keeps its old reader.
std::shared_ptr<const Workspace::Ingestors> Workspace::create_ingestors(Project& project) const {
  auto ingestors = std::make_shared<Ingestors>();
  for (const auto& [name, datasource] : project.datasources) {
    auto created =
        Ingestor::create(*datasource, store_->find_table(name),
                         store_->find_table(datasource->quarantine.name), *engine_, readers_);
    if (created.ok()) {
      (*ingestors)[name] = std::shared_ptr<const Ingestor>(std::move(*created));
      continue;
    }
    project.problems.push_back(
        {Problem::Severity::kError, std::move(created).error(), datasource->file.source->file()});
    const std::lock_guard lock(mutex_);
    if (ingestors_ && ingestors_->contains(name))
      (*ingestors)[name] = ingestors_->find(name)->second;
  }
  return ingestors;
}

Result<uint64_t> Workspace::load_fixtures() {
  uint64_t rows = 0;
  for (const auto& [name, datasource] : project()->datasources) {
    const std::string path = options_.directory + "/fixtures/" + name + ".ndjson";
    std::ifstream file(path, std::ios::binary);
    const auto reader = ingestor(name);
    if (!file || !reader || store_->statistics(name).rows > 0) continue;
    std::ostringstream text;
    text << file.rdbuf();
    SP_TRY(const IngestCounts counts, reader->ingest(text.str(), true, "", *store_));
    if (counts.quarantined_rows > 0) {
      return fail(ErrorCode::kIncorrectData,
                  "Rows of the fixture do not fit their data source: " +
                      std::to_string(counts.quarantined_rows) + " of fixtures/" + name + ".ndjson",
                  std::nullopt, "SELECT c__error FROM " + quarantine_name(name));
    }
    rows += counts.successful_rows;
  }
  return rows;
}

Result<std::shared_ptr<const TokenTable>> Workspace::token_table(const Project& project) {
  std::map<std::string, Grants> by_name;
  for (const auto& [name, datasource] : project.datasources) {
    for (const TokenGrant& grant : datasource->file.tokens) {
      Grants& grants = by_name[grant.name];
      (grant.scope == "APPEND" ? grants.append_datasources : grants.read_datasources).insert(name);
    }
  }
  for (const auto& [name, pipe] : project.pipes) {
    for (const TokenGrant& grant : pipe->file.tokens) by_name[grant.name].read_pipes.insert(name);
  }
  auto table = std::make_shared<TokenTable>();
  Grants admin;
  admin.admin = true;
  admin.token_name = "admin";
  table->add(token_keys_.admin(), admin);
  admin.token_name = "user";
  table->add(token_keys_.user(), admin);
  for (auto& [name, grants] : by_name) {
    grants.token_name = name;
    SP_TRY(const std::string value, token_keys_.value_of(name));
    table->add(value, std::move(grants));
  }
  return std::shared_ptr<const TokenTable>(std::move(table));
}

// Readers, tokens and pipes change at one moment: who sees one of them sees all.
std::vector<Problem> Workspace::publish() {
  const std::lock_guard publishing(publishing_);
  const auto previous = project();
  auto project = std::make_shared<Project>(*load_project(options_.directory, previous.get()));
  if (auto created = create_tables(project); !created.ok()) {
    project->problems.push_back({Problem::Severity::kError, std::move(created).error(), ""});
  }
  auto ingestors = create_ingestors(*project);
  std::set<std::string> broken;
  check_project(
      project, *engine_, [this](const std::string& name) { return store_->find_table(name); },
      project->problems, &broken);
  for (const std::string& name : broken) {
    if (!previous)
      continue;  // at the start there is nothing better: the endpoint answers with its error
    if (const auto old = previous->pipes.find(name); old != previous->pipes.end())
      project->pipes[name] = old->second;
  }
  project->mentions.clear();
  auto tokens = token_table(*project);
  if (!tokens.ok()) project->problems.push_back({Problem::Severity::kError, tokens.error(), ""});
  const std::lock_guard lock(mutex_);
  ingestors_ = std::move(ingestors);
  if (tokens.ok()) tokens_ = std::move(*tokens);
  project_ = project;
  return project->problems;
}

Result<QueryResponse> Workspace::run(const std::string& sql, const PipeCatalog& catalog,
                                     const RunOptions& options) {
  QueryRequest request;
  request.sql = sql;
  request.holes = catalog.holes();
  request.catalog = &catalog;
  request.catalog_key = catalog.key();
  request.explain = options.explain;
  request.timeout_ms = options.timeout_ms;
  request.cancelled = options.cancelled;
  request.progress = options.progress;
  request.stream = options.stream;
  request.snapshots = [this](const std::vector<std::string>& tables)
      -> Result<std::vector<std::shared_ptr<const TableSnapshot>>> {
    auto snapshots = store_->snapshots(tables);
    for (size_t i = 0; i < tables.size(); ++i) {
      if (snapshots[i]) continue;
      SP_TRY(snapshots[i], system_snapshot(tables[i], *store_, *project()));
      if (!snapshots[i])
        return fail(ErrorCode::kUnknownTable,
                    "The data source was dropped while the query was starting: " + tables[i]);
    }
    return snapshots;
  };
  return engine_->run(request);
}

namespace {
std::vector<std::string_view> pipe_names(const Project& project) {
  std::vector<std::string_view> names;
  for (const auto& [name, pipe] : project.pipes) names.push_back(name);
  return names;
}

// Secrets of a local server live in its environment.
TemplateContext template_context(const RequestParams& params) {
  TemplateContext context;
  context.params = &params;
  context.secret = [](std::string_view secret) -> std::optional<std::string> {
    const char* value = std::getenv(std::string(secret).c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
  return context;
}

}  // namespace

Result<QueryResponse> Workspace::run_pipe(const std::string& name, const RequestParams& params,
                                          const std::string& over, const RunOptions& options) {
  const auto project = this->project();
  const auto pipe = project->pipes.find(name);
  if (pipe == project->pipes.end()) {
    return fail(ErrorCode::kUnknownTable, "Unknown pipe: " + name, std::nullopt,
                did_you_mean(name, pipe_names(*project)));
  }
  PipeCatalog catalog(project,
                      [this](const std::string& table) { return store_->find_table(table); });
  const TemplateContext context = template_context(params);
  SP_TRY_VOID(catalog.render(pipe->second, pipe->second->output, context));
  if (!over.empty()) {
    catalog.name_output_underscore();
    return run(over, catalog, options);
  }
  if (options.explain == "shape") {
    QueryResponse shape;
    shape.explanation = catalog.print_shape();
    return shape;
  }
  auto response = run(catalog.sql(), catalog, options);
  if (!response.ok()) return catalog.locate(std::move(response).error());
  return response;
}

namespace {

// ClickHouse's query parameters: `param_name=value` is the value of {name:Type}. The type stands in
// the query.
std::vector<HoleValue> query_parameters(const RequestParams& params) {
  constexpr std::string_view kPrefix = "param_";
  std::vector<HoleValue> values;
  for (const auto& [name, texts] : params.all()) {
    if (name.starts_with(kPrefix) && !texts.empty())
      values.push_back({name.substr(kPrefix.size()), "String", texts.back()});
  }
  return values;
}

// The text in which pipes are looked for: the query and the names that {name:Identifier} may give.
std::string with_names(std::string sql, const std::vector<HoleValue>& parameters) {
  if (sql.find("Identifier") == std::string::npos) return sql;
  for (const HoleValue& parameter : parameters) sql += " " + parameter.text;
  return sql;
}

// Any value of the type: the shape of a query does not depend on it.
std::string value_of_type(std::string_view type) {
  if (type.starts_with("DateTime")) return "2024-01-01 00:00:00";
  if (type.starts_with("Date")) return "2024-01-01";
  if (type == "UUID") return "00000000-0000-0000-0000-000000000000";
  if (type.starts_with("Bool")) return "true";
  return "1";
}

}  // namespace

void Workspace::warm_endpoints(const std::atomic<bool>& stopping) {
  const auto project = this->project();
  for (const auto& [name, pipe] : project->pipes) {
    if (stopping) return;
    if (!pipe->is_endpoint()) continue;
    RequestParams params;
    for (const ParamSpec& spec : pipe->signature.params) {
      if (spec.required) params.add(spec.name, value_of_type(spec.type));
    }
    PipeCatalog catalog(project,
                        [this](const std::string& table) { return store_->find_table(table); });
    if (!catalog.render(pipe, pipe->output, template_context(params)).ok()) continue;
    QueryRequest request;
    request.sql = catalog.sql();
    request.holes = catalog.holes();
    request.catalog = &catalog;
    request.catalog_key = catalog.key();
    (void)engine_->warm(request);
  }
}

Result<QueryResponse> Workspace::run_sql(const std::string& sql, const RequestParams& params,
                                         const Grants* grants, const std::string& pipeline,
                                         const RunOptions& options) {
  if (!pipeline.empty()) return run_pipe(pipeline, params, sql, options);
  PipeCatalog catalog(project(),
                      [this](const std::string& table) { return store_->find_table(table); });
  if (grants != nullptr && !grants->admin) {
    catalog.authorise_with(
        grants->token_name, [grants](const std::string& name, bool is_pipe) -> Result<void> {
          if (is_pipe ? grants->may_read_pipe(name) : grants->may_read_datasource(name)) return {};
          return fail(ErrorCode::kAccessDenied, "The token has no " +
                                                    std::string(is_pipe ? "PIPES" : "DATASOURCES") +
                                                    ":READ:" + name + " scope");
        });
  }
  const TemplateContext context = template_context(params);
  const SourceText source("<query>", sql);
  const size_t begin = sql.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos || sql[begin] != '%') {
    const std::vector<HoleValue> values = query_parameters(params);
    catalog.add_holes(values);
    catalog.render_mentioned(with_names(sql, values), context);
    auto response = run(sql, catalog, options);
    if (!response.ok()) return source.attach(std::move(response).error());
    return response;
  }
  auto compiled =
      Template::compile(std::string_view(sql).substr(begin + 1), static_cast<uint32_t>(begin + 1));
  if (!compiled.ok()) return source.attach(std::move(compiled).error());
  auto rendered = (*compiled)->render(context, 0);
  if (!rendered.ok()) return source.attach(std::move(rendered).error());
  catalog.add_holes(rendered->values);
  const std::vector<HoleValue> values = query_parameters(params);
  catalog.add_holes(values);
  catalog.render_mentioned(with_names(rendered->text, values), context);
  auto response = run(rendered->text, catalog, options);
  if (response.ok()) return response;
  Error error = std::move(response).error();
  if (error.span && !error.location) error.span = rendered->map.to_origin(*error.span);
  return source.attach(std::move(error));
}

}  // namespace sp
