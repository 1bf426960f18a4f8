// Combinators over several aggregates. Expected values are ClickHouse's.

#include "tests/unit/runtime/aggregates/column_of.h"

namespace sp::testing {
namespace {

Column u64(size_t rows, size_t modulo = 1000000) {
  return numbers<uint64_t>("UInt64", rows, [=](size_t i) { return i % modulo; });
}

Column nullable(size_t rows, bool all_null) {
  struct Slot {
    uint64_t value;
    uint8_t is_null;
  };
  return numbers<Slot>("Nullable(UInt64)", rows,
                       [=](size_t i) { return Slot{i, static_cast<uint8_t>(all_null || i % 2)}; });
}

Type type_of(const char* name, const std::vector<Type>& types, const Literals& parameters = {}) {
  static const AggregateRegistry registry;
  std::vector<Argument> arguments;
  for (const Type type : types) arguments.push_back({type, false, nullptr, ""});
  auto resolved = registry.resolve(name, parameters.arguments, arguments, {});
  EXPECT_TRUE(resolved.ok()) << (resolved.ok() ? "" : resolved.error().message);
  return resolved.ok() ? resolved->result : Type();
}

TEST(Combinators, NullArguments) {
  EXPECT_EQ(aggregate("sum", {nullable(10, false)}), "20");
  EXPECT_EQ(aggregate("sum", {nullable(10, true)}), "NULL");
  EXPECT_EQ(aggregate("count", {nullable(10, false)}), "5");
  EXPECT_EQ(aggregate("uniq", {nullable(10, true)}), "0");
  EXPECT_EQ(aggregate("groupArray", {nullable(5, false)}), "[0,2,4]");
  EXPECT_EQ(aggregate("sumOrNull", {u64(0)}), "NULL");
  EXPECT_EQ(aggregate("avgOrDefault", {u64(0)}), "0");
  EXPECT_EQ(aggregate("avgOrDefault", {u64(4)}), "1.5");
}

TEST(Combinators, DistinctArrayForEachResample) {
  EXPECT_EQ(aggregate("sumDistinct", {u64(100, 5)}), "10");
  EXPECT_EQ(aggregate("groupArrayDistinct", {u64(100, 5)}), "[0,1,2,3,4]");
  EXPECT_EQ(aggregate("countResample", {u64(10)}, Literals().add(0).add(10).add(4)), "[4,4,2]");
  EXPECT_EQ(aggregate("sumResample", {u64(10), u64(10)}, Literals().add(2).add(8).add(3)),
            "[9,18]");
  EXPECT_EQ(aggregate("sumArgMax", {u64(10), u64(10, 3)}), "15");
  EXPECT_EQ(aggregate("countArgMin", {u64(10), u64(10, 3)}), "4");
  std::vector<uint64_t> values{1, 2, 3};
  const Column arrays =
      numbers<ArrayRef>("Array(UInt64)", 4, [&](size_t i) { return ArrayRef{values.data(), i}; });
  EXPECT_EQ(aggregate("sumArray", {arrays}), "10");
  EXPECT_EQ(aggregate("sumForEach", {arrays}), "[3,4,3]");
  EXPECT_EQ(aggregate("groupArrayArray", {arrays}), "[1,1,2,1,2,3]");
  EXPECT_EQ(aggregate("countArray", {arrays}), "6");
}

TEST(Combinators, StateTypesAreSpelledAsByClickHouse) {
  const Type u8 = Type::of(TypeKind::kUInt8), text = Type::of(TypeKind::kString);
  EXPECT_EQ(type_of("sumState", {Type::nullable(u8)}).name(),
            "AggregateFunction(sum, Nullable(UInt8))");
  EXPECT_EQ(type_of("sumIfState", {u8, u8}).name(), "AggregateFunction(sumIf, UInt8, UInt8)");
  EXPECT_EQ(type_of("countIfState", {u8}).name(), "AggregateFunction(countIf, UInt8)");
  EXPECT_EQ(type_of("sumStateIf", {u8, u8}).name(), "AggregateFunction(sum, UInt8)");
  EXPECT_EQ(type_of("countState", {}).name(), "AggregateFunction(count)");
  EXPECT_EQ(type_of("quantileState", {u8}, Literals().add(0.5)).name(),
            "AggregateFunction(quantile(0.5), UInt8)");
  EXPECT_EQ(type_of("groupArrayState", {text}, Literals().add(5)).name(),
            "AggregateFunction(groupArray(5), String)");
  EXPECT_EQ(type_of("sumSimpleState", {u8}).name(), "SimpleAggregateFunction(sum, UInt64)");
  EXPECT_EQ(type_of("sumMerge", {type_of("sumState", {Type::nullable(u8)})}).name(),
            "Nullable(UInt64)");
  EXPECT_EQ(type_of("countMerge", {type_of("countState", {Type::nullable(u8)})}).name(), "UInt64");
  EXPECT_EQ(type_of("sumIfMerge", {type_of("sumIfState", {u8, u8})}).name(), "UInt64");
  EXPECT_EQ(
      type_of("quantilesMerge", {type_of("quantilesState", {u8}, Literals().add(0.5).add(0.9))})
          .name(),
      "Array(Float64)");
  EXPECT_EQ(type_of("sumMergeState", {type_of("sumState", {u8})}).name(),
            "AggregateFunction(sum, UInt8)");
  EXPECT_EQ(type_of("argMaxMerge", {Type::aggregate_function("argMaxState", {text, u8})}).name(),
            "String");
}

// Stores states of parts of the rows and merges them back.
std::string through_states(const char* name, const std::string& merge,
                           const std::vector<Column>& columns, const Literals& parameters = {}) {
  static const AggregateRegistry registry;
  std::vector<Argument> arguments;
  for (const Column& column : columns) arguments.push_back({column.type, false, nullptr, ""});
  auto storing = registry.resolve(name, parameters.arguments, arguments, {});
  if (!storing.ok()) return storing.error().message;
  const Nested store(*storing);
  QueryState query;
  ExecState exec(query);
  Column states{storing->result, {}};
  for (size_t part = 0; part < 3; ++part) {
    void* state = exec.persistent.allocate(store.state_size(), 16);
    store.init(state);
    std::vector<const void*> slots(columns.size());
    for (size_t row = part; row < columns[0].rows(); row += 3) {
      for (size_t i = 0; i < slots.size(); ++i) slots[i] = columns[i].at(row);
      store.add(exec, state, slots.data());
    }
    StringRef bytes;
    store.finish(exec, state, &bytes);
    states.bytes.insert(states.bytes.end(), reinterpret_cast<const char*>(&bytes),
                        reinterpret_cast<const char*>(&bytes) + 16);
  }
  return aggregate(merge.c_str(), {states});
}

TEST(Combinators, StatesMergeBack) {
  EXPECT_EQ(through_states("sumState", "sumMerge", {u64(10)}), "45");
  EXPECT_EQ(through_states("countState", "countMerge", {u64(10)}), "10");
  EXPECT_EQ(through_states("avgState", "avgMerge", {u64(4)}), "1.5");
  EXPECT_EQ(through_states("uniqState", "uniqMerge", {u64(200000)}), "199902");
  EXPECT_EQ(through_states("uniqExactState", "uniqExactMerge", {u64(1000)}), "1000");
  EXPECT_EQ(through_states("quantileState", "quantileMerge",
                           {numbers<double>("Float64", 101, [](size_t i) { return i; })},
                           Literals().add(0.25)),
            "25");
  EXPECT_EQ(through_states("maxState", "maxMerge",
                           {strings(20, [](size_t i) { return std::to_string(i); })}),
            "'9'");
  EXPECT_EQ(through_states("argMaxState", "argMaxMerge",
                           {strings(20, [](size_t i) { return std::to_string(i); }), u64(20)}),
            "'19'");
  const Column condition = numbers<uint8_t>("UInt8", 10, [](size_t i) { return i % 2; });
  EXPECT_EQ(through_states("sumIfState", "sumIfMerge", {u64(10), condition}), "25");
  EXPECT_EQ(through_states("countIfState", "countIfMerge", {condition}), "5");
  EXPECT_EQ(through_states("countIfState", "countMerge", {condition}), "5");
  EXPECT_EQ(through_states("sumStateIf", "sumMerge", {u64(10), condition}), "25");
  EXPECT_EQ(through_states("groupArrayDistinctState", "groupArrayDistinctMerge", {u64(9, 3)}),
            "[0,1,2]");
  EXPECT_EQ(through_states("sumState", "maxMerge", {u64(10)}),
            "Illegal type AggregateFunction(sum, UInt64) of argument for aggregate function "
            "maxMerge, expected max or equivalent type");
}

}  // namespace
}  // namespace sp::testing
