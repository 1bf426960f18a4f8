// SELECT from end to end: which operators the binder stacks, and what the columns are called.

#include <gtest/gtest.h>

#include "tests/unit/compiler/bind/test_catalog.h"

namespace sp::testing {
namespace {

TEST(BindSelect, FiltersAndProjects) {
  EXPECT_EQ(bound_tree("SELECT id + 1 AS next, x FROM a WHERE k = 3"),
            "project next#4 := plus(cast(id#0, UInt64), cast($0, UInt64)), x#5 := x#1\n"
            "  filter equals(k#2, $1)\n"
            "    scan a (id#0, x#1, k#2, arr#3)\n");
}

TEST(BindSelect, AliasesAreVisibleEverywhere) {
  EXPECT_EQ(bound_tree("SELECT k AS key, count() AS n FROM a WHERE key > 2 GROUP BY key HAVING n > "
                       "5 ORDER BY n DESC"),
            "sort n#7 desc\n"
            "  project key#6 := k#5, n#7 := n#4\n"
            "    filter greater(n#4, cast($1, UInt64))\n"
            "      aggregate by (k#2) c#4 := count()\n"
            "        filter greater(k#2, $0)\n"
            "          scan a (id#0, x#1, k#2, arr#3)\n");
}

TEST(BindSelect, AliasNamedAsItsColumnMeansTheColumnInside) {
  EXPECT_EQ(bound_columns("SELECT toString(id) AS id FROM a WHERE id = 'q'"), "id String");
}

TEST(BindSelect, SortKeyThatIsNotSelectedIsDroppedAtTheEnd) {
  EXPECT_EQ(bound_tree("SELECT x FROM a ORDER BY id LIMIT 3"),
            "project x#6 := x#4\n"
            "  limit cast($0, UInt64)\n"
            "    sort c#5\n"
            "      project x#4 := x#1, c#5 := id#0\n"
            "        scan a (id#0, x#1, k#2, arr#3)\n");
}

TEST(BindSelect, GroupKeysMatchByStructure) {
  EXPECT_EQ(
      bound_tree("SELECT k + 2 AS q, sum(id) FROM a GROUP BY k + 2"),
      "project q#6 := q#5, sum(id)#7 := sum(id)#4\n"
      "  aggregate by (plus(cast(k#2, UInt16), cast($0, UInt16))) c#4 := sum(cast(id#0, UInt64))\n"
      "    scan a (id#0, x#1, k#2, arr#3)\n");
}

TEST(BindSelect, PositionsAndAll) {
  EXPECT_EQ(bound_tree("SELECT x, count() FROM a GROUP BY 1 ORDER BY 2"),
            bound_tree("SELECT x, count() FROM a GROUP BY x ORDER BY count()"));
  EXPECT_EQ(bound_tree("SELECT x, count() FROM a GROUP BY ALL"),
            bound_tree("SELECT x, count() FROM a GROUP BY x"));
}

TEST(BindSelect, CommonTableExpressionsAreBoundAtEachUse) {
  EXPECT_EQ(
      bound_tree("WITH t AS (SELECT id FROM a) SELECT l.id FROM t AS l JOIN t AS r ON l.id = r.id"),
      "project id#10 := id#4\n"
      "  join inner on id#4 = id#9\n"
      "    project id#4 := id#0\n"
      "      scan a (id#0, x#1, k#2, arr#3)\n"
      "    project id#9 := id#5\n"
      "      scan a (id#5, x#6, k#7, arr#8)\n");
}

TEST(BindSelect, ViewsAreInlined) {
  EXPECT_EQ(bound_tree("SELECT x FROM big"),
            "project x#6 := x#5\n"
            "  project id#4 := id#0, x#5 := x#1\n"
            "    filter greater(id#0, cast($0, UInt32))\n"
            "      scan a (id#0, x#1, k#2, arr#3)\n");
}

TEST(BindSelect, NamesOfColumns) {
  EXPECT_EQ(bound_columns("SELECT l.id, r.id, l.x FROM a AS l JOIN b AS r ON l.id = r.id"),
            "id UInt32, r.id UInt64, x String");
  EXPECT_EQ(
      bound_columns("SELECT * FROM a AS l JOIN b AS r USING (k)"),
      "k UInt16, id UInt32, x String, arr Array(UInt16), r.id UInt64, y LowCardinality(String)");
  EXPECT_EQ(bound_columns("SELECT * EXCEPT (arr), k + 1 FROM a"),
            "id UInt32, x String, k UInt8, plus(k, 1) UInt16");
}

TEST(BindSelect, SetOperationsFindCommonTypes) {
  EXPECT_EQ(bound_columns("SELECT 1 AS v UNION ALL SELECT 2.5"), "v Float64");
  EXPECT_EQ(bound_columns("SELECT id FROM a UNION ALL SELECT NULL"), "id Nullable(UInt32)");
}

}  // namespace
}  // namespace sp::testing
