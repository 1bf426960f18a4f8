// print() gives SQL that parses to the same tree and prints the same again: over every golden query
// and over thousands of random statements. Copies print alike too.

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "lang/sql/parse.h"
#include "lang/sql/print.h"
#include "tests/harness/golden_file.h"
#include "tests/harness/query_generator.h"

namespace sp::sql {
namespace {

// What is wrong with the statement's way through print(); "" if nothing is.
std::string round_trip(const std::string& text) {
  const Result<Statement> statement = parse_statement(text);
  if (!statement.ok()) return "refused: " + statement.error().message;
  const std::string printed = print(*statement);
  const Result<Statement> again = parse_statement(printed);
  if (!again.ok()) return "printed text is refused: " + again.error().message + "\n  " + printed;
  if (print(*again) != printed) return "another text: " + printed + "\n  " + print(*again);
  if (dump(*again->query) != dump(*statement->query)) return "another tree: " + printed;
  if (print(*clone(*statement->query)) != print(*statement->query))
    return "another copy: " + printed;
  return {};
}

TEST(RoundTrip, GoldenQueries) {
  size_t count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("tests/goldens")) {
    const std::string path = entry.path().string();
    if (entry.path().extension() != ".test" || path.find("/language/") != std::string::npos)
      continue;
    const tests::GoldenFile file = tests::read_golden(path);
    ASSERT_EQ(file.error, "") << path;
    for (const tests::GoldenQuery& query : file.queries) {
      if (!parse_statement(query.sql).ok()) continue;  // goldens of syntax errors
      EXPECT_EQ(round_trip(query.sql), "") << path << ": " << query.sql;
      ++count;
    }
  }
  EXPECT_GT(count, 200U);
}

TEST(RoundTrip, RandomStatements) {
  tests::QueryGenerator generator(20261123);
  for (int i = 0; i < 5000; ++i) {
    const std::string text = generator.statement();
    EXPECT_EQ(round_trip(text), "") << text;
  }
}

}  // namespace
}  // namespace sp::sql
