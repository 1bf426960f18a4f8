#pragma once
// UTF-8 by hand: stepping over code points, counting, validating. Invalid bytes count as one code
// point each, as in ClickHouse's UTF8::seqLength.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sp {

/// Bytes of the sequence that starts with `lead` (1 for continuation and invalid bytes).
inline size_t utf8_sequence_length(char lead) noexcept {
  const auto byte = static_cast<uint8_t>(lead);
  if (byte < 0xC0 || byte >= 0xF8) return 1;
  return byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}
inline bool utf8_is_continuation(char byte) noexcept {
  return (static_cast<uint8_t>(byte) & 0xC0) == 0x80;
}

/// Counts code points: bytes that are not continuations.
inline size_t utf8_count(std::string_view text) noexcept {
  size_t count = 0;
  for (const char byte : text) count += !utf8_is_continuation(byte);
  return count;
}
/// The offset behind `count` code points from the beginning (at most text.size()).
inline size_t utf8_offset(std::string_view text, size_t count) noexcept {
  size_t at = 0;
  while (count > 0 && at < text.size()) {
    at += utf8_sequence_length(text[at]);
    --count;
  }
  return at < text.size() ? at : text.size();
}
/// The bytes of a valid sequence at `at`, or 0 if there is none (Unicode 15, table 3-7).
inline size_t utf8_valid_sequence(std::string_view text, size_t at) noexcept {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[at + i]); };
  const uint8_t lead = byte(0);
  if (lead < 0x80) return 1;
  const size_t left = text.size() - at;
  const auto continuation = [&](size_t i) { return (byte(i) & 0xC0) == 0x80; };
  if (lead >= 0xC2 && lead <= 0xDF) return left >= 2 && continuation(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    if (left < 3 || !continuation(1) || !continuation(2)) return 0;
    if (lead == 0xE0 && byte(1) < 0xA0) return 0;
    if (lead == 0xED && byte(1) > 0x9F) return 0;
    return 3;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    if (left < 4 || !continuation(1) || !continuation(2) || !continuation(3)) return 0;
    if (lead == 0xF0 && byte(1) < 0x90) return 0;
    if (lead == 0xF4 && byte(1) > 0x8F) return 0;
    return 4;
  }
  return 0;
}
bool utf8_is_valid(std::string_view text) noexcept;

}  // namespace sp
