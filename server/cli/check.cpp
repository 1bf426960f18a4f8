// sandpiper check DIR: everything that is wrong with a project, without running it.

#include "server/workspace/check.h"

#include <fmt/format.h>

#include "server/cli/command.h"

namespace sp {
namespace {

int check(const std::string& directory, const std::string& format) {
  const auto engine = Engine::create(EngineOptions::from_environment());
  const CheckReport report = check_folder(directory, *engine);
  fmt::print("{}", report.print(format == "json"));
  return report.exit_status();
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
