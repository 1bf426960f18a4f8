// Aggregates over journeys: funnels and sequences in all their modes. The expected digits are
// ClickHouse's answers to the same formulas (windowFunnel over numbers(12), sequences over
// numbers(36), one digit for each g from 1 to 24).

#include "tests/unit/runtime/aggregates/column_of.h"

namespace sp::testing {
namespace {

template <class F>
Column flags(size_t rows, F&& condition) {
  return numbers<uint8_t>("UInt8", rows, [&](size_t n) { return condition(n) ? 1 : 0; });
}

std::string funnels(const std::vector<const char*>& modes) {
  std::string out;
  for (size_t g = 1; g <= 24; ++g) {
    Literals parameters;
    parameters.add(20);
    for (const char* mode : modes) parameters.add(mode);
    const auto time =
        numbers<uint32_t>("UInt32", 12, [=](size_t n) { return (n * g * 7 + n * n) % 61; });
    out += aggregate("windowFunnel",
                     {time, flags(12, [=](size_t n) { return (n * g + n) % 5 == 0; }),
                      flags(12, [=](size_t n) { return (n * g + n * 3) % 7 == 1; }),
                      flags(12, [=](size_t n) { return (n * g) % 4 == 2; }),
                      flags(12, [=](size_t n) { return (n + g) % 6 == 3; })},
                     parameters);
  }
  return out;
}

TEST(WindowFunnel, EqualsClickHouseInAllModes) {
  EXPECT_EQ(funnels({}), "431124423212241231423342");
  EXPECT_EQ(funnels({"strict_order"}), "111114111112111211411112");
  EXPECT_EQ(funnels({"strict_deduplication"}), "431124322212231231423342");
  EXPECT_EQ(funnels({"strict_increase"}), "221123121212211221121231");
  EXPECT_EQ(funnels({"strict_once"}), "221123122212221221321232");
  EXPECT_EQ(funnels({"strict_order", "allow_reentry"}), "111114113112241231411312");
  EXPECT_EQ(funnels({"strict_once", "strict_increase"}), "221123122212221221321232");
  EXPECT_EQ(funnels({"strict_once", "strict_order"}), "111113111112111211211112");
}

TEST(WindowFunnel, RejectsWrongCalls) {
  const Column time = numbers<uint32_t>("UInt32", 1, [](size_t) { return 1; });
  EXPECT_EQ(aggregate("windowFunnel", {time, time}, Literals().add(1)),
            "Illegal type UInt32 of argument 2 of aggregate function windowFunnel, must be UInt8");
  EXPECT_EQ(aggregate("windowFunnel", {time, flags(1, [](size_t) { return true; })},
                      Literals().add(1).add("odd")),
            "Aggregate function windowFunnel doesn't support a parameter: odd");
}

std::string sequences(const char* pattern) {
  std::string out;
  for (size_t g = 1; g <= 24; ++g) {
    const std::vector<Column> columns{
        numbers<uint32_t>("UInt32", 36, [](size_t n) { return n * 3 % 37; }),
        flags(36, [=](size_t n) { return (n * g + n) % 5 == 0; }),
        flags(36, [=](size_t n) { return (n * g + n * 3) % 7 == 1; }),
        flags(36, [=](size_t n) { return (n * g) % 4 == 2; })};
    out += aggregate("sequenceMatch", columns, Literals().add(pattern)) + "," +
           aggregate("sequenceCount", columns, Literals().add(pattern)) + " ";
  }
  return out;
}

TEST(SequenceMatch, EqualsClickHouse) {
  EXPECT_EQ(sequences("(?1)(?2)"),
            "1,4 1,2 1,2 0,0 1,3 1,2 1,4 1,5 1,5 1,2 0,0 1,3 1,4 1,5 1,4 1,4 1,2 0,0 1,5 1,4 1,4 "
            "1,2 1,2 1,5 ");
  EXPECT_EQ(sequences("(?1).*(?2)"),
            "1,5 1,4 1,3 0,0 1,3 1,4 1,5 1,5 1,5 1,3 0,0 1,3 1,4 1,5 1,5 1,4 1,3 0,0 1,5 1,4 1,5 "
            "1,5 1,4 1,5 ");
  EXPECT_EQ(sequences("(?1)(?t<=5)(?2)"),
            "1,5 1,3 1,3 0,0 1,3 1,4 1,4 1,5 1,5 1,3 0,0 1,3 1,4 1,5 1,5 1,3 1,3 0,0 1,5 1,4 1,4 "
            "1,5 1,3 1,5 ");
  EXPECT_EQ(sequences("(?1).(?3)"),
            "1,3 1,5 1,3 0,0 1,3 1,4 1,3 0,0 1,3 1,5 1,3 0,0 1,3 1,6 1,3 0,0 1,3 1,5 1,3 0,0 1,3 "
            "1,4 1,3 0,0 ");
  EXPECT_EQ(sequences("(?1)(?t>3)(?2)"),
            "1,3 1,4 1,3 0,0 1,2 1,3 1,4 1,3 1,5 1,3 0,0 1,2 1,3 1,5 1,3 1,4 1,3 0,0 1,4 1,3 1,4 "
            "1,3 1,4 1,4 ");
  EXPECT_EQ(sequences("(?1)(?t<4).*(?3)(?t>=2)(?2)"),
            "1,2 1,3 1,2 0,0 1,2 1,3 1,3 0,0 1,3 1,3 0,0 0,0 1,2 1,4 1,2 0,0 1,2 0,0 1,2 0,0 1,3 "
            "1,3 1,2 0,0 ");
  EXPECT_EQ(sequences("(?1)(?t==2)(?3)"),
            "1,1 1,3 1,1 0,0 1,1 1,3 1,1 0,0 1,3 1,3 1,1 0,0 1,1 1,6 1,1 0,0 1,1 1,3 1,3 0,0 1,1 "
            "1,3 1,1 0,0 ");
}

TEST(Retention, IsBoundToTheFirstCondition) {
  EXPECT_EQ(aggregate("retention", {flags(10, [](size_t n) { return n == 1; }),
                                    flags(10, [](size_t n) { return n == 2; }),
                                    flags(10, [](size_t n) { return n == 50; })}),
            "[1,1,0]");
}

}  // namespace
}  // namespace sp::testing
