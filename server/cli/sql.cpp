// sandpiper sql "SELECT ...": one query, its answer on standard output.

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>
#include <iterator>

#include "server/cli/command.h"
#include "server/cli/session.h"

namespace sp {
namespace {

struct SqlOptions {
  SessionOptions session;
  std::string query;
  std::string format;
  std::string explain;
};

int run_sql(const SqlOptions& options) {
  std::string query = options.query;
  if (query == "-") query.assign(std::istreambuf_iterator<char>(std::cin), {});
  auto session = QuerySession::open(options.session);
  if (!session.ok()) {
    fmt::print(stderr, "sandpiper: {}\n", session.error().render());
    return 1;
  }
  // People get tables, programs get what ClickHouse's client gives them.
  const std::string format = !options.format.empty()   ? options.format
                             : ::isatty(STDOUT_FILENO) ? "PrettyCompact"
                                                       : "TabSeparated";
  const auto answer = (*session)->run(query, format, options.explain);
  if (!answer.ok()) {
    fmt::print(stderr, "Code: {} ({})\n{}\n", static_cast<int>(answer.error().code),
               error_code_name(answer.error().code), answer.error().render());
    return 1;
  }
  std::cout << answer->text;
  if (!answer->text.empty() && answer->text.back() != '\n') std::cout << '\n';
  return std::cout.flush() ? 0 : 1;
}

}  // namespace

void add_sql_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<SqlOptions>();
  CLI::App* command = app.add_subcommand("sql", "Run one query");
  command->add_option("QUERY", options->query, "SQL; - reads it from standard input")->required();
  command->add_option("--format", options->format,
                      "Output format (PrettyCompact on a terminal, else TabSeparated)");
  command->add_option("--explain", options->explain,
                      "shape, ast, plan, pipelines, ir, asm or timings");
  add_session_options(*command, options->session);
  command->callback([options, &action] { action = [options] { return run_sql(*options); }; });
}

}  // namespace sp
