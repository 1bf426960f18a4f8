#pragma once
// Api: Tinybird's REST API over a workspace. One table of routes; each route's code stands in a
// file of its own (events.cpp, pipes.cpp, sql.cpp, ...). Thread-safe.

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lang/template/template.h"
#include "server/api/metrics.h"
#include "server/http/message.h"
#include "server/workspace/workspace.h"

namespace sp {

class Api;

/// One request on its way through a route.
struct ApiCall {
  HttpRequest& http;
  Api& api;
  Workspace& workspace;
  std::vector<std::string> captures;  ///< what stood at the `*` of the route's path
  Grants grants;                      ///< of the caller's token; empty when the route needs none
};

/// One row of the table of routes. `path` may hold one `*` per segment part: "/v0/pipes/*".
struct Route {
  const char* method;
  const char* path;
  bool needs_token;
  HttpResponse (*handle)(ApiCall&);
};

class Api {
 public:
  explicit Api(Workspace& workspace) : workspace_(workspace) {}
  /// Answers one request: finds the route, authenticates, counts. Never throws.
  HttpResponse handle(HttpRequest& request);
  /// From here on running queries are cancelled and answered with 503. Thread-safe.
  void begin_shutdown() { stopping_ = true; }
  Metrics& metrics() { return metrics_; }
  Workspace& workspace() { return workspace_; }

 private:
  Workspace& workspace_;
  Metrics metrics_;
  std::atomic<bool> stopping_{false};
};

/// All routes, each family defined in its own file.
std::vector<Route> event_routes();
std::vector<Route> pipe_routes();
std::vector<Route> sql_routes();
std::vector<Route> datasource_routes();
std::vector<Route> server_routes();

/// The parameters of a request that belong to the pipe: query, then form or JSON body; reserved
/// names (token, from, q, format, explain, __tb__*) left out. Error: a body that is announced as
/// JSON and is none.
Result<RequestParams> request_params(const HttpRequest& request);

/// The token of a request: `Authorization: Bearer`, or `token=`. "" if there is none.
std::string request_token(const HttpRequest& request);

}  // namespace sp
