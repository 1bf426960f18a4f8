// Status lines, fields and chunk frames.

#include "server/http/response_head.h"

#include <boost/beast/http/status.hpp>
#include <charconv>

namespace sp {
namespace {

void add_field(std::string& out, std::string_view name, std::string_view value) {
  if (value.find_first_of("\r\n") != std::string_view::npos) return;
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

}  // namespace

void append_response_head(std::string& out, const HttpResponse& response, BodyFraming framing,
                          bool keep_alive) {
  out += "HTTP/1.1 ";
  out += std::to_string(response.status);
  out += ' ';
  out +=
      boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(response.status));
  out += "\r\n";
  if (!response.content_type.empty()) add_field(out, "Content-Type", response.content_type);
  for (const auto& [name, value] : response.headers) add_field(out, name, value);
  // Browsers call the API from any page; tokens, not origins, protect it. No credentials are ever
  // allowed.
  out += "Server: Sandpiper\r\nAccess-Control-Allow-Origin: *\r\n";
  if (response.status == 204) {
    out +=
        "Access-Control-Allow-Methods: GET, POST, PUT, DELETE, OPTIONS\r\n"
        "Access-Control-Allow-Headers: Authorization, Content-Type, "
        "Content-Encoding\r\nAccess-Control-Max-Age: 86400\r\n";
  } else {
    out +=
        "Access-Control-Expose-Headers: X-RateLimit-Limit, X-RateLimit-Remaining, "
        "X-RateLimit-Reset, Retry-After, "
        "X-Request-Id, X-DB-Exception-Code\r\n";
    if (framing == BodyFraming::kChunks)
      add_field(out, "Transfer-Encoding", "chunked");
    else if (framing == BodyFraming::kLength)
      add_field(out, "Content-Length", std::to_string(response.body.size()));
  }
  if (!keep_alive) out += "Connection: close\r\n";
  out += "\r\n";
}

void frame_chunk(std::string& before, std::string& body) {
  char size[24];
  before.append(size, std::to_chars(size, size + sizeof(size), body.size(), 16).ptr);
  before += "\r\n";
  body += "\r\n";
}

HttpResponse error_response(unsigned status, std::string_view message) {
  std::string escaped;
  for (const char c : message) {
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return {status, "application/json; charset=utf-8", "{\"error\": \"" + escaped + "\"}", {}};
}

}  // namespace sp
