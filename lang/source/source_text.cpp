// Offsets to lines and columns, and derived offsets to their origin.

#include "lang/source/source_text.h"

#include <algorithm>

namespace sp {

SourceText::SourceText(std::string file, std::string text)
    : file_(std::move(file)),
      text_(std::move(text)) {
  line_starts_.push_back(0);
  for (size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == '\n') line_starts_.push_back(static_cast<uint32_t>(i + 1));
  }
}

SourceText::SourceText(std::string file, std::string text, std::vector<SourcePiece> pieces)
    : SourceText(std::move(file), std::move(text)) {
  pieces_ = std::move(pieces);
}

namespace {
// Counts UTF-8 characters: every byte that does not continue one.
uint32_t characters(std::string_view text) {
  return static_cast<uint32_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}
}  // namespace

Location SourceText::locate(Span span) const {
  if (!pieces_.empty()) {
    const auto after = std::upper_bound(
        pieces_.begin(), pieces_.end(), span.begin,
        [](uint32_t offset, const SourcePiece& piece) { return offset < piece.begin; });
    const SourcePiece& piece = after == pieces_.begin() ? pieces_.front() : *std::prev(after);
    if (!piece.verbatim) return piece.origin->locate(piece.place);
    const auto origin = [&piece](uint32_t offset) {
      return std::min(piece.place.begin + (offset - piece.begin), piece.place.end);
    };
    return piece.origin->locate({origin(span.begin), origin(std::max(span.begin, span.end))});
  }
  const auto size = static_cast<uint32_t>(text_.size());
  const uint32_t begin = std::min(span.begin, size);
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), begin);
  const auto line = static_cast<uint32_t>(after - line_starts_.begin());
  const uint32_t line_begin = line_starts_[line - 1];
  const size_t newline = text_.find('\n', line_begin);
  size_t line_end = newline == std::string::npos ? size : newline;
  if (line_end > line_begin && text_[line_end - 1] == '\r') --line_end;
  const auto span_end = std::min<size_t>(std::max(span.end, begin), line_end);
  Location location;
  location.file = file_;
  location.line = line;
  location.column = characters(std::string_view(text_).substr(line_begin, begin - line_begin)) + 1;
  location.line_text = text_.substr(line_begin, line_end - line_begin);
  location.width =
      span_end > begin ? characters(std::string_view(text_).substr(begin, span_end - begin)) : 1;
  return location;
}

Error SourceText::attach(Error error) const {
  if (error.span && !error.location) error.location = locate(*error.span);
  return error;
}

void SourceMap::add_verbatim(uint32_t derived_begin, uint32_t origin_begin, uint32_t size) {
  if (size > 0) pieces_.push_back({derived_begin, size, {origin_begin, origin_begin + size}, true});
}

void SourceMap::add_generated(uint32_t derived_begin, uint32_t derived_size, Span origin) {
  if (derived_size > 0) pieces_.push_back({derived_begin, derived_size, origin, false});
}

Span SourceMap::to_origin(Span derived) const {
  const auto find = [this](uint32_t offset) -> const Piece* {
    auto after =
        std::upper_bound(pieces_.begin(), pieces_.end(), offset,
                         [](uint32_t o, const Piece& piece) { return o < piece.derived_begin; });
    return after == pieces_.begin() ? nullptr : &*std::prev(after);
  };
  const Piece* first = find(derived.begin);
  if (first == nullptr) return derived;
  const Piece* last = derived.end > derived.begin ? find(derived.end - 1) : first;
  const auto begin_of = [](const Piece& piece, uint32_t offset) {
    if (!piece.verbatim) return piece.origin.begin;
    return std::min(piece.origin.begin + (offset - piece.derived_begin), piece.origin.end);
  };
  Span origin;
  origin.begin = begin_of(*first, derived.begin);
  origin.end = last->verbatim ? std::min(last->origin.begin + (derived.end - last->derived_begin),
                                         last->origin.end)
                              : last->origin.end;
  if (origin.end < origin.begin) origin.end = origin.begin;
  return origin;
}

}  // namespace sp
