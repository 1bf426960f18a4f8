// Fractions of the sampling key's range. See sample.h.

#include "compiler/plan/sample.h"

#include <algorithm>
#include <charconv>

namespace sp::plan {
namespace {

// Sums and products of two stay below 2^64; times the range of a UInt64 below 2^128.
constexpr Wide kLargest = Wide{1} << 62;

Wide gcd(Wide a, Wide b) {
  while (b != 0) {
    const Wide rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

Error too_precise() {
  return fail(ErrorCode::kArgumentOutOfBound, "SAMPLE has too many digits", std::nullopt,
              "write it shorter: SAMPLE 0.1 or SAMPLE 1/10");
}

Result<Ratio> reduced(Wide numerator, Wide denominator) {
  const Wide common = gcd(numerator, denominator);
  const Ratio ratio{numerator / common, denominator / common};
  if (ratio.numerator > kLargest || ratio.denominator > kLargest) return too_precise();
  return ratio;
}

Result<Ratio> sum(const Ratio& a, const Ratio& b) {
  const Wide common = gcd(a.denominator, b.denominator);
  if (a.denominator / common > kLargest / b.denominator) return too_precise();
  const Wide denominator = a.denominator / common * b.denominator;
  const Wide left = denominator / a.denominator, right = denominator / b.denominator;
  if (a.numerator != 0 && left > kLargest / a.numerator) return too_precise();
  if (b.numerator != 0 && right > kLargest / b.numerator) return too_precise();
  return reduced(a.numerator * left + b.numerator * right, denominator);
}

bool above_one(const Ratio& ratio) { return ratio.numerator > ratio.denominator; }

// A number of rows as a part of all, at most 1.
Ratio of_rows(const Ratio& rows, uint64_t table_rows) {
  const Wide whole = rows.numerator / rows.denominator;
  if (table_rows == 0 || whole >= table_rows) return {1, 1};
  const Wide common = gcd(whole, table_rows);
  return {whole / common, table_rows / common};
}

// floor(ratio * (largest + 1)); ratio is at most 2.
Wide share_of(const Ratio& ratio, uint64_t largest) {
  return ratio.numerator * (Wide{largest} + 1) / ratio.denominator;
}

}  // namespace

Result<Ratio> parse_ratio(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto bad = [&] {
    return fail(ErrorCode::kSyntaxError,
                "Syntax error: SAMPLE takes a number or a fraction: " + std::string(text),
                std::nullopt, "write SAMPLE 0.1 or SAMPLE 1/10");
  };
  Wide numerator = 0, denominator = 1;
  size_t at = 0, digits = 0;
  bool fraction = false;
  for (; at < text.size() && (is_digit(text[at]) || (text[at] == '.' && !fraction)); ++at) {
    if (text[at] == '.') {
      fraction = true;
      continue;
    }
    ++digits;
    if (numerator > kLargest || (fraction && denominator > kLargest)) return too_precise();
    numerator = numerator * 10 + static_cast<Wide>(text[at] - '0');
    if (fraction) denominator *= 10;
  }
  if (digits == 0) return bad();
  if (at < text.size()) {
    if (text[at] != 'e' && text[at] != 'E') return bad();
    const size_t sign = at + 1 < text.size() && text[at + 1] == '+' ? 1 : 0;
    int exponent = 0;
    const auto end =
        std::from_chars(text.data() + at + 1 + sign, text.data() + text.size(), exponent);
    if (end.ec != std::errc() || end.ptr != text.data() + text.size()) return bad();
    for (; exponent != 0; exponent += exponent < 0 ? 1 : -1) {
      Wide& grows = exponent < 0 ? denominator : numerator;
      if (grows > kLargest) return too_precise();
      grows *= 10;
    }
  }
  return reduced(numerator, denominator);
}

Result<Ratio> divide(const Ratio& a, const Ratio& b) {
  if (b.numerator == 0) return fail(ErrorCode::kArgumentOutOfBound, "SAMPLE divides by zero");
  return reduced(a.numerator * b.denominator, a.denominator * b.numerator);
}

Result<SampleRange> sample_range(const Sample& sample, uint64_t table_rows) {
  const Ratio size = above_one(sample.size) ? of_rows(sample.size, table_rows) : sample.size;
  SampleRange range{0, sample.largest_key, 1};
  // As in ClickHouse SAMPLE 0 is no sampling either.
  if (size.numerator == 0 || size.numerator == size.denominator) {
    if (sample.offset.numerator == 0) return range;
    return fail(ErrorCode::kArgumentOutOfBound, "Sampling offset is incorrect because no sampling",
                std::nullopt, "SAMPLE takes all rows here: leave OFFSET out");
  }
  const Ratio offset =
      above_one(sample.offset) ? of_rows(sample.offset, table_rows) : sample.offset;
  range.factor = 1.0 / (static_cast<double>(size.numerator) /
                        static_cast<double>(size.denominator));  // rounded as ClickHouse does
  SP_TRY(const Ratio end, sum(offset, size));
  const Wide first = share_of(offset, sample.largest_key),
             behind = share_of(end, sample.largest_key);
  if (first >= behind || first > sample.largest_key) return SampleRange{1, 0, range.factor};
  range.first = static_cast<uint64_t>(first);
  range.last = static_cast<uint64_t>(std::min<Wide>(behind - 1, sample.largest_key));
  return range;
}

}  // namespace sp::plan
