// sandpiper repl: statements typed at a prompt, answers as aligned tables.

#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <future>
#include <iostream>
#include <set>
#include <sstream>

#include "server/cli/command.h"
#include "server/cli/line_editor.h"
#include "server/cli/session.h"
#include "server/cli/statement_splitter.h"
#include "server/cli/version.h"

namespace sp {
namespace {

constexpr const char* kHelp =
    "Statements end with `;`. Tab completes tables, columns and functions. Ctrl-C drops what was "
    "typed, or stops a query.\n"
    "  \\d              data sources and pipes (also SHOW TABLES;)\n"
    "  \\d NAME         columns of one (also DESCRIBE NAME;)\n"
    "  \\explain SQL;   the plan (also \\explain pipelines|ir|asm|timings SQL;)\n"
    "  \\format NAME    output format (PrettyCompact, Vertical, CSV, JSON, ...)\n"
    "  \\timing         show times or not\n"
    "  \\q              leave (also exit, quit, Ctrl-D)\n";

constexpr const char* kKeywords[] = {
    "SELECT", "FROM",     "WHERE",  "GROUP", "BY",      "ORDER", "LIMIT",    "OFFSET",    "HAVING",
    "WITH",   "AS",       "JOIN",   "LEFT",  "INNER",   "ON",    "USING",    "AND",       "OR",
    "NOT",    "IN",       "LIKE",   "ILIKE", "BETWEEN", "CASE",  "WHEN",     "THEN",      "ELSE",
    "END",    "DISTINCT", "UNION",  "ALL",   "DESC",    "ASC",   "INTERVAL", "PARTITION", "OVER",
    "FORMAT", "ARRAY",    "WINDOW", "NULL",  "IS"};

std::atomic<bool> cancel_requested{false};
void on_interrupt(int) { cancel_requested = true; }

std::string trimmed(const std::string& text) {
  const size_t begin = text.find_first_not_of(" \t\r\n");
  return begin == std::string::npos
             ? ""
             : text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

std::string upper_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

class Repl {
 public:
  explicit Repl(std::unique_ptr<QuerySession> session) : session_(std::move(session)) {}

  int interactive() {
    const char* home = std::getenv("HOME");
    const std::string history = home == nullptr ? "" : std::string(home) + "/.sandpiper_history";
    umask(0077);  // statements may hold what others should not read
    refresh_names();
    LineEditor editor(history, [this](const std::string& word) { return complete(word); });
    fmt::print("Sandpiper {} at {}. \\h for help, \\q to leave.\n", version(),
               session_->describe());
    for (;;) {
      bool interrupted = false;
      const auto line = editor.read(splitter_.empty() ? "sandpiper> " : "       ... ", interrupted);
      if (!line) break;
      if (interrupted) {
        splitter_.clear();
        continue;
      }
      const std::string text = trimmed(*line);
      if (leaves(text)) break;
      if (splitter_.empty() && is_command(text)) {
        if (!text.empty()) editor.remember(text);
        if (!command(text)) break;
        continue;
      }
      splitter_.add_line(*line);
      while (auto statement = splitter_.take()) {
        const std::string sql = trimmed(*statement);
        if (sql.empty()) continue;
        editor.remember(sql + ";");
        if (sql[0] == '\\')
          command(sql);
        else if (!show(sql))
          run(sql, "");
      }
    }
    fmt::print("\n");
    return 0;
  }

  int batch() {
    std::string line;
    int status = 0;
    timing_ = false;
    const auto one = [&](const std::string& text) {
      const std::string sql = trimmed(text);
      if (!sql.empty() && !run(sql, "")) status = 1;
    };
    while (std::getline(std::cin, line)) {
      if (splitter_.empty() && is_command(trimmed(line))) {
        command(trimmed(line));
        continue;
      }
      splitter_.add_line(line);
      while (auto statement = splitter_.take()) one(*statement);
    }
    one(splitter_.take_rest());
    return status;
  }

 private:
  // \explain takes SQL over several lines, up to its `;`; all other commands are one line.
  static bool is_command(const std::string& text) {
    return text.empty() || (text[0] == '\\' && !text.starts_with("\\explain"));
  }

  // Words with which people try to leave, also in the middle of a statement.
  static bool leaves(const std::string& text) {
    return text == "\\q" || text == "\\quit" || text == "exit" || text == "exit;" ||
           text == "quit" || text == "quit;";
  }

  // SHOW TABLES and DESCRIBE [TABLE] NAME mean \d; false for other statements.
  bool show(const std::string& sql) {
    std::istringstream words(sql);
    std::string first, second, third, rest;
    words >> first >> second >> third >> rest;
    first = upper_case(first);
    const std::string upper = upper_case(second);
    if (first == "SHOW" && upper == "TABLES" && third.empty()) {
      describe("");
      return true;
    }
    if (first != "DESCRIBE" && first != "DESC") return false;
    const std::string name = upper == "TABLE" && !third.empty() ? third : second;
    if (name.empty() || !rest.empty()) return false;
    describe(name);
    return true;
  }

  // False: leave.
  bool command(const std::string& text) {
    std::istringstream words(text);
    std::string name, argument;
    words >> name >> argument;
    if (name.empty()) return true;
    if (name == "\\q" || name == "\\quit") return false;
    if (name == "\\h" || name == "\\help" || name == "\\?")
      fmt::print("{}", kHelp);
    else if (name == "\\d")
      describe(argument);
    else if (name == "\\timing")
      fmt::print("Timing is {}.\n", (timing_ = !timing_) ? "on" : "off");
    else if (name == "\\format")
      format_ = argument.empty() ? "PrettyCompact" : argument;
    else if (name == "\\explain")
      explain(trimmed(text.substr(name.size())));
    else
      fmt::print("Unknown command: {}. \\h shows them all.\n", name);
    return true;
  }

  void explain(std::string sql) {
    std::string form = "plan";
    const std::string first = sql.substr(0, sql.find_first_of(" \t\n"));
    static const std::set<std::string> kForms = {"shape", "ast", "plan",   "pipelines",
                                                 "ir",    "asm", "timings"};
    if (kForms.contains(first)) {
      form = first;
      sql = trimmed(sql.substr(first.size()));
    }
    run(sql, form);
  }

  void describe(const std::string& name) {
    const auto tables = session_->tables();
    if (!tables.ok()) {
      fmt::print("{}\n", tables.error().render());
      return;
    }
    std::vector<std::string_view> names;
    for (const SessionTable& table : *tables) {
      names.push_back(table.name);
      if (name.empty()) fmt::print("  {:<32} {}\n", table.name, table.kind);
      if (table.name != name) continue;
      if (table.columns.empty()) describe_pipe(name);
      for (const SessionColumn& column : table.columns)
        fmt::print("  {:<32} {}\n", column.name, column.type);
      return;
    }
    if (!name.empty())
      fmt::print("Unknown data source or pipe: {}  {}\n", name, did_you_mean(name, names));
  }

  // A pipe's columns are those of its answer, with the defaults of its parameters.
  void describe_pipe(const std::string& name) {
    const auto answer =
        session_->run("SELECT * FROM `" + name + "` LIMIT 0", "TabSeparatedWithNamesAndTypes", "");
    if (!answer.ok()) {
      fmt::print("{}\n", answer.error().render());
      return;
    }
    std::istringstream lines(answer->text);
    std::string names, types, column, type;
    std::getline(lines, names);
    std::getline(lines, types);
    std::istringstream each_name(names), each_type(types);
    while (std::getline(each_name, column, '\t') && std::getline(each_type, type, '\t'))
      fmt::print("  {:<32} {}\n", column, type);
  }

  // Runs in a thread of its own, so that Ctrl-C and the progress line work meanwhile.
  bool run(const std::string& sql, const std::string& form) {
    cancel_requested = false;
    struct sigaction action{}, before{};
    action.sa_handler = &on_interrupt;
    sigaction(SIGINT, &action, &before);
    const auto started = std::chrono::steady_clock::now();
    auto pending =
        std::async(std::launch::async, [&] { return session_->run(sql, format_, form); });
    const bool terminal = ::isatty(STDERR_FILENO) == 1;
    bool drawn = false;
    while (pending.wait_for(std::chrono::milliseconds(drawn ? 100 : 20)) !=
           std::future_status::ready) {
      if (cancel_requested.exchange(false)) session_->cancel();
      const double elapsed =
          std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
      if (elapsed > 1 && terminal) {
        draw_progress(elapsed);
        drawn = true;
      }
    }
    if (drawn) fmt::print(stderr, "\r\033[K");
    sigaction(SIGINT, &before, nullptr);
    const auto answer = pending.get();
    if (!answer.ok()) {
      fmt::print("Code: {} ({})\n{}\n", static_cast<int>(answer.error().code),
                 error_code_name(answer.error().code), answer.error().render());
      return false;
    }
    fmt::print("{}", answer->text);
    if (!answer->text.empty() && answer->text.back() != '\n') fmt::print("\n");
    if (answer->text.empty() && timing_) fmt::print("no rows ");
    if (timing_) fmt::print("({:.1f} ms)\n", answer->elapsed_seconds * 1000);
    std::fflush(stdout);
    return true;
  }

  void draw_progress(double elapsed) {
    const SessionProgress progress = session_->progress();
    constexpr int kWidth = 30;
    if (progress.rows_total == 0) {
      fmt::print(stderr, "\r\033[K  running, {:.1f} s  (Ctrl-C stops it)", elapsed);
      return;
    }
    const double done = std::min(
        1.0, static_cast<double>(progress.rows_read) / static_cast<double>(progress.rows_total));
    const int full = static_cast<int>(done * kWidth);
    fmt::print(stderr, "\r\033[K  [{:█<{}}{:░<{}}] {:3.0f} %  {:.1f} M rows, {:.1f} s", "", full,
               "", kWidth - full, done * 100, static_cast<double>(progress.rows_read) / 1e6,
               elapsed);
  }

  void refresh_names() {
    names_.insert(std::begin(kKeywords), std::end(kKeywords));
    for (const std::string& name : session_->functions()) names_.insert(name);
    if (const auto tables = session_->tables(); tables.ok()) {
      for (const SessionTable& table : *tables) {
        names_.insert(table.name);
        for (const SessionColumn& column : table.columns) names_.insert(column.name);
      }
    }
  }

  std::vector<std::string> complete(const std::string& word) {
    const size_t dot = word.rfind('.');
    const std::string prefix = dot == std::string::npos ? "" : word.substr(0, dot + 1);
    const std::string last = word.substr(prefix.size());
    std::vector<std::string> found;
    for (auto it = names_.lower_bound(last); it != names_.end() && it->starts_with(last); ++it)
      found.push_back(prefix + *it);
    if (found.empty()) {  // keywords in lower case
      const std::string upper = upper_case(last);
      for (const char* keyword : kKeywords) {
        if (std::string_view(keyword).starts_with(upper)) found.emplace_back(keyword);
      }
    }
    return found;
  }

  std::unique_ptr<QuerySession> session_;
  StatementSplitter splitter_;
  std::set<std::string> names_;
  std::string format_ = "PrettyCompact";
  bool timing_ = true;
};

int run_repl(const SessionOptions& options) {
  auto session = QuerySession::open(options);
  if (!session.ok()) {
    fmt::print(stderr, "sandpiper: {}\n", session.error().render());
    return 1;
  }
  Repl repl(std::move(*session));
  return ::isatty(STDIN_FILENO) == 1 ? repl.interactive() : repl.batch();
}

}  // namespace

void add_repl_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<SessionOptions>();
  CLI::App* command = app.add_subcommand("repl", "Ask ad-hoc queries at a prompt");
  add_session_options(*command, *options);
  command->callback([options, &action] { action = [options] { return run_repl(*options); }; });
}

}  // namespace sp
