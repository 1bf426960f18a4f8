#pragma once
// HTTP as the API sees it: a request already decoded, a response not yet encoded. No Beast here.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sp {

/// A request with its body read and decompressed. Lives for the call of the handler.
struct HttpRequest {
  std::string method;                                        ///< "GET", "POST", ...
  std::string path;                                          ///< percent-decoded, without the query
  std::vector<std::pair<std::string, std::string>> query;    ///< decoded, in order, repeats kept
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
  std::string body;
  std::string peer;  ///< the client's address
  bool from_loopback = false;
  std::function<bool()> client_gone;  ///< true once the peer has closed its side

  /// The last value of a query parameter; nullopt if absent.
  std::optional<std::string_view> parameter(std::string_view name) const;
  /// A header's value by lower-case name; "" if absent.
  std::string_view header(std::string_view name) const;
};

struct HttpResponse {
  unsigned status = 200;
  std::string content_type = "application/json; charset=utf-8";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

/// Decodes %XX and, in queries and forms, '+'. Malformed escapes stay as they are.
std::string percent_decode(std::string_view text, bool plus_is_space);
/// Splits "a=1&b=2" into decoded pairs; empty names are dropped.
std::vector<std::pair<std::string, std::string>> parse_form(std::string_view text);

}  // namespace sp
