// gzip over whole bodies and over bodies that come in pieces.

#include "server/http/gzip_response.h"

#include <memory>
#include <string>
#include <utility>

#include "server/http/content_coding.h"

namespace sp {
namespace {

constexpr size_t kSmallBody = 1400;  // fits a packet as it is

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

}  // namespace

void gzip_response(HttpResponse& response) {
  if (response.body.size() <= kSmallBody) return;
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

}  // namespace sp
