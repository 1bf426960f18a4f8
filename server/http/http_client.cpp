// Beast's blocking calls behind HttpClient.

#include "server/http/http_client.h"

#include <atomic>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <optional>

namespace sp {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;

class BeastClient : public HttpClient {
 public:
  BeastClient(std::string host, std::string port)
      : host_(std::move(host)),
        port_(std::move(port)) {}

  Result<HttpReply> send(const std::string& target, const std::string& token,
                         const std::string* body) override {
    // A kept connection may have been closed by the server in the meantime: one more try on a new
    // one.
    const bool kept = socket_.has_value();
    aborted_ = false;
    auto reply = try_send(target, token, body);
    if (!reply.ok() && aborted_) return fail(ErrorCode::kQueryWasCancelled, "Query was cancelled");
    if (!reply.ok() && kept) reply = try_send(target, token, body);
    return reply;
  }

  void abort() override {
    beast::error_code ignored;
    aborted_ = true;
    if (socket_) (void)socket_->shutdown(tcp::socket::shutdown_both, ignored);
  }

 private:
  Result<HttpReply> try_send(const std::string& target, const std::string& token,
                             const std::string* body) {
    beast::error_code error;
    if (!socket_) {
      tcp::resolver resolver(context_);
      const auto endpoints = resolver.resolve(host_, port_, error);
      if (error) return unreachable(error);
      socket_.emplace(context_);
      asio::connect(*socket_, endpoints, error);
      if (error) return unreachable(error);
      (void)socket_->set_option(tcp::no_delay(true), error);
    }
    http::request<http::string_body> request(body == nullptr ? http::verb::get : http::verb::post,
                                             target, 11);
    request.set(http::field::host, host_ + ":" + port_);
    if (!token.empty()) request.set(http::field::authorization, "Bearer " + token);
    if (body != nullptr) {
      request.set(http::field::content_type, "text/plain");
      request.body() = *body;
      request.prepare_payload();
    }
    http::write(*socket_, request, error);
    if (error) return unreachable(error);
    beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.body_limit(boost::none);
    http::read(*socket_, buffer, parser, error);
    if (error == http::error::partial_message && parser.is_header_done()) {
      socket_.reset();
      return fail(ErrorCode::kCannotReadAllData, "The server broke its answer off", std::nullopt,
                  "the query failed after its first rows: its log says why");
    }
    if (error) return unreachable(error);
    if (!parser.get().keep_alive()) socket_.reset();
    return HttpReply{parser.get().result_int(), std::move(parser.get().body())};
  }

  Error unreachable(beast::error_code error) {
    socket_.reset();
    return fail(ErrorCode::kCannotReadAllData,
                "Cannot reach the server at " + host_ + ":" + port_ + ": " + error.message(),
                std::nullopt, "start one with `sandpiper serve DIR`, or use --project DIR");
  }

  std::string host_, port_;
  std::atomic<bool> aborted_{false};
  asio::io_context context_;
  std::optional<tcp::socket> socket_;
};

}  // namespace

Result<std::unique_ptr<HttpClient>> HttpClient::create(const std::string& url) {
  constexpr std::string_view kScheme = "http://";
  std::string_view rest = url;
  if (!rest.starts_with(kScheme)) {
    return fail(ErrorCode::kBadArguments, "Not an http:// URL: " + url, std::nullopt,
                "for example http://127.0.0.1:7181");
  }
  rest.remove_prefix(kScheme.size());
  rest = rest.substr(0, rest.find('/'));
  const size_t colon = rest.rfind(':');
  std::string host(rest.substr(0, colon));
  std::string port = colon == std::string_view::npos ? "80" : std::string(rest.substr(colon + 1));
  return std::unique_ptr<HttpClient>(
      std::make_unique<BeastClient>(std::move(host), std::move(port)));
}

std::string percent_encode(const std::string& text) {
  std::string out;
  constexpr char kDigits[] = "0123456789ABCDEF";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) || c == '-' || c == '_' || c == '.' || c == '~') {
      out += c;
    } else {
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
  }
  return out;
}

}  // namespace sp
