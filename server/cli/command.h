#pragma once
// Commands: the subcommands of the one binary. Each stands in a file of its own and adds itself to
// the command line.

#include <CLI/CLI.hpp>
#include <functional>

namespace sp {

/// Adds a subcommand; its callback stores what to run in `action` (returns the exit status).
using Action = std::function<int()>;
void add_serve_command(CLI::App& app, Action& action);
void add_check_command(CLI::App& app, Action& action);
void add_fmt_command(CLI::App& app, Action& action);
void add_sql_command(CLI::App& app, Action& action);
void add_repl_command(CLI::App& app, Action& action);
void add_explain_command(CLI::App& app, Action& action);
void add_test_command(CLI::App& app, Action& action);
void add_version_command(CLI::App& app, Action& action);

}  // namespace sp
