// Signatures and probes: what a pipe's parameters are, and which requests reach every branch.

#include <set>

#include "tests/unit/lang/template/rendered.h"

namespace sp {
namespace {

Signature signature_of(std::initializer_list<const char*> nodes) {
  Signature signature;
  for (const char* node : nodes) (*Template::compile(node, 0))->collect_params(signature);
  return signature;
}

std::string shown(const Signature& signature) {
  std::string out;
  for (const ParamSpec& spec : signature.params) {
    if (!out.empty()) out += "; ";
    out += spec.name + " " + spec.type + (spec.default_value ? "=" + *spec.default_value : "") +
           (spec.required ? " required" : "");
  }
  return out;
}

TEST(Signature, ListsParametersInOrder) {
  EXPECT_EQ(shown(signature_of({"{{Int32(n, 10)}} {{String(s)}} {{Array(a, 'Int64', '1,2')}}"})),
            "n Int32=10; s String required; a Array(Int64)=1,2");
}

TEST(Signature, ReadsKeywords) {
  const Signature signature =
      signature_of({"{{String(s, 'x', description='D', required=False, format='F', example='E', "
                    "enum=['a', 'b'])}}"});
  const ParamSpec* spec = signature.find("s");
  ASSERT_NE(spec, nullptr);
  EXPECT_EQ(spec->description, "D");
  EXPECT_EQ(spec->format, "F");
  EXPECT_EQ(spec->example, "E");
  EXPECT_EQ(spec->enum_values, (std::vector<std::string>{"a", "b"}));
  EXPECT_FALSE(spec->required);
  EXPECT_EQ(spec->span, (Span{9, 10}));
}

TEST(Signature, MergesUses) {
  EXPECT_EQ(shown(signature_of({"{{x}} {{Int32(x)}} {{Int64(x)}}"})), "x Int64 required");
  EXPECT_EQ(shown(signature_of({"{{Int32(x)}}", "{{Int32(x, 5)}}"})), "x Int32=5");
  EXPECT_EQ(shown(signature_of({"{{Int32(x, 5)}}", "{{Int32(x)}}"})), "x Int32=5");
  EXPECT_EQ(shown(signature_of({"{{String(x)}}{{String(x, required=False)}}"})), "x String");
  EXPECT_EQ(shown(signature_of({"{{String(x, 'a')}}{{String(x, 'b')}}"})), "x String=b");
}

TEST(Signature, KnowsGuards) {
  EXPECT_EQ(shown(signature_of({"{% if defined(x) %}{{String(x)}}{% end %}"})), "x String");
  EXPECT_EQ(shown(signature_of({"{% if not defined(x) %}a{% else %}{{String(x)}}{% end %}"})),
            "x String");
  EXPECT_EQ(shown(signature_of({"{% if x == 'a' %}{{String(x)}}{% end %}"})), "x String");
  EXPECT_EQ(shown(signature_of({"{% if defined(x) and defined(y) %}{{day_diff(x, y)}}{% end %}"})),
            "x String; y String");
  EXPECT_EQ(shown(signature_of({"{% if a %}{{String(x)}}{% end %}"})), "a String; x String");
  EXPECT_EQ(shown(signature_of({"{% if a %}{{String(x)}}{% else %}{{Int32(x)}}{% end %}"})),
            "a String; x Int32 required");
  EXPECT_EQ(shown(signature_of({"{% if defined(x) %}{{String(x, required=True)}}{% end %}"})),
            "x String");
  EXPECT_EQ(shown(signature_of({"{% if defined(x) %}{{String(x)}}{% end %}{{String(x)}}"})),
            "x String required");
  EXPECT_EQ(shown(signature_of({"{{String(x) if defined(x) else 'none'}}"})), "x String");
}

TEST(Signature, LeavesVariablesOut) {
  EXPECT_EQ(shown(signature_of(
                {"{% set a = 1 %}{{a}}{% for b in JSON(f, '[]') %}{{b}}{{String(b)}}{% end %}"})),
            "f JSON=[]");
  EXPECT_EQ(shown(signature_of({"{% set d = DateTime(d, '2024-01-01') %}{{d}}"})),
            "d DateTime=2024-01-01");
  EXPECT_EQ(shown(signature_of({"{{Array(ids, Int32)}}"})), "ids Array(Int32) required");
  EXPECT_EQ(shown(signature_of({"{{column(c, 'x')}}{{tb_secret(pw, 'x')}}"})), "c String=x");
}

// The renders that the probes of a template give.
std::set<std::string> reached(const std::string& text) {
  std::set<std::string> out;
  const auto compiled = Template::compile(text, 0);
  for (const RequestParams& params : (*compiled)->probes()) {
    TemplateContext context;
    context.params = &params;
    const auto result = (*compiled)->render(context, 0);
    out.insert(result.ok() ? result->text : "error: " + result.error().message);
  }
  return out;
}

TEST(Probes, ReachEveryBranch) {
  EXPECT_EQ(
      reached("{% if defined(a) %}A{% else %}-{% end %}{% if defined(b) %}B{% else %}-{% end %}"),
      (std::set<std::string>{"--", "A-", "-B"}));
  EXPECT_EQ(reached("{% if m == 'x' %}X{% elif m == 'y' %}Y{% else %}-{% end %}"),
            (std::set<std::string>{"-", "X", "Y"}));
  EXPECT_EQ(reached("{% if defined(a) %}{% if b in ['q'] %}Q{% else %}q{% end %}{% end %}"),
            (std::set<std::string>{"", "Q", "q"}));
  EXPECT_EQ(reached("{% if Int32(n, 1) > 5 %}G{% else %}L{% end %}"),
            (std::set<std::string>{"G", "L"}));
  EXPECT_EQ(reached("{% if not defined(a) or not defined(b) %}1{% else %}2{% end %}"),
            (std::set<std::string>{"1", "2"}));
}

TEST(Probes, SendWhatIsRequired) {
  EXPECT_EQ(reached("{{Int32(n)}}{{DateTime(t)}}"),
            (std::set<std::string>{"{p0:Int32}{p1:String}"}));
}

TEST(Probes, AreLinear) {
  std::string text;
  for (int i = 0; i < 40; ++i) text += "{% if defined(p" + std::to_string(i) + ") %}x{% end %}";
  EXPECT_LE((*Template::compile(text, 0))->probes().size(), 82u);
}

}  // namespace
}  // namespace sp
