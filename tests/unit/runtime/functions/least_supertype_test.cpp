// Supertypes, compared with what ClickHouse 26.7 answers for array(...).

#include <gtest/gtest.h>

#include "runtime/functions/function.h"

namespace sp {
namespace {

std::string super(const std::vector<const char*>& names) {
  std::vector<Type> types;
  for (const char* name : names) types.push_back(parse_type(name).value());
  auto type = least_supertype(types);
  return type.ok() ? type->name() : "error " + std::to_string(static_cast<int>(type.error().code));
}

TEST(LeastSupertype, Numbers) {
  EXPECT_EQ(super({"UInt8", "UInt16"}), "UInt16");
  EXPECT_EQ(super({"UInt8", "Int8"}), "Int16");
  EXPECT_EQ(super({"UInt32", "Int8"}), "Int64");
  EXPECT_EQ(super({"UInt64", "Int64"}), "error 386");
  EXPECT_EQ(super({"UInt16", "Float32"}), "Float32");
  EXPECT_EQ(super({"Int32", "Float32"}), "Float64");
  EXPECT_EQ(super({"Int64", "Float32"}), "error 386");
  EXPECT_EQ(super({"UInt8", "Bool"}), "UInt8");
  EXPECT_EQ(super({"Int128", "UInt64"}), "Int128");
  EXPECT_EQ(super({"Int128", "UInt128"}), "Int256");
  EXPECT_EQ(super({"Decimal(9, 2)", "Decimal(18, 4)"}), "Decimal(18, 4)");
  EXPECT_EQ(super({"Decimal(9, 2)", "UInt8"}), "Decimal(9, 2)");
  EXPECT_EQ(super({"Decimal(9, 2)", "Int64"}), "Decimal(38, 2)");
}

TEST(LeastSupertype, DatesStringsAndContainers) {
  EXPECT_EQ(super({"Date", "DateTime('UTC')"}), "DateTime('UTC')");
  EXPECT_EQ(super({"Date32", "DateTime"}), "DateTime64(0)");
  EXPECT_EQ(super({"DateTime64(3)", "DateTime64(6)"}), "DateTime64(6)");
  EXPECT_EQ(super({"FixedString(1)", "FixedString(2)"}), "String");
  EXPECT_EQ(super({"Enum8('a' = 1)", "String"}), "String");
  EXPECT_EQ(super({"Enum8('a' = 1)", "Enum8('b' = 2)"}), "Int8");
  EXPECT_EQ(super({"Array(UInt8)", "Array(UInt16)"}), "Array(UInt16)");
  EXPECT_EQ(super({"Array(Nothing)", "Array(UInt16)"}), "Array(UInt16)");
  EXPECT_EQ(super({"Tuple(a UInt8)", "Tuple(a UInt16)"}), "Tuple(a UInt16)");
  EXPECT_EQ(super({"Tuple(a UInt8)", "Tuple(b UInt16)"}), "Tuple(UInt16)");
  EXPECT_EQ(super({"Map(String, UInt8)", "Map(String, UInt16)"}), "Map(String, UInt16)");
  EXPECT_EQ(super({"String", "UInt8"}), "error 386");
  EXPECT_EQ(super({"Date", "UInt8"}), "error 386");
}

TEST(LeastSupertype, Wrappers) {
  EXPECT_EQ(super({"Nullable(Nothing)", "UInt8"}), "Nullable(UInt8)");
  EXPECT_EQ(super({"LowCardinality(String)", "String"}), "String");
  EXPECT_EQ(super({"LowCardinality(String)", "LowCardinality(String)"}), "LowCardinality(String)");
  EXPECT_EQ(super({"LowCardinality(String)", "Nullable(Nothing)"}), "Nullable(String)");
  EXPECT_EQ(super({"Nullable(UInt8)", "Int8"}), "Nullable(Int16)");
  EXPECT_EQ(super({"Nullable(Nothing)", "Array(UInt8)"}), "error 386");
}

}  // namespace
}  // namespace sp
