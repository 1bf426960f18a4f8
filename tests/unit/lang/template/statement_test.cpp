// Statements: if, for, while, set, try, comments, escapes, and the errors of their form.

#include "tests/unit/lang/template/rendered.h"

namespace sp {
namespace {

TEST(Statement, CopiesText) {
  EXPECT_EQ(rendered("SELECT {a:Int32}, '}}' FROM t"), "SELECT {a:Int32}, '}}' FROM t");
  EXPECT_EQ(rendered(""), "");
}

TEST(Statement, ChoosesBranches) {
  const std::string text =
      "{% if defined(a) and a == '1' %}one{% elif a == '2' %}two{% else %}none{% end %}";
  EXPECT_EQ(rendered(text, {{"a", "1"}}), "one");
  EXPECT_EQ(rendered(text, {{"a", "2"}}), "two");
  EXPECT_EQ(rendered(text), "none");
}

TEST(Statement, NestsBranches) {
  EXPECT_EQ(rendered("{% if True %}{% if False %}a{% else %}b{% end %}{% end %}c"), "bc");
}

TEST(Statement, Loops) {
  EXPECT_EQ(rendered("{% for x in ['a', 'b'] %}{{x}},{% end %}"),
            "{p0:String},{p1:String}, | a | b");
  EXPECT_EQ(rendered("{% for i, x in enumerate(['a']) %}{{i}}{{x}}{% end %}"),
            "{p0:Int64}{p1:String} | 0 | a");
  EXPECT_EQ(rendered("{% for k in {'a': 1} %}{{k}}{% end %}"), "{p0:String} | a");
  EXPECT_EQ(rendered("{% for k, v in {'a': 1}.items() %}{{v}}{% end %}"), "{p0:Int64} | 1");
  EXPECT_EQ(rendered("{% for i in range(3) %}x{% end %}"), "xxx");
  EXPECT_EQ(rendered("{% for i in range(5) %}{% if i == 2 %}{% break %}{% end %}x{% end %}"), "xx");
  EXPECT_EQ(rendered("{% for i in range(3) %}{% if i == 1 %}{% continue %}{% end %}x{% end %}"),
            "xx");
  EXPECT_EQ(rendered("{% for i in [] %}x{% else %}none{% end %}"), "none");
  EXPECT_EQ(rendered("{% for c in 'ab' %}{{c}}{% end %}"), "{p0:String}{p1:String} | a | b");
}

TEST(Statement, SeparatesWithEnumerateWithLast) {
  EXPECT_EQ(rendered("{% for last, x in enumerate_with_last(split_to_array(f, 'a,b')) "
                     "%}{{column(x)}}{% if not last %}, {% end %}{% end %}"),
            "`a`, `b`");
}

TEST(Statement, LoopsWhile) {
  EXPECT_EQ(rendered("{% set i = 0 %}{% while i < 3 %}{% set i = i + 1 %}x{% end %}"), "xxx");
  EXPECT_EQ(rendered("{% set i = 0 %}{% while i < 3 %}{% set i += 1 %}x{% end %}{{i}}"),
            "xxx{p0:Int64} | 3");
}

TEST(Statement, SetsVariables) {
  EXPECT_EQ(rendered("{% set a = 'x' %}{{a}}"), "{p0:String} | x");
  EXPECT_EQ(rendered("{% set a, b = 1, 2 %}{{b}}"), "{p0:Int64} | 2");
  EXPECT_EQ(rendered("{% if True %}{% set a = 1 %}{% end %}{{a}}"), "{p0:Int64} | 1");
  EXPECT_EQ(rendered("{% set d = DateTime(d, '2024-01-01 00:00:00') %}{{d}}"),
            "{p0:String} | 2024-01-01 00:00:00");
  EXPECT_EQ(rendered("{% set d = Int32(d, 3) %}{{d}}", {{"d", "4"}}), "{p0:Int32} | 4");
}

TEST(Statement, IgnoresComments) {
  EXPECT_EQ(rendered("a{# {{ x }} it's #}b{% comment don't mind %}c"), "abc");
}

TEST(Statement, KeepsEscapes) { EXPECT_EQ(rendered("{{!x}} {%!y%} {#!z#}"), "{{x}} {%y%} {#z#}"); }

TEST(Statement, UsesTheInnermostBraces) { EXPECT_EQ(rendered("{{{1}}}"), "{{p0:Int64}} | 1"); }

TEST(Statement, RendersRaw) { EXPECT_EQ(rendered("{% raw 1 + 1 %}"), "{p0:Int64} | 2"); }

TEST(Statement, TriesAndRecovers) {
  EXPECT_EQ(rendered("{% try %}{{Int32(n)}}{% except %}none{% end %}"), "none");
  EXPECT_EQ(rendered("{% try %}a{% except %}b{% else %}c{% finally %}d{% end %}"), "acd");
}

TEST(Statement, LeavesUntakenBranchesAlone) {
  EXPECT_EQ(rendered("{% if False %}{{nonsense(1)}}{% end %}x"), "x");
}

TEST(Statement, MapsOffsetsToTheFile) {
  const std::string text = "SELECT {{Int32(n, 1)}} AS x, '{{String(s, 'q')}}!' FROM t";
  const auto compiled = Template::compile(text, 100);
  ASSERT_TRUE(compiled.ok());
  TemplateContext context;
  const auto result = (*compiled)->render(context, 3);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->text, "SELECT {p3:Int32} AS x, concat({p4:String}, '!') FROM t");
  const auto at = static_cast<uint32_t>(result->text.find("FROM"));
  EXPECT_EQ(result->map.to_origin({at, at + 4}),
            (Span{100 + static_cast<uint32_t>(text.find("FROM")),
                  104 + static_cast<uint32_t>(text.find("FROM"))}));
  const auto hole = static_cast<uint32_t>(result->text.find("{p3"));
  EXPECT_EQ(result->map.to_origin({hole, hole + 10}), (Span{107, 122}));
  EXPECT_EQ(result->map.to_origin({0, 6}), (Span{100, 106}));
}

TEST(Statement, RendersVerbatimText) {
  const auto plain = Template::verbatim("SELECT '{{x}}'", 7);
  TemplateContext context;
  const auto result = plain->render(context, 0);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->text, "SELECT '{{x}}'");
  EXPECT_EQ(result->map.to_origin({0, 6}), (Span{7, 13}));
}

TEST(Statement, ReportsErrorsOfForm) {
  EXPECT_EQ(rendered("SELECT {{ 1"),
            "t:1:8: Tag {{ is not closed\n"
            "  1 | SELECT {{ 1\n"
            "    |        ^^\n"
            "  hint: close it with }}");
  EXPECT_EQ(rendered("{% if x %}\nabc"),
            "t:1:1: Block is not closed\n"
            "  1 | {% if x %}\n"
            "    | ^^^^^^^^^^\n"
            "  hint: add {% end %}");
  EXPECT_EQ(rendered("{% if x %}a{% endif %}"),
            "t:1:15: Unknown statement: endif\n"
            "  1 | {% if x %}a{% endif %}\n"
            "    |               ^^^^^\n"
            "  hint: every block ends with {% end %}");
  EXPECT_EQ(rendered("{% if x = 1 %}a{% end %}"),
            "t:1:9: Unexpected text after the expression\n"
            "  1 | {% if x = 1 %}a{% end %}\n"
            "    |         ^\n"
            "  hint: compare with ==");
  EXPECT_NE(rendered("{% end %}").find("{% end %} closes nothing"), std::string::npos);
  EXPECT_NE(rendered("{% else %}").find("{% else %} stands outside of its block"),
            std::string::npos);
  EXPECT_NE(rendered("{% if a %}{% else %}{% else %}{% end %}").find("stands already above"),
            std::string::npos);
  EXPECT_NE(rendered("{% break %}").find("break stands outside of a loop"), std::string::npos);
  EXPECT_NE(rendered("{% import os %}").find("not part of pipes"), std::string::npos);
  EXPECT_NE(rendered("{% esle %}").find("did you mean `else`?"), std::string::npos);
  EXPECT_NE(rendered("{# a").find("Comment {# is not closed"), std::string::npos);
  EXPECT_NE(rendered("{{ 'a }}").find("String is not closed"), std::string::npos);
  EXPECT_NE(rendered("{{ }}").find("Expression expected"), std::string::npos);
  EXPECT_NE(rendered("{% for x %}{% end %}").find("`in` expected"), std::string::npos);
  EXPECT_NE(rendered("{% set x %}").find("`=` expected"), std::string::npos);
  EXPECT_NE(rendered("{{ String(x }}").find("Comma or closing ) expected in the call"),
            std::string::npos);
  EXPECT_NE(rendered("{{ [1, 2 }}").find("Closing ] expected"), std::string::npos);
  EXPECT_NE(rendered("{{ x.y }}").find("Only methods may follow a dot"), std::string::npos);
  EXPECT_NE(rendered("{% if a && b %}{% end %}").find("write `and`"), std::string::npos);
}

TEST(Statement, ReportsErrorsOfMeaning) {
  EXPECT_EQ(rendered("{{ Strin(x) }}"),
            "t:1:4: Unknown template function: Strin\n"
            "  1 | {{ Strin(x) }}\n"
            "    |    ^^^^^\n"
            "  hint: did you mean `String`?");
  EXPECT_NE(rendered("{% for a, b in [1] %}{% end %}").find("Value does not unpack into 2 names"),
            std::string::npos);
  EXPECT_NE(rendered("{% for a in 5 %}{% end %}").find("Value cannot be looped over: int"),
            std::string::npos);
  EXPECT_NE(rendered("{{ {'a': 1} }}").find("Value cannot stand in SQL: dict"), std::string::npos);
}

}  // namespace
}  // namespace sp
