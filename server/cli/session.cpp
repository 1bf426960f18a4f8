// The two kinds of session.

#include "server/cli/session.h"

#include <stdlib.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "lang/sql/parse.h"
#include "runtime/aggregates/aggregate.h"
#include "runtime/formats/result_writer.h"
#include "runtime/functions/function.h"
#include "server/http/http_client.h"
#include "server/workspace/workspace.h"

namespace sp {
namespace {

using Seconds = std::chrono::duration<double>;
using SteadyClock = std::chrono::steady_clock;

std::vector<std::string> builtin_names() {
  const FunctionRegistry functions;
  const AggregateRegistry aggregates;
  std::vector<std::string> names(functions.names().begin(), functions.names().end());
  names.insert(names.end(), aggregates.names().begin(), aggregates.names().end());
  return names;
}

// A project opened in this process. Without a project folder, an empty one that is removed at the
// end.
class LocalSession : public QuerySession {
 public:
  LocalSession(std::unique_ptr<Workspace> workspace, std::string temporary)
      : workspace_(std::move(workspace)),
        temporary_(std::move(temporary)) {}
  ~LocalSession() override {
    workspace_.reset();
    std::error_code ignored;
    if (!temporary_.empty()) std::filesystem::remove_all(temporary_, ignored);
  }

  Result<SessionAnswer> run(const std::string& sql, const std::string& format,
                            const std::string& explain) override {
    const auto started = SteadyClock::now();
    cancelled_ = false;
    const SourceText source("<query>", sql);
    const size_t begin = sql.find_first_not_of(" \t\r\n");
    std::string name = format, form = explain;
    if (begin == std::string::npos ||
        sql[begin] != '%') {  // a template shows its FORMAT only once rendered
      auto statement = sql::parse_statement(sql);
      if (!statement.ok()) return source.attach(std::move(statement).error());
      if (!statement->format.empty()) name = statement->format;
      if (statement->kind == sql::Statement::Kind::kExplain && form.empty())
        form = statement->explain_form.empty() ? "plan" : statement->explain_form;
    }
    const ResultFormat* writer = find_result_format(name);
    if (writer == nullptr) return unknown_result_format(name);
    RunOptions options;
    options.timeout_ms = 0;
    options.cancelled = [this] { return cancelled_.load(); };
    progress_.rows_read = 0;
    progress_.rows_total = 0;
    options.progress = &progress_;
    options.explain = form;
    SP_TRY(const QueryResponse response,
           workspace_->run_sql(sql, RequestParams(), nullptr, "", options));
    if (!response.format.empty()) writer = find_result_format(response.format);
    if (writer == nullptr) return unknown_result_format(response.format);
    SessionAnswer answer;
    if (response.explanation.empty() && response.table) {
      const ResultStatistics statistics{response.statistics.elapsed_seconds,
                                        response.statistics.rows_read,
                                        response.statistics.bytes_read};
      answer.text = write_result(*writer, *response.table, statistics);
    } else {
      answer.text = response.explanation;
    }
    answer.elapsed_seconds = Seconds(SteadyClock::now() - started).count();
    return answer;
  }

  Result<std::vector<SessionTable>> tables() override {
    std::vector<SessionTable> tables;
    const auto project = workspace_->project();
    for (const auto& [name, datasource] : project->datasources) {
      SessionTable table{name, "data source", {}};
      for (const auto& column : datasource->file.columns)
        table.columns.push_back({column.name, column.type.name()});
      tables.push_back(std::move(table));
    }
    for (const auto& [name, pipe] : project->pipes) tables.push_back({name, "pipe", {}});
    return tables;
  }

  std::vector<std::string> functions() override { return builtin_names(); }
  void cancel() override { cancelled_ = true; }
  SessionProgress progress() override {
    return {progress_.rows_read.load(), progress_.rows_total.load()};
  }
  std::string describe() const override {
    return temporary_.empty() ? workspace_->directory() : "no project";
  }

 private:
  std::unique_ptr<Workspace> workspace_;
  std::string temporary_;
  std::atomic<bool> cancelled_{false};
  QueryProgress progress_;
};

class RemoteSession : public QuerySession {
 public:
  RemoteSession(std::unique_ptr<HttpClient> client, std::string url, std::string token)
      : client_(std::move(client)),
        url_(std::move(url)),
        token_(std::move(token)) {}

  Result<SessionAnswer> run(const std::string& sql, const std::string& format,
                            const std::string& explain) override {
    const auto started = SteadyClock::now();
    std::string text = sql;
    const auto statement = sql::parse_statement(sql);
    // The server's own message is as good; only a text that parses here gets the format added.
    if (statement.ok() && statement->format.empty() &&
        statement->kind == sql::Statement::Kind::kSelect && explain.empty()) {
      while (!text.empty() &&
             (std::isspace(static_cast<unsigned char>(text.back())) || text.back() == ';'))
        text.pop_back();
      text += "\nFORMAT " + format;
    }
    std::string target = "/v0/sql";
    if (!explain.empty()) target += "?explain=" + percent_encode(explain);
    SP_TRY(HttpReply reply, client_->send(target, token_, &text));
    if (reply.status != 200) return error_of(reply);
    return SessionAnswer{std::move(reply.body), Seconds(SteadyClock::now() - started).count()};
  }

  Result<std::vector<SessionTable>> tables() override {
    std::vector<SessionTable> tables;
    SP_TRY(const HttpReply datasources, client_->send("/v0/datasources", token_, nullptr));
    if (datasources.status != 200) return error_of(datasources);
    const auto json = nlohmann::json::parse(datasources.body, nullptr, false);
    if (json.is_discarded())
      return fail(ErrorCode::kIncorrectData, "The server's answer is not JSON");
    for (const auto& item : json.value("datasources", nlohmann::json::array())) {
      SessionTable table{item.value("name", ""), "data source", {}};
      for (const auto& column : item.value("columns", nlohmann::json::array())) {
        const std::string type = column.value("type", "");
        table.columns.push_back({column.value("name", ""), column.value("nullable", false)
                                                               ? "Nullable(" + type + ")"
                                                               : type});
      }
      tables.push_back(std::move(table));
    }
    SP_TRY(const HttpReply pipes, client_->send("/v0/pipes", token_, nullptr));
    const auto pipes_json = nlohmann::json::parse(pipes.body, nullptr, false);
    if (pipes.status == 200 && pipes_json.is_object()) {
      for (const auto& item : pipes_json.value("pipes", nlohmann::json::array()))
        tables.push_back({item.value("name", ""), "pipe", {}});
    }
    return tables;
  }

  std::vector<std::string> functions() override { return builtin_names(); }
  void cancel() override { client_->abort(); }
  std::string describe() const override { return url_; }

 private:
  static Error error_of(const HttpReply& reply) {
    const auto json = nlohmann::json::parse(reply.body, nullptr, false);
    Error error = fail(ErrorCode::kBadArguments,
                       "The server answered with status " + std::to_string(reply.status));
    if (!json.is_object()) return error;
    error.message = json.value("error", error.message);
    if (json.contains("detail")) error.message = json.value("detail", "");
    error.code = static_cast<ErrorCode>(json.value("code", static_cast<int>(error.code)));
    return error;
  }

  std::unique_ptr<HttpClient> client_;
  std::string url_, token_;
};

// The admin token of a server on this machine, as GET /tokens shows it; "" if there is none to be
// had.
std::string local_token(HttpClient& client) {
  const auto reply = client.send("/tokens", "", nullptr);
  if (!reply.ok() || reply->status != 200) return "";
  const auto json = nlohmann::json::parse(reply->body, nullptr, false);
  return json.is_object() ? json.value("admin_token", "") : "";
}

Result<std::unique_ptr<QuerySession>> open_remote(const SessionOptions& options,
                                                  const std::string& url) {
  SP_TRY(auto client, HttpClient::create(url));
  std::string token = options.token;
  if (token.empty()) token = local_token(*client);
  return std::unique_ptr<QuerySession>(
      std::make_unique<RemoteSession>(std::move(client), url, std::move(token)));
}

}  // namespace

Result<std::unique_ptr<QuerySession>> QuerySession::open(const SessionOptions& options) {
  constexpr const char* kLocalUrl = "http://127.0.0.1:7181";
  if (!options.url.empty()) return open_remote(options, options.url);
  if (options.project.empty()) {
    SP_TRY(auto client, HttpClient::create(kLocalUrl));
    if (const auto health = client->send("/health", "", nullptr);
        health.ok() && health->status == 200)
      return open_remote(options, kLocalUrl);
  }
  WorkspaceOptions workspace_options;
  std::string temporary;
  workspace_options.directory = options.project;
  workspace_options.data_directory = options.data_directory;
  if (options.project.empty()) {
    char path[] = "/tmp/sandpiper-XXXXXX";
    if (::mkdtemp(path) == nullptr)
      return fail(ErrorCode::kCannotOpenFile, "Cannot make a temporary folder");
    temporary = workspace_options.directory = path;
  }
  workspace_options.engine = EngineOptions::from_environment();
  SP_TRY(auto workspace, Workspace::open(std::move(workspace_options)));
  return std::unique_ptr<QuerySession>(
      std::make_unique<LocalSession>(std::move(workspace), std::move(temporary)));
}

void add_session_options(CLI::App& command, SessionOptions& options) {
  command.add_option("--url", options.url, "Server to ask, such as http://127.0.0.1:7181");
  command.add_option("--token", options.token,
                     "Token for the server (a local server's admin token is found by itself)");
  command.add_option("--project", options.project, "Project to open in this process instead")
      ->check(CLI::ExistingDirectory);
  command.add_option("--data-dir", options.data_directory, "Its data (DIR/.sandpiper)");
}

}  // namespace sp
