// position, locate, countSubstrings and their case-insensitive and UTF-8 forms. Byte positions
// count from 1; 0 means "not found". The case-insensitive UTF-8 forms fold code points with
// utf8proc.

#include <utf8proc.h>

#include "runtime/functions/function.h"
#include "runtime/functions/signature.h"
#include "runtime/functions/string_output.h"
#include "runtime/text/find_substring.h"
#include "runtime/text/fold_case.h"
#include "runtime/text/utf8.h"

namespace sp {
namespace {

// The 1-based position at or behind the 1-based `start` (0: from the beginning).
uint64_t find_bytes(std::string_view text, std::string_view needle, uint64_t start) noexcept {
  const size_t from = start == 0 ? 0 : static_cast<size_t>(start - 1);
  if (needle.empty()) return start == 0 ? 1 : (from <= text.size() ? start : 0);
  const size_t at = find_substring(text, needle, from);
  return at == std::string_view::npos ? 0 : at + 1;
}

uint64_t find_characters(std::string_view text, std::string_view needle, uint64_t start) noexcept {
  const size_t skip = start == 0 ? 0 : utf8_offset(text, static_cast<size_t>(start - 1));
  if (start > utf8_count(text) + 1) return 0;
  if (needle.empty()) return start == 0 ? 1 : start;
  const size_t at = find_substring(text, needle, skip);
  return at == std::string_view::npos ? 0 : utf8_count(text.substr(0, at)) + 1;
}

uint64_t count_bytes(std::string_view text, std::string_view needle, uint64_t start) noexcept {
  if (needle.empty()) return 0;
  uint64_t count = 0;
  size_t from = start == 0 ? 0 : static_cast<size_t>(start - 1);
  while ((from = find_substring(text, needle, from)) != std::string_view::npos) {
    ++count;
    from += needle.size();
  }
  return count;
}

// Both strings in lower case, in buffers of the thread.
struct Folded {
  std::string_view text, needle;
};
template <bool utf8>
Folded folded(const StringRef& text, const StringRef& needle) {
  static thread_local std::string text_buffer, needle_buffer;
  if constexpr (utf8) {
    fold_case_utf8(text.view(), text_buffer);
    fold_case_utf8(needle.view(), needle_buffer);
  } else {
    fold_case_ascii(text.view(), text_buffer);
    fold_case_ascii(needle.view(), needle_buffer);
  }
  return {text_buffer, needle_buffer};
}

}  // namespace

#define SP_SEARCH(name, find, FOLD)                                                        \
  extern "C" uint64_t sp_##name(const StringRef& text, const StringRef& needle) noexcept { \
    const Folded f = FOLD;                                                                 \
    return find(f.text, f.needle, 0);                                                      \
  }                                                                                        \
  extern "C" uint64_t sp_##name##_from(const StringRef& text, const StringRef& needle,     \
                                       uint64_t start) noexcept {                          \
    const Folded f = FOLD;                                                                 \
    return find(f.text, f.needle, start);                                                  \
  }                                                                                        \
  extern "C" uint64_t sp_##name##_swapped(const StringRef& needle,                         \
                                          const StringRef& text) noexcept {                \
    const Folded f = FOLD;                                                                 \
    return find(f.text, f.needle, 0);                                                      \
  }
#define SP_AS_IT_IS \
  Folded { text.view(), needle.view() }
SP_SEARCH(position, find_bytes, SP_AS_IT_IS)
SP_SEARCH(position_utf8, find_characters, SP_AS_IT_IS)
SP_SEARCH(position_any_case, find_bytes, (folded<false>(text, needle)))
SP_SEARCH(position_any_case_utf8, find_characters, (folded<true>(text, needle)))
SP_SEARCH(count_substrings, count_bytes, SP_AS_IT_IS)
SP_SEARCH(count_substrings_any_case, count_bytes, (folded<false>(text, needle)))
SP_SEARCH(count_substrings_any_case_utf8, count_bytes, (folded<true>(text, needle)))
#undef SP_AS_IT_IS
#undef SP_SEARCH

extern "C" uint8_t sp_has_subsequence(const StringRef& text, const StringRef& needle) noexcept {
  const std::string_view wanted = needle.view();
  size_t found = 0;
  for (const char c : text.view()) {
    if (found < wanted.size() && wanted[found] == c) ++found;
  }
  return found == wanted.size();
}

namespace {

bool is_token_byte(char c) noexcept {
  const auto byte = static_cast<uint8_t>(c);
  return byte >= 0x80 || (byte >= '0' && byte <= '9') ||
         ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');
}
bool has_token(std::string_view text, std::string_view token) noexcept {
  size_t at = 0;
  while (!token.empty() && (at = find_substring(text, token, at)) != std::string_view::npos) {
    const size_t end = at + token.size();
    if ((at == 0 || !is_token_byte(text[at - 1])) &&
        (end == text.size() || !is_token_byte(text[end])))
      return true;
    ++at;
  }
  return false;
}

}  // namespace

extern "C" uint8_t sp_has_token(const StringRef& text, const StringRef& token) noexcept {
  return has_token(text.view(), token.view());
}
extern "C" uint8_t sp_has_token_any_case(const StringRef& text, const StringRef& token) noexcept {
  const Folded f = folded<false>(text, token);
  return has_token(f.text, f.needle);
}

SP_FUNCTIONS(position) {
  const Type u64 = uint64_type();
  const auto add = [&](const char* name, bool any_case, Resolver resolve, uint8_t most,
                       const char* doc, const char* example, const char* result,
                       std::vector<const char*> aliases = {}) {
    rows.push_back({.name = name,
                    .aliases = std::move(aliases),
                    .case_insensitive = any_case,
                    .min_arguments = 2,
                    .max_arguments = most,
                    .resolve = std::move(resolve),
                    .doc = doc,
                    .example = example,
                    .example_result = result});
  };
#define SP_FORMS(name) \
  overloads({{"ss", u64, SP_SYMBOL(sp_##name)}, {"ssu", u64, SP_SYMBOL(sp_##name##_from)}})
  add("position", true, SP_FORMS(position), 3,
      "Returns the position (from 1) of `needle` in `haystack`, 0 if absent.",
      "SELECT position('Hello', 'l')", "3");
  add("locate", true,
      overloads(
          {{"ss", u64, SP_SYMBOL(sp_position_swapped)}, {"ssu", u64, SP_SYMBOL(sp_position_from)}}),
      3, "Returns the position of `needle` in `haystack`; the needle comes first.",
      "SELECT locate('l', 'Hello')", "3");
  add("positionUTF8", false, SP_FORMS(position_utf8), 3,
      "Returns the position of `needle` in `haystack` in characters.",
      "SELECT positionUTF8('été', 'é')", "1");
  add("positionCaseInsensitive", false, SP_FORMS(position_any_case), 3,
      "Returns the position of `needle` in `haystack`, ignoring the case of ASCII letters.",
      "SELECT positionCaseInsensitive('Hello', 'L')", "3", {"instr"});
  add("positionCaseInsensitiveUTF8", false, SP_FORMS(position_any_case_utf8), 3,
      "Returns the position of `needle` in `haystack` in characters, ignoring case.",
      "SELECT positionCaseInsensitiveUTF8('Été', 'T')", "2");
  add("countSubstrings", true, SP_FORMS(count_substrings), 3,
      "Counts the non-overlapping occurrences of `needle`.", "SELECT countSubstrings('aaaa', 'aa')",
      "2");
  add("countSubstringsCaseInsensitive", false, SP_FORMS(count_substrings_any_case), 3,
      "Counts the non-overlapping occurrences of `needle`, ignoring the case of ASCII letters.",
      "SELECT countSubstringsCaseInsensitive('AaA', 'a')", "3");
  add("countSubstringsCaseInsensitiveUTF8", false, SP_FORMS(count_substrings_any_case_utf8), 3,
      "Counts the non-overlapping occurrences of `needle`, ignoring case.",
      "SELECT countSubstringsCaseInsensitiveUTF8('Éé', 'é')", "2");
#undef SP_FORMS
  add("hasSubsequence", false, signature("ss", uint8_type(), SP_SYMBOL(sp_has_subsequence)), 2,
      "Returns 1 if the bytes of `needle` occur in `haystack` in this order.",
      "SELECT hasSubsequence('garbage', 'arg')", "1");
  add("hasToken", false, signature("ss", uint8_type(), SP_SYMBOL(sp_has_token)), 2,
      "Returns 1 if `token` occurs in `haystack` as a whole word.", "SELECT hasToken('a bc', 'bc')",
      "1");
  add("hasTokenCaseInsensitive", false,
      signature("ss", uint8_type(), SP_SYMBOL(sp_has_token_any_case)), 2,
      "Returns 1 if `token` occurs in `haystack` as a whole word, ignoring case.",
      "SELECT hasTokenCaseInsensitive('A b', 'a')", "1");
}

}  // namespace sp
