#pragma once
// JsonTokens: the tokens of JSON, read in place by a scanner that knows what should come. Strings
// are skipped sixteen bytes at a time (SSE2, which every x86-64 has). The text is valid UTF-8, and
// some bytes after it are readable and end every token: see EventScanner, which is made of them.

#include <emmintrin.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace sp {

/// Readers move `at` past the token; where they return false it stands anywhere. Not thread-safe.
class JsonTokens {
 public:
  static const char* skip_space(const char* at) {
    while (*at == ' ' || *at == '\t' || *at == '\r') ++at;
    return at;
  }
  static bool is_digit(char c) { return static_cast<unsigned char>(c - '0') < 10; }

  /// Bits of the sixteen bytes that end a run of plain string bytes: quotes, backslashes, control
  /// characters.
  static uint32_t special_bytes(const char* at) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
    const __m128i found =
        _mm_or_si128(control, _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                           _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))));
    return static_cast<uint32_t>(_mm_movemask_epi8(found));
  }

  /// Reads a string whose opening quote is behind `at`. Its text stands in the input or, if it has
  /// escapes, in this object until the next string is read.
  bool read_string(const char*& at, std::string_view& text) {
    const char* const begin = at;
    uint32_t special;
    while ((special = special_bytes(at)) == 0) at += 16;
    at += std::countr_zero(special);
    if (*at == '"') {
      text = {begin, static_cast<size_t>(at - begin)};
      ++at;
      return true;
    }
    return *at == '\\' && read_escaped(begin, at, text);
  }

  /// The digits of a number: at most 18. False: none, too many, or a leading zero.
  static bool read_digits(const char*& at, uint64_t& value) {
    const char* const first = at;
    while (is_digit(*at)) value = value * 10 + static_cast<uint64_t>(*at++ - '0');
    const auto count = at - first;
    return count > 0 && count <= 18 && (*first != '0' || count == 1);
  }

  /// `true` or `false`; at anything else it stays.
  static bool read_literal(const char*& at, bool& flag) {
    flag = *at == 't' && std::memcmp(at, "true", 4) == 0;
    if (!flag && (*at != 'f' || std::memcmp(at, "false", 5) != 0)) return false;
    at += flag ? 4 : 5;
    return true;
  }
  static bool read_null(const char*& at) {
    if (*at != 'n' || std::memcmp(at, "null", 4) != 0) return false;
    at += 4;
    return true;
  }

 private:
  bool read_escaped(const char* begin, const char*& at, std::string_view& text);

  std::vector<char> unescaped_;  // the string read last, and room after it
};

}  // namespace sp
