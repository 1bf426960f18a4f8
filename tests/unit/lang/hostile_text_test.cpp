// Megabytes of what no author writes: each must end in an error (or, where that is what it says, a
// value) without running out of stack and without work that grows faster than the text. Times are
// measured by hand, not here: what the test holds on to are the error codes of the limits that keep
// the times down.

#include <gtest/gtest.h>

#include "lang/datafile/datafile.h"
#include "lang/sql/parse.h"
#include "lang/template/template.h"
#include "runtime/core/type.h"

namespace sp {
namespace {

constexpr size_t kMegabyte = 1 << 20;

std::string repeated(std::string_view unit, size_t bytes = kMegabyte) {
  std::string out;
  out.reserve(bytes + unit.size());
  while (out.size() < bytes) out += unit;
  return out;
}

// The code of the first error, 0 if there is none.
int sql_code(const std::string& text, uint32_t max_bytes) {
  sql::ParseLimits limits;
  limits.max_query_size_bytes = max_bytes;
  const auto statement = sql::parse_statement(text, limits);
  return statement.ok() ? 0 : static_cast<int>(statement.error().code);
}

std::string template_error(const std::string& text) {
  const auto compiled = Template::compile(text, 0);
  if (!compiled.ok()) return compiled.error().message;
  const RequestParams params;
  TemplateContext context;
  context.params = &params;
  const auto rendered = (*compiled)->render(context, 0);
  return rendered.ok() ? "" : rendered.error().message;
}

constexpr const char* kSqlUnits[] = {"(",
                                     "[",
                                     "{",
                                     "((SELECT ",
                                     "(SELECT 1 FROM ",
                                     "f(",
                                     "- ",
                                     "NOT ",
                                     "CASE ",
                                     "CASE WHEN ",
                                     "a ? b : ",
                                     "x -> ",
                                     "a IN (",
                                     "a[",
                                     "CAST(",
                                     "CAST(1 AS Array(",
                                     "INTERVAL ",
                                     "f() OVER (",
                                     "EXISTS(SELECT ",
                                     "/*",
                                     "$$",
                                     "WITH a AS (",
                                     "JOIN (",
                                     "COLUMNS(",
                                     "{p:Array("};

TEST(HostileText, SqlOfAMegabyteEndsInAnError) {
  for (const std::string head : {"", "SELECT ", "SELECT 1 FROM ", "SELECT 1 WHERE "}) {
    for (const char* unit : kSqlUnits) {
      EXPECT_NE(sql_code(head + repeated(unit), 262144), 0) << head << unit;
      EXPECT_NE(sql_code(head + repeated(unit), UINT32_MAX), 0) << head << unit;
    }
    for (const char* quote : {"'", "\"", "`"})
      EXPECT_EQ(sql_code(head + quote + repeated("a"), UINT32_MAX), 62) << head << quote;
  }
}

TEST(HostileText, LongChainsOfOperatorsMeetALimit) {
  for (const char* unit : {"1,", "a AND ", "a OR "})
    EXPECT_EQ(sql_code("SELECT " + repeated(unit) + "1", UINT32_MAX), 168) << unit;
  for (const char* unit : {"1+", "a = "})
    EXPECT_EQ(sql_code("SELECT " + repeated(unit) + "1", UINT32_MAX), 306) << unit;
}

TEST(HostileText, LongNamesAndTextsAreNoTrouble) {
  for (const char* unit : {"a", "a.", "'", "\"", "`", "$$"})
    (void)sql_code("SELECT " + repeated(unit), UINT32_MAX);
  EXPECT_EQ(sql_code("SELECT " + repeated("a"), UINT32_MAX), 0);
  EXPECT_EQ(sql_code("SELECT '" + repeated("a") + "'", UINT32_MAX), 0);
}

TEST(HostileText, TemplatesMeetTheirLimits) {
  const char* const kTooMany = "Template has too many elements: more than 50000";
  for (const char* unit :
       {"{{x}}", "{{String(x, 'a')}}", "{% set a = 1 %}", "{% if a %}{% end %}", "{% comment %}"}) {
    EXPECT_EQ(template_error(repeated(unit)), kTooMany) << unit;
  }
  for (const char* unit : {"1+", "a and ", "a,", "1<", "a in ", "x=="}) {
    EXPECT_EQ(template_error("{{" + repeated(unit) + "1}}"), kTooMany) << unit;
    EXPECT_EQ(template_error("{% if " + repeated(unit) + "1 %}{% end %}"), kTooMany) << unit;
  }
  for (const char* unit : {"(", "[", "-", "not ", "f(", "lambda x: ", "a if b else ", "{'a':"})
    EXPECT_NE(template_error("{{" + repeated(unit) + "}}"), "") << unit;
  for (const char* unit : {"{% for x in y %}", "{% if a %}", "{% while True %}", "{% try %}"}) {
    EXPECT_EQ(template_error(repeated(unit)), "Blocks are nested too deeply: more than 100")
        << unit;
  }
  for (const char* unit : {"{{", "{%", "{{'", "{{\"", "{% set a = [", "{% end %}", "{% else %}"})
    EXPECT_NE(template_error(repeated(unit)), "") << unit;
}

TEST(HostileText, DatafilesReportAtMostAHundredErrors) {
  for (const char* unit : {"SCHEMA >\n  `a` ", "`", "(", "A b\n", "NODE a\n", "\"", "INDEXES >\n a",
                           "a,", "DESCRIPTION >\n", "TOKEN \"\n", "\\\n", "#", "%\n"}) {
    const std::string text = repeated(unit);
    for (const std::string head :
         {"", "SCHEMA >\n    ", "NODE n\nSQL >\n    ", "SCHEMA >\n    `a` String "}) {
      EXPECT_LE(parse_datasource("f", "f.datasource", head + text).errors.size(), 100u)
          << head << unit;
      EXPECT_LE(parse_pipe("f", "f.pipe", head + text).errors.size(), 100u) << head << unit;
      EXPECT_LE(parse_connection("f", "f.connection", head + text).errors.size(), 100u)
          << head << unit;
    }
  }
}

TEST(HostileText, TypesNestOnlySoDeep) {
  for (const char* unit : {"Array(", "Tuple(", "Nullable(", "Map(", "Tuple(a ",
                           "AggregateFunction(a(", "Nested(a ", "(", "'"})
    EXPECT_FALSE(parse_type(repeated(unit)).ok()) << unit;
}

}  // namespace
}  // namespace sp
