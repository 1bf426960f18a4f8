// Sizes of pieces, and waiting for them.

#include "runtime/formats/body_pieces.h"

#include <algorithm>

#include "runtime/formats/event_scanner.h"

namespace sp {

namespace {

constexpr size_t kWorthCutting = 2 << 20;  // a body of this size is read by several threads ...
constexpr size_t kLeast = 256 << 10;       // ... in pieces of this size or more
constexpr size_t kFirst = 1 << 20;

}  // namespace

BodyPieces::BodyPieces(std::string_view body, unsigned threads, ArrivingBody* arriving,
                       size_t before)
    : body_(body),
      share_(size_t{threads} * 2),
      arriving_(arriving),
      before_(before) {}

size_t BodyPieces::most() const { return std::max<size_t>(1, body_.size() / kLeast); }
bool BodyPieces::one() const { return body_.size() < kWorthCutting; }

std::optional<BodyPieces::Piece> BodyPieces::next() {
  const std::lock_guard lock(mutex_);
  if (ended_ || broken_) return std::nullopt;
  Piece piece{index_++, {}};
  const std::optional<size_t> end = find_end(piece.index);
  if (!end) return std::nullopt;
  piece.text = body_.substr(begin_, *end - begin_);
  begin_ = *end;
  piece.padded = body_.size() - *end >= EventScanner::kPadding;
  ended_ = *end == body_.size();
  return piece;
}

std::optional<size_t> BodyPieces::find_end(size_t index) {
  const size_t all = body_.size();
  const size_t left = all - begin_;
  // What is left over after the last whole piece goes with it.
  if (one() || left < 2 * kLeast) return wait_for(all) ? std::optional(all) : std::nullopt;
  const bool at_once = arriving_ != nullptr && index < share_ / 2;
  const size_t share = std::max(kLeast, left / share_);
  const size_t wanted = begin_ + (at_once ? std::min(kFirst, share) : share);
  if (!wait_for(wanted)) return std::nullopt;
  const size_t known = arriving_ == nullptr ? all : std::min(arriving_->arrived() - before_, all);
  size_t newline = body_.substr(0, known).find('\n', wanted - 1);
  if (newline == std::string_view::npos) {
    if (!wait_for(all)) return std::nullopt;
    newline = body_.find('\n', wanted - 1);
  }
  return newline == std::string_view::npos ? all : newline + 1;
}

// The scanner looks at some bytes after a piece.
bool BodyPieces::wait_for(size_t end) {
  broken_ = arriving_ != nullptr && !arriving_->wait_for(before_ + end + EventScanner::kPadding);
  return !broken_;
}

}  // namespace sp
