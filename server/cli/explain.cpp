// sandpiper explain DIR PIPE [k=v ...]: how an endpoint runs with these parameters.

#include <fmt/format.h>

#include <iostream>

#include "server/cli/command.h"
#include "server/workspace/workspace.h"

namespace sp {
namespace {

struct ExplainOptions {
  std::string directory, data_directory, pipe, form = "plan";
  std::vector<std::string> parameters;
};

int explain(const ExplainOptions& options) {
  WorkspaceOptions workspace_options;
  workspace_options.directory = options.directory;
  workspace_options.data_directory = options.data_directory;
  workspace_options.engine = EngineOptions::from_environment();
  auto workspace = Workspace::open(std::move(workspace_options));
  if (!workspace.ok()) {
    fmt::print(stderr, "sandpiper: {}\n", workspace.error().render());
    return 1;
  }
  RequestParams params;
  for (const std::string& parameter : options.parameters) {
    const size_t equals = parameter.find('=');
    if (equals == std::string::npos) {
      fmt::print(stderr, "sandpiper: a parameter is written name=value: {}\n", parameter);
      return 2;
    }
    params.add(parameter.substr(0, equals), parameter.substr(equals + 1));
  }
  RunOptions run_options;
  run_options.explain = options.form;
  run_options.timeout_ms = 0;
  const auto response = (*workspace)->run_pipe(options.pipe, params, "", run_options);
  if (!response.ok()) {
    fmt::print(stderr, "{}\n", response.error().render());
    return 1;
  }
  std::cout << response->explanation;
  return 0;
}

}  // namespace

void add_explain_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<ExplainOptions>();
  CLI::App* command = app.add_subcommand("explain", "Show how an endpoint runs");
  command->add_option("DIR", options->directory, "The project")
      ->required()
      ->check(CLI::ExistingDirectory);
  command->add_option("PIPE", options->pipe, "The pipe")->required();
  command->add_option("PARAMETERS", options->parameters, "name=value ...");
  command->add_option("--form", options->form, "shape, ast, plan, pipelines, ir, asm or timings")
      ->check(CLI::IsMember({"shape", "ast", "plan", "pipelines", "ir", "asm", "timings"}));
  command->add_option("--data-dir", options->data_directory, "The project's data (DIR/.sandpiper)");
  command->callback([options, &action] { action = [options] { return explain(*options); }; });
}

}  // namespace sp
