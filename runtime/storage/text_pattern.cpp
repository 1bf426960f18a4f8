// TextPattern: digits in pairs, sixteen at a time (SSSE3).

#include "runtime/storage/text_pattern.h"

#include <tmmintrin.h>

#include <array>
#include <cstring>

namespace sp {

namespace {

constexpr size_t kLanes = 16;

__m128i load(const char* at) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at)); }

// 0xff where lo <= byte <= hi.
__m128i between(__m128i bytes, char low, char high) {
  const __m128i shifted = _mm_sub_epi8(bytes, _mm_set1_epi8(low));
  return _mm_cmpeq_epi8(_mm_min_epu8(shifted, _mm_set1_epi8(static_cast<char>(high - low))),
                        shifted);
}

// What holds for each position of all texts seen: 0xff or 0.
struct Seen {
  __m128i same[TextPattern::kLongest / kLanes], lower[TextPattern::kLongest / kLanes],
      upper[TextPattern::kLongest / kLanes];
};

void look_at(const char* text, const char* first, size_t lanes, Seen& seen) {
  for (size_t lane = 0; lane < lanes; ++lane) {
    const __m128i bytes = load(text + lane * kLanes);
    const __m128i digit = between(bytes, '0', '9');
    seen.same[lane] =
        _mm_and_si128(seen.same[lane], _mm_cmpeq_epi8(bytes, load(first + lane * kLanes)));
    seen.lower[lane] =
        _mm_and_si128(seen.lower[lane], _mm_or_si128(digit, between(bytes, 'a', 'f')));
    seen.upper[lane] =
        _mm_and_si128(seen.upper[lane], _mm_or_si128(digit, between(bytes, 'A', 'F')));
  }
}

}  // namespace

std::optional<TextPattern> TextPattern::find(const char* texts, size_t count, size_t length) {
  if (count == 0 || length == 0 || length > kLongest) return std::nullopt;
  const size_t lanes = (length + kLanes - 1) / kLanes;
  std::array<char, kLongest + kLanes> first{}, padded{};
  std::memcpy(first.data(), texts, length);
  Seen seen;
  std::memset(&seen, 0xff, sizeof(seen));
  const size_t readable = length * count;
  for (size_t i = 0; i < count; ++i) {
    const char* text = texts + i * length;
    if (i * length + lanes * kLanes > readable) {
      std::memcpy(padded.data(), text, length);
      text = padded.data();
    }
    look_at(text, first.data(), lanes, seen);
    if (i == 256) {  // an early no
      std::optional<TextPattern> so_far = find(texts, 200, length);
      if (!so_far) return std::nullopt;
    }
  }
  alignas(16) std::array<uint8_t, kLongest> same, lower, upper;
  std::memcpy(same.data(), seen.same, kLongest);
  std::memcpy(lower.data(), seen.lower, kLongest);
  std::memcpy(upper.data(), seen.upper, kLongest);
  bool all_lower = true, all_upper = true;
  for (size_t i = 0; i < length; ++i) {
    if (same[i] != 0) continue;
    all_lower &= lower[i] != 0;
    all_upper &= upper[i] != 0;
  }
  if (!all_lower && !all_upper) return std::nullopt;
  TextPattern pattern;
  pattern.pattern_.assign(texts, length);
  pattern.upper_case_ = !all_lower;
  for (size_t i = 0; i < length; ++i) {
    if (same[i] != 0) continue;
    if (pattern.runs_.empty() || pattern.runs_.back().begin + pattern.runs_.back().digits != i) {
      pattern.runs_.push_back({static_cast<uint8_t>(i), 0});
    }
    ++pattern.runs_.back().digits;
  }
  if (!pattern.settle()) return std::nullopt;
  return pattern;
}

bool TextPattern::settle() {
  packed_bytes_ = 0;
  size_t end = 0;
  for (const Run& run : runs_) {
    if (run.digits == 0 || run.begin < end || size_t{run.begin} + run.digits > pattern_.size())
      return false;
    end = size_t{run.begin} + run.digits;
    packed_bytes_ += (run.digits + 1) / 2;
  }
  return true;
}

void TextPattern::pack(const char* texts, size_t count, uint8_t* packed) const {
  const size_t readable = count * length();
  std::array<char, kLongest + kLanes> padded{};
  for (size_t i = 0; i < count; ++i) {
    const char* text = texts + i * length();
    if (i * length() + length() + kLanes > readable) {
      std::memcpy(padded.data(), text, length());
      text = padded.data();
    }
    for (const Run& run : runs_) {
      for (size_t done = 0; done < run.digits; done += kLanes) {
        // '0'..'9' are 0x30.., letters 0x41.. or 0x61..: their low half plus 9.
        const __m128i bytes = load(text + run.begin + done);
        const __m128i letter =
            _mm_and_si128(_mm_cmpgt_epi8(bytes, _mm_set1_epi8('9')), _mm_set1_epi8(9));
        const __m128i digits = _mm_and_si128(_mm_add_epi8(bytes, letter), _mm_set1_epi8(15));
        const __m128i pairs =
            _mm_maddubs_epi16(digits, _mm_set1_epi16(0x0110));  // first * 16 + second
        const __m128i packed_pairs = _mm_packus_epi16(pairs, pairs);
        uint64_t word;
        std::memcpy(&word, &packed_pairs, sizeof(word));
        const size_t left = run.digits - done < kLanes ? run.digits - done : kLanes;
        const size_t size = (left + 1) / 2;
        // Digits beyond an odd end do not count.
        if (left % 2 != 0) word &= ~(0x0fULL << ((size - 1) * 8));
        if (size < 8) word &= (1ULL << (size * 8)) - 1;
        std::memcpy(packed, &word, sizeof(word));
        packed += size;
      }
    }
  }
}

void TextPattern::unpack(const uint8_t* packed, size_t count, char* texts) const {
  alignas(16) static constexpr char kLower[17] = "0123456789abcdef",
                                    kUpper[17] = "0123456789ABCDEF";
  const __m128i letters = load(upper_case_ ? kUpper : kLower);
  const __m128i low_half = _mm_set1_epi8(15);
  for (size_t i = 0; i < count; ++i) {
    char* text = texts + i * length();
    std::memcpy(text, pattern_.data(), length());
    for (const Run& run : runs_) {
      for (size_t done = 0; done < run.digits; done += kLanes) {
        const size_t left = run.digits - done < kLanes ? run.digits - done : kLanes;
        const size_t size = (left + 1) / 2;
        uint64_t word = 0;
        std::memcpy(&word, packed, size);
        packed += size;
        const __m128i bytes = _mm_cvtsi64_si128(static_cast<int64_t>(word));
        const __m128i high = _mm_and_si128(_mm_srli_epi16(bytes, 4), low_half),
                      low = _mm_and_si128(bytes, low_half);
        const __m128i digits = _mm_shuffle_epi8(letters, _mm_unpacklo_epi8(high, low));
        char out[kLanes];
        std::memcpy(out, &digits, sizeof(out));
        if (left == kLanes)
          std::memcpy(text + run.begin + done, out, kLanes);
        else
          std::memcpy(text + run.begin + done, out, left);
      }
    }
  }
}

void TextPattern::write(ByteWriter& out) const {
  out.text(pattern_);
  out.flag(upper_case_);
  out.number(runs_.size());
  for (const Run& run : runs_) {
    out.number(run.begin);
    out.number(run.digits);
  }
}

std::optional<TextPattern> TextPattern::read(ByteReader& in) {
  TextPattern pattern;
  pattern.pattern_ = in.text();
  pattern.upper_case_ = in.flag();
  const uint64_t runs = in.count(2);
  for (uint64_t i = 0; i < runs; ++i) {
    const uint64_t begin = in.number(), digits = in.number();
    if (begin > kLongest || digits > kLongest) return std::nullopt;
    pattern.runs_.push_back({static_cast<uint8_t>(begin), static_cast<uint8_t>(digits)});
  }
  if (!in.ok() || pattern.pattern_.empty() || pattern.pattern_.size() > kLongest ||
      !pattern.settle())
    return std::nullopt;
  return pattern;
}

}  // namespace sp
