// Syntax errors as a person sees them: position, expectation, excerpt, hint.

#include <gtest/gtest.h>

#include "lang/source/source_text.h"
#include "lang/sql/parse.h"

namespace sp::sql {
namespace {

std::string rendered(const std::string& text) {
  const Result<Statement> statement = parse_statement(text);
  if (statement.ok()) return "no error";
  EXPECT_TRUE(statement.error().span.has_value());
  return SourceText("q.sql", text).attach(statement.error()).render();
}

TEST(SyntaxError, PointsToUnclosedQuotesAndBrackets) {
  EXPECT_EQ(rendered("SELECT 'abc FROM t"),
            "q.sql:1:8: Syntax error: quote is not closed: '\n  1 | SELECT 'abc FROM t\n    |      "
            "  ^\n  hint: add the closing '");
  EXPECT_EQ(rendered("SELECT count(a FROM t"),
            "q.sql:1:13: Syntax error: bracket is not closed: expected a closing `)`\n  1 | SELECT "
            "count(a FROM t\n"
            "    |             ^\n  hint: add the closing `)`");
  EXPECT_EQ(rendered("SELECT a /* b"),
            "q.sql:1:10: Syntax error: comment is not closed: /*\n  1 | SELECT a /* b\n    |       "
            "   ^^\n  hint: add the closing */");
  EXPECT_EQ(rendered("SELECT a)"),
            "q.sql:1:9: Syntax error: a closing bracket without its opening\n  1 | SELECT a)\n    "
            "|         ^\n"
            "  hint: remove it, or add the opening bracket");
}

TEST(SyntaxError, SuggestsKeywords) {
  EXPECT_EQ(rendered("SELECT a FORM t"),
            "q.sql:1:15: Syntax error: expected end of query, `,` or another clause, found `t`\n  "
            "1 | SELECT a FORM t\n"
            "    |               ^\n  hint: did you mean `FROM`? (instead of `FORM`)");
  EXPECT_EQ(rendered("SELEC a"),
            "q.sql:1:1: Syntax error: expected a SELECT query, found `SELEC`\n  1 | SELEC a\n    | "
            "^^^^^\n"
            "  hint: did you mean `SELECT`?");
  EXPECT_EQ(rendered("SELECT a FROM t WHER a = 1"),
            "q.sql:1:22: Syntax error: expected end of query or another clause, found `a`\n"
            "  1 | SELECT a FROM t WHER a = 1\n    |                      ^\n  hint: did you mean "
            "`WHERE`? (instead of `WHER`)");
}

TEST(SyntaxError, ExplainsWhatIsMissing) {
  EXPECT_EQ(rendered("SELECT a FROM t WHERE b 1"),
            "q.sql:1:25: Syntax error: expected end of query or another clause, found `1`\n  1 | "
            "SELECT a FROM t WHERE b 1\n"
            "    |                         ^\n  hint: an operator such as `=` or AND is missing "
            "before `1`");
  EXPECT_EQ(rendered("SELECT a b c FROM t"),
            "q.sql:1:12: Syntax error: expected end of query, `,` or another clause, found `c`\n  "
            "1 | SELECT a b c FROM t\n"
            "    |            ^\n  hint: a comma is missing before `c`?");
  EXPECT_EQ(rendered("SELECT a, b FROM t GROUP BY a, ORDER BY a"),
            "q.sql:1:32: Syntax error: expected an expression, found keyword `ORDER`\n"
            "  1 | SELECT a, b FROM t GROUP BY a, ORDER BY a\n    |                                "
            "^^^^^\n"
            "  hint: remove the comma before `ORDER`");
  EXPECT_EQ(rendered("SELECT a FROM t WHERE ORDER BY a"),
            "q.sql:1:23: Syntax error: expected an expression, found keyword `ORDER`\n  1 | SELECT "
            "a FROM t WHERE ORDER BY a\n"
            "    |                       ^^^^^\n  hint: a value, a column or a function is missing "
            "after `WHERE`");
  EXPECT_EQ(rendered("SELECT 1 FROM a JOIN b"),
            "q.sql:1:23: Syntax error: expected `ON` or `USING`, found the end of the query\n  1 | "
            "SELECT 1 FROM a JOIN b\n"
            "    |                       ^\n  hint: a join needs ON condition or USING (columns); "
            "CROSS JOIN needs neither");
  EXPECT_EQ(rendered("SELECT f(a b)"),
            "q.sql:1:12: Syntax error: expected `,` or a closing `)`, found `b`\n  1 | SELECT f(a "
            "b)\n    |            ^\n"
            "  hint: a comma is missing before `b`?\n  note: the `(` was opened at 1:9");
  EXPECT_EQ(rendered("SELECT now() - INTERVAL 1"),
            "q.sql:1:26: Syntax error: expected an interval unit, found the end of the query\n  1 "
            "| SELECT now() - INTERVAL 1\n"
            "    |                          ^\n  hint: write a unit after the number, as in "
            "INTERVAL 1 DAY");
}

TEST(SyntaxError, NamesWhatIsLeftOver) {
  EXPECT_EQ(rendered("SELECT 1; SELECT 2"),
            "q.sql:1:11: Syntax error: expected end of query, found keyword `SELECT`\n  1 | SELECT "
            "1; SELECT 2\n"
            "    |           ^^^^^^\n  hint: one query at a time: join two by UNION ALL, or send "
            "them one after another");
  EXPECT_EQ(rendered("SELECT a ! b"),
            "q.sql:1:10: Syntax error: unrecognized character: !\n  1 | SELECT a ! b\n    |        "
            "  ^\n  hint: write != for unequal, NOT to negate");
  EXPECT_EQ(
      rendered("SELECT \xE2\x80\x99"
               "a\xE2\x80\x99"),
      "q.sql:1:8: Syntax error: unrecognized character: \xE2\x80\x99\n  1 | SELECT \xE2\x80\x99"
      "a\xE2\x80\x99\n"
      "    |        ^\n  hint: write a straight quote: '");
}

TEST(SyntaxError, KeepsClickHouseCodes) {
  const auto code = [](const char* text) {
    const Result<Statement> statement = parse_statement(text);
    return statement.ok() ? 0 : static_cast<int>(statement.error().code);
  };
  EXPECT_EQ(code("SELECT"), 62);
  EXPECT_EQ(code("SELECT 1 UNION SELECT 2"), 558);
  EXPECT_EQ(code("SELECT 1 LIMIT 1 WITH TIES"), 476);
  EXPECT_EQ(code("SELECT 1 OFFSET 1 ROW FETCH FIRST 1 ROW ONLY"), 628);
  EXPECT_EQ(code("SELECT 1 INTO OUTFILE 'x'"), 48);
}

}  // namespace
}  // namespace sp::sql
