// The aggregates that nearly every pipe uses. Expected values are ClickHouse's.

#include "tests/unit/runtime/aggregates/column_of.h"

#include <cmath>

namespace sp::testing {
namespace {

Column u64(size_t rows) {
  return numbers<uint64_t>("UInt64", rows, [](size_t i) { return i; });
}

TEST(Aggregates, CountsAndSums) {
  EXPECT_EQ(aggregate("count", {u64(10)}), "10");
  EXPECT_EQ(aggregate("COUNT", {u64(10)}), "10");
  EXPECT_EQ(aggregate("sum", {u64(10)}), "45");
  EXPECT_EQ(aggregate("sum",
                      {numbers<int8_t>("Int8", 10, [](size_t i) { return -static_cast<int>(i); })}),
            "-45");
  EXPECT_EQ(
      aggregate("sumWithOverflow", {numbers<uint8_t>("UInt8", 3, [](size_t) { return 100; })}),
      "44");
  EXPECT_EQ(aggregate("avg", {u64(4)}), "1.5");
  EXPECT_EQ(aggregate("avg", {u64(0)}), "nan");
  EXPECT_EQ(
      aggregate("sumIf", {u64(10), numbers<uint8_t>("UInt8", 10, [](size_t i) { return i % 2; })}),
      "25");
}

TEST(Aggregates, Extremes) {
  EXPECT_EQ(aggregate("min", {u64(10)}), "0");
  EXPECT_EQ(aggregate("max", {u64(10)}), "9");
  const auto words = strings(
      30, [](size_t i) { return "a string longer than twelve bytes " + std::to_string(i); });
  EXPECT_EQ(aggregate("max", {words}), "'a string longer than twelve bytes 9'");
  EXPECT_EQ(aggregate("min", {words}), "'a string longer than twelve bytes 0'");
  EXPECT_EQ(aggregate("argMax", {words, u64(30)}), "'a string longer than twelve bytes 29'");
  EXPECT_EQ(aggregate("argMin", {u64(30), words}), "0");
  EXPECT_EQ(aggregate("any", {words}), "'a string longer than twelve bytes 0'");
  EXPECT_EQ(aggregate("anyLast", {words}), "'a string longer than twelve bytes 29'");
  EXPECT_EQ(
      aggregate("max", {numbers<double>("Float64", 3,
                                        [](size_t i) { return i == 1 ? 2.0 : std::nan(""); })}),
      "2");
}

TEST(Aggregates, UniqEqualsClickHouse) {
  EXPECT_EQ(aggregate("uniq", {u64(200000)}), "199902");
  EXPECT_EQ(aggregate("uniq", {numbers<double>("Float64", 200000, [](size_t i) { return i; })}),
            "200344");
  EXPECT_EQ(
      aggregate("uniq", {numbers<int32_t>("Int32", 200000,
                                          [](size_t i) { return static_cast<int>(i) - 50000; })}),
      "200448");
  const auto text = strings(200000, [](size_t i) { return std::to_string(i); });
  EXPECT_EQ(aggregate("uniq", {u64(200000), text}), "199673");
  EXPECT_EQ(aggregate("uniq", {numbers<float>("Float32", 200000, [](size_t i) { return i; })}),
            "199818");
  EXPECT_EQ(aggregate("uniq", {numbers<uint16_t>("Date", 200000, [](size_t i) { return i; })}),
            "65536");
  EXPECT_EQ(aggregate("uniqExact", {u64(200000)}), "200000");
  EXPECT_EQ(aggregate("uniqExact", {text}), "200000");
  EXPECT_EQ(aggregate("countDistinct", {text, u64(200000)}), "200000");
}

TEST(Aggregates, Quantiles) {
  EXPECT_EQ(aggregate("quantile", {u64(100000)}, {}, false), "50501.5");
  EXPECT_EQ(aggregate("quantile", {u64(100000)}, Literals().add(0.9), false), "89924.70000000001");
  EXPECT_EQ(aggregate("quantiles", {u64(100000)}, Literals().add(0.1).add(0.2), false),
            "[9841.1,20000.2]");
  EXPECT_EQ(aggregate("median", {u64(5)}), "2");
  EXPECT_EQ(aggregate("quantile", {u64(5)}, Literals().add(2.0)),
            "Quantile level is out of range [0..1]");
}

TEST(Aggregates, GroupArray) {
  EXPECT_EQ(aggregate("groupArray", {u64(4)}), "[0,1,2,3]");
  EXPECT_EQ(aggregate("groupArray", {u64(4)}, Literals().add(2)), "[0,1]");
  EXPECT_EQ(
      aggregate("groupArray",
                {strings(2, [](size_t i) { return std::string(20, static_cast<char>('a' + i)); })}),
      "['aaaaaaaaaaaaaaaaaaaa','bbbbbbbbbbbbbbbbbbbb']");
}

TEST(Aggregates, UnknownNamesAreSuggested) {
  EXPECT_EQ(aggregate("sun", {u64(1)}), "Unknown aggregate function sun");
  EXPECT_EQ(aggregate("sum", {u64(1)}, Literals().add(1)),
            "Aggregate function sum cannot have parameters");
  EXPECT_EQ(aggregate("sum", {strings(1, [](size_t) { return "a"; })}),
            "Illegal type String of argument for aggregate function sum");
}

}  // namespace
}  // namespace sp::testing
