#pragma once
// Templates and datafiles that no person writes, like hostile_queries.h: one piece repeated until
// the text is long, and templates that are short but have much to do.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sp::tests {

inline std::string repeated_text(std::string_view begin, std::string_view piece, size_t bytes) {
  std::string text(begin);
  text.reserve(bytes + piece.size());
  while (text.size() + piece.size() <= bytes) text += piece;
  return text;
}

/// Nodes (without the leading %) of about `bytes` bytes each, then loops that only the limits end.
inline std::vector<std::string> hostile_templates(size_t bytes) {
  std::vector<std::string> texts;
  for (const std::string_view piece : {"{{x}}",
                                       "{{String(x, 'a')}}",
                                       "{% set a = 1 %}",
                                       "{% if a %}{% end %}",
                                       "{% comment %}",
                                       "{% for x in y %}",
                                       "{% for x in [] %}{% end %}",
                                       "{% if a %}",
                                       "{% while True %}",
                                       "{% try %}",
                                       "{{",
                                       "{%",
                                       "{#",
                                       "{{'",
                                       "{{\"",
                                       "{{!",
                                       "{% set a = [",
                                       "{% end %}",
                                       "{% else %}",
                                       "{% for a in b %}\n",
                                       "'",
                                       "\"",
                                       "a ",
                                       "{{ '\\' }}"}) {
    texts.push_back(repeated_text("", piece, bytes));
  }
  for (const std::string_view piece :
       {"(", "[", "-", "not ", "f(", "lambda x: ", "a if b else ", "{'a':", "1+", "a and ", "a,",
        "1<", "a in ", "x==", "a.", "a[", "'a' ", "1", "\\'"}) {
    texts.push_back(repeated_text("{{", piece, bytes));
    texts.push_back(repeated_text("{% if ", piece, bytes));
    texts.push_back(repeated_text("{{", piece, bytes) + "1}}");
  }
  const std::string loops[] = {"{% for i in range(1000) %}", "{% for i in range(30) %}"};
  for (const std::string& loop : loops) {
    for (const size_t depth : {2U, 5U}) {
      std::string text;
      for (size_t i = 0; i < depth; ++i) text += loop;
      text += "{% set a = i %}";
      for (size_t i = 0; i < depth; ++i) text += "{% end %}";
      texts.push_back(std::move(text));
    }
  }
  for (const std::string_view loop :
       {"{% for i in range(10000000) %}{% end %}", "{% while True %}{% end %}",
        "{% while True %}{% set a = a + [1] %}{% end %}",
        "{% set a = 1 %}{% while True %}{% set a = a + 1 %}{% end %}", "{% while True %}x{% end %}",
        "{% while True %}{{ 1 }}{% end %}", "{% while True %}{{ String(x, 'abc') }}{% end %}",
        "{% set s = 'a' %}{% while True %}{% set s = s + s %}{% end %}",
        "{% while True %}{{ [1, 2, 3][1:2] }}{% end %}",
        "{% while True %}{% set a = 'a b c'.split(' ') %}{% end %}",
        "{% while True %}{% set a = sorted([3, 1, 2]) %}{% end %}"}) {
    texts.emplace_back(loop);
  }
  texts.push_back("{% set s = '" + std::string(bytes / 2, 'a') +
                  "' %}{% while True %}{% set t = s %}{% end %}");
  texts.push_back("{% set s = '" + std::string(bytes / 2, 'a') +
                  "' %}{% while True %}{% set t = s[1] %}{% end %}");
  texts.push_back("{% set s = '" + std::string(bytes / 2, 'a') +
                  "' %}{% while True %}{% if s == s.lower() %}{% end %}{% end %}");
  return texts;
}

/// Texts to be read as each kind of datafile.
inline std::vector<std::string> hostile_datafiles(size_t bytes) {
  std::vector<std::string> texts;
  for (const std::string_view head :
       {"", "SCHEMA >\n    ", "SCHEMA >\n    `a` String ", "NODE n\nSQL >\n    ",
        "NODE n\nSQL >\n    %\n    ", "INDEXES >\n    "}) {
    for (const std::string_view piece : {"SCHEMA >\n  `a` ",
                                         "`",
                                         "(",
                                         "[",
                                         "{",
                                         "'",
                                         "\"",
                                         "A b\n",
                                         "NODE a\n",
                                         "NODE n\nSQL >\n  a\n",
                                         "INDEXES >\n a",
                                         "a,",
                                         "`a` String,\n",
                                         "`a` Array(",
                                         "a String json:$.a, ",
                                         "DESCRIPTION >\n",
                                         "TOKEN \"\n",
                                         "TOKEN a READ\n",
                                         "TAGS \"a\"\n",
                                         "\\\n",
                                         "#",
                                         "#\n",
                                         "%\n",
                                         "{% for x in y %}",
                                         "DEFAULT ",
                                         "CODEC(",
                                         "ENGINE_TTL \"",
                                         " ",
                                         "\n",
                                         "\r\n",
                                         "\t\n"}) {
      texts.push_back(repeated_text(head, piece, bytes));
    }
  }
  return texts;
}

}  // namespace sp::tests
