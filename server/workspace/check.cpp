// The order of the checks, and the report of a folder.

#include "server/workspace/check.h"

#include <algorithm>
#include <map>

#include "lang/sql/parse.h"
#include "server/workspace/check_node.h"
#include "server/workspace/check_target.h"
#include "server/workspace/column_expressions.h"

namespace sp {
namespace {

class ProjectCheck {
 public:
  explicit ProjectCheck(CheckState& state) : state_(state) {}

  void run() {
    for (const auto& [name, pipe] : state_.project->pipes) {
      pipe_ = pipe;
      check_names();
      check_templates();
      check_nodes();
    }
  }

 private:
  void report(Problem::Severity severity, Error error) {
    error = pipe_->file.source->attach(std::move(error));
    const std::string file = error.location ? error.location->file : pipe_->file.source->file();
    state_.report(severity, pipe_->file.name, std::move(error), file);
  }

  void check_names() {
    const Project& project = *state_.project;
    if (project.datasources.contains(pipe_->file.name)) {
      report(Problem::Severity::kError,
             fail(ErrorCode::kDatafileError,
                  "A pipe and a data source have one name: " + pipe_->file.name, Span{0, 0},
                  "rename one of the two"));
    }
    for (const PipeNode& node : pipe_->file.nodes) {
      const bool hides_source = project.datasources.contains(node.name);
      const bool hides_pipe = node.name != pipe_->file.name && project.pipes.contains(node.name);
      if (!hides_source && !hides_pipe) continue;
      report(Problem::Severity::kWarning,
             fail(ErrorCode::kDatafileError,
                  std::string("Node hides the ") + (hides_source ? "data source" : "pipe") +
                      " of the same name: " + node.name,
                  node.name_span, "give the node another name"));
    }
  }

  // What fails in branches that may never be taken, and names that nothing declares.
  void check_templates() {
    TemplateFindings findings;
    for (const CompiledNode& node : pipe_->nodes) node.sql->inspect(findings);
    std::vector<std::string_view> declared(findings.declared.begin(), findings.declared.end());
    mistakes_ = std::move(findings.mistakes);
    for (const auto& [name, span] : findings.bare_names) {
      if (findings.declared.contains(name)) continue;
      std::string hint = did_you_mean(name, declared);
      if (hint.empty())
        hint =
            "declare it: {{String(" + name + ")}}; without that a request's text is used as it is";
      report(Problem::Severity::kWarning,
             fail(ErrorCode::kTemplateError, "Name is neither a parameter nor a variable: " + name,
                  span, std::move(hint)));
    }
  }

  void check_nodes() {
    const Project& project = *state_.project;
    std::vector<bool> reached(pipe_->nodes.size(), false);
    const auto mentioned = project.mentioned_nodes(pipe_, pipe_->output);
    for (const NodeReference& reference : *mentioned) {
      if (reference.pipe == pipe_) reached[reference.node] = true;
    }
    for (size_t node = 0; node < pipe_->nodes.size(); ++node) {
      const auto columns = check_node(state_, pipe_, node, probes_of(node));
      const PipeNode::Type type = pipe_->nodes[node].type;
      if (type == PipeNode::Type::kMaterialized || type == PipeNode::Type::kCopy) {
        reached[node] = true;
        check_target(state_, pipe_, node, columns ? &*columns : nullptr);
      }
    }
    tell_mistakes();
    if (state_.broken.contains(pipe_->file.name)) return;  // what reads what is not known
    for (size_t node = 0; node < pipe_->nodes.size(); ++node) {
      if (reached[node]) continue;
      report(Problem::Severity::kWarning,
             fail(ErrorCode::kDatafileError,
                  "No other node reads this one: " + pipe_->nodes[node].name,
                  pipe_->file.nodes[node].name_span,
                  "remove it, or read it from the node that has the TYPE"));
    }
  }

  // What no branch guards fails every request; the rest is told, unless a request without
  // parameters came by already.
  void tell_mistakes() {
    for (TemplateFindings::Mistake& mistake : mistakes_) {
      Error located = pipe_->file.source->attach(std::move(mistake.error));
      if (state_.reported.contains(located.render())) continue;
      report(mistake.always ? Problem::Severity::kError : Problem::Severity::kWarning,
             std::move(located));
    }
    mistakes_.clear();
  }

  // The output answers for all that it reads, in every branch of each; other nodes for their own
  // branches.
  std::vector<RequestParams> probes_of(size_t node) const {
    if (node != pipe_->output) return non_empty(pipe_->nodes[node].sql->probes());
    std::vector<RequestParams> probes;
    const auto mentioned = state_.project->mentioned_nodes(pipe_, node);
    for (const NodeReference& reference : *mentioned) {
      for (RequestParams& probe : reference.pipe->nodes[reference.node].sql->probes())
        probes.push_back(std::move(probe));
    }
    return non_empty(std::move(probes));
  }

  static std::vector<RequestParams> non_empty(std::vector<RequestParams> probes) {
    if (probes.empty()) probes.emplace_back();
    return probes;
  }

  CheckState& state_;
  std::shared_ptr<const Pipe> pipe_;
  std::vector<TemplateFindings::Mistake> mistakes_;  // of the pipe's templates
};

// The columns that an expression of a data source may read.
class OwnColumns : public Catalog {
 public:
  explicit OwnColumns(const TableSchema& schema) : schema_(std::make_shared<TableSchema>(schema)) {}
  Result<std::optional<Relation>> find(std::string_view, std::string_view name) const override {
    if (name != "columns") return std::optional<Relation>();
    return std::optional<Relation>(Relation{schema_, nullptr});
  }
  std::vector<std::string> names() const override { return {}; }

 private:
  const std::shared_ptr<const TableSchema> schema_;
};

// Expressions of a data source that run only when events arrive or the schema changes.
void check_expressions(const DataSource& datasource, Engine& engine,
                       std::vector<Problem>& problems) {
  const SourceText& source = *datasource.file.source;
  const auto report = [&](Error error) {
    error = source.attach(std::move(error));
    problems.push_back({Problem::Severity::kError, std::move(error), source.file()});
  };
  if (auto ordered = order_column_expressions(datasource.file, engine); !ordered.ok()) {
    problems.push_back({Problem::Severity::kError, std::move(ordered).error(), source.file()});
  }
  const OwnColumns columns(datasource.schema);
  for (const ColumnDefinition& column : datasource.file.columns) {
    if (column.default_text.empty()) continue;
    static constexpr std::string_view kSelect = "SELECT ";
    QueryRequest request;
    request.sql = std::string(kSelect) + converted_expression(column) + " FROM columns";
    request.catalog = &columns;
    auto described = engine.describe(request);
    if (described.ok()) continue;
    Error error = std::move(described).error();
    if (error.code == ErrorCode::kUnknownIdentifier && !error.hint.starts_with("did you mean")) {
      error.hint =
          "text needs single quotes: '" + error.message.substr(error.message.rfind(' ') + 1) + "'";
    }
    report(
        in_column_expression(std::move(error), column, kSelect.size() + kBeforeExpression.size()));
  }
  if (!datasource.file.forward_query.empty()) {
    const Span span = datasource.file.forward_query_span;
    auto query = sql::parse_query(source.text().substr(span.begin, span.end - span.begin));
    if (query.ok()) return;
    Error error = std::move(query).error();
    if (error.span) error.span = Span{error.span->begin + span.begin, error.span->end + span.begin};
    report(std::move(error));
  }
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

void check_project(const std::shared_ptr<const Project>& project, Engine& engine,
                   const PipeCatalog::FindTable& find_table, std::vector<Problem>& problems,
                   std::set<std::string>* broken) {
  CheckState state{project, engine, find_table, problems, {}, project->broken_names, {}};
  ProjectCheck(state).run();
  sort_problems(problems);
  if (broken != nullptr) broken->insert(state.broken.begin(), state.broken.end());
}

CheckReport check_folder(const std::string& directory, Engine& engine) {
  const auto project = load_project(directory, nullptr);
  CheckReport report;
  report.problems = project->problems;
  report.datasources = project->datasources.size();
  report.pipes = project->pipes.size();
  for (const auto& [name, datasource] : project->datasources)
    check_expressions(*datasource, engine, report.problems);
  check_project(project, engine, tables_of(project), report.problems, nullptr);
  return report;
}

size_t CheckReport::count(Problem::Severity severity) const {
  return static_cast<size_t>(
      std::count_if(problems.begin(), problems.end(),
                    [severity](const Problem& p) { return p.severity == severity; }));
}

int CheckReport::exit_status(bool strict) const {
  if (count(Problem::Severity::kError) > 0) return 1;
  return strict && !problems.empty() ? 1 : 0;
}

std::string CheckReport::print(bool json) const {
  std::string out;
  for (const Problem& problem : problems)
    out += json ? problem_to_json(problem) + "\n" : problem_to_text(problem) + "\n\n";
  if (json) return out;
  const auto counted = [](size_t number, const char* what) {
    return std::to_string(number) + ' ' + what + (number == 1 ? "" : "s");
  };
  return out + counted(datasources, "data source") + ", " + counted(pipes, "pipe") + ": " +
         counted(count(Problem::Severity::kError), "error") + ", " +
         counted(count(Problem::Severity::kWarning), "warning") + "\n";
}

}  // namespace sp
