// Statistics, quantiles, frequent values, approximate counts. Expected values are ClickHouse's over
// the same numbers.

#include "tests/unit/runtime/aggregates/column_of.h"

#include <cmath>

namespace sp::testing {
namespace {

template <class F>
Column u64(size_t rows, F&& value) {
  return numbers<uint64_t>("UInt64", rows, value);
}
Column count_up(size_t rows) {
  return u64(rows, [](size_t n) { return n; });
}

TEST(Statistics, Moments) {
  const Column n = count_up(10), square = u64(10, [](size_t i) { return i * i; });
  EXPECT_EQ(aggregate("varPop", {n}), "8.25");
  EXPECT_EQ(aggregate("varSamp", {n}), "9.166666666666666");
  EXPECT_EQ(aggregate("stddevPop", {n}), "2.8722813232690143");
  EXPECT_EQ(aggregate("stddevSamp", {n}), "3.0276503540974917");
  EXPECT_EQ(aggregate("skewPop", {square}), "0.6735701055423582");
  EXPECT_EQ(aggregate("kurtSamp", {square}), "1.7333838333589604");
  EXPECT_EQ(aggregate("covarPop", {n, square}), "74.25");
  EXPECT_EQ(aggregate("covarSamp", {n, square}), "82.5");
  EXPECT_EQ(aggregate("corr", {n, square}), "0.9626907371412557");
  EXPECT_EQ(aggregate("varPopStable", {n}, {}, false), "8.25");
  EXPECT_EQ(aggregate("simpleLinearRegression",
                      {count_up(5), u64(5, [](size_t i) { return i * 3 + 1; })}),
            "(3,1)");
  EXPECT_EQ(aggregate("entropy", {u64(10, [](size_t i) { return i % 3; })}), "1.5709505944546684");
  EXPECT_EQ(aggregate("deltaSum", {u64(20, [](size_t i) { return i % 4; })}), "15");
  EXPECT_EQ(aggregate("boundingRatio", {count_up(20), u64(20, [](size_t i) { return i * 2; })}),
            "2");
  EXPECT_EQ(aggregate("maxIntersections", {count_up(20), u64(20, [](size_t i) { return i + 5; })}),
            "5");
  EXPECT_EQ(aggregate("maxIntersectionsPosition",
                      {count_up(20), u64(20, [](size_t i) { return i + 5; })}),
            "4");
  EXPECT_EQ(aggregate("intervalLengthSum", {u64(20, [](size_t i) { return i * 3; }),
                                            u64(20, [](size_t i) { return i * 3 + 4; })}),
            "61");
  EXPECT_EQ(
      aggregate("exponentialMovingAverage", {count_up(20), count_up(20)}, Literals().add(5), false),
      "12.757790038556962");
}

TEST(Statistics, Quantiles) {
  const Column n = count_up(100);
  EXPECT_EQ(aggregate("quantileExact", {n}, Literals().add(0.3)), "30");
  EXPECT_EQ(aggregate("quantileExactLow", {n}), "49");
  EXPECT_EQ(aggregate("quantileExactHigh", {n}), "50");
  EXPECT_EQ(aggregate("quantileExactInclusive", {n}, Literals().add(0.3)), "29.7");
  EXPECT_EQ(aggregate("quantileExactExclusive", {n}, Literals().add(0.3)), "29.299999999999997");
  EXPECT_EQ(aggregate("quantileExactWeighted", {n, n}, Literals().add(0.3)), "54");
  EXPECT_EQ(aggregate("quantilesExact", {n}, Literals().add(0.3).add(0.9).add(1)), "[30,90,99]");
  EXPECT_EQ(aggregate("quantilesTiming", {n}, Literals().add(0.3).add(0.9)), "[30,90]");
  EXPECT_EQ(aggregate("quantileTimingWeighted", {n, n}, Literals().add(0.3)), "54");
  EXPECT_EQ(aggregate("quantilesTDigest", {n}, Literals().add(0.3).add(0.9)), "[29,89]");
  EXPECT_EQ(aggregate("quantileTDigestWeighted", {n, n}, Literals().add(0.3), false), "54.495415");
  const Column mixed = u64(5000, [](size_t i) { return i * i % 1000; });
  EXPECT_EQ(aggregate("quantileTDigest", {mixed}, Literals().add(0.37), false), "320.71362");
  EXPECT_EQ(aggregate("quantileTDigest", {mixed}, Literals().add(0.99), false), "976");
  EXPECT_EQ(aggregate("quantilesTDigest", {u64(20000, [](size_t i) { return i * i % 100000; })},
                      Literals().add(0.1).add(0.5).add(0.9), false),
            "[9413.549,49497.914,89808.85]");
  EXPECT_EQ(aggregate("quantileTiming", {u64(7000, [](size_t i) { return i * i % 1000; })},
                      Literals().add(0.37)),
            "321");
  EXPECT_EQ(aggregate("quantileTiming", {u64(7000, [](size_t i) { return i * 7 % 31000; })},
                      Literals().add(0.8)),
            "21186");
  EXPECT_EQ(aggregate("quantileExact", {count_up(0)}), "0");
  EXPECT_EQ(aggregate("quantileTDigest", {count_up(0)}), "nan");
}

TEST(Statistics, FrequentValues) {
  // Frequencies without ties: 0 once, 1 three times, ... (the order of ties is open).
  const Column n =
      u64(2500, [](size_t i) { return static_cast<size_t>(std::sqrt(static_cast<double>(i))); });
  EXPECT_EQ(aggregate("topK", {n}, Literals().add(3)), "[49,48,47]");
  EXPECT_EQ(
      aggregate(
          "topK",
          {u64(25,
               [](size_t i) { return static_cast<size_t>(std::sqrt(static_cast<double>(i))); })},
          Literals().add(2).add(3).add("counts")),
      "[(4,9,0),(3,7,0)]");
  EXPECT_EQ(aggregate("anyHeavy", {u64(10, [](size_t i) { return i % 3 == 0; })}), "0");
}

TEST(Statistics, ApproximateCounts) {
  EXPECT_EQ(aggregate("uniqCombined", {count_up(1000)}), "1000");
  EXPECT_EQ(aggregate("uniqHLL12", {count_up(1000)}), "973");
  EXPECT_EQ(aggregate("uniqCombined", {count_up(30000)}), "30045");
  EXPECT_EQ(aggregate("uniqCombined", {count_up(30000)}, Literals().add(15)), "30033");
  EXPECT_EQ(aggregate("uniqHLL12", {count_up(30000)}), "29368");
  EXPECT_EQ(aggregate("uniqCombined64", {count_up(30000)}), "30045");
  EXPECT_EQ(aggregate("uniqCombined", {count_up(10000)}, Literals().add(12)), "9949");
}

TEST(Statistics, Arrays) {
  const Column n = count_up(5);
  EXPECT_EQ(aggregate("groupUniqArray", {u64(20, [](size_t i) { return i % 5; })}), "[0,1,2,3,4]");
  EXPECT_EQ(aggregate("groupArrayMovingSum", {n}), "[0,1,3,6,10]");
  EXPECT_EQ(aggregate("groupArrayMovingAvg", {n}), "[0,0.2,0.6,1.2,2]");
  EXPECT_EQ(aggregate("groupArrayMovingSum", {n}, Literals().add(2)), "[0,1,3,5,7]");
  EXPECT_EQ(aggregate("groupArrayMovingAvg", {n}, Literals().add(2)), "[0,0.5,1.5,2.5,3.5]");
  EXPECT_EQ(aggregate("groupArraySorted", {strings(30, [](size_t i) { return std::to_string(i); })},
                      Literals().add(3)),
            "['0','1','10']");
  EXPECT_EQ(aggregate("groupArrayInsertAt", {count_up(3), u64(3, [](size_t i) { return i * 2; })},
                      Literals().add(7)),
            "[0,7,1,7,2]");
  EXPECT_EQ(aggregate("groupArrayInsertAt", {count_up(3), u64(3, [](size_t i) { return i * 2; })},
                      Literals().add(7).add(4)),
            "[0,7,1,7]");
  EXPECT_EQ(aggregate("groupConcat", {strings(4, [](size_t i) { return std::to_string(i); })},
                      Literals().add(",").add(2)),
            "'0,1'");
  EXPECT_EQ(aggregate("groupBitAnd", {u64(8, [](size_t i) { return i + 8; })}), "8");
  EXPECT_EQ(aggregate("groupBitmap", {u64(8, [](size_t i) { return i % 5; })}), "5");
  std::vector<uint64_t> keys{1, 2, 1}, values{0, 3, 0};
  const auto array = [](std::vector<uint64_t>& from) {
    return numbers<ArrayRef>("Array(UInt64)", 3, [&](size_t) { return ArrayRef{from.data(), 2}; });
  };
  EXPECT_EQ(aggregate("sumMap", {array(keys), array(values)}), "([2],[9])");
  EXPECT_EQ(aggregate("minMap", {array(keys), array(values)}), "([1,2],[0,3])");
}

}  // namespace
}  // namespace sp::testing
