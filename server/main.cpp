// The one binary: hands the command line to server/cli.

#include "server/cli/command.h"
#include "server/cli/version.h"

int main(int argc, char** argv) {
  CLI::App app{"Sandpiper: journey pipes as REST endpoints, compiled to machine code"};
  app.set_version_flag("--version", sp::version());
  app.require_subcommand(1);
  sp::Action action;
  sp::add_serve_command(app, action);
  sp::add_check_command(app, action);
  sp::add_fmt_command(app, action);
  sp::add_sql_command(app, action);
  sp::add_repl_command(app, action);
  sp::add_explain_command(app, action);
  sp::add_test_command(app, action);
  sp::add_version_command(app, action);
  CLI11_PARSE(app, argc, argv);
  return action();
}
