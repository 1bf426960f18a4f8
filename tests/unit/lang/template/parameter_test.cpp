// Parameter functions: holes, defaults, normalisation, refusals.

#include "tests/unit/lang/template/rendered.h"

namespace sp {
namespace {

TEST(Parameter, RendersTypedHoles) {
  EXPECT_EQ(rendered("LIMIT {{Int32(n)}}", {{"n", "5"}}), "LIMIT {p0:Int32} | 5");
  EXPECT_EQ(rendered("{{Int8(n)}}", {{"n", "-128"}}), "{p0:Int8} | -128");
  EXPECT_EQ(rendered("{{Int16(n)}}", {{"n", " 7 "}}), "{p0:Int16} | 7");
  EXPECT_EQ(rendered("{{Int64(n)}}", {{"n", "+9"}}), "{p0:Int64} | 9");
  EXPECT_EQ(rendered("{{Int(n)}} {{Integer(m)}}", {{"n", "1"}, {"m", "2"}}),
            "{p0:Int32} {p1:Int32} | 1 | 2");
  EXPECT_EQ(rendered("{{UInt8(n)}}", {{"n", "255"}}), "{p0:UInt8} | 255");
  EXPECT_EQ(rendered("{{UInt16(n)}}", {{"n", "65535"}}), "{p0:UInt16} | 65535");
  EXPECT_EQ(rendered("{{UInt32(n)}}", {{"n", "4294967295"}}), "{p0:UInt32} | 4294967295");
  EXPECT_EQ(rendered("{{UInt64(n)}}", {{"n", "18446744073709551615"}}),
            "{p0:UInt64} | 18446744073709551615");
  EXPECT_EQ(rendered("{{Int128(n)}}", {{"n", "-170141183460469231731687303715884105728"}}),
            "{p0:Int128} | -170141183460469231731687303715884105728");
  EXPECT_EQ(
      rendered(
          "{{UInt256(n)}}",
          {{"n",
            "115792089237316195423570985008687907853269984665640564039457584007913129639935"}}),
      "{p0:UInt256} | "
      "115792089237316195423570985008687907853269984665640564039457584007913129639935");
  EXPECT_EQ(rendered("{{Float32(x)}}", {{"x", "1.5"}}), "{p0:Float32} | 1.5");
  EXPECT_EQ(rendered("{{Float64(x)}}", {{"x", "2"}}), "{p0:Float64} | 2.0");
  EXPECT_EQ(rendered("{{String(s)}}", {{"s", "it's"}}), "{p0:String} | it's");
  EXPECT_EQ(rendered("{{Boolean(b)}}", {{"b", "TRUE"}}), "{p0:UInt8} | 1");
  EXPECT_EQ(rendered("{{Boolean(b)}}", {{"b", "0"}}), "{p0:UInt8} | 0");
  EXPECT_EQ(rendered("{{Decimal(d)}}", {{"d", "-12.50"}}), "{p0:Decimal(38, 9)} | -12.50");
  EXPECT_EQ(rendered("{{UUID(u)}}", {{"u", "0DB7B8C4-6A0C-4F0A-9B6E-000000000001"}}),
            "{p0:String} | 0db7b8c4-6a0c-4f0a-9b6e-000000000001");
}

TEST(Parameter, EscapesStringsAsQueryParameters) {
  EXPECT_EQ(rendered("{{String(s)}}", {{"s", "a\tb\\c\nd"}}), "{p0:String} | a\\tb\\\\c\\nd");
}

TEST(Parameter, NeverTurnsAValueIntoSql) {
  EXPECT_EQ(rendered("WHERE x = {{String(s)}}", {{"s", "'; DROP TABLE x --"}}),
            "WHERE x = {p0:String} | '; DROP TABLE x --");
  EXPECT_EQ(rendered("WHERE x = {{s}}", {{"s", "1 OR 1"}}), "WHERE x = {p0:String} | 1 OR 1");
}

TEST(Parameter, NormalisesDates) {
  EXPECT_EQ(rendered("{{Date(d)}}", {{"d", "2024-01-31"}}), "{p0:String} | 2024-01-31");
  EXPECT_EQ(rendered("{{Date(d)}}", {{"d", "20240131"}}), "{p0:String} | 2024-01-31");
  EXPECT_EQ(rendered("{{Date(d)}}", {{"d", "2024-1-5"}}), "{p0:String} | 2024-01-05");
}

TEST(Parameter, NormalisesTimes) {
  EXPECT_EQ(rendered("{{DateTime(t)}}", {{"t", "2024-01-31 10:20:30"}}),
            "{p0:String} | 2024-01-31 10:20:30");
  EXPECT_EQ(rendered("{{DateTime(t)}}", {{"t", "2024-01-31"}}),
            "{p0:String} | 2024-01-31 00:00:00");
  EXPECT_EQ(rendered("{{DateTime(t)}}", {{"t", "2024-01-31T10:20:30Z"}}),
            "{p0:String} | 2024-01-31 10:20:30");
  EXPECT_EQ(rendered("{{DateTime(t)}}", {{"t", "2024-01-31T10:20:30.123+02:00"}}),
            "{p0:String} | 2024-01-31 08:20:30");
  EXPECT_EQ(rendered("{{DateTime(t)}}", {{"t", "2024-01-01T00:20-0100"}}),
            "{p0:String} | 2024-01-01 01:20:00");
  EXPECT_EQ(rendered("{{DateTime64(t)}}", {{"t", "2024-01-31 10:20:30.120"}}),
            "{p0:String} | 2024-01-31 10:20:30.120");
  EXPECT_EQ(rendered("{{DateTime64(t)}}", {{"t", "2024-01-31T10:20:30Z"}}),
            "{p0:String} | 2024-01-31 10:20:30");
}

TEST(Parameter, TakesDefaults) {
  EXPECT_EQ(rendered("{{Int32(n, 10)}}"), "{p0:Int32} | 10");
  EXPECT_EQ(rendered("{{Int32(n, '10')}}"), "{p0:Int32} | 10");
  EXPECT_EQ(rendered("{{Int32(n, -1)}}"), "{p0:Int32} | -1");
  EXPECT_EQ(rendered("{{Int32(n, default=3)}}"), "{p0:Int32} | 3");
  EXPECT_EQ(rendered("{{String(s, '')}}"), "{p0:String} | ");
  EXPECT_EQ(rendered("{{Boolean(b, False)}}"), "{p0:UInt8} | 0");
  EXPECT_EQ(rendered("{{Boolean(b, true)}}"), "{p0:UInt8} | 1");
  EXPECT_EQ(rendered("{{DateTime(t, '2020-01-01')}}"), "{p0:String} | 2020-01-01 00:00:00");
  EXPECT_EQ(rendered("{% set d = 7 %}{{Int16(n, d)}}"), "{p0:Int16} | 7");
  EXPECT_EQ(rendered("{{Int32(n, 10)}}", {{"n", "4"}}), "{p0:Int32} | 4");
}

TEST(Parameter, ReadsArrays) {
  EXPECT_EQ(rendered("IN {{Array(a)}}", {{"a", "x,y"}}), "IN {p0:Array(String)} | ['x','y']");
  EXPECT_EQ(rendered("IN {{Array(a, 'Int32')}}", {{"a", "1, 2"}}), "IN {p0:Array(Int32)} | [1,2]");
  EXPECT_EQ(rendered("IN {{Array(a, Int32)}}", {{"a", "1"}, {"a", "2"}}),
            "IN {p0:Array(Int32)} | [1,2]");
  EXPECT_EQ(rendered("{{Array(a, 'String', 'p,q')}}"), "{p0:Array(String)} | ['p','q']");
  EXPECT_EQ(rendered("{{Array(a, 'String', default=['p', 'q'])}}"),
            "{p0:Array(String)} | ['p','q']");
  EXPECT_EQ(rendered("{{Array(a)}}", {{"a", ""}}), "{p0:Array(String)} | []");
  EXPECT_EQ(rendered("{{Array(a)}}", {{"a", "[\"x,y\", \"z\"]"}}),
            "{p0:Array(String)} | ['x,y','z']");
  EXPECT_EQ(rendered("{{Array(a)}}", {{"a", "it's"}}), "{p0:Array(String)} | ['it\\'s']");
  EXPECT_EQ(rendered("{{Array(a, 'Date')}}", {{"a", "20240101"}}),
            "{p0:Array(String)} | ['2024-01-01']");
  EXPECT_EQ(rendered("{{Array(a, 'Float64')}}", {{"a", "1,2.5"}}),
            "{p0:Array(Float64)} | [1.0,2.5]");
  EXPECT_EQ(rendered("{{Array(String(a))}}", {{"a", "x,y"}}), "{p0:Array(String)} | ['x','y']");
}

TEST(Parameter, ConvertsValuesOfExpressions) {
  EXPECT_EQ(rendered("{% for x in Array(a) %}{{Int32(x)}},{% end %}", {{"a", "1,2"}}),
            "{p0:Int32},{p1:Int32}, | 1 | 2");
  EXPECT_EQ(rendered("{{Int32(String(a))}}", {{"a", "5"}}), "{p0:Int32} | 5");
  EXPECT_EQ(rendered("{% set x = 5 %}{{String(x)}}"), "{p0:String} | 5");
}

TEST(Parameter, SharesAHoleBetweenEqualUses) {
  EXPECT_EQ(rendered("{{Int32(n, 1)}} {{ Int32(n, 1, description='x') }}", {{"n", "5"}}),
            "{p0:Int32} {p0:Int32} | 5");
  EXPECT_EQ(rendered("{{Int32(n)}} {{Int64(n)}}", {{"n", "5"}}), "{p0:Int32} {p1:Int64} | 5 | 5");
  EXPECT_EQ(rendered("{{Int32(n)}} {{Int32(m)}}", {{"n", "5"}, {"m", "5"}}),
            "{p0:Int32} {p1:Int32} | 5 | 5");
  EXPECT_EQ(rendered("{{Int32(n) * 2}} {{ Int32(n)*2 }}", {{"n", "5"}}),
            "{p0:Int64} {p0:Int64} | 10");
}

TEST(Parameter, ReportsAMissingOne) {
  EXPECT_EQ(rendered("SELECT {{Int32(n, description='How many', required=True)}}"),
            "t:1:10: Required parameter is not defined: n\n"
            "  1 | SELECT {{Int32(n, description='How many', required=True)}}\n"
            "    |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
            "  hint: send `n` with the request: a whole number from -2147483648 to 2147483647\n"
            "  note: n: How many");
  EXPECT_EQ(rendered("SELECT {{String(s)}}"),
            "t:1:8: Required parameter is not defined: s\n"
            "  1 | SELECT {{String(s)}}\n"
            "    |        ^^^^^^^^^^^^^\n"
            "  hint: send `s` with the request, or give it a default");
  EXPECT_NE(rendered("{{ s }}").find("Required parameter is not defined: s"), std::string::npos);
}

TEST(Parameter, ReportsAWrongValue) {
  EXPECT_EQ(rendered("SELECT {{Int8(n)}}", {{"n", "128"}}),
            "t:1:10: Invalid value for parameter n (Int8): '128'\n"
            "  1 | SELECT {{Int8(n)}}\n"
            "    |          ^^^^^^^\n"
            "  hint: allowed: a whole number from -128 to 127");
  for (const char* text :
       {"{{Int32(v)}}", "{{UInt8(v)}}", "{{Float64(v)}}", "{{Boolean(v)}}", "{{Date(v)}}",
        "{{DateTime(v)}}", "{{DateTime64(v)}}", "{{UUID(v)}}", "{{Decimal(v)}}", "{{Int256(v)}}",
        "{{Array(v, 'Int32')}}", "{{JSON(v)}}"}) {
    EXPECT_NE(rendered(text, {{"v", "1x"}}).find("Invalid value for parameter v"),
              std::string::npos)
        << text;
  }
  EXPECT_NE(rendered("{{Date(d)}}", {{"d", "2023-02-29"}}).find("allowed: a date: YYYY-MM-DD"),
            std::string::npos);
  EXPECT_NE(rendered("{{Int32(n)}}", {{"n", ""}}).find("Invalid value"), std::string::npos);
  EXPECT_NE(rendered("{{UInt128(n)}}", {{"n", "-1"}}).find("Invalid value"), std::string::npos);
  EXPECT_NE(rendered("{{Int32(n, 'ten')}}").find("Invalid default for parameter n (Int32): 'ten'"),
            std::string::npos);
}

TEST(Parameter, ReportsAnUnknownElementType) {
  EXPECT_NE(
      rendered("{{Array(a, 'Strin')}}", {{"a", "1"}}).find("Unknown element type of Array: Strin"),
      std::string::npos);
}

}  // namespace
}  // namespace sp
