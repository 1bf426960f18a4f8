// Functions of characters instead of bytes: lengthUTF8, lowerUTF8, upperUTF8, reverseUTF8,
// substringUTF8, leftUTF8, rightUTF8, padding, isValidUTF8, toValidUTF8, normalizeUTF8..., initcap.

#include <utf8proc.h>

#include "runtime/functions/function.h"
#include "runtime/functions/row_adder.h"
#include "runtime/functions/signature.h"
#include "runtime/functions/string_output.h"
#include "runtime/text/fold_case.h"
#include "runtime/text/utf8.h"

namespace sp {
namespace {

// Slices by characters with the rules of substring: see substring.cpp.
StringRef slice(const StringRef& text, int64_t offset, int64_t limit) noexcept {
  const std::string_view source = text.view();
  const auto size = static_cast<int64_t>(utf8_count(source));
  if (offset == 0) return StringRef();
  int64_t begin = offset > 0 ? offset - 1 : size + offset;
  if (begin >= size) return StringRef();
  const int64_t end = limit < 0 ? size + limit : (limit > size - begin ? size : begin + limit);
  if (begin < 0) begin = 0;
  if (end <= begin) return StringRef();
  const size_t from = utf8_offset(source, static_cast<size_t>(begin));
  const size_t length = utf8_offset(source.substr(from), static_cast<size_t>(end - begin));
  return sub_string(text, from, length);
}

StringRef pad(ExecState& exec, const StringRef& text, int64_t length, std::string_view fill,
              bool left) noexcept {
  if (length <= 0) return StringRef();
  if (length > static_cast<int64_t>(kLargestString) / 4) {
    exec.fail(ErrorCode::kTooLargeStringSize, "Too large padded string: " + std::to_string(length));
    return StringRef();
  }
  if (fill.empty()) fill = " ";
  const auto target = static_cast<size_t>(length);
  const size_t count = utf8_count(text.view());
  if (target <= count) return sub_string(text, 0, utf8_offset(text.view(), target));
  const size_t missing = target - count, fill_count = utf8_count(fill);
  std::string padding;
  for (size_t i = 0; i < missing / fill_count; ++i) padding += fill;
  padding += fill.substr(0, utf8_offset(fill, missing % fill_count));
  char* bytes = new_bytes(exec, padding.size() + text.size);
  std::memcpy(left ? bytes : bytes + text.size, padding.data(), padding.size());
  std::memcpy(left ? bytes + padding.size() : bytes, text.begin(), text.size);
  return StringRef(bytes, padding.size() + text.size);
}

StringRef normalized(ExecState& exec, const StringRef& text, int options) noexcept {
  utf8proc_uint8_t* result = nullptr;
  const auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.begin()),
                                 static_cast<utf8proc_ssize_t>(text.size), &result,
                                 static_cast<utf8proc_option_t>(options));
  if (size < 0) {
    exec.fail(ErrorCode::kBadArguments, "Cannot normalize text: it is not valid UTF-8");
    return StringRef();
  }
  const StringRef out =
      new_string(exec, {reinterpret_cast<const char*>(result), static_cast<size_t>(size)});
  std::free(result);
  return out;
}

}  // namespace

extern "C" uint64_t sp_length_utf8(const StringRef& text) noexcept {
  return utf8_count(text.view());
}
extern "C" void sp_lower_utf8(ExecState& exec, const StringRef& text, StringRef* out) noexcept {
  static thread_local std::string buffer;
  fold_case_utf8(text.view(), buffer);
  *out = new_string(exec, buffer);
}
extern "C" void sp_upper_utf8(ExecState& exec, const StringRef& text, StringRef* out) noexcept {
  static thread_local std::string buffer;
  raise_case_utf8(text.view(), buffer);
  *out = new_string(exec, buffer);
}
extern "C" void sp_reverse_utf8(ExecState& exec, const StringRef& text, StringRef* out) noexcept {
  const std::string_view source = text.view();
  char* bytes = new_bytes(exec, source.size());
  size_t at = 0, to = source.size();
  while (at < source.size()) {
    const size_t length = std::min(utf8_sequence_length(source[at]), source.size() - at);
    to -= length;
    std::memcpy(bytes + to, source.data() + at, length);
    at += length;
  }
  *out = StringRef(bytes, source.size());
}
extern "C" void sp_substring_utf8(const StringRef& text, int64_t offset, StringRef* out) noexcept {
  *out = slice(text, offset, INT64_MAX);
}
extern "C" void sp_substring_utf8_limit(const StringRef& text, int64_t offset, int64_t limit,
                                        StringRef* out) noexcept {
  *out = slice(text, offset, limit);
}
extern "C" void sp_left_utf8(const StringRef& text, int64_t count, StringRef* out) noexcept {
  *out = slice(text, 1, count);
}
extern "C" void sp_right_utf8(const StringRef& text, int64_t count, StringRef* out) noexcept {
  const auto size = static_cast<int64_t>(utf8_count(text.view()));
  const int64_t keep = count >= 0 ? std::min(count, size) : std::max<int64_t>(0, count + size);
  const size_t from = utf8_offset(text.view(), static_cast<size_t>(size - keep));
  *out = sub_string(text, from, text.size - from);
}
extern "C" void sp_left_pad_utf8(ExecState& exec, const StringRef& text, int64_t length,
                                 StringRef* out) noexcept {
  *out = pad(exec, text, length, " ", true);
}
extern "C" void sp_left_pad_utf8_with(ExecState& exec, const StringRef& text, int64_t length,
                                      const StringRef& fill, StringRef* out) noexcept {
  *out = pad(exec, text, length, fill.view(), true);
}
extern "C" void sp_right_pad_utf8(ExecState& exec, const StringRef& text, int64_t length,
                                  StringRef* out) noexcept {
  *out = pad(exec, text, length, " ", false);
}
extern "C" void sp_right_pad_utf8_with(ExecState& exec, const StringRef& text, int64_t length,
                                       const StringRef& fill, StringRef* out) noexcept {
  *out = pad(exec, text, length, fill.view(), false);
}
extern "C" uint8_t sp_is_valid_utf8(const StringRef& text) noexcept {
  return utf8_is_valid(text.view());
}
extern "C" void sp_to_valid_utf8(ExecState& exec, const StringRef& text, StringRef* out) noexcept {
  const std::string_view source = text.view();
  if (utf8_is_valid(source)) {
    *out = text;
    return;
  }
  std::string valid;
  bool in_gap = false;  // neighbouring invalid bytes give one replacement character
  for (size_t at = 0; at < source.size();) {
    const size_t length = utf8_valid_sequence(source, at);
    if (length == 0) {
      if (!in_gap) valid += "\xEF\xBF\xBD";
      in_gap = true;
      ++at;
      continue;
    }
    in_gap = false;
    valid.append(source.substr(at, length));
    at += length;
  }
  *out = new_string(exec, valid);
}
#define SP_NORMALIZE(name, options)                                           \
  extern "C" void sp_normalize_##name(ExecState& exec, const StringRef& text, \
                                      StringRef* out) noexcept {              \
    *out = normalized(exec, text, options);                                   \
  }
SP_NORMALIZE(nfc, UTF8PROC_STABLE | UTF8PROC_COMPOSE)
SP_NORMALIZE(nfd, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE)
SP_NORMALIZE(nfkc, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT)
SP_NORMALIZE(nfkd, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT)
SP_NORMALIZE(nfkc_casefold, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT |
                                UTF8PROC_CASEFOLD | UTF8PROC_IGNORE)
SP_NORMALIZE(casefold, UTF8PROC_CASEFOLD)
#undef SP_NORMALIZE

// Without nonspacing marks, where these are parts of characters, too.
extern "C" void sp_remove_diacritics(ExecState& exec, const StringRef& text,
                                     StringRef* out) noexcept {
  const StringRef apart = normalized(exec, text, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE);
  const std::string_view source = apart.view();
  std::string kept;
  for (size_t at = 0; at < source.size();) {
    utf8proc_int32_t c = 0;
    const auto size =
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(source.data()) + at,
                         static_cast<utf8proc_ssize_t>(source.size() - at), &c);
    if (size <= 0) break;
    if (utf8proc_category(c) != UTF8PROC_CATEGORY_MN)
      kept.append(source.substr(at, static_cast<size_t>(size)));
    at += static_cast<size_t>(size);
  }
  *out = normalized(exec, StringRef(kept.data(), kept.size()), UTF8PROC_STABLE | UTF8PROC_COMPOSE);
}

extern "C" void sp_initcap(ExecState& exec, const StringRef& text, StringRef* out) noexcept {
  char* bytes = new_bytes(exec, text.size);
  bool inside = false;
  const std::string_view source = text.view();
  for (size_t i = 0; i < source.size(); ++i) {
    const char c = source[i];
    const bool upper = c >= 'A' && c <= 'Z', lower = c >= 'a' && c <= 'z',
               digit = c >= '0' && c <= '9';
    bytes[i] = !inside && lower  ? static_cast<char>(c - 32)
               : inside && upper ? static_cast<char>(c + 32)
                                 : c;
    inside = upper || lower || digit;
  }
  *out = StringRef(bytes, source.size());
}
extern "C" void sp_initcap_utf8(ExecState& exec, const StringRef& text, StringRef* out) noexcept {
  std::string capital;
  bool inside = false;
  const std::string_view source = text.view();
  for (size_t at = 0; at < source.size();) {
    utf8proc_int32_t c;
    const auto used =
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(source.data()) + at,
                         static_cast<utf8proc_ssize_t>(source.size() - at), &c);
    if (used <= 0) {
      capital += source[at++];
      inside = false;
      continue;
    }
    append_code_point(inside ? utf8proc_tolower(c) : utf8proc_toupper(c), capital);
    const auto category = utf8proc_category(c);
    inside = category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO;
    at += static_cast<size_t>(used);
  }
  *out = new_string(exec, capital);
}

SP_FUNCTIONS(utf8_strings) {
  const Type string = string_type();
  using enum RowAdder::Case;
  const RowAdder add(rows);
  add("lengthUTF8", 1, 1, kAny, signature("s", uint64_type(), SP_SYMBOL(sp_length_utf8)),
      "Returns the number of characters of `s`.", "SELECT lengthUTF8('été')", "3",
      {"CHAR_LENGTH", "CHARACTER_LENGTH"});
  add("lowerUTF8", 1, 1, kExact, signature("s", string, SP_SYMBOL(sp_lower_utf8)),
      "Turns `s` to lower case.", "SELECT lowerUTF8('ÀB')", "àb");
  add("upperUTF8", 1, 1, kExact, signature("s", string, SP_SYMBOL(sp_upper_utf8)),
      "Turns `s` to upper case.", "SELECT upperUTF8('àb')", "ÀB");
  add("reverseUTF8", 1, 1, kExact, signature("s", string, SP_SYMBOL(sp_reverse_utf8)),
      "Reverses the characters of `s`.", "SELECT reverseUTF8('héy')", "yéh");
  add("substringUTF8", 2, 3, kExact,
      overloads({{"si", string, SP_SYMBOL(sp_substring_utf8)},
                 {"sii", string, SP_SYMBOL(sp_substring_utf8_limit)}}),
      "Returns `length` characters of `s` from the one at `offset` (from 1; negative: from the "
      "end).",
      "SELECT substringUTF8('héllo', 2, 2)", "él", {"substrUTF8"});
  add("leftUTF8", 2, 2, kExact, signature("si", string, SP_SYMBOL(sp_left_utf8)),
      "Returns the first `count` characters.", "SELECT leftUTF8('héllo', 2)", "hé");
  add("rightUTF8", 2, 2, kExact, signature("si", string, SP_SYMBOL(sp_right_utf8)),
      "Returns the last `count` characters.", "SELECT rightUTF8('hellé', 2)", "lé");
  add("leftPadUTF8", 2, 3, kExact,
      overloads({{"si", string, SP_SYMBOL(sp_left_pad_utf8), false},
                 {"sis", string, SP_SYMBOL(sp_left_pad_utf8_with), false}}),
      "Pads `s` on the left with `fill` to `length` characters.", "SELECT leftPadUTF8('é', 3, 'ü')",
      "üüé");
  add("rightPadUTF8", 2, 3, kExact,
      overloads({{"si", string, SP_SYMBOL(sp_right_pad_utf8), false},
                 {"sis", string, SP_SYMBOL(sp_right_pad_utf8_with), false}}),
      "Pads `s` on the right with `fill` to `length` characters.",
      "SELECT rightPadUTF8('é', 3, 'ü')", "éüü");
  add("isValidUTF8", 1, 1, kExact, signature("s", uint8_type(), SP_SYMBOL(sp_is_valid_utf8)),
      "Returns 1 if `s` is valid UTF-8.", "SELECT isValidUTF8('été')", "1");
  add("toValidUTF8", 1, 1, kExact, signature("s", string, SP_SYMBOL(sp_to_valid_utf8)),
      "Replaces invalid bytes of `s` by the replacement character.", "SELECT toValidUTF8('a')",
      "a");
  add("normalizeUTF8NFC", 1, 1, kExact,
      fallible_signature("s", string, SP_SYMBOL(sp_normalize_nfc)),
      "Converts `s` to Unicode's form NFC.", "SELECT length(normalizeUTF8NFC('â'))", "2");
  add("normalizeUTF8NFKCCasefold", 1, 1, kExact,
      fallible_signature("s", string, SP_SYMBOL(sp_normalize_nfkc_casefold)),
      "Converts `s` to Unicode's form NFKC with folded case.",
      "SELECT normalizeUTF8NFKCCasefold('ﬁ ÄÖ')", "fi äö");
  add("caseFoldUTF8", 1, 1, kExact,
      fallible_signature("s", string, SP_SYMBOL(sp_normalize_casefold)),
      "Folds the case of `s`, for comparisons in any case.", "SELECT caseFoldUTF8('Straße')",
      "strasse");
  add("removeDiacriticsUTF8", 1, 1, kExact,
      fallible_signature("s", string, SP_SYMBOL(sp_remove_diacritics)),
      "Removes accents and other marks from the characters of `s`.",
      "SELECT removeDiacriticsUTF8('Café Ünïcödé')", "Cafe Unicode");
  rows.back().aliases = {"removeAccentsUTF8"};
  add("normalizeUTF8NFD", 1, 1, kExact,
      fallible_signature("s", string, SP_SYMBOL(sp_normalize_nfd)),
      "Converts `s` to Unicode's form NFD.", "SELECT length(normalizeUTF8NFD('â'))", "3");
  add("normalizeUTF8NFKC", 1, 1, kExact,
      fallible_signature("s", string, SP_SYMBOL(sp_normalize_nfkc)),
      "Converts `s` to Unicode's form NFKC.", "SELECT length(normalizeUTF8NFKC('â'))", "2");
  add("normalizeUTF8NFKD", 1, 1, kExact,
      fallible_signature("s", string, SP_SYMBOL(sp_normalize_nfkd)),
      "Converts `s` to Unicode's form NFKD.", "SELECT length(normalizeUTF8NFKD('â'))", "3");
  add("initcap", 1, 1, kAny, signature("s", string, SP_SYMBOL(sp_initcap)),
      "Turns the first letter of each word of `s` to upper case, the others to lower case.",
      "SELECT initcap('building FOR fun')", "Building For Fun");
  add("initcapUTF8", 1, 1, kExact, signature("s", string, SP_SYMBOL(sp_initcap_utf8)),
      "The same as initcap for any alphabet.", "SELECT initcapUTF8('été à')", "Été À");
}

}  // namespace sp
