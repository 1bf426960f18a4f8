#pragma once
// HTTP as the API sees it: a request already decoded, a response not yet encoded. No Beast here.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sp {

class ArrivingBody;

/// A request with its body read and decompressed. Lives for the call of the handler.
struct HttpRequest {
  std::string method;                                        ///< "GET", "POST", ...
  std::string path;                                          ///< percent-decoded, without the query
  std::vector<std::pair<std::string, std::string>> query;    ///< decoded, in order, repeats kept
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
  std::string body;
  std::shared_ptr<ArrivingBody> arriving =
      nullptr;       ///< set while `body`, of its full size, is still being received
  std::string peer;  ///< the client's address
  bool from_loopback = false;
  std::function<bool()> client_gone;  ///< true once the peer has closed its side

  /// The last value of a query parameter; nullopt if absent.
  std::optional<std::string_view> parameter(std::string_view name) const;
  /// A header's value by lower-case name; "" if absent.
  std::string_view header(std::string_view name) const;
};

/// The rest of a body that is made while it is sent. One thread at a time; destroyed when the
/// client leaves.
class BodySource {
 public:
  enum class State : uint8_t { kMore, kEnd, kFailed };
  virtual ~BodySource() = default;
  /// Appends the next piece. kFailed: the connection is broken off, so that the client does not
  /// take the body for whole.
  virtual State next(std::string& out) = 0;
};

struct HttpResponse {
  unsigned status = 200;
  std::string content_type = "application/json; charset=utf-8";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::shared_ptr<BodySource> rest = nullptr;  ///< what comes after `body`; null: that was all
};

/// Decodes %XX and, in queries and forms, '+'. Malformed escapes stay as they are.
std::string percent_decode(std::string_view text, bool plus_is_space);
/// Splits "a=1&b=2" into decoded pairs; empty names are dropped.
std::vector<std::pair<std::string, std::string>> parse_form(std::string_view text);

}  // namespace sp
