#pragma once
// BodyPieces: cuts a body at line ends into pieces, which threads read on their own: large ones
// first, for few of them to join, then smaller ones, so that threads end together, and soon after
// the last byte has arrived. Each thread's first piece of a body that is still arriving is small,
// so that it begins soon. Between NdjsonReader and PieceReader.

#include <mutex>
#include <optional>
#include <string_view>

#include "runtime/formats/arriving_body.h"

namespace sp {

/// Thread-safe.
class BodyPieces {
 public:
  struct Piece {
    size_t index = 0;
    std::string_view text;
    bool padded = false;  ///< enough bytes follow for the scanner, which reads some ahead
  };

  /// `arriving`, if given, tells how much of the body is there; `before` bytes that are no part of
  /// `body` arrived ahead of it.
  BodyPieces(std::string_view body, unsigned threads, ArrivingBody* arriving, size_t before);
  /// There are no more than these.
  size_t most() const;
  /// The body is too small to cut.
  bool one() const;
  /// The rest did not come.
  bool broken() const { return broken_; }
  /// The next piece, in order, once it is there; nullopt after the last, or when the rest will not
  /// come.
  std::optional<Piece> next();

 private:
  // Where the piece that begins at begin_ ends; nullopt: it will not come.
  std::optional<size_t> find_end(size_t index);
  bool wait_for(size_t end);

  const std::string_view body_;
  const size_t share_;  // of what is left, a piece is one part in so many
  ArrivingBody* const arriving_;
  const size_t before_;
  std::mutex mutex_;
  size_t index_ = 0, begin_ = 0;
  bool ended_ = false, broken_ = false;
};

}  // namespace sp
