// One escape, and texts up to their closing quote.

#include "runtime/text/quoted_text.h"

#include "runtime/text/hex_digit.h"

namespace sp {

size_t decode_escape(std::string_view body, size_t at, std::string& out) {
  const char c = body[at];
  switch (c) {
    case 'a': out += '\a'; return 1;
    case 'b': out += '\b'; return 1;
    case 'e': out += '\x1b'; return 1;
    case 'f': out += '\f'; return 1;
    case 'n': out += '\n'; return 1;
    case 'r': out += '\r'; return 1;
    case 't': out += '\t'; return 1;
    case 'v': out += '\v'; return 1;
    case '0': out += '\0'; return 1;
    case 'N': return 1;
    case '\\':
    case '\'':
    case '"':
    case '`':
    case '/':
    case '=': out += c; return 1;
    case 'x':
      if (at + 2 < body.size() && hex_digit(body[at + 1]) >= 0 && hex_digit(body[at + 2]) >= 0) {
        out += static_cast<char>(hex_digit(body[at + 1]) * 16 + hex_digit(body[at + 2]));
        return 3;
      }
      [[fallthrough]];
    default:
      out += '\\';
      out += c;
      return 1;
  }
}

bool read_quoted_text(const char*& at, const char* end, char quote, std::string& out) {
  const std::string_view text(at, static_cast<size_t>(end - at));
  for (size_t i = 1; i < text.size();) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      i += 1 + decode_escape(text, i + 1, out);
    } else if (text[i] != quote) {
      out += text[i++];
    } else if (i + 1 < text.size() && text[i + 1] == quote) {
      out += quote;
      i += 2;
    } else {
      at += i + 1;
      return true;
    }
  }
  at = end;
  return false;
}

}  // namespace sp
