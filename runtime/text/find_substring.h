#pragma once
// find_substring: the first occurrence of a needle, 16 positions at a time by its first and last
// byte.
// Algorithm: "generic SIMD" of Wojciech Muła, http://0x80.pl/articles/simd-strfind.html.

#include <emmintrin.h>

#include <cstddef>
#include <cstring>
#include <string_view>

namespace sp {

/// Returns the offset of `needle` in `text` at or after `from`, or npos. An empty needle is found
/// at `from`.
inline size_t find_substring(std::string_view text, std::string_view needle,
                             size_t from = 0) noexcept {
  const size_t n = text.size(), m = needle.size();
  if (from > n || m > n - from) return std::string_view::npos;
  if (m == 0) return from;
  const char* begin = text.data();
  size_t at = from;
  const size_t last_start = n - m;
  if (m == 1) {
    const void* hit = std::memchr(begin + at, needle[0], n - at);
    return hit == nullptr ? std::string_view::npos
                          : static_cast<size_t>(static_cast<const char*>(hit) - begin);
  }
  const __m128i first = _mm_set1_epi8(needle[0]);
  const __m128i last = _mm_set1_epi8(needle[m - 1]);
  while (at + m - 1 + 16 <= n) {
    const __m128i heads = _mm_loadu_si128(reinterpret_cast<const __m128i*>(begin + at));
    const __m128i tails = _mm_loadu_si128(reinterpret_cast<const __m128i*>(begin + at + m - 1));
    auto hits = static_cast<unsigned>(_mm_movemask_epi8(
        _mm_and_si128(_mm_cmpeq_epi8(heads, first), _mm_cmpeq_epi8(tails, last))));
    while (hits != 0) {
      const auto bit = static_cast<size_t>(__builtin_ctz(hits));
      if (std::memcmp(begin + at + bit + 1, needle.data() + 1, m - 1) == 0) return at + bit;
      hits &= hits - 1;
    }
    at += 16;
  }
  for (; at <= last_start; ++at) {
    if (begin[at] == needle[0] && std::memcmp(begin + at, needle.data(), m) == 0) return at;
  }
  return std::string_view::npos;
}

}  // namespace sp
