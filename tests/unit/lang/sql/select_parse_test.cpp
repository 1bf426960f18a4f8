// Every clause of SELECT: parsed, and printed in canonical form; some with their whole tree.

#include "lang/sql/parse.h"

#include <gtest/gtest.h>

#include "lang/sql/print.h"

namespace sp::sql {
namespace {

std::string canonical(const std::string& text) {
  Result<Statement> statement = parse_statement(text);
  if (!statement.ok()) return "error: " + statement.error().message;
  std::string printed = print(statement.value());
  Result<Statement> again = parse_statement(printed);
  if (!again.ok()) return "does not parse again: " + printed + ": " + again.error().message;
  if (dump(*again.value().query) != dump(*statement.value().query))
    return "another tree: " + printed;
  if (print(*clone(*statement.value().query)) != print(*statement.value().query))
    return "another clone: " + printed;
  return printed;
}

struct Form {
  const char* text;
  const char* canonical;
};

void expect_forms(std::initializer_list<Form> forms) {
  for (const Form& form : forms) EXPECT_EQ(canonical(form.text), form.canonical) << form.text;
}

TEST(SelectParse, With) {
  expect_forms({
      {"with 1 as x select x", "WITH 1 AS x SELECT x"},
      {"WITH x AS (SELECT 1) SELECT * FROM x", "WITH x AS (SELECT 1) SELECT * FROM x"},
      {"WITH x (a, b) AS MATERIALIZED (SELECT 1, 2) SELECT a FROM x",
       "WITH x (a, b) AS (SELECT 1, 2) SELECT a FROM x"},
      {"WITH (SELECT 1) AS x, SELECT x", "WITH (SELECT 1) AS x SELECT x"},
      {"WITH 1 AS x, y AS (SELECT 2) SELECT x, * FROM y",
       "WITH 1 AS x, y AS (SELECT 2) SELECT x, * FROM y"},
      {"WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n+1 FROM t WHERE n<3) SELECT * FROM t",
       "WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t WHERE n < 3) SELECT * "
       "FROM t"},
      {"WITH recursive AS (SELECT 1) SELECT * FROM recursive",
       "WITH `recursive` AS (SELECT 1) SELECT * FROM `recursive`"},
      {"WITH x -> x + 1 AS f SELECT f(1)", "WITH (x -> x + 1) AS f SELECT f(1)"},
  });
}

TEST(SelectParse, SelectList) {
  expect_forms({
      {"SELECT a b, c AS d, e f FROM t", "SELECT a AS b, c AS d, e AS f FROM t"},
      {"SELECT DISTINCT a FROM t", "SELECT DISTINCT a FROM t"},
      {"SELECT DISTINCT ON (a, b) c FROM t", "SELECT DISTINCT ON (a, b) c FROM t"},
      {"SELECT ALL a FROM t", "SELECT a FROM t"},
      {"SELECT a, b, FROM t", "SELECT a, b FROM t"},
      {"SELECT a AS b, FROM t", "SELECT a AS b FROM t"},
      {"SELECT *, t.*, db.t.* FROM t", "SELECT *, t.*, db.t.* FROM t"},
      {"SELECT * EXCEPT (a, b), * EXCEPT a, * EXCEPT('re') FROM t",
       "SELECT * EXCEPT (a, b), * EXCEPT (a), * EXCEPT ('re') FROM t"},
      {"SELECT * REPLACE (a + 1 AS a, 2 AS b), * REPLACE i / 2 AS i FROM t",
       "SELECT * REPLACE (a + 1 AS a, 2 AS b), * REPLACE (i / 2 AS i) FROM t"},
      {"SELECT * EXCEPT a APPLY sum APPLY quantile(0.5) APPLY(x -> x + 1) FROM t",
       "SELECT * EXCEPT (a) APPLY sum APPLY quantile(0.5) APPLY (x -> x + 1) FROM t"},
      {"SELECT COLUMNS('^a'), t.COLUMNS('b'), COLUMNS(a, b) FROM t",
       "SELECT COLUMNS('^a'), t.COLUMNS('b'), COLUMNS(a, b) FROM t"},
      {"SELECT date, timestamp, first, interval, end, left FROM t",
       "SELECT date, timestamp, first, `interval`, `end`, `left` FROM t"},
      {"SELECT offset, format, limit FROM t LIMIT 1",
       "SELECT `offset`, `format`, `limit` FROM t LIMIT 1"},
      {"SELECT left(s, 1), if(a, b, c), replace(s, 'a', 'b'), any(x), format('{}', a) FROM t",
       "SELECT left(s, 1), if(a, b, c), replace(s, 'a', 'b'), any(x), format('{}', a) FROM t"},
      {"SELECT `a b`, \"c\"\"d\", `e\\`f` FROM t", "SELECT `a b`, `c\"d`, `e\\`f` FROM t"},
      {"SELECT (a AS x) + 1, f(a AS y, b) FROM t", "SELECT (a AS x) + 1, f(a AS y, b) FROM t"},
  });
}

TEST(SelectParse, From) {
  expect_forms({
      {"FROM t AS u SELECT a WHERE b", "SELECT a FROM t AS u WHERE b"},
      {"SELECT a FROM db.t u FINAL", "SELECT a FROM db.t AS u FINAL"},
      {"SELECT a FROM t SAMPLE 1/10 OFFSET 1/2", "SELECT a FROM t SAMPLE 1 / 10 OFFSET 1 / 2"},
      {"SELECT a FROM numbers(10) AS n", "SELECT a FROM numbers(10) AS n"},
      {"SELECT a FROM (SELECT 1) AS t (a)", "SELECT a FROM (SELECT 1) AS t (a)"},
      {"SELECT a FROM ((SELECT 1))", "SELECT a FROM (SELECT 1)"},
      {"SELECT a FROM {tbl:Identifier}", "SELECT a FROM {tbl:Identifier}"},
      {"SELECT x FROM t ARRAY JOIN arr AS x, brr AS y",
       "SELECT x FROM t ARRAY JOIN arr AS x, brr AS y"},
      {"SELECT x FROM t LEFT ARRAY JOIN arr AS x", "SELECT x FROM t LEFT ARRAY JOIN arr AS x"},
      {"SELECT x FROM t INNER ARRAY JOIN arr AS x", "SELECT x FROM t ARRAY JOIN arr AS x"},
      {"SELECT x FROM (SELECT y FROM u ARRAY JOIN y) ARRAY JOIN x",
       "SELECT x FROM (SELECT y FROM u ARRAY JOIN y) ARRAY JOIN x"},
  });
}

TEST(SelectParse, Joins) {
  expect_forms({
      {"SELECT 1 FROM a JOIN b ON a.x = b.x", "SELECT 1 FROM a INNER JOIN b ON a.x = b.x"},
      {"SELECT 1 FROM a INNER JOIN b USING x, y", "SELECT 1 FROM a INNER JOIN b USING (x, y)"},
      {"SELECT 1 FROM a LEFT OUTER JOIN b USING (x)", "SELECT 1 FROM a LEFT JOIN b USING (x)"},
      {"SELECT 1 FROM a ANY LEFT JOIN b USING (x)", "SELECT 1 FROM a ANY LEFT JOIN b USING (x)"},
      {"SELECT 1 FROM a LEFT ANY JOIN b USING (x)", "SELECT 1 FROM a ANY LEFT JOIN b USING (x)"},
      {"SELECT 1 FROM a GLOBAL ALL RIGHT JOIN b USING (x)",
       "SELECT 1 FROM a GLOBAL ALL RIGHT JOIN b USING (x)"},
      {"SELECT 1 FROM a ASOF LEFT JOIN b ON a.x = b.x AND a.t >= b.t",
       "SELECT 1 FROM a ASOF LEFT JOIN b ON a.x = b.x AND a.t >= b.t"},
      {"SELECT 1 FROM a SEMI JOIN b USING (x)", "SELECT 1 FROM a SEMI LEFT JOIN b USING (x)"},
      {"SELECT 1 FROM a RIGHT ANTI JOIN b USING (x)",
       "SELECT 1 FROM a ANTI RIGHT JOIN b USING (x)"},
      {"SELECT 1 FROM a FULL OUTER JOIN b ON 1 = 1", "SELECT 1 FROM a FULL JOIN b ON 1 = 1"},
      {"SELECT 1 FROM a CROSS JOIN b, c", "SELECT 1 FROM a CROSS JOIN b, c"},
      {"SELECT 1 FROM a x JOIN b y ON x.i = y.i LEFT JOIN (SELECT 1) z ON z.i = x.i",
       "SELECT 1 FROM a AS x INNER JOIN b AS y ON x.i = y.i LEFT JOIN (SELECT 1) AS z ON z.i = "
       "x.i"},
      {"SELECT 1 FROM a JOIN (b JOIN c USING (y)) USING (x)",
       "SELECT 1 FROM a INNER JOIN (b INNER JOIN c USING (y)) USING (x)"},
  });
}

TEST(SelectParse, Grouping) {
  expect_forms({
      {"SELECT a FROM t GROUP BY a, b + 1 WITH TOTALS",
       "SELECT a FROM t GROUP BY a, b + 1 WITH TOTALS"},
      {"SELECT a FROM t GROUP BY ALL", "SELECT a FROM t GROUP BY ALL"},
      {"SELECT a FROM t GROUP BY a, b WITH ROLLUP", "SELECT a FROM t GROUP BY ROLLUP(a, b)"},
      {"SELECT a FROM t GROUP BY CUBE (a, b) WITH TOTALS",
       "SELECT a FROM t GROUP BY CUBE(a, b) WITH TOTALS"},
      {"SELECT a FROM t GROUP BY GROUPING SETS ((a, b), a, ())",
       "SELECT a FROM t GROUP BY GROUPING SETS ((a, b), (a), ())"},
      {"SELECT a FROM t PREWHERE p WHERE w GROUP BY a HAVING count() > 1",
       "SELECT a FROM t PREWHERE p WHERE w GROUP BY a HAVING count() > 1"},
  });
}

TEST(SelectParse, Windows) {
  expect_forms({
      {"SELECT sum(a) OVER w, rank() OVER (w ORDER BY b) FROM t WINDOW w AS (PARTITION BY c), v AS "
       "() QUALIFY 1",
       "SELECT sum(a) OVER w, rank() OVER (w ORDER BY b) FROM t WINDOW w AS (PARTITION BY c), v AS "
       "() QUALIFY 1"},
      {"SELECT sum(a) OVER (ROWS 2 PRECEDING) FROM t",
       "SELECT sum(a) OVER (ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) FROM t"},
      {"SELECT sum(a) OVER (ORDER BY b DESC NULLS FIRST RANGE BETWEEN 1 + 1 PRECEDING AND "
       "UNBOUNDED FOLLOWING) FROM t",
       "SELECT sum(a) OVER (ORDER BY b DESC NULLS FIRST RANGE BETWEEN 1 + 1 PRECEDING AND "
       "UNBOUNDED FOLLOWING) FROM t"},
      {"SELECT any(a) IGNORE NULLS OVER (), sum(a) FILTER (WHERE b > 1) OVER () FROM t",
       "SELECT any(a) IGNORE NULLS OVER (), sum(a) FILTER (WHERE b > 1) OVER () FROM t"},
  });
}

TEST(SelectParse, OrderAndLimit) {
  expect_forms({
      {"SELECT a FROM t ORDER BY a, b DESC NULLS LAST, c COLLATE 'en'",
       "SELECT a FROM t ORDER BY a, b DESC NULLS LAST, c COLLATE 'en'"},
      {"SELECT a FROM t ORDER BY ALL DESC", "SELECT a FROM t ORDER BY ALL DESC"},
      {"SELECT a FROM t ORDER BY a WITH FILL FROM 1 TO 10 STEP 2 STALENESS 3, b INTERPOLATE (c AS "
       "c + 1, d)",
       "SELECT a FROM t ORDER BY a WITH FILL FROM 1 TO 10 STEP 2 STALENESS 3, b INTERPOLATE (c AS "
       "c + 1, d)"},
      {"SELECT a FROM t LIMIT 5, 10", "SELECT a FROM t LIMIT 10 OFFSET 5"},
      {"SELECT a FROM t LIMIT 10 OFFSET 5", "SELECT a FROM t LIMIT 10 OFFSET 5"},
      {"SELECT a FROM t OFFSET 5 ROWS", "SELECT a FROM t OFFSET 5"},
      {"SELECT a FROM t ORDER BY a OFFSET 1 ROW FETCH NEXT 3 ROWS ONLY",
       "SELECT a FROM t ORDER BY a LIMIT 3 OFFSET 1"},
      {"SELECT a FROM t ORDER BY a FETCH FIRST 3 ROWS WITH TIES",
       "SELECT a FROM t ORDER BY a LIMIT 3 WITH TIES"},
      {"SELECT a FROM t LIMIT 1, 2 BY a, b LIMIT 3",
       "SELECT a FROM t LIMIT 2 OFFSET 1 BY a, b LIMIT 3"},
      {"SELECT a FROM t SETTINGS max_threads = 1, x = 'y', z FORMAT JSON",
       "SELECT a FROM t SETTINGS max_threads = 1, x = 'y', z = true FORMAT JSON"},
      {"SELECT a FORMAT TSV SETTINGS b = -1;", "SELECT a FORMAT TSV SETTINGS b = -1"},
  });
}

TEST(SelectParse, SetOperations) {
  expect_forms({
      {"SELECT 1 UNION ALL SELECT 2 UNION DISTINCT SELECT 3",
       "SELECT 1 UNION ALL SELECT 2 UNION DISTINCT SELECT 3"},
      {"SELECT 1 UNION ALL (SELECT 2 EXCEPT SELECT 3)",
       "SELECT 1 UNION ALL (SELECT 2 EXCEPT SELECT 3)"},
      {"(SELECT 1) INTERSECT DISTINCT ((SELECT 2))", "SELECT 1 INTERSECT DISTINCT SELECT 2"},
      {"(SELECT 1 UNION ALL SELECT 2) INTERSECT SELECT 3",
       "(SELECT 1 UNION ALL SELECT 2) INTERSECT SELECT 3"},
      {"SELECT * FROM t EXCEPT SELECT 1", "SELECT * FROM t EXCEPT SELECT 1"},
      {"EXPLAIN PLAN header = 1 SELECT 1", "EXPLAIN PLAN header = 1 SELECT 1"},
      {"explain query tree SELECT 1", "EXPLAIN QUERY TREE SELECT 1"},
  });
}

TEST(SelectParse, IntersectBindsTighterThanUnion) {
  const Result<QueryPtr> query = parse_query("SELECT 1 UNION ALL SELECT 2 INTERSECT SELECT 3");
  ASSERT_TRUE(query.ok());
  EXPECT_EQ(query.value()->kind, Query::Kind::kUnionAll);
  EXPECT_EQ(query.value()->right->kind, Query::Kind::kIntersect);
}

TEST(SelectParse, WholeTree) {
  const Result<QueryPtr> query = parse_query(
      "WITH 2 AS k SELECT DISTINCT a.x + k AS y, count(DISTINCT z) FROM a LEFT JOIN b USING (id) "
      "WHERE x IN (SELECT 1) "
      "GROUP BY y WITH TOTALS HAVING y > 1 ORDER BY y DESC LIMIT 1 BY y LIMIT 3 OFFSET 4");
  ASSERT_TRUE(query.ok()) << query.error().render();
  EXPECT_EQ(dump(*query.value()), R"(Select
  with
    Literal 2 AS k
  distinct
  columns
    Function plus AS y
      Identifier a.x
      Identifier k
    Function count DISTINCT
      Identifier z
  from
    Join Left
      Table a
      Table b
      using
        Identifier id
  where
    Function in
      Identifier x
      Subquery
        Select
          columns
            Literal 1
  group by
    Identifier y
  with totals
  having
    Function greater
      Identifier y
      Literal 1
  order by y DESC
  limit by
    limit
      Literal 1
    Identifier y
  limit
    Literal 3
  offset
    Literal 4
)");
}

TEST(SelectParse, ParametersKeepTheirTypes) {
  const Result<ExprPtr> expr =
      parse_expression("f({p0:Array(DateTime64(3,'UTC'))}, {p1 : Nullable( String )})");
  ASSERT_TRUE(expr.ok()) << expr.error().render();
  EXPECT_EQ(expr.value()->args[0]->kind, ExprKind::kParameter);
  EXPECT_EQ(expr.value()->args[0]->name, "p0");
  EXPECT_EQ(expr.value()->args[0]->type_text, "Array(DateTime64(3, 'UTC'))");
  EXPECT_EQ(expr.value()->args[1]->type_text, "Nullable(String)");
}

TEST(SelectParse, ExpressionLists) {
  const auto size = [](const char* text) {
    const auto list = parse_expression_list(text);
    return list.ok() ? static_cast<int>(list.value().size()) : -1;
  };
  EXPECT_EQ(size("a, toDate(b)"), 2);
  EXPECT_EQ(size("(a, b, c)"), 3);
  EXPECT_EQ(size("(a)"), 1);
  EXPECT_EQ(size("tuple()"), 0);
  EXPECT_EQ(size(""), 0);
  EXPECT_EQ(size("a b"), -1);
}

TEST(SelectParse, SpansPointIntoTheText) {
  const std::string text = "SELECT a, sum( b + 1 ) AS x FROM t";
  const Result<QueryPtr> query = parse_query(text);
  ASSERT_TRUE(query.ok());
  const Expr& call = *query.value()->select->columns[1];
  EXPECT_EQ(text.substr(call.span.begin, call.span.end - call.span.begin), "sum( b + 1 ) AS x");
  EXPECT_EQ(
      text.substr(call.args[0]->span.begin, call.args[0]->span.end - call.args[0]->span.begin),
      "b + 1");
}

}  // namespace
}  // namespace sp::sql
