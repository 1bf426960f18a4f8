// Texts as JSON strings, sixteen bytes at a time: append_json_string (format_value.h) and
// put_json_string (put_scalar.h).

#include <array>
#include <bit>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "runtime/text/format_value.h"
#include "runtime/text/put_scalar.h"
#include "runtime/text/utf8.h"

namespace sp {

namespace {

#ifndef __SSE2__
// Bytes that stand for themselves in a JSON string.
constexpr std::array<bool, 256> kPlainInJson = [] {
  std::array<bool, 256> plain{};
  for (unsigned c = 0x20; c < 0x80; ++c) plain[c] = c != '"' && c != '\\' && c != '/';
  return plain;
}();
#endif

// A bit for each of the sixteen bytes that does not stand for itself in a JSON string: control
// characters, quotes, slashes and everything from 0x80 on.
uint32_t special_bytes(const char* at) {
#ifdef __SSE2__
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  const auto is = [&](char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); };
  // As signed numbers, bytes from 0x80 on are negative.
  const __m128i outside = _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20));
  const __m128i marks = _mm_or_si128(_mm_or_si128(is('"'), is('\\')), is('/'));
  return static_cast<uint32_t>(_mm_movemask_epi8(_mm_or_si128(outside, marks)));
#else
  uint32_t bits = 0;
  for (uint32_t i = 0; i < 16; ++i)
    bits |= (kPlainInJson[static_cast<uint8_t>(at[i])] ? 0U : 1U) << i;
  return bits;
#endif
}

// Copies up to sixteen bytes without calling memcpy.
void copy_short(char* to, const char* from, size_t size) {
  const auto ends = [&]<class Word>(Word first, Word last) {
    std::memcpy(&first, from, sizeof(Word));
    std::memcpy(&last, from + size - sizeof(Word), sizeof(Word));
    std::memcpy(to, &first, sizeof(Word));
    std::memcpy(to + size - sizeof(Word), &last, sizeof(Word));
  };
  if (size >= 8)
    ends(uint64_t{}, uint64_t{});
  else if (size >= 4)
    ends(uint32_t{}, uint32_t{});
  else if (size >= 2)
    ends(uint16_t{}, uint16_t{});
  else if (size == 1)
    *to = *from;
}

// Writes what stands for the character or sequence at `from`; moves past it.
char* put_json_special(char* to, const char*& from, const char* end) {
  const auto c = static_cast<uint8_t>(*from);
  const auto put = [&](std::string_view text) {
    std::memcpy(to, text.data(), text.size());
    to += text.size();
  };
  if (c >= 0x80) {
    const size_t length = utf8_valid_sequence({from, static_cast<size_t>(end - from)}, 0);
    // U+2028 and U+2029 end lines in JavaScript.
    const bool separator = length == 3 && c == 0xE2 && static_cast<uint8_t>(from[1]) == 0x80 &&
                           (static_cast<uint8_t>(from[2]) | 1U) == 0xA9;
    if (separator)
      put(static_cast<uint8_t>(from[2]) == 0xA8 ? "\\u2028" : "\\u2029");
    else if (length == 0)
      put("\xEF\xBF\xBD");
    else
      put({from, length});
    from += length == 0 ? 1 : length;
    return to;
  }
  ++from;
  *to++ = '\\';
  switch (c) {
    case '\b': *to++ = 'b'; break;
    case '\f': *to++ = 'f'; break;
    case '\n': *to++ = 'n'; break;
    case '\r': *to++ = 'r'; break;
    case '\t': *to++ = 't'; break;
    case '"':
    case '\\':
    case '/': *to++ = static_cast<char>(c); break;
    default: {
      constexpr const char* kHex = "0123456789ABCDEF";
      put("u00");
      *to++ = kHex[c >> 4U];
      *to++ = kHex[c & 15U];
    }
  }
  return to;
}

char* put_json_text(char* to, const char* at, const char* end) {
  while (at < end) {
    const auto left = static_cast<size_t>(end - at);
    uint32_t special = 0;
    size_t plain = 16;
    if (left >= 16) {
      std::memcpy(to, at, 16);
      special = special_bytes(at);
    } else {
      char block[16] = {};
      copy_short(block, at, left);
      std::memcpy(to, block, 16);
      special = special_bytes(block) & ((1U << left) - 1);
      plain = left;
    }
    if (special != 0) plain = static_cast<size_t>(std::countr_zero(special));
    at += plain;
    to += plain;
    if (special != 0) to = put_json_special(to, at, end);
  }
  return to;
}

// Where a text may be cut near `at`: not inside of a UTF-8 sequence.
const char* before_sequence(const char* at) {
  constexpr int kLongestTail = 3;
  const char* cut = at;
  for (int i = 0; i < kLongestTail; ++i) {
    if (!utf8_is_continuation(*cut)) return cut;
    --cut;
  }
  return utf8_is_continuation(*cut) ? at : cut;
}

}  // namespace

char* put_json_string(char* to, std::string_view text) {
  *to++ = '"';
  to = put_json_text(to, text.data(), text.data() + text.size());
  *to++ = '"';
  return to;
}

void append_json_string(std::string& out, std::string_view text) {
  constexpr size_t kPiece = 256;
  char buffer[json_string_room(kPiece)];
  if (text.size() <= kPiece) {
    out.append(buffer, put_json_string(buffer, text));
    return;
  }
  out += '"';
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    const char* const to =
        static_cast<size_t>(end - at) <= kPiece ? end : before_sequence(at + kPiece);
    out.append(buffer, put_json_text(buffer, at, to));
    at = to;
  }
  out += '"';
}

}  // namespace sp
