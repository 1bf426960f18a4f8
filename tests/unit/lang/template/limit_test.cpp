// Hostile templates: everything is bounded in steps, depth and size, and ends in an error.

#include "tests/unit/lang/template/rendered.h"

namespace sp {
namespace {

std::string repeated(const std::string& unit, size_t bytes) {
  std::string out;
  while (out.size() < bytes) out += unit;
  return out;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

TEST(Limit, EndsLoops) {
  EXPECT_NE(rendered("{% while True %}{% end %}").find("Template takes too many steps"),
            std::string::npos);
  EXPECT_NE(rendered("{% for a in range(10000000000) %}{% end %}").find("too many steps"),
            std::string::npos);
  EXPECT_NE(rendered("{% for a in range(10000) %}{% for b in range(10000) %}{% end %}{% end %}")
                .find("too many steps"),
            std::string::npos);
  EXPECT_NE(
      rendered("{% try %}{% while True %}{% end %}{% except %}{% end %}").find("too many steps"),
      std::string::npos);
}

TEST(Limit, BoundsValuesAndOutput) {
  EXPECT_NE(rendered("{% set a = 'aaaaaaaaaa' %}{% while True %}{% set a = a + a %}{% end %}")
                .find("too large a value"),
            std::string::npos);
  EXPECT_NE(rendered("{{ 'a' * 1000000000000 }}").find("too large a value"), std::string::npos);
  EXPECT_NE(
      rendered("{% while True %}aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa{% end %}").find("too large a value"),
      std::string::npos);
  EXPECT_NE(rendered("{% set a = [] %}{% while True %}{% set a = [a] %}{% end %}")
                .find("Value is nested too deeply"),
            std::string::npos);
  EXPECT_NE(rendered("{% set a = [1] %}{% while True %}{% set a = [a, a] %}{% end %}")
                .find("Value is nested too deeply"),
            std::string::npos);
  EXPECT_NE(rendered("{% set a = [] %}{% while True %}{{a.append(a)}}{% end %}")
                .find("Value is nested too deeply"),
            std::string::npos);
}

TEST(Limit, BoundsNesting) {
  const size_t size = 1u << 20;
  EXPECT_NE(rendered("{{" + repeated("(", size) + "}}").find("nested too deeply"),
            std::string::npos);
  EXPECT_NE(rendered("{{" + repeated("[", size) + "}}").find("nested too deeply"),
            std::string::npos);
  EXPECT_NE(rendered("{{ " + repeated("{1:", 1000) + "1" + repeated("}", 334) + "}}")
                .find("nested too deeply"),
            std::string::npos);
  EXPECT_NE(rendered("{{" + repeated("not ", size) + "}}").find("nested too deeply"),
            std::string::npos);
  EXPECT_NE(rendered("{{" + repeated("-", size) + "1}}").find("nested too deeply"),
            std::string::npos);
  EXPECT_NE(rendered("{{" + repeated("len(", size) + "}}").find("nested too deeply"),
            std::string::npos);
  EXPECT_NE(rendered("{{x" + repeated("[0]", size) + "}}").find("nested too deeply"),
            std::string::npos);
  EXPECT_NE(rendered("{{x" + repeated(".a()", size) + "}}").find("nested too deeply"),
            std::string::npos);
  EXPECT_NE(rendered("{{" + repeated("1 if 1 else ", size) + "}}").find("nested too deeply"),
            std::string::npos);
  EXPECT_NE(rendered("{{" + repeated("2**", size) + "2}}").find("nested too deeply"),
            std::string::npos);
  EXPECT_NE(rendered(repeated("{% for x in y %}", size)).find("Blocks are nested too deeply"),
            std::string::npos);
  EXPECT_NE(rendered(repeated("{% if x %}", size)).find("Blocks are nested too deeply"),
            std::string::npos);
}

TEST(Limit, TakesLongChains) {
  EXPECT_EQ(rendered("{{" + repeated("1+", 1u << 15) + "1}}").substr(0, 10), "{p0:Int64}");
  EXPECT_EQ(rendered("{% if " + repeated("x or ", 1u << 15) + "1 %}a{% end %}"), "a");
  EXPECT_EQ(rendered("{% if x %}" + repeated("{% elif x %}", 1u << 15) + "{% else %}a{% end %}"),
            "a");
}

TEST(Limit, AnswersHostileTexts) {
  const size_t size = 1u << 20;
  for (const std::string& unit :
       {std::string("{{"), std::string("{%"), std::string("{#"), std::string("{{'"),
        std::string("{{x}}"), std::string("'"), std::string("}}"), std::string("{"),
        std::string("{{!"), std::string("\\"), std::string("{{'\\"), std::string("{{''")}) {
    EXPECT_NE(first_line(rendered(repeated(unit, size), {{"x", "1"}})), "") << unit;
  }
}

}  // namespace
}  // namespace sp
