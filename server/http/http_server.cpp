// The Beast half of HttpServer: one network thread a connection; read head, read body, hand to a
// worker, write, repeat.

#include "server/http/http_server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <deque>
#include <functional>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/formats/arriving_body.h"
#include "server/http/body_memory.h"
#include "server/http/content_coding.h"
#include "server/http/quick_paths.h"

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
  BodyMemory body_memory;
  std::atomic<int> unsent{0};              // requests taken whose answer has not been written yet
  std::atomic<bool> reading_ahead{false};  // a handler has a body that is still arriving
  std::atomic<bool> stopping{false};
  Shared(HttpServerOptions o, HttpServer::Handler h)
      : options(std::move(o)),
        handler(std::move(h)),
        workers(options.workers) {}
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
// A body of this size is read while it arrives: one at a time in the process, as several keep all
// processors busy anyhow, and only from a sender that is about as fast as the reader.
constexpr uint64_t kBodyReadAhead = 1 << 20;
constexpr auto kPatience = std::chrono::milliseconds(100);

// How long an answer kept its thread: processor time, as waiting for a processor is no fault of the
// request's; but a long wait counts, whatever it was for.
class Stopwatch {
 public:
  double ms() const {
    constexpr double kLongWaitMs = 50;
    const double wall = now(CLOCK_MONOTONIC) - wall_;
    return wall > kLongWaitMs ? wall : now(CLOCK_THREAD_CPUTIME_ID) - own_;
  }

 private:
  static double now(clockid_t clock) {
    timespec time{};
    ::clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
  }
  double wall_ = now(CLOCK_MONOTONIC), own_ = now(CLOCK_THREAD_CPUTIME_ID);
};

// A network thread's own: everything of its connections happens there, so nothing is locked.
struct Network {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  QuickPaths quick;
  uint64_t quick_answers = 0;
};

class GzippedBody final : public BodySource {
 public:
  explicit GzippedBody(std::shared_ptr<BodySource> plain) : plain_(std::move(plain)) {}
  std::string zip(std::string_view piece) { return gzip_.add(piece, false); }
  State next(std::string& out) override {
    std::string piece;
    const State state = plain_->next(piece);
    if (state != State::kFailed) out += gzip_.add(piece, state == State::kEnd);
    return state;
  }

 private:
  std::shared_ptr<BodySource> plain_;
  GzipStream gzip_;
};

using Stream = beast::basic_stream<tcp, asio::io_context::executor_type>;

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Stream::socket_type socket, Network& network, std::shared_ptr<Shared> shared)
      : stream_(std::move(socket)),
        network_(network),
        shared_(std::move(shared)) {
    beast::error_code ignored;
    const auto endpoint = stream_.socket().remote_endpoint(ignored);
    peer_ = endpoint.address().to_string();
    from_loopback_ = endpoint.address().is_loopback();
    // Within one machine there is nothing to pace: BBR, where it is the default, arms a timer for
    // each answer.
    if (from_loopback_)
      (void)::setsockopt(stream_.socket().native_handle(), IPPROTO_TCP, TCP_CONGESTION, "reno", 4);
  }

  void run() {
    asio::dispatch(stream_.get_executor(), [self = shared_from_this()] { self->read_head(true); });
  }

 private:
  void read_head(bool first) {
    parser_.emplace();
    parser_->body_limit(shared_->options.body_limit_bytes);
    parser_->header_limit(64 << 10);
    const int timeout_ms =
        first ? shared_->options.header_timeout_ms : shared_->options.idle_timeout_ms;
    stream_.expires_after(std::chrono::milliseconds(timeout_ms));
    http::async_read_header(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](beast::error_code error, size_t) { self->on_head(error); });
  }

  void on_head(beast::error_code error) {
    if (error == http::error::body_limit)
      return refuse(413, "Request body too large: the limit is " +
                             std::to_string(shared_->options.body_limit_bytes) + " bytes");
    if (error == http::error::header_limit) return refuse(431, "Request header too large");
    if (error == http::error::end_of_stream || error == beast::error::timeout) return close();
    if (error)
      return is_parse_error(error) ? refuse(400, "Malformed HTTP request: " + error.message())
                                   : close();
    const auto& head = parser_->get();
    // Two framings of one body are how requests are smuggled (RFC 9112, 6.3).
    if (head.count(http::field::content_length) > 0 &&
        head.count(http::field::transfer_encoding) > 0) {
      return refuse(400, "Malformed HTTP request: both Content-Length and Transfer-Encoding");
    }
    if (parser_->is_done()) return hand_over();
    stream_.expires_after(std::chrono::milliseconds(shared_->options.body_timeout_ms));
    if (beast::iequals(head[http::field::expect], "100-continue")) {
      continue_.emplace(http::status::continue_, 11);
      http::async_write(stream_, *continue_,
                        [self = shared_from_this()](beast::error_code write_error, size_t) {
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
    http::async_read(
        stream_, buffer_, *parser_, [self = shared_from_this()](beast::error_code error, size_t) {
          if (error == http::error::body_limit) {
            return self->refuse(413, "Request body too large: the limit is " +
                                         std::to_string(self->shared_->options.body_limit_bytes) +
                                         " bytes");
          }
          if (error)
            return is_parse_error(error)
                       ? self->refuse(400, "Malformed HTTP request: " + error.message())
                       : self->close();
          self->hand_over();
        });
  }

  // Straight into place: Beast's parser would read some hundred bytes at a time and copy them. Its
  // limit on the length has been checked with the head.
  void read_large_body(uint64_t length) {
    large_body_ = shared_->body_memory.take(length);
    const size_t ready = asio::buffer_copy(asio::buffer(large_body_), buffer_.data());
    buffer_.consume(ready);
    const auto rest = asio::buffer(large_body_) + ready;
    if (length >= kBodyReadAhead && may_read_ahead() && !shared_->reading_ahead.exchange(true)) {
      arriving_ = std::make_shared<ArrivingBody>(length, kPatience);
      arriving_->add(ready);
      receive(rest);
      return hand_over();
    }
    asio::async_read(stream_, rest, [self = shared_from_this()](beast::error_code error, size_t) {
      if (error) return self->close();
      self->hand_over();
    });
  }

  // Whether the handler may begin before the body has arrived.
  bool may_read_ahead() const {
    if (slow_sender_) return false;
    const auto& head = parser_->get();
    const std::string_view coding = head[http::field::content_encoding];
    const std::string_view target(head.target().data(), head.target().size());
    return (coding.empty() || coding == "identity") && shared_->options.reads_ahead &&
           shared_->options.reads_ahead({head.method_string().data(), head.method_string().size()},
                                        target.substr(0, target.find('?')));
  }

  // Fills the body that the handler is reading.
  void receive(asio::mutable_buffer rest) {
    if (rest.size() == 0) return body_ended(false);
    stream_.async_read_some(
        rest, [self = shared_from_this(), rest](beast::error_code error, size_t bytes) {
          if (error) return self->body_ended(true);
          self->arriving_->add(bytes);
          self->receive(rest + bytes);
        });
  }

  void body_ended(bool broken) {
    if (broken) arriving_->break_off();
    must_close_ = must_close_ || broken;
    body_arrived_ = true;
    if (after_body_) std::exchange(after_body_, nullptr)();
  }

  // The handler is done with a body that was arriving. Its last bytes are still being written to
  // `body`, and the next request begins after them.
  void answered_ahead(std::string body, HttpResponse response) {
    large_body_ = std::move(body);
    slow_sender_ = slow_sender_ || arriving_->too_slow();
    after_body_ = [this, response = std::move(response)]() mutable {
      const bool again = arriving_->too_slow();
      arriving_ = nullptr;
      body_arrived_ = false;
      if (again && !must_close_) {
        --shared_->unsent;
        return hand_over();
      }
      shared_->body_memory.give_back(std::exchange(large_body_, std::string()));
      write(std::move(response), true);
    };
    if (body_arrived_) std::exchange(after_body_, nullptr)();
  }

  static bool is_parse_error(beast::error_code error) {
    return error.category() == make_error_code(http::error::bad_method).category() &&
           error != http::error::partial_message;
  }

  // Leaves the network thread: the handler may take long. The connection does nothing until it has
  // answered.
  void hand_over() {
    ++shared_->unsent;
    const auto& message = parser_->get();
    const std::string_view target(message.target().data(), message.target().size());
    const std::string_view path = target.substr(0, target.find('?'));
    const std::string_view method(message.method_string().data(), message.method_string().size());
    const bool may_be_quick =
        shared_->options.may_be_quick && shared_->options.may_be_quick(method, path);
    if (may_be_quick && network_.quick.contains(path)) {
      // Reading the clock of a thread is a system call: now and then is enough.
      constexpr uint64_t kEvery = 16;
      if (++network_.quick_answers % kEvery != 0) return write(answer(), true);
      const Stopwatch watch;
      HttpResponse response = answer();
      network_.quick.note(path, watch.ms());
      return write(std::move(response), true);
    }
    if (arriving_) return hand_over_ahead();
    stream_.expires_never();
    asio::post(shared_->workers, [self = shared_from_this(), path, may_be_quick] {
      const Stopwatch watch;
      HttpResponse response = self->answer();
      const double ms = watch.ms();
      asio::post(self->stream_.get_executor(),
                 [self, path, may_be_quick, ms, response = std::move(response)]() mutable {
                   if (may_be_quick) self->network_.quick.note(path, ms);
                   self->write(std::move(response), true);
                 });
    });
  }

  void hand_over_ahead() {
    asio::post(shared_->workers, [self = shared_from_this()] {
      HttpRequest request = self->request_head();
      request.body = std::move(self->large_body_);
      request.arriving = self->arriving_;
      HttpResponse response = self->shared_->handler(request);
      self->shared_->reading_ahead = false;
      asio::post(self->stream_.get_executor(),
                 [self, body = std::move(request.body), response = std::move(response)]() mutable {
                   self->answered_ahead(std::move(body), std::move(response));
                 });
    });
  }

  // All but the body.
  HttpRequest request_head() {
    auto& message = parser_->get();
    HttpRequest request;
    request.method = std::string(message.method_string());
    const std::string_view target(message.target().data(), message.target().size());
    const size_t mark = target.find('?');
    request.path = percent_decode(target.substr(0, mark), false);
    if (mark != std::string_view::npos) request.query = parse_form(target.substr(mark + 1));
    for (const auto& field : message) {
      std::string name(field.name_string());
      std::transform(name.begin(), name.end(), name.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      request.headers.emplace_back(std::move(name), std::string(field.value()));
    }
    request.peer = peer_;
    request.from_loopback = from_loopback_;
    const int descriptor = stream_.socket().native_handle();
    request.client_gone = [descriptor] {
      char byte;
      const ssize_t got = ::recv(descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
      return got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
    };
    return request;
  }

  HttpResponse answer() {
    HttpRequest request = request_head();
    if (request.method == "OPTIONS") return {204, "", "", {}};
    auto& message = parser_->get();
    auto body = decode_body(request.header("content-encoding"),
                            std::move(large_body_.empty() ? message.body() : large_body_),
                            shared_->options.decoded_limit_bytes);
    large_body_.clear();
    if (!body.ok()) {
      const unsigned status = body.error().code == ErrorCode::kTooLargeSizeCompressed ? 413 : 400;
      return {status, "application/json; charset=utf-8", json_error(body.error().message), {}};
    }
    request.body = std::move(*body);
    HttpResponse response = shared_->handler(request);
    shared_->body_memory.give_back(std::exchange(request.body, std::string()));
    if (response.body.size() > 1400 &&
        request.header("accept-encoding").find("gzip") != std::string_view::npos) {
      if (response.rest) {
        const auto zipped = std::make_shared<GzippedBody>(std::move(response.rest));
        response.body = zipped->zip(response.body);
        response.rest = zipped;
      } else {
        response.body = gzip(response.body);
      }
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
    const bool head_only = parser_->get().method() == http::verb::head;
    const bool in_pieces = response.rest != nullptr;
    chunked_ = in_pieces && parser_->get().version() >= 11;
    rest_ = head_only ? nullptr : std::move(response.rest);
    // HTTP/1.0 knows no chunks: there the end of the connection ends the body.
    const bool keep_alive = !must_close_ && parser_->is_header_done() &&
                            parser_->get().keep_alive() && chunked_ == in_pieces;
    head_.clear();
    head_ += "HTTP/1.1 ";
    head_ += std::to_string(response.status);
    head_ += ' ';
    head_ += http::obsolete_reason(static_cast<http::status>(response.status));
    head_ += "\r\n";
    if (!response.content_type.empty()) add_field("Content-Type", response.content_type);
    for (const auto& [name, value] : response.headers) add_field(name, value);
    // Browsers call the API from any page; tokens, not origins, protect it. No credentials are ever
    // allowed.
    head_ += "Server: Sandpiper\r\nAccess-Control-Allow-Origin: *\r\n";
    if (response.status == 204) {
      head_ +=
          "Access-Control-Allow-Methods: GET, POST, PUT, DELETE, OPTIONS\r\n"
          "Access-Control-Allow-Headers: Authorization, Content-Type, "
          "Content-Encoding\r\nAccess-Control-Max-Age: 86400\r\n";
    } else {
      head_ +=
          "Access-Control-Expose-Headers: X-RateLimit-Limit, X-RateLimit-Remaining, "
          "X-RateLimit-Reset, Retry-After, "
          "X-Request-Id, X-DB-Exception-Code\r\n";
      if (chunked_)
        add_field("Transfer-Encoding", "chunked");
      else if (!in_pieces)
        add_field("Content-Length", std::to_string(response.body.size()));
    }
    if (!keep_alive) head_ += "Connection: close\r\n";
    head_ += "\r\n";
    body_ = std::move(response.body);
    if (head_only || response.status == 204) body_.clear();
    if (chunked_ && !body_.empty()) frame(head_);
    stream_.expires_after(std::chrono::milliseconds(shared_->options.body_timeout_ms));
    const std::array<asio::const_buffer, 2> buffers = {asio::buffer(head_), asio::buffer(body_)};
    asio::async_write(
        stream_, buffers,
        [self = shared_from_this(), keep_alive, counted](beast::error_code error, size_t) {
          if (!error && self->rest_) return self->make_rest(keep_alive, counted);
          self->answered(error, keep_alive, counted);
        });
  }

  void answered(beast::error_code error, bool keep_alive, bool counted) {
    if (counted) --shared_->unsent;
    body_ = std::string();
    drop_rest();
    if (error || !keep_alive) return close();
    read_head(false);
  }

  // The memory of a large query is freed elsewhere: it takes a while.
  void drop_rest() {
    if (rest_ != nullptr && !shared_->stopping)
      asio::post(shared_->workers, [rest = std::move(rest_)]() mutable { rest = nullptr; });
    rest_ = nullptr;
  }

  // Adds the frame of one chunk (RFC 9112, 7.1): before the body to `before`, after it to the body
  // itself.
  void frame(std::string& before) {
    char size[24];
    before.append(size, std::to_chars(size, size + sizeof(size), body_.size(), 16).ptr);
    before += "\r\n";
    body_ += "\r\n";
  }

  // The next piece is made once the one before it has left: a slow client holds up its own query
  // only.
  void make_rest(bool keep_alive, bool counted) {
    if (shared_->stopping) return answered({}, false, counted);
    body_.clear();
    stream_.expires_never();
    asio::post(shared_->workers, [self = shared_from_this(), keep_alive, counted] {
      const BodySource::State state = self->rest_->next(self->body_);
      asio::post(self->stream_.get_executor(), [self, state, keep_alive, counted] {
        self->write_rest(state, keep_alive, counted);
      });
    });
  }

  void write_rest(BodySource::State state, bool keep_alive, bool counted) {
    if (state == BodySource::State::kFailed) return answered({}, false, counted);
    const bool more = state == BodySource::State::kMore;
    head_.clear();
    if (chunked_) {
      if (!body_.empty()) frame(head_);
      if (!more) body_ += "0\r\n\r\n";
    }
    stream_.expires_after(std::chrono::milliseconds(shared_->options.body_timeout_ms));
    const std::array<asio::const_buffer, 2> buffers = {asio::buffer(head_), asio::buffer(body_)};
    asio::async_write(
        stream_, buffers,
        [self = shared_from_this(), more, keep_alive, counted](beast::error_code error, size_t) {
          if (!error && more) return self->make_rest(keep_alive, counted);
          self->answered(error, keep_alive, counted);
        });
  }

  // A value that would end the field is left out.
  void add_field(std::string_view name, std::string_view value) {
    if (value.find_first_of("\r\n") != std::string_view::npos) return;
    head_ += name;
    head_ += ": ";
    head_ += value;
    head_ += "\r\n";
  }

  void close() {
    beast::error_code ignored;
    (void)stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
  }

  Stream stream_;
  Network& network_;
  std::shared_ptr<Shared> shared_;
  std::string peer_;
  bool from_loopback_ = false;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::optional<http::response<http::empty_body>> continue_;
  std::string large_body_;  // in place of the parser's
  // While large_body_, or the request's, is being filled; then whether it is full, and what to do
  // then.
  std::shared_ptr<ArrivingBody> arriving_;
  bool body_arrived_ = false;
  std::function<void()> after_body_;
  bool slow_sender_ = false;
  std::string head_, body_;           // of the answer that is being written
  std::shared_ptr<BodySource> rest_;  // what is not in body_ yet
  bool chunked_ = false;
  bool must_close_ = false;
};

class BeastServer : public HttpServer {
 public:
  BeastServer(HttpServerOptions options, Handler handler)
      : shared_(std::make_shared<Shared>(std::move(options), std::move(handler))),
        networks_(network_threads()),
        acceptor_(networks_[0].context) {}

  ~BeastServer() override {
    shared_->stopping = true;
    asio::post(networks_[0].context, [this] {
      beast::error_code ignored;
      (void)acceptor_.close(ignored);
    });
    shared_->workers.join();
    for (int i = 0; i < 500 && shared_->unsent > 0; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    for (Network& network : networks_) network.context.stop();
    for (std::thread& thread : threads_) thread.join();
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
        [this, &network](beast::error_code error, Stream::socket_type socket) {
          if (error == asio::error::operation_aborted || !acceptor_.is_open()) return;
          if (!error) {
            beast::error_code ignored;
            (void)socket.set_option(tcp::no_delay(true), ignored);
            std::make_shared<Connection>(std::move(socket), network, shared_)->run();
          }
          accept();
        });
  }

  std::shared_ptr<Shared> shared_;
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
