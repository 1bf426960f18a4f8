// sandpiper serve DIR: opens the workspace, publishes it over HTTP, republishes on every save, ends
// on SIGTERM.

#include <fmt/color.h>
#include <fmt/format.h>
#include <malloc.h>
#include <signal.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <cstdlib>
#include <optional>

#include "server/api/api.h"
#include "server/cli/command.h"
#include "server/http/http_server.h"
#include "server/workspace/check.h"
#include "server/workspace/endpoint_warmer.h"
#include "server/workspace/watcher.h"
#include "server/workspace/workspace.h"

namespace sp {
namespace {

struct ServeOptions {
  std::string directory;
  std::string data_directory;
  std::string host = "127.0.0.1";
  uint16_t port = 7181;
  bool fixtures = false;
  uint64_t body_limit_bytes = HttpServerOptions().body_limit_bytes;
  uint64_t decoded_limit_bytes = HttpServerOptions().decoded_limit_bytes;
};

void log_problems(const std::vector<Problem>& problems) {
  for (const Problem& problem : problems) {
    if (problem.severity == Problem::Severity::kError)
      spdlog::error("{}", problem_to_text(problem));
    else
      spdlog::warn("{}", problem_to_text(problem));
  }
}

int fail_with(const Error& error) {
  fmt::print(stderr, "sandpiper: {}\n", error.render());
  return 1;
}

int serve(const ServeOptions& options) {
  const auto started = std::chrono::steady_clock::now();
  // The signals are waited for below; blocked before any thread exists, so that every thread
  // inherits it.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);  // a file over its limit is an error of the write

  WorkspaceOptions workspace_options;
  workspace_options.directory = options.directory;
  workspace_options.data_directory = options.data_directory;
  if (const char* token = std::getenv("SANDPIPER_ADMIN_TOKEN"))
    workspace_options.admin_token = token;
  workspace_options.engine = EngineOptions::from_environment();
  auto workspace = Workspace::open(std::move(workspace_options));
  if (!workspace.ok()) return fail_with(workspace.error());
  Workspace& served = **workspace;
  for (const std::string& warning : served.store().warnings()) spdlog::warn("{}", warning);
  log_problems(served.project()->problems);
  if (options.fixtures) {
    const auto loaded = served.load_fixtures();
    if (!loaded.ok()) return fail_with(loaded.error());
    if (*loaded > 0) spdlog::info("loaded {} rows of fixtures", *loaded);
  }

  // Bodies and columns of events come and go by the megabyte: their memory is kept, not given back
  // and cleared anew.
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 256 << 20);
  Api api(served);
  HttpServerOptions http_options;
  http_options.host = options.host;
  http_options.port = options.port;
  http_options.body_limit_bytes = options.body_limit_bytes;
  http_options.decoded_limit_bytes = options.decoded_limit_bytes;
  http_options.reads_ahead = [](std::string_view method, std::string_view path) {
    return method == "POST" && path == "/v0/events";
  };
  http_options.may_be_quick = [](std::string_view method, std::string_view path) {
    return method == "GET" && (path.starts_with("/v0/pipes/") || path == "/health");
  };
  auto server =
      HttpServer::start(http_options, [&api](HttpRequest& request) { return api.handle(request); });
  if (!server.ok()) return fail_with(server.error());
  std::optional<EndpointWarmer> warmer(std::in_place, served);
  auto watcher = Watcher::start(options.directory, [&served, &warmer] {
    const auto begin = std::chrono::steady_clock::now();
    const std::vector<Problem> problems = served.publish();
    log_problems(problems);
    const std::chrono::duration<double, std::milli> elapsed =
        std::chrono::steady_clock::now() - begin;
    spdlog::info(
        "republished in {:.0f} ms{}", elapsed.count(),
        served.project()->has_errors() ? ", files with errors keep their last good version" : "");
    warmer->wake();
  });
  if (!watcher.ok()) spdlog::warn("{}; saved files are not republished", watcher.error().message);

  const auto project = served.project();
  const std::chrono::duration<double, std::milli> elapsed =
      std::chrono::steady_clock::now() - started;
  spdlog::info("serving {} pipes and {} data sources of {} at http://{}:{} (ready in {:.0f} ms)",
               project->pipes.size(), project->datasources.size(), options.directory, options.host,
               (*server)->port(), elapsed.count());
  spdlog::info("admin token: curl http://{}:{}/tokens", options.host, (*server)->port());

  int signal_number = 0;
  sigwait(&signals, &signal_number);
  spdlog::info("stopping");
  api.begin_shutdown();
  if (watcher.ok()) (*watcher).reset();
  warmer.reset();
  server->reset();
  // Sealed parts open at once; the log would have to be replayed at the next start.
  if (const auto flushed = served.store().flush(); !flushed.ok())
    spdlog::warn("{}; the log keeps what was not sealed", flushed.error().message);
  return 0;
}

}  // namespace

void add_serve_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<ServeOptions>();
  CLI::App* command = app.add_subcommand("serve", "Serve a project's endpoints over HTTP");
  command->add_option("DIR", options->directory, "Folder of .datasource and .pipe files")
      ->required()
      ->check(CLI::ExistingDirectory);
  command->add_option("--data-dir", options->data_directory, "Where data is kept (DIR/.sandpiper)");
  command->add_option("--host", options->host, "Address to listen on (127.0.0.1)");
  command->add_option("--port", options->port, "Port to listen on (7181)");
  command->add_option("--max-body-bytes", options->body_limit_bytes,
                      "Largest request body, as sent (100 MiB)");
  command->add_option("--max-decoded-bytes", options->decoded_limit_bytes,
                      "Largest request body after decompression (512 MiB)");
  command->add_flag("--fixtures", options->fixtures,
                    "Load fixtures/<data source>.ndjson into empty data sources first");
  command->callback([options, &action] { action = [options] { return serve(*options); }; });
}

}  // namespace sp
