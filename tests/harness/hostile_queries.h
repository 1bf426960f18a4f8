#pragma once
// Queries that no person writes: one piece repeated until the text is long. A parser that is not
// linear in any of them, or that recurses without counting, is found here.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sp::tests {

/// Texts of about `bytes` bytes each: nested brackets of all kinds, unclosed quotes, chains of
/// operators, many distinct tags.
inline std::vector<std::string> hostile_queries(size_t bytes) {
  std::vector<std::string> texts(1, "SELECT");
  for (int i = 0; texts[0].size() < bytes; ++i) texts[0] += " $a" + std::to_string(i) + "$";
  const auto repeat = [&](std::string_view begin, std::string_view piece) {
    std::string& text = texts.emplace_back(begin);
    text.reserve(bytes + piece.size());
    while (text.size() + piece.size() <= bytes) text += piece;
  };
  for (const std::string_view piece : {"(",
                                       "((",
                                       "[",
                                       "{1:",
                                       "f(",
                                       "(SELECT ",
                                       "CASE - ",
                                       "CASE WHEN ",
                                       "NOT ",
                                       "- ",
                                       "x -> ",
                                       "1 ? ",
                                       "/*",
                                       "'\\'",
                                       "'a'' ",
                                       "a ",
                                       "a.",
                                       "+1 ",
                                       "::Int8 ",
                                       " BETWEEN 1 AND 2 ",
                                       " LIKE 'x' ESCAPE '!' ",
                                       " = ANY (SELECT 1) ",
                                       " AT TIME ZONE 'x' ",
                                       "* EXCEPT a ",
                                       "interval ",
                                       "TOP ",
                                       "f() OVER (",
                                       "$a$ ",
                                       "\xE2\x80\x98",
                                       "0x",
                                       "1e",
                                       "--"}) {
    repeat("SELECT ", piece);
  }
  for (const std::string_view piece : {" ARRAY JOIN b JOIN c USING x", ", t", " UNION ALL SELECT 1",
                                       " JOIN t ON 1", " NATURAL JOIN t"}) {
    repeat("SELECT 1 FROM t", piece);
  }
  return texts;
}

}  // namespace sp::tests
