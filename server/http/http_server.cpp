// Listening, the network threads, and the end of it all; what happens on a connection is in
// connection.cpp.

#include "server/http/http_server.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>
#include <deque>
#include <thread>
#include <utility>
#include <vector>

#include "server/http/connection.h"

namespace sp {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using tcp = asio::ip::tcp;

class BeastServer : public HttpServer {
 public:
  BeastServer(HttpServerOptions options, Handler handler)
      : shared_(std::make_shared<SharedByConnections>(std::move(options), std::move(handler))),
        networks_(network_threads()),
        acceptor_(networks_[0].context) {}

  ~BeastServer() override {
    shared_->stopping = true;
    asio::post(networks_[0].context, [this] {
      beast::error_code ignored;
      (void)acceptor_.close(ignored);
    });
    shared_->workers->join();
    for (int i = 0; i < 500 && shared_->unsent > 0; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    for (Network& network : networks_) network.context.stop();
    for (std::thread& thread : threads_) thread.join();
    // What came too late to run holds its connection, and that holds the workers.
    shared_->workers.reset();
  }

  Result<void> open() {
    beast::error_code error;
    const auto address = asio::ip::make_address(
        shared_->options.host == "localhost" ? "127.0.0.1" : shared_->options.host, error);
    if (error) return fail(ErrorCode::kBadArguments, "Not an IP address: " + shared_->options.host);
    const tcp::endpoint endpoint(address, shared_->options.port);
    (void)acceptor_.open(endpoint.protocol(), error);
    if (!error) (void)acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) (void)acceptor_.bind(endpoint, error);
    if (!error) (void)acceptor_.listen(4096, error);
    if (error) {
      return fail(ErrorCode::kCannotOpenFile,
                  "Cannot listen on " + shared_->options.host + ":" +
                      std::to_string(shared_->options.port) + ": " + error.message(),
                  std::nullopt, "choose another port with --port");
    }
    accept();
    for (Network& network : networks_) threads_.emplace_back([&network] { network.context.run(); });
    return {};
  }

  uint16_t port() const override { return acceptor_.local_endpoint().port(); }

 private:
  static size_t network_threads() {
    return std::clamp(std::thread::hardware_concurrency(), 1U, 8U);
  }

  // Connections take turns among the network threads.
  void accept() {
    Network& network = networks_[next_++ % networks_.size()];
    acceptor_.async_accept(
        network.context.get_executor(),
        [this, &network](beast::error_code error, NetworkStream::socket_type socket) {
          if (error == asio::error::operation_aborted || !acceptor_.is_open()) return;
          if (!error) {
            beast::error_code ignored;
            (void)socket.set_option(tcp::no_delay(true), ignored);
            serve_connection(std::move(socket), network, shared_);
          }
          accept();
        });
  }

  std::shared_ptr<SharedByConnections> shared_;
  std::deque<Network> networks_;
  size_t next_ = 0;
  tcp::acceptor acceptor_;
  std::vector<std::thread> threads_;
};

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::start(HttpServerOptions options, Handler handler) {
  auto server = std::make_unique<BeastServer>(std::move(options), std::move(handler));
  SP_TRY_VOID(server->open());
  return std::unique_ptr<HttpServer>(std::move(server));
}

}  // namespace sp
