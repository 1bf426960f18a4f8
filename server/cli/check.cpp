// sandpiper check DIR: everything that is wrong with a project, without running it.

#include "server/workspace/check.h"

#include <fmt/format.h>

#include "server/cli/command.h"

namespace sp {
namespace {

int check(const std::string& directory, const std::string& format) {
  auto project = std::make_shared<Project>(*load_project(directory, nullptr));
  const auto engine = Engine::create(EngineOptions::from_environment());
  std::vector<Problem> problems = project->problems;
  check_project(project, *engine, tables_of(project), problems, nullptr);
  size_t errors = 0;
  for (const Problem& problem : problems) {
    errors += problem.severity == Problem::Severity::kError;
    if (format == "json") fmt::print("{}\n", problem_to_json(problem));
    else fmt::print("{}\n\n", problem_to_text(problem));
  }
  if (format != "json") {
    fmt::print("{} data sources, {} pipes: {} errors, {} warnings\n", project->datasources.size(), project->pipes.size(), errors, problems.size() - errors);
  }
  return errors > 0 ? 1 : 0;
}

}  // namespace

void add_check_command(CLI::App& app, Action& action) {
  auto directory = std::make_shared<std::string>();
  auto format = std::make_shared<std::string>("text");
  CLI::App* command = app.add_subcommand("check", "Check a project: files, templates, names, types");
  command->add_option("DIR", *directory, "Folder of .datasource and .pipe files")->required()->check(CLI::ExistingDirectory);
  command->add_option("--format", *format, "text or json (one object a line)")->check(CLI::IsMember({"text", "json"}));
  command->callback([=, &action] { action = [=] { return check(*directory, *format); }; });
}

}  // namespace sp
