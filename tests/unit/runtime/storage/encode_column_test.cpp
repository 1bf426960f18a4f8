// Which encoding a column gets.

#include "runtime/storage/encode_column.h"

#include <gtest/gtest.h>

#include <cstring>
#include <numeric>

#include "runtime/storage/part_builder.h"

namespace sp {
namespace {

std::shared_ptr<const TableSchema> one_column(Type type, bool sorted = false) {
  TableSchema schema;
  schema.name = "t";
  schema.columns = {{"c", type}};
  if (sorted) schema.sorting_key = {0};
  return std::make_shared<TableSchema>(schema);
}

// Encodes numbers and returns the view of the first segment.
ColumnView view_of(Type type, const std::vector<uint64_t>& values,
                   std::shared_ptr<const Part>& keep) {
  const auto schema = one_column(type);
  RowBatch batch(schema);
  for (const uint64_t value : values) batch.column(0).append(&value);
  const auto images = encode_batch(batch, 65536);
  EXPECT_TRUE(images.ok());
  keep = std::make_shared<EncodedPart>(1, images.value().front(), *schema);
  EXPECT_TRUE(keep->prepare(0).ok());
  return keep->segments().front().columns[0];
}

TEST(EncodeColumn, NumbersTakeTheNarrowestWidthOverTheirMinimum) {
  std::shared_ptr<const Part> keep;
  const Type type = Type::of(TypeKind::kUInt64);
  EXPECT_EQ(view_of(type, {7, 7, 7}, keep).stride, 0U);
  EXPECT_EQ(view_of(type, {1000, 1255}, keep).stride, 1U);
  EXPECT_EQ(view_of(type, {1000, 1256}, keep).stride, 2U);
  EXPECT_EQ(view_of(type, {0, 65536}, keep).stride, 4U);
  EXPECT_EQ(view_of(type, {0, ~0ULL}, keep).stride, 8U);
  const ColumnView negative =
      view_of(Type::of(TypeKind::kInt64), {static_cast<uint64_t>(-5), 3}, keep);
  EXPECT_EQ(negative.stride, 1U);
  EXPECT_EQ(static_cast<int64_t>(negative.base), -5);
}

ColumnView text_view(const std::vector<std::string>& values, bool sorted,
                     std::shared_ptr<const Part>& keep) {
  const auto schema = one_column(Type::of(TypeKind::kString), sorted);
  RowBatch batch(schema);
  for (const std::string& value : values) {
    const StringRef text = batch.arena().copy(value);
    batch.column(0).append(&text);
  }
  const auto images = encode_batch(batch, 65536);
  EXPECT_TRUE(images.ok());
  keep = std::make_shared<EncodedPart>(1, images.value().front(), *schema);
  EXPECT_TRUE(keep->prepare(0).ok());
  return keep->segments().front().columns[0];
}

TEST(EncodeColumn, StringsTakeADictionaryWhenItIsSmaller) {
  std::shared_ptr<const Part> keep;
  std::vector<std::string> repeated, different;
  for (int i = 0; i < 2000; ++i) {
    repeated.push_back("a string like others " + std::to_string(i % 10));
    different.push_back("a string unlike others " + std::to_string(i));
  }
  const ColumnView few = text_view(repeated, false, keep);
  EXPECT_EQ(few.encoding, Encoding::kDictionary);
  EXPECT_EQ(few.dictionary_size, 10U);
  EXPECT_EQ(few.stride, 1U);
  EXPECT_EQ(text_view(different, false, keep).encoding, Encoding::kString);
  const ColumnView leading = text_view(different, true, keep);
  EXPECT_EQ(leading.encoding, Encoding::kDictionary);
  EXPECT_EQ(leading.dictionary_sorted, 1U);
  for (size_t code = 1; code < leading.dictionary_size; ++code) {
    EXPECT_LT(compare(leading.dictionary[code - 1], leading.dictionary[code]), 0);
  }
  EXPECT_EQ(text_view({"only", "only"}, false, keep).stride, 0U);
}

}  // namespace
}  // namespace sp
