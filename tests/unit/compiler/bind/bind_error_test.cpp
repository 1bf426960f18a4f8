// Every refusal of the binder: ClickHouse's code, the sentence, and the hint.

#include <gtest/gtest.h>

#include "tests/unit/compiler/bind/test_catalog.h"

namespace sp::testing {
namespace {

std::string error_of(const std::string& text) { return bound_tree(text); }

TEST(BindError, UnknownNamesAreGuessed) {
  EXPECT_EQ(error_of("SELECT idd FROM a"), "47: Unknown identifier: idd | did you mean `id`?");
  EXPECT_EQ(error_of("SELECT count() FROM event"),
            "60: Unknown table: event | did you mean `events`?");
  EXPECT_EQ(error_of("SELECT lowr(x) FROM a"),
            "46: Unknown function: lowr | did you mean `lower`?");
  EXPECT_EQ(error_of("SELECT sm(id) FROM a"), "46: Unknown function: sm | did you mean `sum`?");
}

TEST(BindError, Aggregation) {
  EXPECT_EQ(error_of("SELECT id, count() FROM a"),
            "215: Column is not under aggregate function and not in GROUP BY keys: id | add `id` "
            "to GROUP BY, or take any(id)");
  EXPECT_EQ(error_of("SELECT x FROM a WHERE count() > 1"),
            "184: An aggregate function is found in WHERE | use HAVING");
  EXPECT_EQ(error_of("SELECT sum(sum(id)) FROM a").substr(0, 3), "184");
  EXPECT_EQ(error_of("SELECT sum(id) AS id, max(id) FROM a").substr(0, 3), "184");
}

TEST(BindError, Aliases) {
  EXPECT_EQ(error_of("SELECT p + 1 AS q, q + 1 AS p FROM a").substr(0, 3), "174");
  EXPECT_EQ(error_of("SELECT id AS q, k AS q FROM a").substr(0, 3), "179");
}

TEST(BindError, Positions) {
  EXPECT_EQ(error_of("SELECT id FROM a ORDER BY 2"),
            "36: Positional argument of ORDER BY is out of bounds: 2 | expected 1 to 1");
}

TEST(BindError, LimitsMustBeConstantNumbers) {
  EXPECT_EQ(error_of("SELECT id FROM a LIMIT k").substr(0, 3), "440");
  EXPECT_EQ(error_of("SELECT id FROM a LIMIT 'x'").substr(0, 3), "440");
}

TEST(BindError, ConditionsMustBeNumbers) {
  EXPECT_EQ(error_of("SELECT id FROM a WHERE x").substr(0, 2), "59");
}

TEST(BindError, ErrorsInViewsAreLocatedThere) {
  const auto bound = bind_text("SELECT * FROM broken");
  ASSERT_FALSE(bound.ok());
  ASSERT_TRUE(bound.error().location.has_value());
  EXPECT_EQ(bound.error().location->file, "broken.pipe");
  EXPECT_EQ(error_of("SELECT * FROM circle").substr(0, 3), "162");
}

TEST(BindError, Spans) {
  const std::string text = "SELECT id, nothing FROM a";
  const auto bound = bind_text(text);
  ASSERT_FALSE(bound.ok());
  ASSERT_TRUE(bound.error().span.has_value());
  EXPECT_EQ(
      text.substr(bound.error().span->begin, bound.error().span->end - bound.error().span->begin),
      "nothing");
}

}  // namespace
}  // namespace sp::testing
