// sandpiper check DIR: everything that is wrong with a project, without running it.

#include "server/workspace/check.h"

#include <fmt/format.h>

#include "server/cli/command.h"

namespace sp {
namespace {

int check(const std::string& directory, const std::string& format, bool strict) {
  const auto engine = Engine::create(EngineOptions::from_environment());
  const CheckReport report = check_folder(directory, *engine);
  fmt::print("{}", report.print(format == "json"));
  return report.exit_status(strict);
}

}  // namespace

void add_check_command(CLI::App& app, Action& action) {
  auto directory = std::make_shared<std::string>();
  auto strict = std::make_shared<bool>(false);
  auto format = std::make_shared<std::string>("text");
  CLI::App* command =
      app.add_subcommand("check", "Check a project: files, templates, names, types");
  command->add_option("DIR", *directory, "Folder of .datasource and .pipe files")
      ->required()
      ->check(CLI::ExistingDirectory);
  command->add_option("--format", *format, "text or json (one object a line)")
      ->check(CLI::IsMember({"text", "json"}));
  command->add_flag("--strict", *strict, "Exit with 1 for warnings as well as for errors");
  command->footer(
      "Exit status: 0 if nothing is worse than a warning, 1 if there is an error; more if the "
      "command itself was called wrongly.");
  command->callback([=, &action] { action = [=] { return check(*directory, *format, *strict); }; });
}

}  // namespace sp
