#pragma once
// QuerySession: where `sql` and `repl` send their queries: a server by URL, or a project opened in
// this process.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/core/error.h"

namespace CLI {
class App;
}

namespace sp {

/// How the user said where to run; empty fields were not given.
struct SessionOptions {
  std::string url;
  std::string token;
  std::string project;
  std::string data_directory;
};

struct SessionColumn {
  std::string name;
  std::string type;
};
struct SessionTable {
  std::string name;
  std::string kind;  ///< "data source" or "pipe"
  std::vector<SessionColumn> columns;
};

/// One answer as text in the wanted format.
struct SessionAnswer {
  std::string text;
  double elapsed_seconds = 0;  ///< as the client sees it
};

/// How far the running query is; rows_total 0: not known.
struct SessionProgress {
  uint64_t rows_read = 0;
  uint64_t rows_total = 0;
};

class QuerySession {
 public:
  /// Opens what the options say. Without any: the server on this machine's port 7181 if there is
  /// one, otherwise an empty project in this process.
  static Result<std::unique_ptr<QuerySession>> open(const SessionOptions& options);
  virtual ~QuerySession() = default;
  /// Runs SQL; `format` applies if the text names none. `explain`: "" or a form of explain.
  virtual Result<SessionAnswer> run(const std::string& sql, const std::string& format,
                                    const std::string& explain) = 0;
  /// Data sources and pipes, for \d and completion.
  virtual Result<std::vector<SessionTable>> tables() = 0;
  /// Functions and aggregates, for completion; those of this binary.
  virtual std::vector<std::string> functions() = 0;
  /// Stops the running query; callable from a signal handler's thread.
  virtual void cancel() = 0;
  virtual SessionProgress progress() { return {}; }
  virtual std::string describe() const = 0;
};

/// Adds --url, --token, --project and --data-dir to a subcommand.
void add_session_options(CLI::App& command, SessionOptions& options);

}  // namespace sp
