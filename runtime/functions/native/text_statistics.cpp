// Statistics and comparisons of texts: n-gram distances and searches, entropy and variety of bytes,
// subsequences of characters, base 32 and 58, numbers in other bases, key-value
// pairs.
// Sources: ClickHouse's ngramDistance (hash of n-grams by CRC-32C, 65536 counters); RFC 4648
// (base 32); Bitcoin's base 58.

#include <algorithm>
#include <array>
#include <cmath>

#include "runtime/core/crc32c.h"
#include "runtime/functions/function.h"
#include "runtime/functions/row_adder.h"
#include "runtime/functions/signature.h"
#include "runtime/functions/string_output.h"
#include "runtime/text/utf8.h"

namespace sp {
namespace {

// --- n-grams --------------------------------------------------------------------------------

constexpr size_t kLongestNgramText = size_t{1} << 15;

std::vector<uint32_t> characters(std::string_view text, bool utf8, bool fold) {
  std::vector<uint32_t> out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    uint32_t value = static_cast<uint8_t>(text[at]);
    size_t length = 1;
    if (utf8) {
      length = std::min(utf8_sequence_length(text[at]), text.size() - at);
      if (length > 1) value &= 0x7FU >> length;
      for (size_t i = 1; i < length; ++i)
        value = value << 6 | (static_cast<uint8_t>(text[at + i]) & 0x3FU);
    }
    if (fold && value >= 'A' && value <= 'Z') value += 'a' - 'A';
    // Latin-1, Greek and Cyrillic capitals, as simple case folding has them.
    if (fold && utf8 &&
        ((value >= 0xC0 && value <= 0xDE && value != 0xD7) || (value >= 0x391 && value <= 0x3A9) ||
         (value >= 0x410 && value <= 0x42F)))
      value += 0x20;
    if (fold && utf8 && value >= 0x400 && value <= 0x40F) value += 0x50;
    out.push_back(value);
    at += length;
  }
  return out;
}

std::vector<uint16_t> ngrams(std::string_view text, bool utf8, bool fold) {
  const std::vector<uint32_t> points = characters(text, utf8, fold);
  const size_t n = utf8 ? 3 : 4;
  std::vector<uint16_t> out;
  for (size_t i = 0; i + n <= points.size(); ++i) {
    uint64_t hash;
    if (utf8) {
      hash = crc32c(points[i + 2], uint64_t{points[i]} << 32 | points[i + 1]);
    } else {
      uint32_t four = 0;
      for (size_t k = 0; k < 4; ++k) four |= points[i + k] << (8 * k);
      hash = crc32c(0xFFFFFFFFU, uint64_t{four});
    }
    out.push_back(static_cast<uint16_t>(hash));
  }
  return out;
}

template <bool utf8, bool fold, bool search>
float ngram_distance(std::string_view text, std::string_view needle) {
  if (text.size() >= kLongestNgramText) return search ? 0 : 1;
  std::vector<int32_t> counts(size_t{1} << 16);
  const std::vector<uint16_t> wanted = ngrams(needle, utf8, fold), found = ngrams(text, utf8, fold);
  for (const uint16_t gram : wanted) ++counts[gram];
  auto distance = static_cast<int64_t>(wanted.size());
  for (const uint16_t gram : found) {
    if (counts[gram] > 0) {
      --distance;
      --counts[gram];
    } else if (!search) {
      ++distance;
    }
  }
  const auto share = [distance](size_t whole) {
    return static_cast<float>(distance) / static_cast<float>(std::max<size_t>(whole, 1));
  };
  return search ? 1.0F - share(wanted.size()) : share(wanted.size() + found.size());
}

// --- numbers in other bases -----------------------------------------------------------------

constexpr std::string_view kBase58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

std::string encode_base58(std::string_view bytes) {
  std::vector<uint8_t> digits;  // least significant first
  const size_t zeros = std::min(bytes.find_first_not_of('\0'), bytes.size());
  for (const char c : bytes.substr(zeros)) {
    uint32_t carry = static_cast<uint8_t>(c);
    for (uint8_t& digit : digits) {
      carry += uint32_t{digit} << 8;
      digit = static_cast<uint8_t>(carry % 58);
      carry /= 58;
    }
    for (; carry > 0; carry /= 58) digits.push_back(static_cast<uint8_t>(carry % 58));
  }
  std::string out(zeros, kBase58[0]);
  for (size_t i = digits.size(); i-- > 0;) out += kBase58[digits[i]];
  return out;
}

bool decode_base58(std::string_view text, std::string& out) {
  std::vector<uint8_t> bytes;
  const size_t ones = std::min(text.find_first_not_of(kBase58[0]), text.size());
  for (const char c : text.substr(ones)) {
    const size_t digit = kBase58.find(c);
    if (digit == std::string_view::npos) return false;
    auto carry = static_cast<uint32_t>(digit);
    for (uint8_t& byte : bytes) {
      carry += uint32_t{byte} * 58;
      byte = static_cast<uint8_t>(carry);
      carry >>= 8;
    }
    for (; carry > 0; carry >>= 8) bytes.push_back(static_cast<uint8_t>(carry));
  }
  out.assign(ones, '\0');
  for (size_t i = bytes.size(); i-- > 0;) out += static_cast<char>(bytes[i]);
  return true;
}

std::string encode_base32(std::string_view bytes) {
  std::string out;
  uint32_t word = 0, bits = 0;
  for (const char c : bytes) {
    word = word << 8 | static_cast<uint8_t>(c);
    for (bits += 8; bits >= 5; bits -= 5) out += kBase32[word >> (bits - 5) & 31];
  }
  if (bits > 0) out += kBase32[word << (5 - bits) & 31];
  while (out.size() % 8 != 0) out += '=';
  return out;
}

bool decode_base32(std::string_view text, std::string& out) {
  out.clear();
  if (text.size() % 8 != 0) return false;
  const size_t padding = text.size() - std::min(text.find_last_not_of('=') + 1, text.size());
  if (padding == 2 || padding == 5 || padding > 6) return false;
  uint32_t word = 0, bits = 0;
  for (char c : text.substr(0, text.size() - padding)) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    const size_t digit = kBase32.find(c);
    if (digit == std::string_view::npos) return false;
    word = word << 5 | static_cast<uint32_t>(digit);
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    out += static_cast<char>(word >> bits);
  }
  return (word & ((1U << bits) - 1)) == 0;
}

// --- characters -----------------------------------------------------------------------------

bool has_subsequence(std::string_view text, std::string_view part, bool fold) {
  const std::vector<uint32_t> all = characters(text, true, fold),
                              some = characters(part, true, fold);
  size_t met = 0;
  for (size_t i = 0; i < all.size() && met < some.size(); ++i) met += all[i] == some[met] ? 1 : 0;
  return met == some.size();
}

}  // namespace

#define SP_NGRAM(name, utf8, fold, search)                                                    \
  extern "C" float sp_ngram_##name(const StringRef& text, const StringRef& needle) noexcept { \
    return ngram_distance<utf8, fold, search>(text.view(), needle.view());                    \
  }
SP_NGRAM(distance, false, false, false)
SP_NGRAM(distance_fold, false, true, false)
SP_NGRAM(distance_utf8, true, false, false)
SP_NGRAM(distance_fold_utf8, true, true, false)
SP_NGRAM(search, false, false, true)
SP_NGRAM(search_fold, false, true, true)
SP_NGRAM(search_utf8, true, false, true)
SP_NGRAM(search_fold_utf8, true, true, true)
#undef SP_NGRAM

extern "C" uint16_t sp_string_bytes_uniq(const StringRef& text) noexcept {
  std::array<bool, 256> met{};
  for (const char c : text.view()) met[static_cast<uint8_t>(c)] = true;
  return static_cast<uint16_t>(std::count(met.begin(), met.end(), true));
}
extern "C" double sp_string_bytes_entropy(const StringRef& text) noexcept {
  std::array<uint64_t, 256> counts{};
  for (const char c : text.view()) ++counts[static_cast<uint8_t>(c)];
  double entropy = 0;
  for (const uint64_t count : counts) {
    if (count == 0) continue;
    const double share = static_cast<double>(count) / static_cast<double>(text.size);
    entropy -= share * std::log2(share);
  }
  return entropy;
}
extern "C" uint8_t sp_is_valid_ascii(const StringRef& text) noexcept {
  const std::string_view bytes = text.view();
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return (c & 0x80) == 0; });
}
extern "C" uint8_t sp_has_subsequence_utf8(const StringRef& text, const StringRef& part) noexcept {
  return has_subsequence(text.view(), part.view(), false);
}
extern "C" uint8_t sp_has_subsequence_fold_utf8(const StringRef& text,
                                                const StringRef& part) noexcept {
  return has_subsequence(text.view(), part.view(), true);
}
extern "C" void sp_base58_encode(ExecState& exec, const StringRef& text, StringRef* out) noexcept {
  *out = new_string(exec, encode_base58(text.view()));
}
extern "C" void sp_base32_encode(ExecState& exec, const StringRef& text, StringRef* out) noexcept {
  *out = new_string(exec, encode_base32(text.view()));
}
extern "C" void sp_try_base58_decode(ExecState& exec, const StringRef& text,
                                     StringRef* out) noexcept {
  std::string bytes;
  *out = decode_base58(text.view(), bytes) ? new_string(exec, bytes) : StringRef();
}
extern "C" void sp_try_base32_decode(ExecState& exec, const StringRef& text,
                                     StringRef* out) noexcept {
  std::string bytes;
  *out = decode_base32(text.view(), bytes) ? new_string(exec, bytes) : StringRef();
}
extern "C" void sp_base58_decode(ExecState& exec, const StringRef& text, StringRef* out) noexcept {
  std::string bytes;
  *out = StringRef();
  if (decode_base58(text.view(), bytes))
    *out = new_string(exec, bytes);
  else
    exec.fail(ErrorCode::kIncorrectData, "Invalid base58Decode value, cannot be decoded");
}
extern "C" void sp_base32_decode(ExecState& exec, const StringRef& text, StringRef* out) noexcept {
  std::string bytes;
  *out = StringRef();
  if (decode_base32(text.view(), bytes))
    *out = new_string(exec, bytes);
  else
    exec.fail(ErrorCode::kIncorrectData, "Invalid base32 value, cannot be decoded");
}

// MySQL's CONV: digits of one base to another, in 64 bits; what is no digit ends the number.
extern "C" void sp_conv(ExecState& exec, const StringRef& text, int64_t from, int64_t to,
                        StringRef* out) noexcept {
  *out = StringRef();
  if (from < 2 || from > 36 || to < 2 || to > 36) {
    exec.fail(ErrorCode::kBadArguments, "Bases of function conv must be between 2 and 36");
    return;
  }
  const auto digit_of = [](char c) -> uint64_t {
    if (c >= '0' && c <= '9') return static_cast<uint64_t>(c - '0');
    if (c >= 'a' && c <= 'z') return static_cast<uint64_t>(c - 'a' + 10);
    return c >= 'A' && c <= 'Z' ? static_cast<uint64_t>(c - 'A' + 10) : 99;
  };
  const auto base = static_cast<uint64_t>(from), other = static_cast<uint64_t>(to);
  std::string_view digits = text.view();
  while (digits.starts_with(' ')) digits.remove_prefix(1);
  const bool negative = digits.starts_with('-');
  if (negative) digits.remove_prefix(1);
  uint64_t value = 0;
  for (const char c : digits) {
    const uint64_t digit = digit_of(c);
    if (digit >= base) break;
    uint64_t next = 0;
    const bool large =
        __builtin_mul_overflow(value, base, &next) || __builtin_add_overflow(next, digit, &next);
    value = large ? ~uint64_t{0} : next;
    if (large) break;
  }
  if (negative) value = ~value + 1;
  std::string written;
  do written += "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[value % other];
  while ((value /= other) > 0);
  std::reverse(written.begin(), written.end());
  *out = new_string(exec, written);
}

SP_FUNCTIONS(text_statistics) {
  const Type u8 = uint8_type(), string = string_type(), f32 = Type::of(TypeKind::kFloat32);
  const RowAdder add(rows);
  const auto ngram = [&](const char* name, const Symbol& symbol, const char* doc,
                         const char* example, const char* result) {
    add(name, 2, signature("ss", f32, symbol), doc, example, result);
  };
  constexpr const char* kDistance =
      "Returns how different the 4-grams (of characters: 3-grams) of two texts are, from 0 to 1.";
  constexpr const char* kSearch =
      "Returns the share of the 4-grams (of characters: 3-grams) of `needle` that `s` has.";
  ngram("ngramDistance", SP_SYMBOL(sp_ngram_distance), kDistance,
        "SELECT ngramDistance('ClickHouse', 'ClickHouses')", "0.06666667");
  ngram("ngramDistanceCaseInsensitive", SP_SYMBOL(sp_ngram_distance_fold), kDistance,
        "SELECT ngramDistanceCaseInsensitive('ClickHouse', 'CLICKHOUSE')", "0");
  ngram("ngramDistanceUTF8", SP_SYMBOL(sp_ngram_distance_utf8), kDistance,
        "SELECT ngramDistanceUTF8('Größe', 'Größen')", "0.14285715");
  ngram("ngramDistanceCaseInsensitiveUTF8", SP_SYMBOL(sp_ngram_distance_fold_utf8), kDistance,
        "SELECT ngramDistanceCaseInsensitiveUTF8('Größe', 'GRÖßE')", "0");
  ngram("ngramSearch", SP_SYMBOL(sp_ngram_search), kSearch,
        "SELECT ngramSearch('Hello World', 'World Hello')", "0.5");
  ngram("ngramSearchCaseInsensitive", SP_SYMBOL(sp_ngram_search_fold), kSearch,
        "SELECT ngramSearchCaseInsensitive('Hello World', 'hello')", "1");
  ngram("ngramSearchUTF8", SP_SYMBOL(sp_ngram_search_utf8), kSearch,
        "SELECT ngramSearchUTF8('Die Größe', 'Größen')", "0.75");
  ngram("ngramSearchCaseInsensitiveUTF8", SP_SYMBOL(sp_ngram_search_fold_utf8), kSearch,
        "SELECT ngramSearchCaseInsensitiveUTF8('Die GRÖßE', 'größe')", "1");
  add("stringBytesUniq", 1,
      signature("s", Type::of(TypeKind::kUInt16), SP_SYMBOL(sp_string_bytes_uniq)),
      "Counts the different bytes of `s`.", "SELECT stringBytesUniq('hello')", "4");
  add("stringBytesEntropy", 1, signature("s", float64_type(), SP_SYMBOL(sp_string_bytes_entropy)),
      "Returns the entropy of the bytes of `s` in bits.", "SELECT stringBytesEntropy('aabb')", "1");
  add("isValidASCII", 1, signature("s", u8, SP_SYMBOL(sp_is_valid_ascii)),
      "Returns 1 if `s` has ASCII characters only.", "SELECT isValidASCII('abc')", "1");
  rows.back().aliases = {"isASCII"};
  add("hasSubsequenceUTF8", 2, signature("ss", u8, SP_SYMBOL(sp_has_subsequence_utf8)),
      "Returns 1 if the characters of `part` stand in `s` in this order.",
      "SELECT hasSubsequenceUTF8('Größe', 'Göe')", "1");
  add("hasSubsequenceCaseInsensitiveUTF8", 2,
      signature("ss", u8, SP_SYMBOL(sp_has_subsequence_fold_utf8)),
      "Returns 1 if the characters of `part` stand in `s` in this order, in any case.",
      "SELECT hasSubsequenceCaseInsensitiveUTF8('GRÖßE', 'göe')", "1");
  add("base58Encode", 1, signature("s", string, SP_SYMBOL(sp_base58_encode)),
      "Encodes `s` in Bitcoin's base 58.", "SELECT base58Encode('Encoded')", "3dc8KtHrwM");
  add("base58Decode", 1, fallible_signature("s", string, SP_SYMBOL(sp_base58_decode)),
      "Decodes Bitcoin's base 58.", "SELECT base58Decode('3dc8KtHrwM')", "Encoded");
  add("tryBase58Decode", 1, signature("s", string, SP_SYMBOL(sp_try_base58_decode)),
      "Decodes Bitcoin's base 58; what is none gives the empty string.",
      "SELECT tryBase58Decode('0')", "");
  add("base32Encode", 1, signature("s", string, SP_SYMBOL(sp_base32_encode)),
      "Encodes `s` in base 32.", "SELECT base32Encode('Encoded')", "IVXGG33EMVSA====");
  add("base32Decode", 1, fallible_signature("s", string, SP_SYMBOL(sp_base32_decode)),
      "Decodes base 32.", "SELECT base32Decode('IVXGG33EMVSA====')", "Encoded");
  add("tryBase32Decode", 1, signature("s", string, SP_SYMBOL(sp_try_base32_decode)),
      "Decodes base 32; what is none gives the empty string.", "SELECT tryBase32Decode('1')", "");
  add("conv", 3, fallible_signature("tii", string, SP_SYMBOL(sp_conv)),
      "Writes the number `s` of base `from` in base `to`.", "SELECT conv('ff', 16, 2)", "11111111");
  rows.back().case_insensitive = true;
}

}  // namespace sp
