#pragma once
// SourceText: a file's text that can turn byte offsets into line, column and excerpt; and
// SourceMap, which leads offsets of a rendered text (a node's SQL after its template) back to the
// file it came from.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/core/error.h"

namespace sp {

class SourceText;

/// A run of a text that was put together from several files. Verbatim: offsets advance together
/// with the origin's; otherwise all of the run leads to one place.
struct SourcePiece {
  uint32_t begin = 0;
  uint32_t size = 0;
  std::shared_ptr<const SourceText> origin;
  Span place;
  bool verbatim = true;
};

class SourceText {
 public:
  /// `file`: the path shown to people. Copies nothing later: keep the object while locating.
  SourceText(std::string file, std::string text);
  /// A text made of others (a datafile with what it includes); `pieces` in order, without gaps.
  SourceText(std::string file, std::string text, std::vector<SourcePiece> pieces);
  const std::string& file() const { return file_; }
  std::string_view text() const { return text_; }
  /// Finds line, column (characters) and the line's text; an offset past the end is the end.
  Location locate(Span span) const;
  /// Fills error.location from error.span if it has a span and no location yet.
  Error attach(Error error) const;

 private:
  std::string file_;
  std::string text_;
  std::vector<uint32_t> line_starts_;
  std::vector<SourcePiece> pieces_;  // empty: the text stands in one file
};

/// Maps a derived text's offsets to its origin: pieces in order, each either copied verbatim
/// (offsets advance together) or generated (all its offsets map to one origin span).
class SourceMap {
 public:
  void add_verbatim(uint32_t derived_begin, uint32_t origin_begin, uint32_t size);
  void add_generated(uint32_t derived_begin, uint32_t derived_size, Span origin);
  /// The origin of a derived span. An unmapped offset gives the nearest mapped piece before it.
  Span to_origin(Span derived) const;
  bool empty() const { return pieces_.empty(); }

 private:
  struct Piece {
    uint32_t derived_begin, derived_size;
    Span origin;
    bool verbatim;
  };
  std::vector<Piece> pieces_;
};

}  // namespace sp
