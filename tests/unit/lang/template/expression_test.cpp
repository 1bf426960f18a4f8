// The Python subset: literals, operators, precedence, indexing, methods, built-ins.

#include "tests/unit/lang/template/rendered.h"

namespace sp {
namespace {

// The value of an expression, as the hole it renders as.
std::string value_of(const std::string& expression, const Sent& sent = {}) {
  return rendered("{{ " + expression + " }}", sent);
}

std::string truth(const std::string& condition, const Sent& sent = {}) {
  return rendered("{% if " + condition + " %}yes{% else %}no{% end %}", sent);
}

TEST(Expression, ReadsLiterals) {
  EXPECT_EQ(value_of("12"), "{p0:Int64} | 12");
  EXPECT_EQ(value_of("1_000"), "{p0:Int64} | 1000");
  EXPECT_EQ(value_of("0x1F"), "{p0:Int64} | 31");
  EXPECT_EQ(value_of("1.5e3"), "{p0:Float64} | 1500.0");
  EXPECT_EQ(value_of(".5"), "{p0:Float64} | 0.5");
  EXPECT_EQ(value_of("2."), "{p0:Float64} | 2.0");
  EXPECT_EQ(value_of("'a\\'b'"), "{p0:String} | a'b");
  EXPECT_EQ(value_of("\"x\" 'y'"), "{p0:String} | xy");
  EXPECT_EQ(value_of("r'\\n'"), "{p0:String} | \\\\n");
  EXPECT_EQ(value_of("'''a'b'''"), "{p0:String} | a'b");
  EXPECT_EQ(value_of("True"), "{p0:UInt8} | 1");
  EXPECT_EQ(value_of("None"), "NULL");
  EXPECT_EQ(value_of("[1, 2,]"), "{p0:Array(Int64)} | [1,2]");
  EXPECT_EQ(value_of("[1, 2.5]"), "{p0:Array(Float64)} | [1,2.5]");
  EXPECT_EQ(value_of("['a', 'b']"), "{p0:Array(String)} | ['a','b']");
  EXPECT_EQ(value_of("(1, 'a')"), "({p0:Int64}, {p1:String}) | 1 | a");
  EXPECT_EQ(value_of("18446744073709551615"), "{p0:UInt64} | 18446744073709551615");
}

TEST(Expression, ComputesWithPrecedence) {
  EXPECT_EQ(value_of("1 + 2 * 3 - 4"), "{p0:Int64} | 3");
  EXPECT_EQ(value_of("(1 + 2) * 3"), "{p0:Int64} | 9");
  EXPECT_EQ(value_of("10 - 3 - 2"), "{p0:Int64} | 5");
  EXPECT_EQ(value_of("10 - (3 - 2)"), "{p0:Int64} | 9");
  EXPECT_EQ(value_of("7 // 2"), "{p0:Int64} | 3");
  EXPECT_EQ(value_of("-7 // 2"), "{p0:Int64} | -4");
  EXPECT_EQ(value_of("-7 % 3"), "{p0:Int64} | 2");
  EXPECT_EQ(value_of("7 / 2"), "{p0:Float64} | 3.5");
  EXPECT_EQ(value_of("2 ** 3 ** 2"), "{p0:Int64} | 512");
  EXPECT_EQ(value_of("-2 ** 2"), "{p0:Int64} | -4");
  EXPECT_EQ(value_of("6 & 3 | 8"), "{p0:Int64} | 10");
  EXPECT_EQ(value_of("'a' + 'b' * 2"), "{p0:String} | abb");
  EXPECT_EQ(value_of("[1] + [2]"), "{p0:Array(Int64)} | [1,2]");
  EXPECT_EQ(value_of("Int32(page, 0) * Int32(size, 10)", {{"page", "3"}}), "{p0:Int64} | 30");
}

TEST(Expression, ComparesInChains) {
  EXPECT_EQ(truth("1 < 2 < 3"), "yes");
  EXPECT_EQ(truth("1 < 3 < 2"), "no");
  EXPECT_EQ(truth("(1 < 3) == True"), "yes");
  EXPECT_EQ(truth("1 == 1.0"), "yes");
  EXPECT_EQ(truth("'1' == 1"), "no");
  EXPECT_EQ(truth("1 != 2"), "yes");
  EXPECT_EQ(truth("2 >= 2 and 2 <= 2"), "yes");
  EXPECT_EQ(truth("'a' < 'b'"), "yes");
  EXPECT_EQ(truth("[1, 2] == [1, 2]"), "yes");
  EXPECT_EQ(truth("{'a': 1} == {'a': 1}"), "yes");
  EXPECT_EQ(truth("'a' in ['a', 'b']"), "yes");
  EXPECT_EQ(truth("'c' not in ['a', 'b']"), "yes");
  EXPECT_EQ(truth("'ell' in 'hello'"), "yes");
  EXPECT_EQ(truth("'a' in {'a': 1}"), "yes");
  EXPECT_EQ(truth("None is None"), "yes");
  EXPECT_EQ(truth("1 is not None"), "yes");
}

TEST(Expression, JoinsConditions) {
  EXPECT_EQ(truth("True and not False or False"), "yes");
  EXPECT_EQ(truth("not True or True"), "yes");
  EXPECT_EQ(truth("not (True or True)"), "no");
  EXPECT_EQ(truth("defined(a) & defined(b)", {{"a", "1"}}), "no");
  EXPECT_EQ(truth("defined(a) & defined(b)", {{"a", "1"}, {"b", "1"}}), "yes");
  EXPECT_EQ(value_of("'' or 'x'"), "{p0:String} | x");
  EXPECT_EQ(value_of("'a' if 1 > 2 else 'b'"), "{p0:String} | b");
  EXPECT_EQ(value_of("1 if False else 2 if False else 3"), "{p0:Int64} | 3");
}

TEST(Expression, TreatsUnsentNamesAsFalse) {
  EXPECT_EQ(truth("x"), "no");
  EXPECT_EQ(truth("x == 'a'"), "no");
  EXPECT_EQ(truth("x != 'a'"), "yes");
  EXPECT_EQ(truth("x > 5"), "no");
  EXPECT_EQ(truth("x in ['a']"), "no");
  EXPECT_EQ(truth("x is None"), "yes");
  EXPECT_EQ(truth("String(x) == 'a'"), "no");
  EXPECT_EQ(truth("not x"), "yes");
}

TEST(Expression, ComparesRawParametersWithNumbers) {
  EXPECT_EQ(truth("days > 7", {{"days", "10"}}), "yes");
  EXPECT_EQ(truth("days <= 7", {{"days", "10"}}), "no");
  EXPECT_EQ(value_of("days * 2", {{"days", "10"}}), "{p0:Int64} | 20");
  EXPECT_EQ(truth("Int32(days) == 10", {{"days", "10"}}), "yes");
}

TEST(Expression, IndexesAndSlices) {
  EXPECT_EQ(value_of("'a,b'.split(',')[1]"), "{p0:String} | b");
  EXPECT_EQ(value_of("[1, 2, 3][-1]"), "{p0:Int64} | 3");
  EXPECT_EQ(value_of("[1, 2, 3][1:]"), "{p0:Array(Int64)} | [2,3]");
  EXPECT_EQ(value_of("[1, 2, 3][:-1]"), "{p0:Array(Int64)} | [1,2]");
  EXPECT_EQ(value_of("'hello'[::-1]"), "{p0:String} | olleh");
  EXPECT_EQ(value_of("'hello'[1:4:2]"), "{p0:String} | el");
  EXPECT_EQ(value_of("'\u00e9a'[0]"), "{p0:String} | \u00e9");
  EXPECT_EQ(value_of("{'a': {'b': 5}}['a']['b']"), "{p0:Int64} | 5");
  EXPECT_NE(value_of("[1][5]").find("Index is out of range: 5"), std::string::npos);
  EXPECT_NE(value_of("{'a': 1}['b']").find("Key is not in the dict: b"), std::string::npos);
}

TEST(Expression, CallsTextMethods) {
  EXPECT_EQ(value_of("'aB'.lower() + 'aB'.upper()"), "{p0:String} | abAB");
  EXPECT_EQ(value_of("' x '.strip()"), "{p0:String} | x");
  EXPECT_EQ(value_of("'xxa'.lstrip('x')"), "{p0:String} | a");
  EXPECT_EQ(value_of("'a-b'.replace('-', '+')"), "{p0:String} | a+b");
  EXPECT_EQ(value_of("','.join(['a', 'b'])"), "{p0:String} | a,b");
  EXPECT_EQ(value_of("'a b  c'.split()"), "{p0:Array(String)} | ['a','b','c']");
  EXPECT_EQ(value_of("'a.b.c'.split('.', 1)"), "{p0:Array(String)} | ['a','b.c']");
  EXPECT_EQ(truth("'hello'.startswith('he') and 'hello'.endswith('lo')"), "yes");
  EXPECT_EQ(truth("'12'.isdigit()"), "yes");
  EXPECT_EQ(value_of("'abab'.count('ab')"), "{p0:Int64} | 2");
  EXPECT_EQ(value_of("x.split(':')[0]", {{"x", "k:v"}}), "{p0:String} | k");
  EXPECT_NE(value_of("'a'.lowr()").find("did you mean `lower`?"), std::string::npos);
}

TEST(Expression, CallsContainerMethods) {
  EXPECT_EQ(value_of("{'a': 1}.get('a')"), "{p0:Int64} | 1");
  EXPECT_EQ(value_of("{'a': 1}.get('b', 2)"), "{p0:Int64} | 2");
  EXPECT_EQ(value_of("{'a': 1}.get('b')"), "NULL");
  EXPECT_EQ(value_of("{'a': 1}.keys()"), "{p0:Array(String)} | ['a']");
  EXPECT_EQ(value_of("{'a': 1}.values()"), "{p0:Array(Int64)} | [1]");
  EXPECT_EQ(rendered("{% set a = [1] %}{% set b = a %}{{a.append(2)}}{{a}}{{b}}"),
            "{p0:Array(Int64)}{p1:Array(Int64)} | [1,2] | [1]");
  EXPECT_EQ(value_of("['a', 'b'].index('b')"), "{p0:Int64} | 1");
}

TEST(Expression, CallsBuiltIns) {
  EXPECT_EQ(value_of("len('abc')"), "{p0:Int64} | 3");
  EXPECT_EQ(value_of("len(Array(x))", {{"x", "a,b"}}), "{p0:Int64} | 2");
  EXPECT_EQ(value_of("list(range(1, 6, 2))"), "{p0:Array(Int64)} | [1,3,5]");
  EXPECT_EQ(value_of("str(5) + 'a'"), "{p0:String} | 5a");
  EXPECT_EQ(value_of("int('7') + int(2.9)"), "{p0:Int64} | 9");
  EXPECT_EQ(value_of("float('1.5')"), "{p0:Float64} | 1.5");
  EXPECT_EQ(value_of("min(3, 1, 2)"), "{p0:Int64} | 1");
  EXPECT_EQ(value_of("max([1, 5])"), "{p0:Int64} | 5");
  EXPECT_EQ(value_of("sum([1, 2])"), "{p0:Int64} | 3");
  EXPECT_EQ(value_of("sorted(['b', 'a'])"), "{p0:Array(String)} | ['a','b']");
  EXPECT_EQ(value_of("abs(-4)"), "{p0:Int64} | 4");
  EXPECT_EQ(value_of("bool([])"), "{p0:UInt8} | 0");
  EXPECT_EQ(rendered("{% for a, b in zip([1], ['x']) %}{{a}}{{b}}{% end %}"),
            "{p0:Int64}{p1:String} | 1 | x");
}

TEST(Expression, ReportsErrors) {
  EXPECT_EQ(value_of("1 + 'a'"),
            "t:1:4: Operator + does not apply to int and str\n"
            "  1 | {{ 1 + 'a' }}\n"
            "    |    ^^^^^^^\n"
            "  hint: convert one of them: Int32(x), String(x)");
  EXPECT_NE(value_of("1 / 0").find("Division by zero"), std::string::npos);
  EXPECT_NE(value_of("1 < 'a'").find("Values cannot be ordered: int and str"), std::string::npos);
  EXPECT_NE(value_of("2 ** 1000").find("Number is too large in arithmetic"), std::string::npos);
  EXPECT_NE(value_of("x + 1").find("Required parameter is not defined: x"), std::string::npos);
  EXPECT_NE(value_of("[x for x in y]").find("Comprehensions are not part of templates"),
            std::string::npos);
  EXPECT_NE(value_of("12abc").find("Number is followed by a letter"), std::string::npos);
  EXPECT_NE(value_of("len()").find("len() takes 1 argument, not 0"), std::string::npos);
}

}  // namespace
}  // namespace sp
