#pragma once
// HttpClient: blocking HTTP/1.1 requests to one server, for the command line. Keeps its connection
// open.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/core/error.h"

namespace sp {

struct HttpReply {
  unsigned status = 0;
  std::string body;
};

/// Not thread-safe.
class HttpClient {
 public:
  /// `url`: http://host[:port]. Error: not such a URL.
  static Result<std::unique_ptr<HttpClient>> create(const std::string& url);
  virtual ~HttpClient() = default;
  /// Sends a request; a body makes it a POST. Error: CANNOT_READ_ALL_DATA if the server cannot be
  /// reached.
  virtual Result<HttpReply> send(const std::string& target, const std::string& token,
                                 const std::string* body) = 0;
  /// Breaks the connection, which cancels the request at the server. From any thread.
  virtual void abort() = 0;
};

/// Percent-encodes a value for a query string.
std::string percent_encode(const std::string& text);

}  // namespace sp
