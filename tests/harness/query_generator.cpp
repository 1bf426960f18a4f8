// Random SQL. See query_generator.h. Each method is one rule of the grammar, with its choices
// weighted by hand.

#include "tests/harness/query_generator.h"

namespace sp::tests {

uint32_t QueryGenerator::below(uint32_t count) {
  // splitmix64
  state_ += 0x9E3779B97F4A7C15ULL;
  uint64_t z = state_;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
  return static_cast<uint32_t>((z ^ (z >> 31U)) % count);
}

std::string QueryGenerator::pick(std::initializer_list<const char*> choices) {
  return *(choices.begin() + below(static_cast<uint32_t>(choices.size())));
}

std::string QueryGenerator::list(int depth, uint32_t most) {
  std::string out;
  for (uint32_t i = 0, count = 1 + below(most); i < count; ++i)
    out += (i == 0 ? "" : ", ") + expression(depth);
  return out;
}

std::string QueryGenerator::name() {
  return pick({"a",      "b",        "c",    "date",   "timestamp", "value",    "`d e`",  "\"f\"",
               "first",  "rows",     "key",  "x1",     "_y",        "t.a",      "u.b",    "db.t.c",
               "`g``h`", "position", "left", "totals", "any",       "`select`", "t.order"});
}

std::string QueryGenerator::literal() {
  return pick({"0",
               "1",
               "42",
               "-7",
               "1.5",
               "-0.25",
               "1.",
               "1e5",
               "2E-3",
               "0x1F",
               "0b101",
               "0x1p3",
               "1_000",
               "18446744073709551615",
               "18446744073709551616",
               "-9223372036854775808",
               "NULL",
               "true",
               "False",
               "inf",
               "-inf",
               "nan",
               "'text'",
               "''",
               "'it''s'",
               "'a\\n\\'b\\\\'",
               "$$raw 'text'$$",
               "$x$a$x$",
               "x'4142'",
               "b'01000001'",
               "'\xC3\xBC'"});
}

std::string QueryGenerator::type(int depth) {
  if (depth <= 0 || chance(60)) {
    return pick({"Int8", "UInt64", "Float64", "String", "Date", "DateTime", "DateTime('UTC')",
                 "DateTime64(3)", "DateTime64(6, 'Europe/Berlin')", "Decimal(10, 2)",
                 "FixedString(3)", "UUID", "Enum8('a' = 1, 'b' = -2)", "Bool", "JSON",
                 "DOUBLE PRECISION", "int unsigned"});
  }
  const std::string inner = type(depth - 1);
  switch (below(5)) {
    case 0: return "Array(" + inner + ")";
    case 1: return "Nullable(" + inner + ")";
    case 2: return "Map(String, " + inner + ")";
    case 3: return "Tuple(a " + inner + ", b " + type(depth - 1) + ")";
    default: return "LowCardinality(" + inner + ")";
  }
}

std::string QueryGenerator::call(int depth) {
  const std::string function = pick({"f", "sum", "toDate", "if", "left", "replace", "arrayMap",
                                     "coalesce", "count", "any", "substring", "date_add"});
  if (function == "arrayMap")
    return "arrayMap(" + pick({"x -> ", "(x, y) -> ", "() -> ", "(x) -> "}) +
           expression(depth - 1) + ", " + name() + ")";
  std::string out = function;
  if (function == "sum" && chance(20)) out += "(" + literal() + ")";
  out += "(";
  const bool plain = function != "date_add" && function != "substring";
  if (plain && chance(10))
    out += pick({"DISTINCT ", "ALL "}) + expression(depth - 1);
  else if (!chance(10))
    out += list(depth - 1, 3);
  out += ")";
  if (plain && chance(8)) out += " FILTER (WHERE " + expression(depth - 1) + ")";
  if (plain && chance(5)) out += pick({" IGNORE NULLS", " RESPECT NULLS"});
  if (plain && chance(15))
    out += " OVER " + (chance(30) ? std::string("w") : "(" + window(depth - 1) + ")");
  return out;
}

std::string QueryGenerator::window(int depth) {
  std::string out;
  if (chance(15)) out += "w ";
  if (out.empty() && chance(50)) out += "PARTITION BY " + list(depth - 1, 2) + " ";
  if (chance(60)) out += "ORDER BY " + sort_list(depth - 1, false) + " ";
  if (!chance(40)) return out;
  out += pick({"ROWS", "RANGE", "GROUPS"});
  switch (below(4)) {
    case 0: return out + " UNBOUNDED PRECEDING";
    case 1: return out + " 2 PRECEDING";
    case 2: return out + " BETWEEN 1 PRECEDING AND 1 + 1 FOLLOWING";
    default: return out + " BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING";
  }
}

std::string QueryGenerator::keyword_form(int depth) {
  const std::string x = expression(depth - 1);
  switch (below(20)) {
    case 0: return "CASE WHEN " + x + " THEN " + expression(depth - 1) + " END";
    case 1:
      return "CASE WHEN " + x + " THEN " + expression(depth - 1) + " WHEN " +
             expression(depth - 1) + " THEN 1 ELSE " + expression(depth - 1) + " END";
    case 2: return "CASE a WHEN " + x + " THEN " + expression(depth - 1) + " ELSE NULL END";
    case 3: return "CAST(" + x + " AS " + type(2) + ")";
    case 4: return "CAST(" + x + ", 'UInt8')";
    case 5:
      return "EXTRACT(" + pick({"YEAR", "month", "DOW", "EPOCH", "CENTURY"}) + " FROM " + x + ")";
    case 6: return "TRIM(" + pick({"BOTH", "LEADING", "TRAILING"}) + " 'x' FROM " + x + ")";
    case 7: return "SUBSTRING(" + x + " FROM 1 FOR 2)";
    case 8: return "POSITION('a' IN " + name() + ")";
    case 9:
      return "INTERVAL " + pick({"1", "-1", "a", "(a + 1)", "a + 1", "'3'", "{p:UInt8}"}) + " " +
             pick({"DAY", "hours", "MONTH", "second", "week"});
    case 10: return "DATE '2024-01-01'";
    case 11: return "TIMESTAMP '2024-01-01 00:00:00'";
    case 12: return "EXISTS (" + query(depth - 2) + ")";
    case 13: return "OVERLAY(" + x + " PLACING b FROM 1)";
    case 14: return "DATE_ADD(DAY, 1, " + x + ")";
    case 15: return "dateDiff('day', " + x + ", b)";
    case 16: return "INTERVAL '1 day'";
    case 17: return "{p:" + type(1) + "}";
    case 18: return "{p:Identifier}";
    default: return "map('k', " + x + ")";
  }
}

std::string QueryGenerator::bracketed(int depth) {
  switch (below(7)) {
    case 0: return "(" + list(depth - 1, 3) + ")";
    case 1: return "(" + expression(depth - 1) + ",)";
    case 2: return "[" + list(depth - 1, 3) + "]";
    case 3: return "[]";
    case 4: return "(" + query(depth - 2) + ")";
    case 5: return "(" + expression(depth - 1) + " AS x)";
    default: return "(" + expression(depth - 1) + ")";
  }
}

std::string QueryGenerator::operand(int depth) {
  if (depth <= 0) return chance(50) ? name() : literal();
  switch (below(10)) {
    case 0:
    case 1:
    case 2: return name();
    case 3: return literal();
    case 4:
    case 5: return call(depth);
    case 6: return keyword_form(depth);
    case 7: return bracketed(depth);
    case 8: return operand(depth - 1) + "[" + expression(depth - 1) + "]";
    default:
      if (chance(30)) return "(" + list(depth - 1, 2) + ", 1).1";
      return (chance(50) ? name() : call(depth - 1)) +
             pick({".1", "::Int8", "::String", ".a", "::Array(UInt8)"});
  }
}

std::string QueryGenerator::expression(int depth) {
  if (depth <= 0) return operand(0);
  const auto sub = [&] { return expression(depth - 1); };
  switch (below(22)) {
    case 0:
      return operand(depth - 1) +
             pick({" = ", " == ", " != ", " <> ", " < ", " > ", " <= ", " >= ", " <=> "}) + sub();
    case 1: return sub() + pick({" + ", " - ", " * ", " / ", " % ", " DIV ", " MOD "}) + sub();
    case 2: return sub() + " AND " + sub();
    case 3: return sub() + " OR " + sub();
    case 4: return "NOT " + sub();
    case 5: return "- " + operand(depth - 1);
    case 6:
      return operand(depth - 1) + pick({" IN ", " NOT IN ", " GLOBAL IN "}) + "(" +
             list(depth - 1, 3) + ")";
    case 7:
      return operand(depth - 1) + pick({" IN ", " NOT IN "}) +
             pick(
                 {"t", "(SELECT 1)", "(SELECT a FROM t UNION ALL SELECT 2)", "[1, 2]", "tuple(1)"});
    case 8:
      return operand(depth - 1) +
             pick({" LIKE ", " NOT LIKE ", " ILIKE ", " NOT ILIKE ", " REGEXP "}) +
             operand(depth - 1);
    case 9:
      return operand(depth - 1) + pick({" BETWEEN ", " NOT BETWEEN "}) + operand(depth - 1) +
             " AND " + operand(depth - 1);
    case 10: return operand(depth - 1) + pick({" IS NULL", " IS NOT NULL"});
    case 11:
      return operand(depth - 1) + pick({" IS DISTINCT FROM ", " IS NOT DISTINCT FROM "}) +
             operand(depth - 1);
    case 12: return sub() + " || " + sub();
    case 13: return operand(depth - 1) + " ? " + operand(depth - 1) + " : " + operand(depth - 1);
    case 14: return operand(depth - 1) + " AT TIME ZONE 'UTC'";
    case 15:
      return operand(depth - 1) + pick({" = ANY", " != ALL", " > ALL", " < ANY"}) + " (SELECT 1)";
    default: return operand(depth);
  }
}

std::string QueryGenerator::star(int depth) {
  std::string out = pick({"*", "t.*", "COLUMNS('a.*')", "t.COLUMNS('b')", "COLUMNS(a, b)"});
  if (chance(25))
    out += pick({" EXCEPT a", " EXCEPT (a, b)", " EXCEPT STRICT (a)", " EXCEPT ('c.*')"});
  if (chance(15)) out += " REPLACE (" + expression(depth - 1) + " AS a)";
  if (chance(15))
    out += pick({" APPLY(sum)", " APPLY toString", " APPLY(quantile(0.5))", " APPLY(x -> x + 1)",
                 " APPLY(toString, 'p_')"});
  return out;
}

std::string QueryGenerator::column(int depth) {
  if (chance(12)) return star(depth);
  std::string out = expression(depth);
  if (chance(35)) out += pick({" AS ", " "}) + pick({"x", "y", "`z z`", "\"w\"", "total"});
  return out;
}

std::string QueryGenerator::sort_list(int depth, bool fill) {
  std::string out;
  for (uint32_t i = 0, count = 1 + below(2); i < count; ++i) {
    out += (i == 0 ? "" : ", ") + expression(depth - 1) +
           pick({"", "", " ASC", " DESC", " DESCENDING"}) +
           pick({"", "", " NULLS FIRST", " NULLS LAST"});
    if (fill && chance(8)) out += " COLLATE 'en'";
    if (fill && chance(12))
      out += " WITH FILL" + pick({"", " FROM 1", " FROM 1 TO 10", " STEP INTERVAL 1 DAY",
                                  " TO 5 STEP 2", " STEP 1 STALENESS 3"});
  }
  return out;
}

std::string QueryGenerator::table(int depth) {
  std::string out;
  switch (depth <= 0 ? 0 : below(8)) {
    case 0:
    case 1:
    case 2: out = pick({"t", "db.t", "`my table`", "visits"}); break;
    case 3:
      out = pick({"numbers(10)", "generateSeries(1, 3)", "values('a UInt8', 1, 2)",
                  "view(SELECT 1)", "one()"});
      break;
    case 4:
    case 5: out = "(" + query(depth - 1) + ")"; break;
    case 6: out = "{tbl:Identifier}"; break;
    default: out = "(VALUES (1, 'a'), (2, 'b'))"; break;
  }
  if (chance(40)) out += pick({" AS ", " "}) + pick({"t", "u", "v1"});
  if (chance(10) && out.find('(') == std::string::npos) out += " FINAL";
  if (chance(5) && out.find('(') == std::string::npos)
    out += pick({" SAMPLE 0.1", " SAMPLE 1/10 OFFSET 1/2"});
  return out;
}

std::string QueryGenerator::joins(int depth) {
  std::string out = table(depth);
  // After ARRAY JOIN a comma would continue its list.
  bool unrolled = false;
  while (chance(30)) {
    switch (below(7)) {
      case 0: out += (unrolled ? " CROSS JOIN " : ", ") + table(depth - 1); break;
      case 1: out += " CROSS JOIN " + table(depth - 1); break;
      case 2:
        out += pick({" ARRAY JOIN ", " LEFT ARRAY JOIN "}) + expression(depth - 1) + " AS x";
        unrolled = true;
        continue;
      case 3:
        out += pick({" NATURAL JOIN ", " PASTE JOIN ", " NATURAL LEFT JOIN "}) + table(depth - 1);
        break;
      default:
        out +=
            pick({" JOIN ", " INNER JOIN ", " LEFT JOIN ", " RIGHT OUTER JOIN ", " FULL JOIN ",
                  " ANY LEFT JOIN ", " LEFT ANY JOIN ", " SEMI JOIN ", " RIGHT ANTI JOIN ",
                  " ASOF LEFT JOIN ", " GLOBAL JOIN ", " ALL INNER JOIN "}) +
            table(depth - 1) +
            (chance(50) ? " ON " + expression(depth - 1) : pick({" USING (a)", " USING (a, b)"}));
    }
    unrolled = false;
  }
  return out;
}

std::string QueryGenerator::group_by(int depth) {
  switch (below(8)) {
    case 0: return " GROUP BY ALL";
    case 1: return " GROUP BY ROLLUP(" + list(depth - 1, 2) + ")";
    case 2: return " GROUP BY CUBE (" + list(depth - 1, 2) + ")";
    case 3: return " GROUP BY GROUPING SETS ((a, b), (a), ())";
    case 4:
      return " GROUP BY " + list(depth - 1, 2) +
             pick({" WITH ROLLUP", " WITH CUBE", " WITH TOTALS", " WITH ROLLUP WITH TOTALS"});
    default: return " GROUP BY " + list(depth - 1, 3);
  }
}

std::string QueryGenerator::limits(int depth, bool ordered) {
  std::string out;
  if (chance(8))
    out += pick({" LIMIT 1 BY ", " LIMIT 1, 2 BY ", " LIMIT 2 OFFSET 1 BY "}) +
           (chance(15) ? std::string("ALL") : list(depth - 1, 2));
  if (chance(25)) {
    out +=
        pick({" LIMIT 1", " LIMIT 1, 2", " LIMIT 3 OFFSET 4", " LIMIT {n:UInt64}", " LIMIT 1 + 1"});
    if (ordered && chance(15)) out += " WITH TIES";
  } else if (ordered && chance(8)) {
    out += pick({" OFFSET 1 ROW FETCH FIRST 2 ROWS ONLY", " FETCH NEXT 3 ROWS ONLY",
                 " FETCH FIRST 2 ROWS WITH TIES"});
  } else if (chance(5)) {
    out += " OFFSET 5";
  }
  if (chance(5)) out += " SETTINGS max_threads = 1, x = 'y'";
  return out;
}

std::string QueryGenerator::select(int depth) {
  std::string out;
  if (chance(15)) {
    out += "WITH " + pick({"", "", "RECURSIVE "});
    const uint32_t form = below(4);
    if (form == 0)
      out += "c AS (" + query(depth - 1) + ") ";
    else if (form == 1)
      out += "c (a, b) AS (" + query(depth - 1) + "), d AS MATERIALIZED (SELECT 1) ";
    else if (form == 2)
      out += expression(depth - 1) + " AS k ";
    else
      out += "x -> x + 1 AS h, (SELECT 1) AS s ";
    if (form == 2 || form == 3) out = "WITH " + out.substr(out.find("RECURSIVE ") == 5 ? 15 : 5);
  }
  out += "SELECT " + pick({"", "", "", "", "DISTINCT ", "DISTINCT ON (a, b) ", "TOP 3 "});
  const bool top = out.ends_with("TOP 3 ");
  for (uint32_t i = 0, count = 1 + below(3); i < count; ++i)
    out += (i == 0 ? "" : ", ") + column(depth - 1);
  if (chance(4)) out += ",";
  if (out.back() == ',' || chance(80)) out += " FROM " + joins(depth - 1);
  if (chance(5)) out += " PREWHERE " + expression(depth - 1);
  if (chance(35)) out += " WHERE " + expression(depth - 1);
  if (chance(20)) out += group_by(depth);
  if (chance(10)) out += " HAVING " + expression(depth - 1);
  if (chance(8)) out += " WINDOW w AS (" + window(depth - 1) + ")";
  if (chance(5)) out += " QUALIFY " + expression(depth - 1);
  const bool ordered = chance(25);
  if (ordered) {
    out += " ORDER BY " +
           (chance(10) ? pick({"ALL", "ALL DESC", "ALL NULLS LAST"}) : sort_list(depth, true));
    if (out.find(" WITH FILL") != std::string::npos && chance(30))
      out += pick({" INTERPOLATE", " INTERPOLATE (a)", " INTERPOLATE (a AS a + 1, b)"});
  }
  return top ? out : out + limits(depth, ordered);
}

std::string QueryGenerator::query(int depth) {
  if (depth <= 0) return pick({"SELECT 1", "SELECT a FROM t", "SELECT 1 AS a"});
  if (!chance(12)) return select(depth);
  const auto part = [&] {
    return chance(70) ? "(" + query(depth - 1) + ")"
                      : "SELECT " + expression(depth - 2) + " FROM t";
  };
  std::string out = part();
  do {
    out += pick({" UNION ALL ", " UNION DISTINCT ", " INTERSECT ", " EXCEPT ", " EXCEPT DISTINCT ",
                 " INTERSECT DISTINCT "}) +
           part();
  } while (chance(30));
  return out;
}

std::string QueryGenerator::statement() {
  std::string out = chance(3) ? pick({"EXPLAIN ", "EXPLAIN AST ", "EXPLAIN SYNTAX "}) : "";
  out += query(4);
  if (chance(4)) out += pick({" FORMAT JSON", " FORMAT CSVWithNames"});
  return out;
}

}  // namespace sp::tests
