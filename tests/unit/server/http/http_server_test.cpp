// Answers that are made while they are sent, and bodies that are read while they arrive: what
// happens when either side stops in the middle.

#include "server/http/http_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "runtime/formats/arriving_body.h"

namespace sp {
namespace {

constexpr size_t kPieces = 50, kPieceBytes = 100000;
std::atomic<int> alive_sources{0};

class Pieces final : public BodySource {
 public:
  explicit Pieces(size_t fail_at) : fail_at_(fail_at) { ++alive_sources; }
  ~Pieces() override { --alive_sources; }
  State next(std::string& out) override {
    if (++made_ == fail_at_) return State::kFailed;
    out.append(kPieceBytes, static_cast<char>('a' + made_ % 26));
    return made_ == kPieces ? State::kEnd : State::kMore;
  }

 private:
  const size_t fail_at_;
  size_t made_ = 0;
};

// Counts the bytes of a body in steps, as they come; "/refuse" looks at none.
HttpResponse count_bytes(HttpRequest& request) {
  if (request.path == "/refuse") return {403, "", "no", {}};
  size_t sum = 0;
  for (size_t at = 0; at < request.body.size(); at += 65536) {
    const size_t end = std::min(at + 65536, request.body.size());
    if (request.arriving && !request.arriving->wait_for(end)) return {408, "", "waited", {}};
    for (size_t i = at; i < end; ++i) sum += static_cast<unsigned char>(request.body[i]);
  }
  return {200, "", std::to_string(sum), {}};
}

HttpResponse handle(HttpRequest& request) {
  if (request.method == "POST") return count_bytes(request);
  HttpResponse response;
  response.body = "first";
  response.rest = std::make_shared<Pieces>(request.path == "/fail" ? kPieces / 2 : 0);
  return response;
}

class HttpServerTest : public ::testing::Test {
 protected:
  HttpServerTest() {
    HttpServerOptions options;
    options.port = 0;
    options.workers = 4;
    options.reads_ahead = [](std::string_view, std::string_view) { return true; };
    auto server = HttpServer::start(options, handle);
    EXPECT_TRUE(server.ok());
    server_ = std::move(*server);
  }

  int connect() const {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server_->port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    return fd;
  }
  static void send(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
  }
  // Until `end` came or the server closed the connection.
  static std::string receive(int fd, std::string_view end) {
    std::string got;
    char buffer[65536];
    while (!got.ends_with(end)) {
      const ssize_t size = ::recv(fd, buffer, sizeof(buffer), 0);
      if (size <= 0) break;
      got.append(buffer, static_cast<size_t>(size));
    }
    return got;
  }
  static void wait_until_no_source_is_left() {
    for (int i = 0; i < 1000 && alive_sources > 0; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_EQ(alive_sources, 0);
  }

  std::unique_ptr<HttpServer> server_;
};

constexpr std::string_view kLastChunk = "\r\n0\r\n\r\n";

std::string get(const std::string& path, const std::string& version = "1.1") {
  return "GET " + path + " HTTP/" + version + "\r\nHost: x\r\n\r\n";
}
std::string post(const std::string& path, size_t length) {
  return "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(length) +
         "\r\n\r\n";
}

TEST_F(HttpServerTest, PiecesComeInChunksAndTheConnectionGoesOn) {
  const int fd = connect();
  for (int i = 0; i < 3; ++i) {
    send(fd, get("/"));
    const std::string got = receive(fd, kLastChunk);
    EXPECT_TRUE(got.ends_with(kLastChunk));
    EXPECT_GT(got.size(), kPieces * kPieceBytes);
    EXPECT_NE(got.find("Transfer-Encoding: chunked"), std::string::npos);
  }
  ::close(fd);
  wait_until_no_source_is_left();
}

TEST_F(HttpServerTest, WhatFailsIsBrokenOff) {
  for (const char* version : {"1.0", "1.1"}) {
    const int fd = connect();
    send(fd, get("/fail", version));
    const std::string got = receive(fd, kLastChunk);
    EXPECT_FALSE(got.ends_with(kLastChunk));
    EXPECT_GT(got.size(), kPieceBytes);
    ::close(fd);
  }
  wait_until_no_source_is_left();
}

TEST_F(HttpServerTest, ClientsThatLeaveEndTheirAnswers) {
  for (int i = 0; i < 20; ++i) {
    const int fd = connect();
    send(fd, get("/"));
    char byte;
    (void)::recv(fd, &byte, i % 2, 0);
    ::close(fd);
  }
  wait_until_no_source_is_left();
}

TEST_F(HttpServerTest, StopsWhileAnswersAreOnTheirWay) {
  const int fd = connect();
  send(fd, get("/"));
  char byte;
  ASSERT_EQ(::recv(fd, &byte, 1, 0), 1);
  server_.reset();
  ::close(fd);
  wait_until_no_source_is_left();
}

TEST_F(HttpServerTest, BodiesAreReadAsTheyArrive) {
  const int fd = connect();
  const size_t size = 3 << 20;
  const std::string body(size, 'b');
  for (int i = 0; i < 5; ++i) {
    send(fd, post("/", size));
    for (size_t at = 0; at < size; at += 300000)
      send(fd, std::string_view(body).substr(at, 300000));
    const std::string sum = std::to_string(size * 'b');
    EXPECT_TRUE(receive(fd, sum).ends_with(sum));
  }
  ::close(fd);
}

TEST_F(HttpServerTest, SlowSendersAreReadAgain) {
  const int fd = connect();
  const size_t size = 2 << 20;
  const std::string body(size, 'c');
  send(fd, post("/", size) + body.substr(0, size / 2));
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  send(fd, std::string_view(body).substr(size / 2));
  const std::string sum = std::to_string(size * 'c');
  EXPECT_TRUE(receive(fd, sum).ends_with(sum));
  ::close(fd);
}

TEST_F(HttpServerTest, AnAnswerWaitsForTheEndOfTheBody) {
  const int fd = connect();
  const size_t size = 2 << 20;
  for (int i = 0; i < 2; ++i) {
    send(fd, post("/refuse", size) + std::string(size / 2, 'd'));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    send(fd, std::string(size / 2, 'd'));
    EXPECT_TRUE(receive(fd, "no").starts_with("HTTP/1.1 403"));
  }
  ::close(fd);
}

TEST_F(HttpServerTest, SendersMayLeaveInTheMiddle) {
  for (int i = 0; i < 10; ++i) {
    const int fd = connect();
    send(fd, post(i % 2 == 0 ? "/" : "/refuse", 2 << 20) +
                 std::string(static_cast<size_t>(i) * 100000, 'e'));
    ::close(fd);
  }
  // Somebody else is read ahead afterwards.
  const int fd = connect();
  send(fd, post("/", 1 << 20) + std::string(1 << 20, 'f'));
  const std::string sum = std::to_string((1 << 20) * 'f');
  EXPECT_TRUE(receive(fd, sum).ends_with(sum));
  ::close(fd);
}

}  // namespace
}  // namespace sp
