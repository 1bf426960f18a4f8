// Tokens: numbers, strings with all escapes, heredocs, comments, keywords after dots.

#include "lang/sql/lexical.h"

#include <gtest/gtest.h>

#include "lang/sql/literal_text.h"
#include "lang/sql/parse.h"
#include "lang/sql/print.h"

namespace sp::sql {
namespace {

std::string texts(const std::string& text) {
  const Result<TokenList> list = tokenize(text);
  if (!list.ok()) return list.error().message;
  std::string out;
  for (const Token& token : list.value().tokens) {
    if (token.begin < token.end)
      out += (out.empty() ? "" : " ") + text.substr(token.begin, token.end - token.begin);
  }
  return out;
}

TEST(Lexical, CutsTokens) {
  EXPECT_EQ(texts("a+b<=c<=>d||e->f::g"), "a + b <= c <=> d || e -> f :: g");
  EXPECT_EQ(texts("t.1.2 1.5 + .5 1.e3 x.1e"), "t . 1 . 2 1.5 + .5 1.e3 x . 1e");
  EXPECT_EQ(texts("1_000 0xFF 0b11 0x1p3 1e-7 1st"), "1_000 0xFF 0b11 0x1p3 1e-7 1st");
  EXPECT_EQ(texts("'a''b' 'c\\'d' `e``f` \"g\" $$h'$$ $t$i$$j$t$ x'41'"),
            "'a''b' 'c\\'d' `e``f` \"g\" $$h'$$ $t$i$$j$t$ x'41'");
  EXPECT_EQ(texts("a -- b\nc # d\ne /* f */ g #! h"), "a c e g");
  EXPECT_EQ(texts("a--b"), "a");
  EXPECT_EQ(texts("a\xC2\xA0+\tb"), "a + b");
}

TEST(Lexical, KeywordsIgnoreCase) {
  EXPECT_EQ(keyword_of("SELECT"), TokenCode::kSelect);
  EXPECT_EQ(keyword_of("sElEcT"), TokenCode::kSelect);
  EXPECT_EQ(keyword_of("timestamp_add"), TokenCode::kDateAdd);
  EXPECT_EQ(keyword_of("selects"), TokenCode::kWord);
  EXPECT_EQ(keyword_of("x"), TokenCode::kWord);
}

TEST(Lexical, DecodesStrings) {
  EXPECT_EQ(unquote(R"('a''b\'c\\d\n\t\x41\0\q\%')"), std::string("a'b'c\\d\n\tA\0\\q\\%", 15));
  EXPECT_EQ(unquote("$tag$it's$tag$"), "it's");
  EXPECT_EQ(unquote("x'4142'"), "AB");
  EXPECT_EQ(unquote("b'0100000101000010'"), "AB");
  EXPECT_EQ(quote_string("it's\n\\"), "'it\\'s\\n\\\\'");
}

TEST(Lexical, ReadsNumbers) {
  EXPECT_EQ(parse_number("18446744073709551615", false),
            LiteralValue(uint64_t{18446744073709551615ULL}));
  EXPECT_EQ(parse_number("9223372036854775808", true),
            LiteralValue(std::numeric_limits<int64_t>::min()));
  EXPECT_EQ(parse_number("18446744073709551616", false),
            LiteralValue(BigInteger{"18446744073709551616"}));
  EXPECT_EQ(parse_number("0x1F", false), LiteralValue(uint64_t{31}));
  EXPECT_EQ(parse_number("0b101", true), LiteralValue(int64_t{-5}));
  EXPECT_EQ(parse_number("1_0.5e1", false), LiteralValue(105.0));
  EXPECT_EQ(parse_number("1e400", false), std::nullopt);
  EXPECT_EQ(double_name(1e20), "100000000000000000000.");
  EXPECT_EQ(double_name(1e21), "1e21");
  EXPECT_EQ(double_name(1e-7), "1e-7");
  EXPECT_EQ(double_name(-0.5), "-0.5");
}

}  // namespace
}  // namespace sp::sql
