// Template functions other than the plain parameters: identifiers, dates, flow, lists, settings.

#include "tests/unit/lang/template/rendered.h"

#include "lang/template/function.h"

namespace sp {
namespace {

TEST(Function, WritesIdentifiers) {
  EXPECT_EQ(rendered("ORDER BY {{column(c, 'ts')}}"), "ORDER BY `ts`");
  EXPECT_EQ(rendered("ORDER BY {{column(c, 'ts')}}", {{"c", "t.name"}}), "ORDER BY `t`.`name`");
  EXPECT_EQ(rendered("{{column(String(c, 'n'))}}"), "`n`");
  EXPECT_EQ(rendered("{{column('x')}}"), "`x`");
  EXPECT_EQ(rendered("{{columns('a,b')}}"), "`a`, `b`");
  EXPECT_EQ(rendered("{{columns(f, 'a')}}", {{"f", "x, y"}}), "`x`, `y`");
  EXPECT_EQ(rendered("FROM {{table(t, 'events')}} {{symbol('s')}}"), "FROM `events` `s`");
  EXPECT_EQ(rendered("`{{column(c)}}`", {{"c", "n"}}), "`n`");
}

TEST(Function, RefusesWhatIsNoIdentifier) {
  EXPECT_EQ(rendered("ORDER BY {{column(c)}}", {{"c", "a; DROP"}}),
            "t:1:12: Invalid identifier for c: 'a; DROP'\n"
            "  1 | ORDER BY {{column(c)}}\n"
            "    |            ^^^^^^^^^\n"
            "  hint: an identifier has letters, digits and _, with dots between its parts");
  for (const char* text : {"", "1a", "a b", "a.", ".a", "a`b", "a..b"}) {
    EXPECT_NE(rendered("{{column(c)}}", {{"c", text}}).find("Invalid identifier"),
              std::string::npos)
        << text;
  }
  EXPECT_NE(
      rendered("`{{String(c)}}`", {{"c", "a"}}).find("Value stands inside a quoted identifier"),
      std::string::npos);
}

TEST(Function, TellsWhatIsDefined) {
  EXPECT_EQ(rendered("{% if defined(x) %}a{% end %}", {{"x", ""}}), "a");
  EXPECT_EQ(rendered("{% if defined(x) %}a{% end %}"), "");
  EXPECT_EQ(rendered("{% if defined('x') %}a{% end %}", {{"x", "1"}}), "a");
  EXPECT_EQ(rendered("{% set y = 1 %}{% if defined(y) %}a{% end %}"), "a");
  EXPECT_EQ(rendered("{% if defined(String(x)) %}a{% end %}"), "");
}

TEST(Function, StopsWithErrors) {
  EXPECT_EQ(rendered("{{error('choose one')}}").substr(0, 17), "t:1:3: choose one");
  const auto compiled = Template::compile("{{custom_error({'error': 'no', 'n': 1}, 403)}}", 0);
  const auto result = (*compiled)->render(TemplateContext(), 0);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kTemplateCustomError);
  EXPECT_EQ(result.error().message, "{\"error\": \"no\", \"n\": 1}");
  EXPECT_EQ(result.error().notes.at(0), "403");
}

TEST(Function, CountsTimeBetween) {
  EXPECT_EQ(rendered("{{day_diff('2024-01-01', '2024-01-31')}}"), "{p0:Int64} | 30");
  EXPECT_EQ(
      rendered("{{day_diff(a, b)}}", {{"a", "2024-01-31 01:00:00"}, {"b", "2024-01-30 23:00:00"}}),
      "{p0:Int64} | 1");
  EXPECT_EQ(rendered("{{date_diff_in_seconds('2024-01-01 00:00:10', '2024-01-01 00:00:00')}}"),
            "{p0:Int64} | 10");
  EXPECT_EQ(rendered("{{date_diff_in_minutes('2024-01-01 00:01:30', '2024-01-01 00:00:00')}}"),
            "{p0:Int64} | 1");
  EXPECT_EQ(rendered("{{date_diff_in_hours('2024-01-01 00:00:00', '2024-01-02 01:59:59')}}"),
            "{p0:Int64} | 25");
  EXPECT_EQ(rendered("{{date_diff_in_days('2024-01-01', '2024-01-03')}}"), "{p0:Int64} | 2");
  EXPECT_EQ(rendered("{{date_diff_in_seconds('2024-01-01T00:00:10', '2024-01-01T00:00:00', "
                     "'%Y-%m-%dT%H:%M:%S')}}"),
            "{p0:Int64} | 10");
  EXPECT_EQ(rendered("{{date_diff_in_days('x', '2024-01-01', none_if_error=True)}}"), "NULL");
  EXPECT_NE(rendered("{{day_diff('x', '2024-01-01')}}").find("Invalid date for day_diff(): 'x'"),
            std::string::npos);
  EXPECT_NE(rendered("{{day_diff(a, '2024-01-01')}}").find("Required parameter is not defined: a"),
            std::string::npos);
}

TEST(Function, SplitsLists) {
  EXPECT_EQ(rendered("{{split_to_array(x)}}", {{"x", "a, b"}}), "{p0:Array(String)} | ['a','b']");
  EXPECT_EQ(rendered("{{split_to_array(x, 'a|b', separator='|')}}"),
            "{p0:Array(String)} | ['a','b']");
  EXPECT_EQ(rendered("{{split_to_array(String(x, 'a;b'), separator=';')}}"),
            "{p0:Array(String)} | ['a','b']");
}

TEST(Function, BuildsConditions) {
  EXPECT_EQ(rendered("WHERE {{sql_and(country__in=Array(c), age__gte=Int32(age))}}",
                     {{"c", "ES,FR"}, {"age", "3"}}),
            "WHERE `country` in {p0:Array(String)} and `age` >= {p1:Int32} | ['ES','FR'] | 3");
  EXPECT_EQ(rendered("WHERE {{sql_and(country__in=Array(c), age__lt=Int32(age))}}", {{"age", "3"}}),
            "WHERE `age` < {p0:Int32} | 3");
  EXPECT_EQ(rendered("WHERE {{sql_and(a__not_in=Array(c))}}"), "WHERE 1");
  EXPECT_NE(rendered("{{sql_and(a=1)}}").find("Condition of sql_and() has no operator: a"),
            std::string::npos);
}

TEST(Function, ReadsSecrets) {
  EXPECT_EQ(rendered("{{tb_secret('password')}}"), "{p0:String} | s3cret");
  EXPECT_EQ(rendered("{{tb_secret(password)}}"), "{p0:String} | s3cret");
  EXPECT_EQ(rendered("{{tb_secret('x', 'd')}}"), "{p0:String} | d");
  EXPECT_EQ(rendered("{{tb_var('password')}}"), "{p0:String} | s3cret");
  EXPECT_NE(rendered("{{tb_secret('x')}}").find("Secret is not defined: x"), std::string::npos);
}

TEST(Function, AcceptsSettings) {
  EXPECT_EQ(
      rendered("{{max_threads(2)}}{{cache_ttl('1m')}}{{backend_hint('x')}}{{activate('y')}}x"),
      "x");
}

TEST(Function, ReadsJson) {
  const char* filters =
      R"([{"field": "country", "values": ["ES"], "n": 1.5, "on": true, "no": null, "u": "\u00e9"}])";
  EXPECT_EQ(rendered("{% for f in JSON(filters, '[]') %}{{column(f.get('field'))}} IN "
                     "{{f['values']}} {{f['n']}} {{f['u']}}{% end %}",
                     {{"filters", filters}}),
            "`country` IN {p0:Array(String)} {p1:Float64} {p2:String} | ['ES'] | 1.5 | \u00e9");
  EXPECT_EQ(rendered("{% for f in JSON(filters, '[]') %}x{% end %}"), "");
}

TEST(Function, SplicesValuesIntoStrings) {
  EXPECT_EQ(rendered("LIKE '%{{String(s)}}%'", {{"s", "it's"}}),
            "LIKE concat('%', {p0:String}, '%') | it's");
  EXPECT_EQ(rendered("= '{{String(s)}}'", {{"s", "x"}}), "= {p0:String} | x");
  EXPECT_EQ(rendered("= '{{Int32(n)}}' x", {{"n", "5"}}), "= {p0:String} x | 5");
  EXPECT_EQ(rendered("'a{{x}}b{{y}}', 'c'", {{"x", "1"}, {"y", "2"}}),
            "concat('a', {p0:String}, 'b', {p1:String}), 'c' | 1 | 2");
  EXPECT_EQ(rendered("'a''b{{x}}\\'c'", {{"x", "1"}}), "concat('a''b', {p0:String}, '\\'c') | 1");
  EXPECT_EQ(rendered("'{% if True %}a{% end %}b'"), "'ab'");
  EXPECT_EQ(rendered("'{% if True %}a{{x}}{% end %}b'", {{"x", "1"}}),
            "concat('a', {p0:String}, 'b') | 1");
  EXPECT_EQ(rendered("'p_{{column(c)}}'", {{"c", "n"}}), "'p_n'");
  EXPECT_EQ(rendered("-- it's\n{{Int32(n)}}", {{"n", "1"}}), "-- it's\n{p0:Int32} | 1");
  EXPECT_EQ(rendered("/* ' */{{Int32(n)}} -- {{Int32(n)}}\n", {{"n", "1"}}),
            "/* ' */{p0:Int32} -- \n | 1");
  EXPECT_NE(
      rendered("'{{Array(a)}}'", {{"a", "1"}}).find("Value cannot stand inside a string: list"),
      std::string::npos);
}

TEST(Function, EveryEntryIsDocumented) {
  for (const tmpl::FunctionRule* rule : tmpl::all_functions()) {
    EXPECT_FALSE(rule->doc.empty()) << rule->name;
    EXPECT_NE(rule->example.find(std::string(rule->name) + "("), std::string::npos) << rule->name;
    EXPECT_EQ(tmpl::find_function(rule->name), rule) << "listed twice: " << rule->name;
  }
}

}  // namespace
}  // namespace sp
