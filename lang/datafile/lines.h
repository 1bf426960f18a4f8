#pragma once
// Lines: the first step of reading a datafile. A PEGTL grammar splits the text into lines and
// marks, on each, the upper-case word that may be a directive. Entry: split_lines(). Next:
// statements.h.

#include <cstdint>
#include <string_view>
#include <vector>

#include "runtime/core/error.h"

namespace sp::datafile {

/// One line of a datafile, by byte offsets; the line break (LF or CRLF) is not part of it.
struct Line {
  enum class Kind : uint8_t { kBlank, kComment, kText };
  Kind kind = Kind::kBlank;
  Span span;
  uint32_t indent = 0;  // blanks before the first character
  Span word;            // the leading WORD; empty if the line starts otherwise
  Span rest;            // what follows the word, blanks trimmed at both ends
};

/// Splits a text into lines. Never fails; linear in the text.
std::vector<Line> split_lines(std::string_view text);

}  // namespace sp::datafile
