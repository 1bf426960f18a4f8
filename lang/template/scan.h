#pragma once
// Scanning of a template's text into pieces: plain text, {{ }}, {% %}, {# #}. PEGTL grammar;
// Tornado's rules for escapes ({{!, {%!, {#!) and for runs of braces.

#include <cstdint>
#include <string_view>
#include <vector>

#include "runtime/core/error.h"

namespace sp::tmpl {

struct Piece {
  enum class Kind : uint8_t { kText, kEscape, kOutput, kStatement };
  Kind kind = Kind::kText;
  Span span;  // the whole piece, in the file
  Span body;  // kOutput, kStatement: the inside; kEscape: the two braces that it stands for
};

/// Splits a text; comments are left out. Errors: a tag or a string in it that is not closed.
Result<std::vector<Piece>> scan(std::string_view text, uint32_t offset);

}  // namespace sp::tmpl
