// Slots: layouts, order, hashing, deep copies and byte images of every shape of type.

#include "runtime/core/slot.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "runtime/core/arena.h"

namespace sp {
namespace {

Type string_type() { return Type::of(TypeKind::kString); }
Type nullable_string() { return Type::nullable(string_type()); }

TEST(SlotLayout, FollowsTheTable) {
  EXPECT_EQ(slot_layout(Type::of(TypeKind::kUInt8)).size, 1U);
  EXPECT_EQ(slot_layout(Type::of(TypeKind::kUuid)).size, 16U);
  EXPECT_EQ(slot_layout(Type::of(TypeKind::kInt256)).size, 32U);
  EXPECT_EQ(slot_layout(Type::decimal(9, 2)).size, 4U);
  EXPECT_EQ(slot_layout(Type::decimal(38, 2)).size, 16U);
  EXPECT_EQ(slot_layout(nullable_string()).size, 24U);
  EXPECT_EQ(slot_layout(Type::nullable(Type::of(TypeKind::kUInt16))).size, 4U);
  EXPECT_EQ(slot_layout(Type::null_type()).size, 2U);
  EXPECT_EQ(slot_layout(Type::low_cardinality(nullable_string())).size, 24U);
  EXPECT_EQ(slot_layout(Type::tuple({})).size, 1U);
  const RowLayout row =
      row_layout({Type::of(TypeKind::kUInt8), string_type(), Type::of(TypeKind::kUInt16)});
  EXPECT_EQ(row.offsets, (std::vector<uint32_t>{0, 8, 24}));
  EXPECT_EQ(row.size, 32U);
}

TEST(SlotOps, OrdersNanAfterNumbersAndNullLast) {
  const double nan = std::numeric_limits<double>::quiet_NaN(), one = 1, minus_zero = -0.0,
               zero = 0.0;
  const SlotOps& ops = slot_ops(Type::of(TypeKind::kFloat64));
  EXPECT_GT(ops.compare(&nan, &one), 0);
  EXPECT_TRUE(ops.equal(&nan, &nan));
  EXPECT_TRUE(ops.equal(&zero, &minus_zero));
  EXPECT_EQ(ops.hash(&zero), ops.hash(&minus_zero));
  const Nullable<double> null{0, 1}, value{nan, 0};
  const SlotOps& nullable = slot_ops(Type::nullable(Type::of(TypeKind::kFloat64)));
  EXPECT_GT(nullable.compare(&null, &value), 0);
  EXPECT_TRUE(nullable.equal(&null, &null));
}

TEST(SlotOps, ComparesWideNumbersBySign) {
  const SlotOps& ops = slot_ops(Type::of(TypeKind::kInt128));
  const uint64_t minus_one[2] = {~0ULL, ~0ULL}, one[2] = {1, 0}, big[2] = {0, 1};
  EXPECT_LT(ops.compare(minus_one, one), 0);
  EXPECT_LT(ops.compare(one, big), 0);
}

// Array(Tuple(String, Nullable(Int64))) with long and short strings.
TEST(SlotSerialize, RoundTripsNestedValuesAndRejectsEveryTruncation) {
  Arena arena;
  const Type element = Type::tuple({string_type(), Type::nullable(Type::of(TypeKind::kInt64))});
  const Type type = Type::array(element);
  struct Entry {
    StringRef text;
    Nullable<int64_t> number;
  };
  ASSERT_EQ(slot_layout(element).size, sizeof(Entry));
  Entry entries[3] = {};
  entries[0] = {StringRef("a string longer than twelve bytes"), {-5, 0}};
  entries[1] = {StringRef("short"), {0, 1}};
  entries[2] = {StringRef(""), {7, 0}};
  const ArrayRef array{entries, 3};
  std::string image;
  serialize_slot(type, &array, image);
  ArrayRef back{};
  ASSERT_EQ(deserialize_slot(type, image.data(), image.size(), &back, arena), image.size());
  const SlotOps& ops = slot_ops(type);
  EXPECT_TRUE(ops.equal(&array, &back));
  EXPECT_EQ(ops.hash(&array), ops.hash(&back));
  EXPECT_EQ(ops.compare(&array, &back), 0);
  for (size_t size = 0; size < image.size(); ++size) {
    const std::string cut = image.substr(0, size);
    EXPECT_EQ(deserialize_slot(type, cut.data(), cut.size(), &back, arena), 0U) << size;
  }
  ArrayRef copied{};
  ops.copy(&copied, &array, arena);
  entries[0].text = StringRef("overwritten after the deep copy");
  EXPECT_FALSE(ops.equal(&array, &copied));
}

TEST(SlotSerialize, RoundTripsMapsAndNulls) {
  Arena arena;
  const Type type = Type::map(Type::low_cardinality(string_type()), Type::of(TypeKind::kUInt16));
  struct Entry {
    StringRef key;
    uint16_t value;
  };
  Entry entries[2] = {};
  entries[0].key = StringRef("k");
  entries[0].value = 9;
  entries[1].key = StringRef("another key, a long one");
  entries[1].value = 10;
  const ArrayRef map{entries, 2};
  std::string image;
  serialize_slot(type, &map, image);
  ArrayRef back{};
  ASSERT_EQ(deserialize_slot(type, image.data(), image.size(), &back, arena), image.size());
  EXPECT_TRUE(slot_ops(type).equal(&map, &back));

  const Nullable<StringRef> null{StringRef("garbage behind the flag"), 1};
  image.clear();
  serialize_slot(nullable_string(), &null, image);
  EXPECT_EQ(image, std::string("\1", 1));
}

}  // namespace
}  // namespace sp
