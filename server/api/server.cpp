// What the process says of itself: /health, /tokens (loopback only), /metrics, and / for people.

#include <nlohmann/json.hpp>

#include "server/api/api.h"
#include "server/api/respond.h"
#include "server/cli/version.h"

namespace sp {
namespace {

using Json = nlohmann::ordered_json;

HttpResponse health(ApiCall&) {
  HttpResponse response;
  response.body = R"({"status":"ok"})";
  return response;
}

// Tinybird Local shows its tokens to whoever runs it; so does this server, and to nobody else.
HttpResponse tokens(ApiCall& call) {
  if (!call.http.from_loopback || !call.http.header("x-forwarded-for").empty()) {
    return error_response(403, "Tokens are shown to local clients only");
  }
  const TokenKeys& keys = call.workspace.token_keys();
  HttpResponse response;
  Json tokens = Json::array();
  const auto table = call.workspace.tokens();
  for (const auto& [value, grants] : table->entries()) {
    if (!grants.admin) tokens.push_back({{"name", grants.token_name}, {"token", value}});
  }
  response.body = Json{{"user_token", keys.user()},
                       {"admin_token", keys.admin()},
                       {"workspace_admin_token", keys.admin()},
                       {"tokens", std::move(tokens)}}
                      .dump();
  return response;
}

HttpResponse metrics(ApiCall& call) {
  HttpResponse response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = call.api.metrics().render(call.workspace);
  return response;
}

HttpResponse front_page(ApiCall& call) {
  HttpResponse response;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::string("Sandpiper ") + version() + "\n\nEndpoints:\n";
  for (const auto& [name, pipe] : call.workspace.project()->pipes) {
    if (pipe->is_endpoint()) response.body += "  GET /v0/pipes/" + name + ".json\n";
  }
  response.body +=
      "\nTokens: GET /tokens (from this machine). Health: GET /health. Metrics: GET /metrics.\n";
  return response;
}

}  // namespace

std::vector<Route> server_routes() {
  return {{"GET", "/health", false, &health},
          {"GET", "/tokens", false, &tokens},
          {"GET", "/metrics", false, &metrics},
          {"GET", "/", false, &front_page}};
}

}  // namespace sp
