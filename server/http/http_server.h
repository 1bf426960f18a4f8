#pragma once
// HttpServer: HTTP/1.1 over Boost.Beast: connections, limits, time-outs, codings, CORS. Knows no
// API: one handler answers everything. There is one network thread for each processor, each with
// its own connections; handlers run on a pool of workers, so a slow query never holds up a network
// thread, but for those that are known to be quick (QuickPaths).

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/core/error.h"
#include "server/http/message.h"

namespace sp {

struct HttpServerOptions {
  std::string host = "127.0.0.1";
  uint16_t port = 7181;                         ///< 0: any free port
  uint32_t workers = 32;                        ///< handlers that may run at once
  uint64_t body_limit_bytes = 100ULL << 20;     ///< compressed; more is 413
  uint64_t decoded_limit_bytes = 512ULL << 20;  ///< after decompression; more is 413
  int header_timeout_ms = 10000;
  int body_timeout_ms = 120000;
  /// Whether requests of this kind may be answered on the network thread, once they have proved to
  /// be quick.
  std::function<bool(std::string_view method, std::string_view path)> may_be_quick;
  /// Whether the handler of such requests reads bodies as they arrive (HttpRequest::arriving).
  std::function<bool(std::string_view method, std::string_view path)> reads_ahead;
  int idle_timeout_ms = 75000;  ///< keep-alive; clients hold sockets idle for up to some seconds
};

class HttpServer {
 public:
  using Handler = std::function<HttpResponse(HttpRequest&)>;
  /// Binds and starts accepting. Error: the address cannot be bound.
  static Result<std::unique_ptr<HttpServer>> start(HttpServerOptions options, Handler handler);
  /// Stops accepting, lets running handlers finish, closes.
  virtual ~HttpServer() = default;
  virtual uint16_t port() const = 0;
};

}  // namespace sp
