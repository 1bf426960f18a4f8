// Routing, authentication and parameters.

#include "server/api/api.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "server/api/respond.h"

namespace sp {
namespace {

const std::vector<Route>& routes() {
  static const std::vector<Route> table = [] {
    std::vector<Route> all;
    for (auto family :
         {event_routes(), pipe_routes(), sql_routes(), datasource_routes(), server_routes()}) {
      all.insert(all.end(), family.begin(), family.end());
    }
    return all;
  }();
  return table;
}

// Matches "/v0/pipes/*" segment by segment; a trailing slash is forgiven.
bool matches(std::string_view pattern, std::string_view path, std::vector<std::string>& captures) {
  captures.clear();
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  while (!pattern.empty() && !path.empty()) {
    pattern.remove_prefix(1);
    path.remove_prefix(1);
    const std::string_view want = pattern.substr(0, pattern.find('/'));
    const std::string_view have = path.substr(0, path.find('/'));
    if (want == "*") {
      if (have.empty()) return false;
      captures.emplace_back(have);
    } else if (want != have) {
      return false;
    }
    pattern.remove_prefix(want.size());
    path.remove_prefix(have.size());
  }
  return pattern.empty() && path.empty();
}

void flatten(const std::string& name, const nlohmann::json& value, RequestParams& params) {
  if (value.is_array()) {
    for (const auto& item : value) flatten(name, item, params);
  } else if (value.is_string()) {
    params.add(name, value.get<std::string>());
  } else if (!value.is_null()) {
    params.add(name, value.dump());
  }
}

// Parameters are values and lists of them; what nests deeper is no parameter, and recursion must
// not follow it.
bool nested_deeper_than(std::string_view json, int limit) {
  int depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (quoted) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '[' || c == '{') {
      if (++depth > limit) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

bool reserved(std::string_view name) {
  return name == "token" || name == "from" || name == "q" || name == "format" ||
         name == "explain" || name == "pipeline" || name.starts_with("__tb__");
}

}  // namespace

std::string request_token(const HttpRequest& request) {
  const std::string_view header = request.header("authorization");
  constexpr std::string_view kBearer = "bearer ";
  if (header.size() > kBearer.size()) {
    std::string scheme(header.substr(0, kBearer.size()));
    for (char& c : scheme) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (scheme == kBearer) return std::string(header.substr(kBearer.size()));
  }
  return std::string(request.parameter("token").value_or(""));
}

Result<RequestParams> request_params(const HttpRequest& request) {
  RequestParams params;
  for (const auto& [name, value] : request.query) {
    if (!reserved(name)) params.add(name, value);
  }
  if (request.body.empty()) return params;
  const std::string_view type = request.header("content-type");
  if (type.find("json") != std::string_view::npos) {
    constexpr int kDeepest = 64;
    if (nested_deeper_than(request.body, kDeepest)) {
      return fail(ErrorCode::kIncorrectData,
                  "The request's body nests deeper than " + std::to_string(kDeepest) + " levels");
    }
    const auto json = nlohmann::json::parse(request.body, nullptr, false);
    if (!json.is_object()) {
      return fail(ErrorCode::kIncorrectData, "The request's body is not a JSON object",
                  std::nullopt, "send parameters as {\"name\": value}");
    }
    for (const auto& [name, value] : json.items()) {
      if (!reserved(name)) flatten(name, value, params);
    }
  } else if (type.find("x-www-form-urlencoded") != std::string_view::npos) {
    for (auto& [name, value] : parse_form(request.body)) {
      if (!reserved(name)) params.add(name, value);
    }
  }
  return params;
}

HttpResponse Api::handle(HttpRequest& request) {
  const auto started = std::chrono::steady_clock::now();
  request.client_gone = [this, gone = std::move(request.client_gone)] {
    return stopping_.load() || (gone && gone());
  };
  ApiCall call{request, *this, workspace_, {}, {}};
  const Route* found = nullptr;
  bool path_known = false;
  const std::string method = request.method == "HEAD" ? "GET" : request.method;
  for (const Route& route : routes()) {
    if (!matches(route.path, request.path, call.captures)) continue;
    path_known = true;
    if (method != route.method) continue;
    found = &route;
    break;
  }
  HttpResponse response;
  if (found == nullptr) {
    response = path_known ? error_response(405, "Method not allowed: " + request.method)
                          : error_response(404, "Not found: " + request.path);
  } else {
    bool allowed = true;
    if (found->needs_token) {
      const std::string token = request_token(request);
      const auto table = workspace_.tokens();
      const Grants* grants = token.empty() ? nullptr : table->find(token);
      if (grants != nullptr) {
        call.grants = *grants;
      } else {
        allowed = false;
        response = error_response(
            403, token.empty() ? "Missing authentication token" : "Invalid authentication token",
            "send it as `Authorization: Bearer <token>` or `?token=<token>`; GET /tokens shows the "
            "local ones");
      }
    }
    if (allowed) {
      try {
        response = found->handle(call);
      } catch (const std::exception& exception) {
        // Nothing of ours throws; a library did. The request fails, the server stays up.
        spdlog::error("unexpected exception in {} {}: {}", request.method, found->path,
                      exception.what());
        response = error_response(500, "Internal error");
      }
    }
  }
  // 499 says that the client left; here it was the server.
  if (response.status == http_status(ErrorCode::kQueryWasCancelled) && stopping_.load()) {
    response = error_response(503, "The server is stopping", "send the request again");
    response.headers.emplace_back("Retry-After", "1");
  }
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - started;
  metrics_.count_request(found == nullptr ? "unknown" : found->path, response.status,
                         elapsed.count());
  return response;
}

}  // namespace sp
