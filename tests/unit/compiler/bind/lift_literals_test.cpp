// Lifted literals: which texts share a plan.

#include <gtest/gtest.h>

#include "lang/sql/print.h"
#include "tests/unit/compiler/bind/test_catalog.h"

namespace sp::testing {
namespace {

LiftedLiterals lift(const sql::QueryPtr& query) { return lift_literals(*query); }

TEST(LiftLiterals, ValuesOfOneTypeShareAKey) {
  const sql::QueryPtr one = sql::parse_query("SELECT x FROM a WHERE k = 5 LIMIT 10").value();
  const sql::QueryPtr other = sql::parse_query("SELECT x FROM a WHERE k = 7 LIMIT 20").value();
  const sql::QueryPtr wider = sql::parse_query("SELECT x FROM a WHERE k = 700 LIMIT 20").value();
  EXPECT_EQ(lift(one).key, lift(other).key);
  EXPECT_NE(lift(one).key, lift(wider).key);
  ASSERT_EQ(lift(one).literals.size(), 2U);
  EXPECT_EQ(std::get<uint64_t>(lift(other).literals[0]->literal), 7U);
}

TEST(LiftLiterals, NamesAndPositionsKeepTheirText) {
  EXPECT_TRUE(lift(sql::parse_query("SELECT x + 5, count() FROM a GROUP BY 1 ORDER BY 2").value())
                  .literals.empty());
  // An equal literal elsewhere stays too: GROUP BY must still match.
  EXPECT_TRUE(
      lift(sql::parse_query("SELECT k + 5 FROM a GROUP BY k + 5").value()).literals.empty());
}

TEST(LiftLiterals, EqualLiteralsAreOne) {
  EXPECT_EQ(lift(sql::parse_query("SELECT k + 5 AS q FROM a WHERE k > 5").value()).literals.size(),
            1U);
}

TEST(LiftLiterals, ThePlanReadsThemByNumber) {
  const auto bound = bind_text("SELECT x FROM a WHERE k = 5");
  ASSERT_TRUE(bound.ok());
  ASSERT_EQ(bound->parameters.size(), 1U);
  EXPECT_EQ(bound->parameters[0].source, plan::Parameter::Source::kLiteral);
  EXPECT_TRUE(bound->specialised_literals.empty());
}

TEST(LiftLiterals, ConstantArgumentsSpecialise) {
  const auto bound = bind_text("SELECT toDateTime64(time, 3) AS t FROM events");
  ASSERT_TRUE(bound.ok());
  EXPECT_EQ(bound->specialised_literals.size(), 1U);
}

}  // namespace
}  // namespace sp::testing
