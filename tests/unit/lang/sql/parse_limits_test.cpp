// Hostile input: limits hold, answers come in linear time, and the machine stack stays small.

#include <gtest/gtest.h>

#include "lang/sql/parse.h"
#include "lang/sql/print.h"
#include "tests/harness/hostile_queries.h"

namespace sp::sql {
namespace {

constexpr ParseLimits kLongQueries{.max_query_size_bytes = 4U << 20U};

std::string repeated(std::string_view piece, size_t count) {
  std::string out;
  out.reserve(piece.size() * count);
  for (size_t i = 0; i < count; ++i) out += piece;
  return out;
}

// The error code of a parse, 0 if it succeeds.
int code_of(const std::string& text, const ParseLimits& limits = kLongQueries) {
  const Result<Statement> statement = parse_statement(text, limits);
  return statement.ok() ? 0 : static_cast<int>(statement.error().code);
}

TEST(ParseLimits, RefusesLongText) {
  EXPECT_EQ(code_of("SELECT " + repeated("1,", 200000) + "1", ParseLimits{}), 62);
}

TEST(ParseLimits, RefusesDeepBrackets) {
  constexpr size_t kMany = 500000;
  EXPECT_EQ(code_of("SELECT " + repeated("(", kMany)), 306);
  EXPECT_EQ(code_of("SELECT " + repeated("(", 900)), 62);
  EXPECT_EQ(code_of("SELECT " + repeated("(", kMany) + repeated(")", kMany)), 306);
  EXPECT_EQ(code_of("SELECT " + repeated("[", kMany) + repeated("]", kMany)), 306);
  EXPECT_EQ(code_of("SELECT " + repeated("{1:", kMany) + repeated("}", kMany)), 306);
  EXPECT_EQ(code_of("SELECT " + repeated("f(", kMany) + repeated(")", kMany)), 306);
  EXPECT_EQ(code_of("SELECT " + repeated("(SELECT ", 100000) + "1" + repeated(")", 100000)), 306);
  EXPECT_EQ(
      code_of("SELECT * FROM " + repeated("(SELECT * FROM ", 60000) + "t" + repeated(")", 60000)),
      306);
  EXPECT_EQ(code_of(repeated("(", kMany) + "SELECT 1" + repeated(")", kMany)), 306);
}

TEST(ParseLimits, RefusesDeepOperators) {
  EXPECT_EQ(code_of("SELECT " + repeated("NOT ", 250000) + "1"), 306);
  EXPECT_EQ(code_of("SELECT " + repeated("- ", 500000) + "a"), 306);
  EXPECT_EQ(code_of("SELECT " + repeated("+ ", 500000) + "a"), 0);
  EXPECT_EQ(code_of("SELECT " + repeated("+-", 500000) + "a"), 306);
  EXPECT_EQ(code_of("SELECT " + repeated("CASE WHEN ", 100000) + "1"), 306);
  EXPECT_EQ(code_of("SELECT 1" + repeated("+1", 20000)), 306);
  EXPECT_EQ(code_of("SELECT x" + repeated("::Int8", 20000)), 306);
  EXPECT_EQ(code_of("SELECT x" + repeated(" BETWEEN 1 AND 2", 1000)), 168);
  EXPECT_EQ(code_of("SELECT 1" + repeated(" UNION ALL SELECT 1", 20000)), 306);
  EXPECT_EQ(code_of("SELECT " + repeated("x -> ", 200000) + "1"), 306);
  EXPECT_EQ(code_of("SELECT " + repeated("1 ? ", 200000) + "1"), 306);
  EXPECT_EQ(code_of("SELECT 1 FROM a" + repeated(" CROSS JOIN b", 20000)), 306);
}

TEST(ParseLimits, RefusesManyElements) {
  EXPECT_EQ(code_of("SELECT " + repeated("1,", 100000) + "1"), 168);
  EXPECT_EQ(code_of("SELECT " + repeated("1 AND ", 49000) + "1"), 0);
}

TEST(ParseLimits, RefusesUnclosedQuotes) {
  EXPECT_EQ(code_of("SELECT '" + repeated("\\'", 500000)), 62);
  EXPECT_EQ(code_of("SELECT " + repeated("'a'' ", 200001)), 62);
  EXPECT_EQ(code_of("SELECT " + repeated("/*", 500000)), 62);
  EXPECT_EQ(code_of("SELECT " + repeated("$a$", 300001)), 62);
}

// How soon they end is measured by the language's bench.
TEST(ParseLimits, HostileTextsEndInAnswers) {
  for (const std::string& text : tests::hostile_queries(262144)) {
    const int code = code_of(text, {});
    EXPECT_TRUE(code == 0 || code == 62 || code == 167 || code == 168 || code == 306)
        << code << ": " << text.substr(0, 60);
  }
}

TEST(ParseLimits, DeepTreesWithinTheLimitsWork) {
  const std::string text = "SELECT " + repeated("(1 + ", 240) + "1" + repeated(")", 240);
  const Result<QueryPtr> query = parse_query(text);
  ASSERT_TRUE(query.ok()) << query.error().message;
  EXPECT_TRUE(parse_query(print(*query.value())).ok());
}

}  // namespace
}  // namespace sp::sql
