// multiSearchAny, multiSearchFirstIndex, multiSearchFirstPosition, multiSearchAllPositions and
// multiMatch...: one text against an array of needles or regular expressions.

#include "runtime/functions/function.h"
#include "runtime/functions/native/regexp.h"
#include "runtime/functions/signature.h"
#include "runtime/functions/string_output.h"
#include "runtime/text/find_substring.h"
#include "runtime/text/fold_case.h"
#include "runtime/text/utf8.h"

namespace sp {
namespace {

enum class Case { kExact, kAscii, kUnicode };

// Calls visit(index, offset of the needle or npos, text searched) until it returns false.
template <Case fold, class Visit>
void for_each_needle(const StringRef& text, const ArrayRef& needles, Visit visit) {
  static thread_local std::string text_buffer, needle_buffer;
  std::string_view haystack = text.view();
  if constexpr (fold == Case::kAscii) fold_case_ascii(haystack, text_buffer);
  if constexpr (fold == Case::kUnicode) fold_case_utf8(haystack, text_buffer);
  if constexpr (fold != Case::kExact) haystack = text_buffer;
  const auto* items = static_cast<const StringRef*>(needles.data);
  for (uint64_t i = 0; i < needles.size; ++i) {
    std::string_view needle = items[i].view();
    if constexpr (fold == Case::kAscii) fold_case_ascii(needle, needle_buffer);
    if constexpr (fold == Case::kUnicode) fold_case_utf8(needle, needle_buffer);
    if constexpr (fold != Case::kExact) needle = needle_buffer;
    if (!visit(i, find_substring(haystack, needle), haystack)) return;
  }
}

template <Case fold>
uint64_t any(const StringRef& text, const ArrayRef& needles) {
  uint64_t found = 0;
  for_each_needle<fold>(text, needles, [&](uint64_t, size_t at, std::string_view) {
    found = at != std::string_view::npos;
    return found == 0;
  });
  return found;
}
template <Case fold>
uint64_t first_index(const StringRef& text, const ArrayRef& needles) {
  uint64_t found = 0;
  for_each_needle<fold>(text, needles, [&](uint64_t i, size_t at, std::string_view) {
    if (at != std::string_view::npos) found = i + 1;
    return found == 0;
  });
  return found;
}
uint64_t position_at(size_t at, std::string_view haystack, bool characters) {
  if (at == std::string_view::npos) return 0;
  return characters ? utf8_count(haystack.substr(0, at)) + 1 : at + 1;
}
template <Case fold>
uint64_t first_position(const StringRef& text, const ArrayRef& needles, bool characters) {
  uint64_t least = 0;
  for_each_needle<fold>(text, needles, [&](uint64_t, size_t at, std::string_view haystack) {
    const uint64_t position = position_at(at, haystack, characters);
    if (position != 0 && (least == 0 || position < least)) least = position;
    return true;
  });
  return least;
}
template <Case fold>
void all_positions(ExecState& exec, const StringRef& text, const ArrayRef& needles, bool characters,
                   ArrayRef* out) {
  auto* positions = exec.scratch.allocate_array<uint64_t>(needles.size);
  for_each_needle<fold>(text, needles, [&](uint64_t i, size_t at, std::string_view haystack) {
    positions[i] = position_at(at, haystack, characters);
    return true;
  });
  *out = {positions, needles.size};
}

}  // namespace

#define SP_MULTI(suffix, fold, characters)                                                       \
  extern "C" uint8_t sp_multi_any##suffix(const StringRef& text,                                 \
                                          const ArrayRef& needles) noexcept {                    \
    return any<fold>(text, needles) != 0;                                                        \
  }                                                                                              \
  extern "C" uint64_t sp_multi_first_index##suffix(const StringRef& text,                        \
                                                   const ArrayRef& needles) noexcept {           \
    return first_index<fold>(text, needles);                                                     \
  }                                                                                              \
  extern "C" uint64_t sp_multi_first_position##suffix(const StringRef& text,                     \
                                                      const ArrayRef& needles) noexcept {        \
    return first_position<fold>(text, needles, characters);                                      \
  }                                                                                              \
  extern "C" void sp_multi_all_positions##suffix(                                                \
      ExecState& exec, const StringRef& text, const ArrayRef& needles, ArrayRef* out) noexcept { \
    all_positions<fold>(exec, text, needles, characters, out);                                   \
  }
SP_MULTI(, Case::kExact, false)
SP_MULTI(_utf8, Case::kExact, true)
SP_MULTI(_any_case, Case::kAscii, false)
SP_MULTI(_any_case_utf8, Case::kUnicode, true)
#undef SP_MULTI

namespace {

// Calls visit(index, matches) until it returns false; a bad pattern fails the query.
template <class Visit>
void for_each_pattern(ExecState& exec, const StringRef& text, const ArrayRef& patterns,
                      Visit visit) {
  const auto* items = static_cast<const StringRef*>(patterns.data);
  std::string message;
  for (uint64_t i = 0; i < patterns.size; ++i) {
    const re2::RE2* regexp = cached_regexp(items[i].view(), message);
    if (regexp == nullptr) {
      exec.fail(ErrorCode::kCannotCompileRegexp, message);
      return;
    }
    if (!visit(i, re2::RE2::PartialMatch(piece(text.view()), *regexp))) return;
  }
}

}  // namespace

extern "C" uint64_t sp_multi_match_any_index(ExecState& exec, const StringRef& text,
                                             const ArrayRef& patterns) noexcept {
  uint64_t found = 0;
  for_each_pattern(exec, text, patterns, [&](uint64_t i, bool matches) {
    if (matches) found = i + 1;
    return !matches;
  });
  return found;
}
extern "C" uint8_t sp_multi_match_any(ExecState& exec, const StringRef& text,
                                      const ArrayRef& patterns) noexcept {
  return sp_multi_match_any_index(exec, text, patterns) != 0;
}
extern "C" void sp_multi_match_all_indices(ExecState& exec, const StringRef& text,
                                           const ArrayRef& patterns, ArrayRef* out) noexcept {
  auto* indices = exec.scratch.allocate_array<uint64_t>(patterns.size);
  uint64_t count = 0;
  for_each_pattern(exec, text, patterns, [&](uint64_t i, bool matches) {
    if (matches) indices[count++] = i + 1;
    return true;
  });
  *out = {indices, count};
}

SP_FUNCTIONS(multi_search) {
  const Type u8 = uint8_type(), u64 = uint64_type(), positions = Type::array(uint64_type());
  const auto add = [&](const char* name, Type result, Symbol symbol, const char* doc,
                       const char* example, const char* expected) {
    rows.push_back({.name = name,
                    .min_arguments = 2,
                    .max_arguments = 2,
                    .resolve = signature("sS", result, std::move(symbol)),
                    .doc = doc,
                    .example = example,
                    .example_result = expected});
  };
#define SP_ADD_MULTI(ending, suffix, how)                                                     \
  add("multiSearchAny" ending, u8, SP_SYMBOL(sp_multi_any##suffix),                           \
      "Returns 1 if `haystack` contains one of `needles`" how ".",                            \
      "SELECT multiSearchAny" ending "('hello', ['x', 'l'])", "1");                           \
  add("multiSearchFirstIndex" ending, u64, SP_SYMBOL(sp_multi_first_index##suffix),           \
      "Returns the index (from 1) of the first of `needles` that `haystack` contains" how     \
      ", else 0.",                                                                            \
      "SELECT multiSearchFirstIndex" ending "('hello', ['x', 'l'])", "2");                    \
  add("multiSearchFirstPosition" ending, u64, SP_SYMBOL(sp_multi_first_position##suffix),     \
      "Returns the leftmost position of one of `needles` in `haystack`" how ", else 0.",      \
      "SELECT multiSearchFirstPosition" ending "('hello', ['o', 'l'])", "3");                 \
  add("multiSearchAllPositions" ending, positions, SP_SYMBOL(sp_multi_all_positions##suffix), \
      "Returns the position of each of `needles` in `haystack`" how ".",                      \
      "SELECT multiSearchAllPositions" ending "('hello', ['o', 'l'])", "[5,3]");
  SP_ADD_MULTI("", , "")
  SP_ADD_MULTI("UTF8", _utf8, " (in characters)")
  SP_ADD_MULTI("CaseInsensitive", _any_case, ", ignoring the case of ASCII letters")
  SP_ADD_MULTI("CaseInsensitiveUTF8", _any_case_utf8, ", ignoring case")
#undef SP_ADD_MULTI
  const auto match = [&](const char* name, Type result, Symbol symbol, const char* doc,
                         const char* example, const char* expected) {
    rows.push_back({.name = name,
                    .min_arguments = 2,
                    .max_arguments = 2,
                    .resolve = fallible_signature("sS", result, std::move(symbol)),
                    .doc = doc,
                    .example = example,
                    .example_result = expected});
  };
  match("multiMatchAny", u8, SP_SYMBOL(sp_multi_match_any),
        "Returns 1 if `haystack` matches one of `patterns`.",
        "SELECT multiMatchAny('hello', ['x', 'l+'])", "1");
  match("multiMatchAnyIndex", u64, SP_SYMBOL(sp_multi_match_any_index),
        "Returns the index (from 1) of a pattern that `haystack` matches, else 0.",
        "SELECT multiMatchAnyIndex('hello', ['x', 'l+'])", "2");
  match("multiMatchAllIndices", positions, SP_SYMBOL(sp_multi_match_all_indices),
        "Returns the indexes (from 1) of all patterns that `haystack` matches.",
        "SELECT multiMatchAllIndices('hello', ['h', 'x', 'l+'])", "[1,3]");
}

}  // namespace sp
