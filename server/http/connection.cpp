// The road of a request through its connection: read head, read body, hand to a worker, write,
// repeat. Entry: serve_connection().

#include "server/http/connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http.hpp>
#include <cerrno>
#include <chrono>
#include <functional>
#include <utility>

#include "runtime/formats/arriving_body.h"
#include "server/http/content_coding.h"
#include "server/http/gzip_response.h"
#include "server/http/response_head.h"
#include "server/http/stopwatch.h"

namespace sp {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;

constexpr uint64_t kLargeBody = 32 << 10;
// A body of this size is read while it arrives: one at a time in the process, as several keep all
// processors busy anyhow, and only from a sender that is about as fast as the reader.
constexpr uint64_t kBodyReadAhead = 1 << 20;
constexpr auto kPatience = std::chrono::milliseconds(100);

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(NetworkStream::socket_type socket, Network& network,
             std::shared_ptr<SharedByConnections> shared)
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
    if (shared_->stopping) return close();
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
    asio::post(*shared_->workers, [self = shared_from_this(), path, may_be_quick] {
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
    asio::post(*shared_->workers, [self = shared_from_this()] {
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
      return error_response(status, body.error().message);
    }
    request.body = std::move(*body);
    HttpResponse response = shared_->handler(request);
    shared_->body_memory.give_back(std::exchange(request.body, std::string()));
    if (request.header("accept-encoding").find("gzip") != std::string_view::npos)
      gzip_response(response);
    return response;
  }

  void refuse(unsigned status, const std::string& message) {
    must_close_ = true;
    write(error_response(status, message));
  }

  void write(HttpResponse response, bool counted = false) {
    const bool head_only = parser_->get().method() == http::verb::head;
    const bool in_pieces = response.rest != nullptr;
    chunked_ = in_pieces && parser_->get().version() >= 11;
    rest_ = head_only ? nullptr : std::move(response.rest);
    const bool keep_alive = !must_close_ && parser_->is_header_done() &&
                            parser_->get().keep_alive() && chunked_ == in_pieces;
    head_.clear();
    append_response_head(head_, response,
                         chunked_    ? BodyFraming::kChunks
                         : in_pieces ? BodyFraming::kUntilClosed
                                     : BodyFraming::kLength,
                         keep_alive);
    body_ = std::move(response.body);
    if (head_only || response.status == 204) body_.clear();
    if (chunked_ && !body_.empty()) frame_chunk(head_, body_);
    send([this, keep_alive, counted](beast::error_code error) {
      if (!error && rest_) return make_rest(keep_alive, counted);
      answered(error, keep_alive, counted);
    });
  }

  // Head and body, then `done` on the network thread.
  template <typename Done>
  void send(Done done) {
    stream_.expires_after(std::chrono::milliseconds(shared_->options.body_timeout_ms));
    const std::array<asio::const_buffer, 2> buffers = {asio::buffer(head_), asio::buffer(body_)};
    asio::async_write(
        stream_, buffers,
        [self = shared_from_this(), done](beast::error_code error, size_t) { done(error); });
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
      asio::post(*shared_->workers, [rest = std::move(rest_)]() mutable { rest = nullptr; });
    rest_ = nullptr;
  }

  // The next piece is made once the one before it has left: a slow client holds up its own query
  // only.
  void make_rest(bool keep_alive, bool counted) {
    if (shared_->stopping) return answered({}, false, counted);
    body_.clear();
    stream_.expires_never();
    asio::post(*shared_->workers, [self = shared_from_this(), keep_alive, counted] {
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
      if (!body_.empty()) frame_chunk(head_, body_);
      if (!more) body_ += "0\r\n\r\n";
    }
    send([this, more, keep_alive, counted](beast::error_code error) {
      if (!error && more) return make_rest(keep_alive, counted);
      answered(error, keep_alive, counted);
    });
  }

  void close() {
    beast::error_code ignored;
    (void)stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
  }

  NetworkStream stream_;
  Network& network_;
  std::shared_ptr<SharedByConnections> shared_;
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

}  // namespace

void serve_connection(NetworkStream::socket_type socket, Network& network,
                      std::shared_ptr<SharedByConnections> shared) {
  std::make_shared<Connection>(std::move(socket), network, std::move(shared))->run();
}

}  // namespace sp
