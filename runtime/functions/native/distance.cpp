// Distances: of vectors (dotProduct, L1/L2/Linf/Lp, cosine) and of texts (Levenshtein, Damerau,
// Jaro, Jaccard, Hamming).

#include <algorithm>
#include <bitset>
#include <cmath>
#include <iterator>

#include "runtime/exec/exec_state.h"
#include "runtime/functions/function.h"
#include "runtime/functions/row_adder.h"
#include "runtime/functions/signature.h"
#include "runtime/text/utf8.h"

namespace sp {
namespace {

const double* numbers(const ArrayRef& array) noexcept {
  return static_cast<const double*>(array.data);
}

bool same_size(ExecState& exec, const ArrayRef& a, const ArrayRef& b) noexcept {
  if (a.size == b.size) return true;
  exec.fail(ErrorCode::kSizesOfArraysDontMatch,
            "Arguments of a distance function have different array sizes: " +
                std::to_string(a.size) + " and " + std::to_string(b.size));
  return false;
}

// Folds step(sum, a[i], b[i]) over two vectors.
template <class Step>
double fold(ExecState& exec, const ArrayRef& a, const ArrayRef& b, Step step) noexcept {
  if (!same_size(exec, a, b)) return 0;
  double sum = 0;
  for (uint64_t i = 0; i < a.size; ++i) sum = step(sum, numbers(a)[i], numbers(b)[i]);
  return sum;
}
template <class Step>
double fold(const ArrayRef& a, Step step) noexcept {
  double sum = 0;
  for (uint64_t i = 0; i < a.size; ++i) sum = step(sum, numbers(a)[i]);
  return sum;
}

}  // namespace

extern "C" double sp_dot_product(ExecState& exec, const ArrayRef& a, const ArrayRef& b) noexcept {
  return fold(exec, a, b, [](double sum, double x, double y) { return sum + x * y; });
}
extern "C" float sp_dot_product_f32(ExecState& exec, const ArrayRef& a,
                                    const ArrayRef& b) noexcept {
  return static_cast<float>(sp_dot_product(exec, a, b));
}
// Modulo 2^64: the low bytes are those of any width and sign.
static uint64_t whole_dot_product(ExecState& exec, const ArrayRef& a, const ArrayRef& b) noexcept {
  if (!same_size(exec, a, b)) return 0;
  const auto *x = static_cast<const uint64_t*>(a.data), *y = static_cast<const uint64_t*>(b.data);
  uint64_t sum = 0;
  for (uint64_t i = 0; i < a.size; ++i) sum += x[i] * y[i];
  return sum;
}
#define SP_DOT_PRODUCT(suffix, type)                                          \
  extern "C" type sp_dot_product_##suffix(ExecState& exec, const ArrayRef& a, \
                                          const ArrayRef& b) noexcept {       \
    return static_cast<type>(whole_dot_product(exec, a, b));                  \
  }
SP_DOT_PRODUCT(u16, uint16_t)
SP_DOT_PRODUCT(i16, int16_t)
SP_DOT_PRODUCT(u32, uint32_t)
SP_DOT_PRODUCT(i32, int32_t)
SP_DOT_PRODUCT(u64, uint64_t)
SP_DOT_PRODUCT(i64, int64_t)
#undef SP_DOT_PRODUCT
extern "C" double sp_l1_distance(ExecState& exec, const ArrayRef& a, const ArrayRef& b) noexcept {
  return fold(exec, a, b, [](double sum, double x, double y) { return sum + std::fabs(x - y); });
}
extern "C" double sp_l2_squared_distance(ExecState& exec, const ArrayRef& a,
                                         const ArrayRef& b) noexcept {
  return fold(exec, a, b, [](double sum, double x, double y) { return sum + (x - y) * (x - y); });
}
extern "C" double sp_l2_distance(ExecState& exec, const ArrayRef& a, const ArrayRef& b) noexcept {
  return std::sqrt(sp_l2_squared_distance(exec, a, b));
}
extern "C" double sp_linf_distance(ExecState& exec, const ArrayRef& a, const ArrayRef& b) noexcept {
  return fold(exec, a, b,
              [](double sum, double x, double y) { return std::max(sum, std::fabs(x - y)); });
}
extern "C" double sp_lp_distance(ExecState& exec, const ArrayRef& a, const ArrayRef& b,
                                 double p) noexcept {
  return std::pow(
      fold(exec, a, b,
           [p](double sum, double x, double y) { return sum + std::pow(std::fabs(x - y), p); }),
      1 / p);
}
extern "C" double sp_cosine_distance(ExecState& exec, const ArrayRef& a,
                                     const ArrayRef& b) noexcept {
  const auto square = [](double sum, double x) { return sum + x * x; };
  return 1 - sp_dot_product(exec, a, b) / std::sqrt(fold(a, square) * fold(b, square));
}
extern "C" double sp_l1_norm(const ArrayRef& a) noexcept {
  return fold(a, [](double sum, double x) { return sum + std::fabs(x); });
}
extern "C" double sp_l2_squared_norm(const ArrayRef& a) noexcept {
  return fold(a, [](double sum, double x) { return sum + x * x; });
}
extern "C" double sp_l2_norm(const ArrayRef& a) noexcept {
  return std::sqrt(sp_l2_squared_norm(a));
}
extern "C" double sp_linf_norm(const ArrayRef& a) noexcept {
  return fold(a, [](double sum, double x) { return std::max(sum, std::fabs(x)); });
}
extern "C" double sp_lp_norm(const ArrayRef& a, double p) noexcept {
  return std::pow(fold(a, [p](double sum, double x) { return sum + std::pow(std::fabs(x), p); }),
                  1 / p);
}

// --- texts --------------------------------------------------------------------------------------

namespace {

std::u32string code_points(std::string_view text) {
  std::u32string out;
  for (size_t at = 0; at < text.size();) {
    const size_t length = std::min(utf8_sequence_length(text[at]), text.size() - at);
    char32_t value = 0;  // the bytes themselves identify the character
    for (size_t i = 0; i < length; ++i) value = value << 8 | static_cast<uint8_t>(text[at + i]);
    out += value;
    at += length;
  }
  return out;
}

// Two rows of the classic table.
template <class Text>
uint64_t levenshtein(const Text& a, const Text& b) {
  std::vector<uint64_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    uint64_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const uint64_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
      diagonal = above;
    }
  }
  return row[b.size()];
}

// Optimal string alignment: neighbouring characters may change places once.
uint64_t damerau(std::string_view a, std::string_view b) {
  std::vector<uint64_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

double jaro(std::string_view a, std::string_view b) {
  if (a.empty() && b.empty()) return 1;
  if (a.empty() || b.empty()) return 0;
  const size_t longest = std::max(a.size(), b.size());
  const size_t window = longest / 2 == 0 ? 0 : longest / 2 - 1;
  std::vector<bool> a_matched(a.size()), b_matched(b.size());
  double matches = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const size_t from = i > window ? i - window : 0, to = std::min(i + window + 1, b.size());
    for (size_t j = from; j < to; ++j) {
      if (b_matched[j] || a[i] != b[j]) continue;
      a_matched[i] = b_matched[j] = true;
      ++matches;
      break;
    }
  }
  if (matches == 0) return 0;
  double moved = 0;
  for (size_t i = 0, j = 0; i < a.size(); ++i) {
    if (!a_matched[i]) continue;
    while (!b_matched[j]) ++j;
    moved += a[i] != b[j++];
  }
  return (matches / static_cast<double>(a.size()) + matches / static_cast<double>(b.size()) +
          (matches - moved / 2) / matches) *
         (1.0 / 3);
}

constexpr size_t kLongestText = 1 << 16;
bool too_long(ExecState& exec, const StringRef& a, const StringRef& b) noexcept {
  if (a.size <= kLongestText && b.size <= kLongestText) return false;
  exec.fail(ErrorCode::kTooLargeStringSize,
            "The string size is too big for an edit distance, should be at most 65536");
  return true;
}

}  // namespace

extern "C" uint64_t sp_levenshtein(ExecState& exec, const StringRef& a,
                                   const StringRef& b) noexcept {
  return too_long(exec, a, b) ? 0 : levenshtein(a.view(), b.view());
}
extern "C" uint64_t sp_levenshtein_utf8(ExecState& exec, const StringRef& a,
                                        const StringRef& b) noexcept {
  return too_long(exec, a, b) ? 0 : levenshtein(code_points(a.view()), code_points(b.view()));
}
extern "C" uint64_t sp_damerau(ExecState& exec, const StringRef& a, const StringRef& b) noexcept {
  return too_long(exec, a, b) ? 0 : damerau(a.view(), b.view());
}
extern "C" double sp_jaro(ExecState& exec, const StringRef& a, const StringRef& b) noexcept {
  return too_long(exec, a, b) ? 0 : jaro(a.view(), b.view());
}
extern "C" double sp_jaro_winkler(ExecState& exec, const StringRef& a,
                                  const StringRef& b) noexcept {
  if (too_long(exec, a, b)) return 0;
  const double similarity = jaro(a.view(), b.view());
  size_t prefix = 0;
  while (prefix < 4 && prefix < a.size && prefix < b.size && a.view()[prefix] == b.view()[prefix])
    ++prefix;
  return similarity > 0.7 ? similarity + 0.1 * static_cast<double>(prefix) * (1 - similarity)
                          : similarity;
}
extern "C" double sp_string_jaccard(const StringRef& a, const StringRef& b) noexcept {
  const auto bytes_of = [](std::string_view text) {
    std::bitset<256> set;
    for (const char c : text) set.set(static_cast<uint8_t>(c));
    return set;
  };
  const std::bitset<256> first = bytes_of(a.view()), second = bytes_of(b.view());
  if (first.none() && second.none()) return 0;
  return static_cast<double>((first & second).count()) /
         static_cast<double>((first | second).count());
}
extern "C" double sp_string_jaccard_utf8(const StringRef& a, const StringRef& b) noexcept {
  const auto set_of = [](std::string_view text) {
    std::u32string set = code_points(text);
    std::sort(set.begin(), set.end());
    set.erase(std::unique(set.begin(), set.end()), set.end());
    return set;
  };
  const std::u32string first = set_of(a.view()), second = set_of(b.view());
  if (first.empty() && second.empty()) return 0;
  std::u32string both;
  std::set_intersection(first.begin(), first.end(), second.begin(), second.end(),
                        std::back_inserter(both));
  return static_cast<double>(both.size()) /
         static_cast<double>(first.size() + second.size() - both.size());
}
extern "C" uint64_t sp_byte_hamming(ExecState& exec, const StringRef& a,
                                    const StringRef& b) noexcept {
  if (a.size != b.size) {
    exec.fail(ErrorCode::kBadArguments,
              "Function byteHammingDistance: strings must have the same length");
    return 0;
  }
  uint64_t different = 0;
  for (size_t i = 0; i < a.size; ++i) different += a.view()[i] != b.view()[i];
  return different;
}

namespace {

// Vectors of numbers come as Array(Float64).
Resolver vectors(const Symbol& symbol, size_t arrays) {
  return
      [=](std::span<const Argument> arguments, const ResolveOptions&) -> Result<ResolvedFunction> {
        std::vector<Type> casts;
        for (size_t i = 0; i < arrays; ++i) {
          const Type type = arguments[i].type;
          if (!type.is(TypeKind::kArray) || !type.element().is_number())
            return illegal_argument(arguments, i, "an array of numbers");
          casts.push_back(Type::array(float64_type()));
        }
        for (size_t i = arrays; i < arguments.size(); ++i) casts.push_back(float64_type());
        return fallible_call(float64_type(), symbol, std::move(casts));
      };
}

// The scalar product has the type of a sum of products: integers stay integers.
Result<ResolvedFunction> resolve_dot_product(std::span<const Argument> arguments,
                                             const ResolveOptions& options) {
  static const Resolver reals = vectors(SP_SYMBOL(sp_dot_product), 2);
  SP_TRY(ResolvedFunction resolved, reals(arguments, options));
  const Type a = arguments[0].type.element(), b = arguments[1].type.element();
  if (a.is(TypeKind::kFloat32) && b.is(TypeKind::kFloat32)) resolved.result = a;
  if (a.is_float() || b.is_float() || number_width(a) > 8 || number_width(b) > 8) {
    if (resolved.result.is(TypeKind::kFloat32)) resolved.symbol = SP_SYMBOL(sp_dot_product_f32);
    return resolved;
  }
  const bool is_signed = a.is_signed_integer() || b.is_signed_integer();
  const uint32_t width = std::min(8U, 2 * std::max(number_width(a), number_width(b)));
  const Type word = Type::array(is_signed ? int64_type() : uint64_type());
  Symbol symbol;
  switch (width) {
    case 2:
      symbol = is_signed ? SP_SYMBOL(sp_dot_product_i16) : SP_SYMBOL(sp_dot_product_u16);
      break;
    case 4:
      symbol = is_signed ? SP_SYMBOL(sp_dot_product_i32) : SP_SYMBOL(sp_dot_product_u32);
      break;
    default:
      symbol = is_signed ? SP_SYMBOL(sp_dot_product_i64) : SP_SYMBOL(sp_dot_product_u64);
      break;
  }
  return fallible_call(integer_type(is_signed, width), symbol, {word, word});
}

}  // namespace

SP_FUNCTIONS(distance) {
  const Type f64 = float64_type(), u64 = uint64_type();
  const RowAdder add(rows);
  add("dotProduct", 2, resolve_dot_product, "Returns the scalar product of two vectors.",
      "SELECT dotProduct([1., 2.], [3., 4.])", "11", {"scalarProduct", "arrayDotProduct"});
  add("L1Distance", 2, vectors(SP_SYMBOL(sp_l1_distance), 2),
      "Returns the Manhattan distance of two vectors.", "SELECT L1Distance([1], [3])", "2",
      {"distanceL1"});
  add("L2Distance", 2, vectors(SP_SYMBOL(sp_l2_distance), 2),
      "Returns the Euclidean distance of two vectors.", "SELECT L2Distance([0, 0], [3, 4])", "5",
      {"distanceL2"});
  add("L2SquaredDistance", 2, vectors(SP_SYMBOL(sp_l2_squared_distance), 2),
      "Returns the squared Euclidean distance.", "SELECT L2SquaredDistance([0, 0], [3, 4])", "25",
      {"distanceL2Squared"});
  add("LinfDistance", 2, vectors(SP_SYMBOL(sp_linf_distance), 2),
      "Returns the greatest difference of two vectors.", "SELECT LinfDistance([1, 2], [3, 5])", "3",
      {"distanceLinf"});
  add("LpDistance", 3, vectors(SP_SYMBOL(sp_lp_distance), 2),
      "Returns the distance of two vectors in the norm `p`.",
      "SELECT LpDistance([0, 0], [3, 4], 2)", "5", {"distanceLp"});
  add("cosineDistance", 2, vectors(SP_SYMBOL(sp_cosine_distance), 2),
      "Returns 1 minus the cosine of two vectors.", "SELECT cosineDistance([1, 0], [0, 1])", "1",
      {"distanceCosine"});
  add("L1Norm", 1, vectors(SP_SYMBOL(sp_l1_norm), 1), "Returns the sum of absolute values.",
      "SELECT L1Norm([1, -2])", "3", {"normL1"});
  add("L2Norm", 1, vectors(SP_SYMBOL(sp_l2_norm), 1), "Returns the Euclidean length of a vector.",
      "SELECT L2Norm([3, 4])", "5", {"normL2"});
  add("L2SquaredNorm", 1, vectors(SP_SYMBOL(sp_l2_squared_norm), 1), "Returns the sum of squares.",
      "SELECT L2SquaredNorm([3, 4])", "25", {"normL2Squared"});
  add("LinfNorm", 1, vectors(SP_SYMBOL(sp_linf_norm), 1), "Returns the greatest absolute value.",
      "SELECT LinfNorm([1, -2])", "2", {"normLinf"});
  add("LpNorm", 2, vectors(SP_SYMBOL(sp_lp_norm), 1),
      "Returns the length of a vector in the norm `p`.", "SELECT LpNorm([3, 4], 2)", "5",
      {"normLp"});
  add("levenshteinDistance", 2, fallible_signature("ss", u64, SP_SYMBOL(sp_levenshtein)),
      "Returns the number of edits between two strings, in bytes.",
      "SELECT levenshteinDistance('clickhouse', 'mouse')", "6", {"editDistance"});
  add("editDistanceUTF8", 2, fallible_signature("ss", u64, SP_SYMBOL(sp_levenshtein_utf8)),
      "Returns the number of edits between two strings, in characters.",
      "SELECT editDistanceUTF8('é', 'e')", "1", {"levenshteinDistanceUTF8"});
  add("damerauLevenshteinDistance", 2, fallible_signature("ss", u64, SP_SYMBOL(sp_damerau)),
      "Returns the number of edits and swaps between two strings.",
      "SELECT damerauLevenshteinDistance('ab', 'ba')", "1");
  add("jaroSimilarity", 2, fallible_signature("ss", f64, SP_SYMBOL(sp_jaro)),
      "Returns the Jaro similarity of two strings.", "SELECT jaroSimilarity('clickhouse', 'click')",
      "0.8333333333333333");
  add("jaroWinklerSimilarity", 2, fallible_signature("ss", f64, SP_SYMBOL(sp_jaro_winkler)),
      "Returns the Jaro-Winkler similarity of two strings.",
      "SELECT jaroWinklerSimilarity('clickhouse', 'click')", "0.8999999999999999");
  add("stringJaccardIndex", 2, signature("ss", f64, SP_SYMBOL(sp_string_jaccard)),
      "Returns the Jaccard index of the sets of bytes of two strings.",
      "SELECT stringJaccardIndex('clickhouse', 'mouse')", "0.4");
  add("stringJaccardIndexUTF8", 2, signature("ss", f64, SP_SYMBOL(sp_string_jaccard_utf8)),
      "Returns the Jaccard index of the sets of characters of two strings.",
      "SELECT stringJaccardIndexUTF8('Größe', 'große')", "0.42857142857142855");
  add("byteHammingDistance", 2, fallible_signature("ss", u64, SP_SYMBOL(sp_byte_hamming)),
      "Counts the bytes in which two strings of one length differ.",
      "SELECT byteHammingDistance('abc', 'abd')", "1", {"mismatches"});
}

}  // namespace sp
