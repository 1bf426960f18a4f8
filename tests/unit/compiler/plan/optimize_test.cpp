// The optimizer's rules, by the plans they make.

#include <gtest/gtest.h>

#include "tests/unit/compiler/bind/test_catalog.h"

namespace sp::testing {
namespace {

std::string optimized(const std::string& text) { return bound_tree(text, true); }

TEST(Optimize, ScansReadWhatIsUsed) {
  EXPECT_EQ(optimized("SELECT x FROM a"), "project x#4 := x#1\n  scan a (x#1)\n");
  EXPECT_EQ(optimized("SELECT count() FROM a"),
            "project count()#5 := count()#4\n  aggregate by () c#4 := count()\n    scan a (k#2)\n");
}

TEST(Optimize, BoundsAndOrderOfScans) {
  EXPECT_EQ(
      optimized("SELECT amount FROM events WHERE customer = 'c' AND time >= '2024-01-01 00:00:00'"),
      "project amount#5 := amount#3\n"
      "  filter and(equals(customer#0, $0), greaterOrEquals(time#1, cast($1, DateTime))) {parts "
      "sorted by #0 #1}\n"
      "    scan events (customer#0, time#1, amount#3) [customer = $0] [time >= cast($1, DateTime)] "
      "{parts sorted by #0 #1}\n");
}

TEST(Optimize, FiltersSinkThroughSubqueries) {
  EXPECT_EQ(optimized("SELECT q FROM (SELECT x AS q, k FROM a) WHERE q = 'z' AND 1 = 1"),
            "project q#6 := x#1\n  filter equals(x#1, $0)\n    scan a (x#1) [x = $0]\n");
  EXPECT_EQ(
      optimized("SELECT * FROM (SELECT x, count() AS n FROM a GROUP BY x) WHERE x = 'z' AND n > 3"),
      "project x#8 := x#5, n#9 := n#4\n"
      "  filter greater(n#4, cast($1, UInt64))\n"
      "    aggregate by (x#1) c#4 := count()\n"
      "      filter equals(x#1, $0)\n"
      "        scan a (x#1) [x = $0]\n");
}

TEST(Optimize, FiltersSinkIntoJoins) {
  EXPECT_EQ(
      optimized("SELECT l.x FROM a AS l LEFT JOIN b AS r ON l.id = r.id WHERE l.k = 2 AND r.k = 3"),
      "project x#7 := x#1\n"
      "  filter equals(k#6, cast($1, UInt16))\n"
      "    join left on cast(id#0, UInt64) = id#4\n"
      "      filter equals(k#2, $0) {parts sorted by #0}\n"
      "        scan a (id#0, x#1, k#2) [k = $0] {parts sorted by #0}\n"
      "      scan b (id#4, k#6) {parts sorted by #4}\n");
}

TEST(Optimize, CommaJoinsGetKeys) {
  const std::string plan = optimized("SELECT l.x FROM a AS l, a AS r WHERE l.id = r.id");
  EXPECT_NE(plan.find("join inner on id#0 = id#4"), std::string::npos) << plan;
}

std::string ordered(const std::string& text, const plan::TableRows& rows) {
  auto bound = bind_text(text);
  if (!bound) return bound.error().message;
  plan::optimize(*bound, {.table_rows = rows});
  return plan::print(*bound->root);
}

TEST(Optimize, TheSmallerSideIsTheHashTable) {
  const std::string small_right =
      ordered("SELECT l.x FROM a AS l JOIN b AS r ON l.id = r.id", {{"a", 1000}, {"b", 10}});
  EXPECT_LT(small_right.find("scan a"), small_right.find("scan b")) << small_right;
  const std::string large_right =
      ordered("SELECT l.x FROM a AS l LEFT JOIN b AS r ON l.id = r.id", {{"a", 10}, {"b", 1000}});
  EXPECT_NE(large_right.find("join right"), std::string::npos) << large_right;
  EXPECT_LT(large_right.find("scan b"), large_right.find("scan a")) << large_right;
}

TEST(Optimize, JoinsFollowTheirKeys) {
  // As written a and the second a have no key in common: b comes between them.
  const std::string plan =
      ordered("SELECT count() FROM a AS l, a AS r, b WHERE l.id = b.id AND r.id = b.id",
              {{"a", 100}, {"b", 50}});
  EXPECT_EQ(plan.find("join cross"), std::string::npos) << plan;
  EXPECT_EQ(plan.find("join comma"), std::string::npos) << plan;
}

TEST(Optimize, FalseConditionsReadNothing) {
  EXPECT_EQ(optimized("SELECT x FROM a WHERE 0"), "project x#4 := x#1\n  values (x#1)\n");
}

TEST(Optimize, SortsKnowTheirLimit) {
  EXPECT_EQ(optimized("SELECT x FROM a ORDER BY x LIMIT 3"),
            "limit cast($0, UInt64) {sorted by #4}\n"
            "  sort x#4 limit cast($0, UInt64) {sorted by #4}\n"
            "    project x#4 := x#1\n"
            "      scan a (x#1)\n");
}

TEST(Optimize, TraceNamesTheRules) {
  auto bound = bind_text("SELECT x FROM a WHERE k = 1");
  ASSERT_TRUE(bound.ok());
  std::vector<std::pair<std::string, std::string>> trace;
  plan::optimize(*bound, {}, &trace);
  ASSERT_GE(trace.size(), 2U);
  EXPECT_EQ(trace[0].first, "bind");
}

}  // namespace
}  // namespace sp::testing
