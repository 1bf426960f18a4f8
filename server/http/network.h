#pragma once
// What connections of an HttpServer have: the server's shared state, and the network thread that
// each lives on.

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core.hpp>
#include <optional>
#include <utility>

#include "server/http/body_memory.h"
#include "server/http/http_server.h"
#include "server/http/quick_paths.h"

namespace sp {

using NetworkStream =
    boost::beast::basic_stream<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

/// Everything connections share. Outlives them: connections hold a shared_ptr. Thread-safe.
struct SharedByConnections {
  HttpServerOptions options;
  HttpServer::Handler handler;
  std::optional<boost::asio::thread_pool> workers;  ///< until the server ends
  BodyMemory body_memory;
  std::atomic<int> unsent{0};              ///< requests taken whose answer has not been written yet
  std::atomic<bool> reading_ahead{false};  ///< a handler has a body that is still arriving
  std::atomic<bool> stopping{false};
  SharedByConnections(HttpServerOptions o, HttpServer::Handler h)
      : options(std::move(o)),
        handler(std::move(h)),
        workers(std::in_place, options.workers) {}
};

/// A network thread's own: everything of its connections happens there, so nothing is locked.
struct Network {
  boost::asio::io_context context{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{
      context.get_executor()};
  QuickPaths quick;
  uint64_t quick_answers = 0;
};

}  // namespace sp
