// Type syntax: spellings, aliases, implicit enum numbers, suggestions.

#include "runtime/core/type.h"

#include <gtest/gtest.h>

namespace sp {
namespace {

std::string spelled(std::string_view text) {
  auto type = parse_type(text);
  return type.ok() ? type->name()
                   : "error " + std::to_string(static_cast<int>(type.error().code)) + ": " +
                         type.error().message + " / " + type.error().hint;
}

TEST(ParseType, KeepsCanonicalNames) {
  for (const char* name :
       {"UInt8", "Nullable(Nothing)", "Array(Nullable(DateTime64(3, 'UTC')))",
        "LowCardinality(Nullable(String))", "Map(LowCardinality(String), Array(Float64))",
        "Tuple(UInt8, String)", "Tuple(a UInt8, b Tuple(c Date))", "Decimal(18, 4)",
        "FixedString(16)", "DateTime('Europe/Berlin')", "Enum8('a' = 1, 'b' = 2)",
        "AggregateFunction(quantiles(0.5, 0.9), Float64)", "SimpleAggregateFunction(max, DateTime)",
        "IntervalDay", "AggregateFunction(count)", "UUID", "IPv6", "JSON", "Date32"}) {
    EXPECT_EQ(spelled(name), name);
  }
}

TEST(ParseType, ResolvesAliases) {
  EXPECT_EQ(spelled("INT"), "Int32");
  EXPECT_EQ(spelled("int unsigned"), "UInt32");
  EXPECT_EQ(spelled("VARCHAR(255)"), "String");
  EXPECT_EQ(spelled("double precision"), "Float64");
  EXPECT_EQ(spelled("bool"), "Bool");
  EXPECT_EQ(spelled("BOOLEAN"), "Bool");
  EXPECT_EQ(spelled("datetime"), "DateTime");
  EXPECT_EQ(spelled("DateTime64"), "DateTime64(3)");
  EXPECT_EQ(spelled("Decimal(5)"), "Decimal(5, 0)");
  EXPECT_EQ(spelled("Decimal64(4)"), "Decimal(18, 4)");
  EXPECT_EQ(spelled("Enum('x', 'y' = 5, 'z')"), "Enum8('x' = 1, 'y' = 5, 'z' = 6)");
  EXPECT_EQ(spelled("Enum('b'=2,'a'=1)"), "Enum8('a' = 1, 'b' = 2)");
  EXPECT_EQ(spelled("Enum('a'=1000)"), "Enum16('a' = 1000)");
  EXPECT_EQ(spelled("Tuple(INT UNSIGNED)"), "Tuple(UInt32)");
  EXPECT_EQ(spelled("Nested(a String)"), "Array(Tuple(a String))");
}

TEST(ParseType, ExplainsMistakes) {
  EXPECT_EQ(spelled("Strin"), "error 50: Unknown data type family: Strin / did you mean `String`?");
  EXPECT_EQ(spelled("Nullable(Array(String))"),
            "error 43: Nested type Array(String) cannot be inside Nullable type / ");
  EXPECT_EQ(spelled("DateTime('Europe/Berlim')"),
            "error 36: Unknown time zone: Europe/Berlim / did you mean `Europe/Berlin`?");
  EXPECT_TRUE(spelled("Array(").starts_with("error"));
  EXPECT_TRUE(spelled("UInt8 x").starts_with("error 62"));
  EXPECT_TRUE(spelled(std::string(5000, 'x')).starts_with("error 50"));
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "Array(";
  EXPECT_TRUE(spelled(deep).starts_with("error 306"));
}

}  // namespace
}  // namespace sp
