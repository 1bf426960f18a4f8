// splitByChar, splitByString, splitByWhitespace, splitByNonAlpha, alphaTokens, tokens, ngrams,
// substringIndex: strings cut into parts that refer to the argument's bytes.

#include "runtime/functions/function.h"
#include "runtime/functions/row_adder.h"
#include "runtime/functions/signature.h"
#include "runtime/functions/string_output.h"
#include "runtime/text/find_substring.h"
#include "runtime/text/utf8.h"

namespace sp {
namespace {

// Parts are cut off while fewer than `limit` exist (0: no limit); the rest is dropped as in
// ClickHouse.
void split(ExecState& exec, const StringRef& text, std::string_view separator, int64_t limit,
           ArrayRef* out) noexcept {
  StringArrayBuilder builder(exec);
  const auto most = limit > 0 ? static_cast<uint64_t>(limit) : UINT64_MAX;
  const std::string_view source = text.view();
  size_t from = 0;
  if (separator.empty()) {
    for (; from < source.size() && builder.size() < most;) {
      const size_t length = std::min(utf8_sequence_length(source[from]), source.size() - from);
      builder.add(sub_string(text, from, length));
      from += length;
    }
    *out = builder.finish();
    return;
  }
  while (builder.size() < most) {
    const size_t at = find_substring(source, separator, from);
    if (at == std::string_view::npos) {
      builder.add(sub_string(text, from, source.size() - from));
      break;
    }
    builder.add(sub_string(text, from, at - from));
    from = at + separator.size();
  }
  *out = builder.finish();
}

// Parts are the maximal runs of bytes that `belongs` accepts.
template <class Belongs>
void split_runs(ExecState& exec, const StringRef& text, int64_t limit, Belongs belongs,
                ArrayRef* out) noexcept {
  StringArrayBuilder builder(exec);
  const auto most = limit > 0 ? static_cast<uint64_t>(limit) : UINT64_MAX;
  const std::string_view source = text.view();
  size_t at = 0;
  while (builder.size() < most) {
    while (at < source.size() && !belongs(source[at])) ++at;
    if (at == source.size()) break;
    const size_t begin = at;
    while (at < source.size() && belongs(source[at])) ++at;
    builder.add(sub_string(text, begin, at - begin));
  }
  *out = builder.finish();
}

bool is_letter(char c) noexcept {
  return (static_cast<uint8_t>(c) | 0x20) >= 'a' && (static_cast<uint8_t>(c) | 0x20) <= 'z';
}
bool is_space(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_punctuation(char c) noexcept {
  const auto byte = static_cast<uint8_t>(c);
  return byte > 0x20 && byte < 0x7F && !is_letter(c) && !(c >= '0' && c <= '9');
}
bool is_token_byte(char c) noexcept {
  return static_cast<uint8_t>(c) >= 0x80 || is_letter(c) || (c >= '0' && c <= '9');
}

void split_by_char(ExecState& exec, const StringRef& separator, const StringRef& text,
                   int64_t limit, ArrayRef* out) noexcept {
  if (separator.size != 1) {
    *out = {nullptr, 0};
    exec.fail(ErrorCode::kBadArguments,
              "Illegal separator for function splitByChar. Must be exactly one byte");
    return;
  }
  split(exec, text, separator.view(), limit, out);
}

}  // namespace

extern "C" void sp_split_by_char(ExecState& exec, const StringRef& separator, const StringRef& text,
                                 ArrayRef* out) noexcept {
  split_by_char(exec, separator, text, 0, out);
}
extern "C" void sp_split_by_char_limit(ExecState& exec, const StringRef& separator,
                                       const StringRef& text, int64_t limit,
                                       ArrayRef* out) noexcept {
  split_by_char(exec, separator, text, limit, out);
}
extern "C" void sp_split_by_string(ExecState& exec, const StringRef& separator,
                                   const StringRef& text, ArrayRef* out) noexcept {
  split(exec, text, separator.view(), 0, out);
}
extern "C" void sp_split_by_string_limit(ExecState& exec, const StringRef& separator,
                                         const StringRef& text, int64_t limit,
                                         ArrayRef* out) noexcept {
  split(exec, text, separator.view(), limit, out);
}
#define SP_RUNS(name, belongs)                                                                \
  extern "C" void sp_##name(ExecState& exec, const StringRef& text, ArrayRef* out) noexcept { \
    split_runs(exec, text, 0, belongs, out);                                                  \
  }                                                                                           \
  extern "C" void sp_##name##_limit(ExecState& exec, const StringRef& text, int64_t limit,    \
                                    ArrayRef* out) noexcept {                                 \
    split_runs(exec, text, limit, belongs, out);                                              \
  }
SP_RUNS(split_by_whitespace, [](char c) { return !is_space(c); })
SP_RUNS(split_by_non_alpha, [](char c) { return !is_space(c) && !is_punctuation(c); })
SP_RUNS(alpha_tokens, is_letter)
SP_RUNS(tokens, is_token_byte)
#undef SP_RUNS

extern "C" void sp_ngrams(ExecState& exec, const StringRef& text, uint64_t size,
                          ArrayRef* out) noexcept {
  StringArrayBuilder builder(exec);
  const std::string_view source = text.view();
  size_t begin = 0, end = utf8_offset(source, size);
  const bool enough = size > 0 && utf8_count(source) >= size;
  while (enough) {
    builder.add(sub_string(text, begin, end - begin));
    if (end >= source.size()) break;
    begin += utf8_sequence_length(source[begin]);
    end = std::min(source.size(), end + utf8_sequence_length(source[end]));
  }
  *out = builder.finish();
}

// Everything before the count-th delimiter (count < 0: behind the count-th from the end).
extern "C" void sp_substring_index(const StringRef& text, const StringRef& delimiter, int64_t count,
                                   StringRef* out) noexcept {
  *out = StringRef();
  const std::string_view source = text.view(), mark = delimiter.view();
  if (count == 0 || mark.empty()) return;
  if (count > 0) {
    size_t from = 0;
    for (int64_t i = 0; i < count; ++i) {
      const size_t at = find_substring(source, mark, from);
      if (at == std::string_view::npos) {
        *out = text;
        return;
      }
      if (i + 1 == count) *out = sub_string(text, 0, at);
      from = at + mark.size();
    }
    return;
  }
  size_t end = source.size();
  for (int64_t i = 0; i > count; --i) {
    const size_t at =
        end < mark.size() ? std::string_view::npos : source.rfind(mark, end - mark.size());
    if (at == std::string_view::npos) {
      *out = text;
      return;
    }
    if (i - 1 == count) *out = sub_string(text, at + mark.size(), source.size() - at - mark.size());
    end = at;
  }
}

SP_FUNCTIONS(split) {
  const Type strings = string_array_type();
  using enum RowAdder::Case;
  const RowAdder add(rows);
  add("splitByChar", 2, 3, kExact,
      overloads({{"ss", strings, SP_SYMBOL(sp_split_by_char), false},
                 {"ssi", strings, SP_SYMBOL(sp_split_by_char_limit), false}}),
      "Splits `s` at every byte `separator`.", "SELECT splitByChar(',', 'a,b,c')", "['a','b','c']");
  add("splitByString", 2, 3, kExact,
      overloads({{"ss", strings, SP_SYMBOL(sp_split_by_string)},
                 {"ssi", strings, SP_SYMBOL(sp_split_by_string_limit)}}),
      "Splits `s` at every `separator`; an empty one splits into characters.",
      "SELECT splitByString(', ', 'a, b')", "['a','b']");
#define SP_RUN_FORMS(name) \
  overloads({{"s", strings, SP_SYMBOL(sp_##name)}, {"si", strings, SP_SYMBOL(sp_##name##_limit)}})
  add("splitByWhitespace", 1, 2, kExact, SP_RUN_FORMS(split_by_whitespace),
      "Splits `s` at whitespace.", "SELECT splitByWhitespace(' a  b ')", "['a','b']");
  add("splitByNonAlpha", 1, 2, kExact, SP_RUN_FORMS(split_by_non_alpha),
      "Splits `s` at whitespace and punctuation.", "SELECT splitByNonAlpha(' a, b.c1 ')",
      "['a','b','c1']");
  add("alphaTokens", 1, 2, kExact, SP_RUN_FORMS(alpha_tokens),
      "Returns the runs of letters a-z and A-Z in `s`.", "SELECT alphaTokens('abca1abc')",
      "['abca','abc']", {"splitByAlpha"});
  add("tokens", 1, 2, kExact, SP_RUN_FORMS(tokens),
      "Returns the runs of letters and digits in `s`.", "SELECT tokens('test1,;test2')",
      "['test1','test2']");
#undef SP_RUN_FORMS
  add("ngrams", 2, 2, kExact, signature("su", strings, SP_SYMBOL(sp_ngrams)),
      "Returns all parts of `n` characters of `s`.", "SELECT ngrams('abcd', 3)", "['abc','bcd']");
  add("substringIndex", 3, 3, kAny, signature("ssi", string_type(), SP_SYMBOL(sp_substring_index)),
      "Returns the part of `s` before the `count`-th `delimiter` (negative: behind, counted from "
      "the end).",
      "SELECT substringIndex('www.a.com', '.', 2)", "www.a", {"SUBSTRING_INDEX"});
}

}  // namespace sp
