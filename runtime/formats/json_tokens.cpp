// Strings with escapes.

#include "runtime/formats/json_tokens.h"

#include <utf8proc.h>

#include "runtime/text/hex_digit.h"

namespace sp {

namespace {

bool read_hex(const char* at, uint32_t& value) {
  value = 0;
  for (int i = 0; i < 4; ++i) {
    const int digit = hex_digit(at[i]);
    if (digit < 0) return false;
    value = value << 4 | static_cast<uint32_t>(digit);
  }
  return true;
}

// One escape \uXXXX, or two that are halves of one code point.
bool read_code_point(const char*& at, char*& to) {
  uint32_t point, low;
  if (!read_hex(at + 2, point)) return false;
  at += 6;
  if (point >= 0xd800 && point < 0xe000) {
    if (point >= 0xdc00 || at[0] != '\\' || at[1] != 'u' || !read_hex(at + 2, low) ||
        low < 0xdc00 || low >= 0xe000)
      return false;
    point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
    at += 6;
  }
  to += utf8proc_encode_char(static_cast<utf8proc_int32_t>(point),
                             reinterpret_cast<utf8proc_uint8_t*>(to));
  return true;
}

// One escape at `at`, written to `to`.
inline bool read_escape(const char*& at, char*& to) {
  char byte = at[1];
  switch (byte) {
    case '"':
    case '\\':
    case '/': break;
    case 'b': byte = '\b'; break;
    case 'f': byte = '\f'; break;
    case 'n': byte = '\n'; break;
    case 'r': byte = '\r'; break;
    case 't': byte = '\t'; break;
    case 'u': return read_code_point(at, to);
    default: return false;
  }
  *to++ = byte;
  at += 2;
  return true;
}

}  // namespace

bool JsonTokens::read_escaped(const char* begin, const char*& at, std::string_view& text) {
  constexpr size_t kRoom = 64;  // for one escape and sixteen bytes, and more
  auto used = static_cast<size_t>(at - begin);
  if (used + kRoom > unescaped_.size()) unescaped_.resize((used + kRoom) * 2);
  std::memcpy(unescaped_.data(), begin, used);
  char* to = unescaped_.data() + used;
  const auto make_room = [&] {
    used = static_cast<size_t>(to - unescaped_.data());
    if (used + kRoom <= unescaped_.size()) return;
    unescaped_.resize(unescaped_.size() * 2);
    to = unescaped_.data() + used;
  };
  while (*at == '\\') {
    make_room();
    if (!read_escape(at, to)) return false;
    uint32_t special;
    for (;;) {  // up to the next special byte
      std::memcpy(to, at, 16);
      special = special_bytes(at);
      if (special != 0) break;
      to += 16;
      at += 16;
      make_room();
    }
    const auto plain = static_cast<size_t>(std::countr_zero(special));
    to += plain;
    at += plain;
  }
  if (*at != '"') return false;
  ++at;
  text = {unescaped_.data(), static_cast<size_t>(to - unescaped_.data())};
  return true;
}

}  // namespace sp
