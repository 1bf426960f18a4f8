#pragma once
// Case folding of texts into reusable buffers: ASCII letters only, or code points by utf8proc.

#include <string>
#include <string_view>

namespace sp {

/// Writes `text` with ASCII letters in lower case.
void fold_case_ascii(std::string_view text, std::string& out);
/// Writes `text` in lower case, code point by code point; invalid bytes stay as they are.
void fold_case_utf8(std::string_view text, std::string& out);
/// Writes `text` in upper case, code point by code point ("ß" becomes "SS").
void raise_case_utf8(std::string_view text, std::string& out);
/// Appends the UTF-8 encoding of a code point.
void append_code_point(int32_t code_point, std::string& out);

}  // namespace sp
