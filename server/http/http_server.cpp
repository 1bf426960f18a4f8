// The Beast half of HttpServer: one strand a connection; read head, read body, hand to a worker, write, repeat.

#include "server/http/http_server.h"

#include <sys/socket.h>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "server/http/content_coding.h"

namespace sp {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;

// Everything connections share. Outlives them: connections hold a shared_ptr.
struct Shared {
  HttpServerOptions options;
  HttpServer::Handler handler;
  asio::thread_pool workers;
  std::atomic<int> unsent{0};   // requests taken whose answer has not been written yet
  Shared(HttpServerOptions o, HttpServer::Handler h) : options(std::move(o)), handler(std::move(h)), workers(options.workers) {}
};

std::string json_error(const std::string& message) {
  std::string escaped;
  for (const char c : message) {
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return "{\"error\": \"" + escaped + "\"}";
}

constexpr uint64_t kLargeBody = 32 << 10;

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(tcp::socket socket, std::shared_ptr<Shared> shared) : stream_(std::move(socket)), shared_(std::move(shared)) {}

  void run() {
    asio::dispatch(stream_.get_executor(), [self = shared_from_this()] { self->read_head(true); });
  }

 private:
  void read_head(bool first) {
    parser_.emplace();
    parser_->body_limit(shared_->options.body_limit_bytes);
    parser_->header_limit(64 << 10);
    const int timeout_ms = first ? shared_->options.header_timeout_ms : shared_->options.idle_timeout_ms;
    stream_.expires_after(std::chrono::milliseconds(timeout_ms));
    http::async_read_header(stream_, buffer_, *parser_, [self = shared_from_this()](beast::error_code error, size_t) {
      self->on_head(error);
    });
  }

  void on_head(beast::error_code error) {
    if (error == http::error::body_limit) return refuse(413, "Request body too large: the limit is " + std::to_string(shared_->options.body_limit_bytes) + " bytes");
    if (error == http::error::header_limit) return refuse(431, "Request header too large");
    if (error == http::error::end_of_stream || error == beast::error::timeout) return close();
    if (error) return is_parse_error(error) ? refuse(400, "Malformed HTTP request: " + error.message()) : close();
    const auto& head = parser_->get();
    // Two framings of one body are how requests are smuggled (RFC 9112, 6.3).
    if (head.count(http::field::content_length) > 0 && head.count(http::field::transfer_encoding) > 0) {
      return refuse(400, "Malformed HTTP request: both Content-Length and Transfer-Encoding");
    }
    stream_.expires_after(std::chrono::milliseconds(shared_->options.body_timeout_ms));
    if (beast::iequals(head[http::field::expect], "100-continue")) {
      continue_.emplace(http::status::continue_, 11);
      http::async_write(stream_, *continue_, [self = shared_from_this()](beast::error_code write_error, size_t) {
        if (write_error) return self->close();
        self->read_body();
      });
      return;
    }
    read_body();
  }

  void read_body() {
    const auto length = parser_->content_length();
    if (length && *length >= kLargeBody) return read_large_body(*length);
    http::async_read(stream_, buffer_, *parser_, [self = shared_from_this()](beast::error_code error, size_t) {
      if (error == http::error::body_limit) {
        return self->refuse(413, "Request body too large: the limit is " + std::to_string(self->shared_->options.body_limit_bytes) + " bytes");
      }
      if (error) return is_parse_error(error) ? self->refuse(400, "Malformed HTTP request: " + error.message()) : self->close();
      self->hand_over();
    });
  }

  // Straight into place: Beast's parser would read some hundred bytes at a time and copy them. Its limit on the length
  // has been checked with the head.
  void read_large_body(uint64_t length) {
    large_body_.resize(length);
    const size_t ready = asio::buffer_copy(asio::buffer(large_body_), buffer_.data());
    buffer_.consume(ready);
    const auto rest = asio::buffer(large_body_) + ready;
    asio::async_read(stream_, rest, [self = shared_from_this()](beast::error_code error, size_t) {
      if (error) return self->close();
      self->hand_over();
    });
  }

  static bool is_parse_error(beast::error_code error) {
    return error.category() == make_error_code(http::error::bad_method).category() && error != http::error::partial_message;
  }

  // Leaves the network thread: the handler may take long. The connection does nothing until it has answered.
  void hand_over() {
    stream_.expires_never();
    ++shared_->unsent;
    asio::post(shared_->workers, [self = shared_from_this()] {
      HttpResponse response = self->answer();
      asio::post(self->stream_.get_executor(), [self, response = std::move(response)]() mutable { self->write(std::move(response), true); });
    });
  }

  HttpResponse answer() {
    auto& message = parser_->get();
    HttpRequest request;
    request.method = std::string(message.method_string());
    const std::string_view target(message.target().data(), message.target().size());
    const size_t mark = target.find('?');
    request.path = percent_decode(target.substr(0, mark), false);
    if (mark != std::string_view::npos) request.query = parse_form(target.substr(mark + 1));
    for (const auto& field : message) {
      std::string name(field.name_string());
      std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      request.headers.emplace_back(std::move(name), std::string(field.value()));
    }
    beast::error_code ignored;
    const auto endpoint = stream_.socket().remote_endpoint(ignored);
    request.peer = endpoint.address().to_string();
    request.from_loopback = endpoint.address().is_loopback();
    const int descriptor = stream_.socket().native_handle();
    request.client_gone = [descriptor] {
      char byte;
      return ::recv(descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
    };
    if (request.method == "OPTIONS") return {204, "", "", {}};
    auto body = decode_body(request.header("content-encoding"), std::move(large_body_.empty() ? message.body() : large_body_), shared_->options.decoded_limit_bytes);
    large_body_.clear();
    if (!body.ok()) {
      const unsigned status = body.error().code == ErrorCode::kTooLargeSizeCompressed ? 413 : 400;
      return {status, "application/json; charset=utf-8", json_error(body.error().message), {}};
    }
    request.body = std::move(*body);
    HttpResponse response = shared_->handler(request);
    if (response.body.size() > 1400 && request.header("accept-encoding").find("gzip") != std::string_view::npos) {
      response.body = gzip(response.body);
      response.headers.emplace_back("Content-Encoding", "gzip");
      response.headers.emplace_back("Vary", "Accept-Encoding");
    }
    return response;
  }

  void refuse(unsigned status, const std::string& message) {
    must_close_ = true;
    write({status, "application/json; charset=utf-8", json_error(message), {}});
  }

  void write(HttpResponse response, bool counted = false) {
    response_.emplace(static_cast<http::status>(response.status), 11);
    const bool head_only = parser_->get().method() == http::verb::head;
    if (!response.content_type.empty()) response_->set(http::field::content_type, response.content_type);
    for (const auto& [name, value] : response.headers) response_->set(name, value);
    response_->set(http::field::server, "Sandpiper");
    // Browsers call the API from any page; tokens, not origins, protect it. No credentials are ever allowed.
    response_->set(http::field::access_control_allow_origin, "*");
    if (response.status == 204) {
      response_->set(http::field::access_control_allow_methods, "GET, POST, PUT, DELETE, OPTIONS");
      response_->set(http::field::access_control_allow_headers, "Authorization, Content-Type, Content-Encoding");
      response_->set(http::field::access_control_max_age, "86400");
    } else {
      response_->set(http::field::access_control_expose_headers, "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Retry-After, X-Request-Id, X-DB-Exception-Code");
    }
    const bool keep_alive = !must_close_ && parser_->is_header_done() && parser_->get().keep_alive();
    response_->keep_alive(keep_alive);
    response_->body() = std::move(response.body);
    if (response.status != 204) response_->prepare_payload();
    if (head_only) {
      response_->body().clear();
    }
    stream_.expires_after(std::chrono::milliseconds(shared_->options.body_timeout_ms));
    http::async_write(stream_, *response_, [self = shared_from_this(), keep_alive, counted](beast::error_code error, size_t) {
      if (counted) --self->shared_->unsent;
      if (error || !keep_alive) return self->close();
      self->read_head(false);
    });
  }

  void close() {
    beast::error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
  }

  beast::tcp_stream stream_;
  std::shared_ptr<Shared> shared_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::optional<http::response<http::empty_body>> continue_;
  std::optional<http::response<http::string_body>> response_;
  std::string large_body_;   // in place of the parser's
  bool must_close_ = false;
};

class BeastServer : public HttpServer {
 public:
  BeastServer(HttpServerOptions options, Handler handler)
      : shared_(std::make_shared<Shared>(std::move(options), std::move(handler))), acceptor_(context_) {}

  ~BeastServer() override {
    asio::post(context_, [this] {
      beast::error_code ignored;
      acceptor_.close(ignored);
    });
    shared_->workers.join();
    for (int i = 0; i < 500 && shared_->unsent > 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    context_.stop();
    for (std::thread& thread : threads_) thread.join();
  }

  Result<void> open() {
    beast::error_code error;
    const auto address = asio::ip::make_address(shared_->options.host == "localhost" ? "127.0.0.1" : shared_->options.host, error);
    if (error) return fail(ErrorCode::kBadArguments, "Not an IP address: " + shared_->options.host);
    const tcp::endpoint endpoint(address, shared_->options.port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(4096, error);
    if (error) {
      return fail(ErrorCode::kCannotOpenFile, "Cannot listen on " + shared_->options.host + ":" + std::to_string(shared_->options.port) + ": " + error.message(),
                  std::nullopt, "choose another port with --port");
    }
    accept();
    const unsigned threads = std::max(1U, std::min(4U, std::thread::hardware_concurrency()));
    for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { context_.run(); });
    return {};
  }

  uint16_t port() const override { return acceptor_.local_endpoint().port(); }

 private:
  void accept() {
    acceptor_.async_accept(asio::make_strand(context_), [this](beast::error_code error, tcp::socket socket) {
      if (error == asio::error::operation_aborted || !acceptor_.is_open()) return;
      if (!error) {
        beast::error_code ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        std::make_shared<Connection>(std::move(socket), shared_)->run();
      }
      accept();
    });
  }

  asio::io_context context_;
  std::shared_ptr<Shared> shared_;
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
