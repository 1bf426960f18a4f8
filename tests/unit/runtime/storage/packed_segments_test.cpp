// Packed segments: ids, prices and long texts come back as they went in, from smaller files.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "runtime/core/clock.h"
#include "runtime/core/hash.h"
#include "runtime/core/rng.h"
#include "runtime/core/vfs.h"
#include "runtime/storage/store.h"
#include "tests/unit/support/table_rows.h"
#include "tests/unit/support/temporary_directory.h"

namespace sp {
namespace {

std::unique_ptr<Store> open_store(const std::string& directory) {
  StoreOptions options;
  options.background = false;
  options.segment_rows = 1000;
  auto store = Store::open(directory, options, posix_vfs(), system_clock(), system_rng());
  EXPECT_TRUE(store.ok());
  return store.ok() ? std::move(*store) : nullptr;
}

TableSchema packable() {
  const Type text = Type::of(TypeKind::kString), real = Type::of(TypeKind::kFloat64);
  TableSchema schema;
  schema.name = "packable";
  schema.columns = {{"key", Type::of(TypeKind::kUInt32)},
                    {"id", text},
                    {"price", real},
                    {"single", Type::of(TypeKind::kFloat32)},
                    {"maybe", Type::nullable(real)},
                    {"long", text},
                    {"maybe_long", Type::nullable(text)},
                    {"list", Type::array(text)},
                    {"odd", real}};
  schema.sorting_key = {0};
  return schema;
}

RowBatch rows_like(const std::shared_ptr<const TableSchema>& schema, size_t rows, SeededRng& rng) {
  RowBatch batch(schema);
  Arena& arena = batch.arena();
  for (size_t i = 0; i < rows; ++i) {
    char id[40];
    std::snprintf(id, sizeof id, "tp_%016llx", static_cast<unsigned long long>(rng.next()));
    const auto key = static_cast<uint32_t>(rng.below(1000));
    const double price = static_cast<double>(rng.below(100000)) / 100 - 100;
    const float single = static_cast<float>(rng.below(2000)) / 10;
    const Nullable<double> maybe{price, static_cast<uint8_t>(rng.below(2))};
    const std::string body = "a sentence that repeats itself, number " +
                             std::to_string(rng.next()) +
                             ", and again: a sentence that repeats itself";
    const StringRef text = arena.copy(body), name = arena.copy(id);
    const Nullable<StringRef> maybe_text{text, static_cast<uint8_t>(rng.below(2))};
    auto* item = arena.allocate_array<StringRef>(1);
    *item = text;
    const ArrayRef list{item, 1};
    const double odd = rng.below(50) == 0   ? -0.0
                       : rng.below(50) == 0 ? std::nan("")
                                            : static_cast<double>(rng.next()) / 3;
    const void* slots[] = {&key, &name, &price, &single, &maybe, &text, &maybe_text, &list, &odd};
    for (size_t column = 0; column < std::size(slots); ++column)
      batch.column(column).append(slots[column]);
  }
  return batch;
}

TEST(PackedSegments, ComeBackThroughSealMergeAndReopening) {
  const TemporaryDirectory directory;
  SeededRng rng(3);
  std::vector<std::string> expected;
  uint64_t bytes = 0;
  {
    auto store = open_store(directory.path());
    const auto schema = store->create_table(packable());
    ASSERT_TRUE(schema.ok());
    for (const size_t rows : {3500U, 1U, 2000U}) {
      RowBatch batch = rows_like(*schema, rows, rng);
      for (std::string& row : rows_of(batch)) expected.push_back(std::move(row));
      Commit commit;
      commit.batches.push_back(std::move(batch));
      ASSERT_TRUE(store->commit(std::move(commit)).ok());
      ASSERT_TRUE(store->flush().ok());
    }
    ASSERT_TRUE(store->merge_all().ok());
    bytes = store->statistics("packable").bytes_on_disk;
  }
  auto store = open_store(directory.path());
  ASSERT_NE(store, nullptr);
  EXPECT_TRUE(store->warnings().empty());
  std::vector<std::string> found = rows_of(*store->snapshot("packable"));
  std::sort(found.begin(), found.end());
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(found, expected);
  EXPECT_LT(bytes, expected.size() * 200)
      << "three long texts of about a hundred bytes each must have been packed";
}

TEST(PackedSegments, FiltersKnowTheTextsOfTheirSegment) {
  const TemporaryDirectory directory;
  SeededRng rng(4);
  std::vector<std::string> ids;
  {
    auto store = open_store(directory.path());
    const auto schema = store->create_table(packable());
    ASSERT_TRUE(schema.ok());
    RowBatch batch = rows_like(*schema, 5000, rng);
    for (size_t row = 0; row < 5000; ++row)
      ids.emplace_back(static_cast<const StringRef*>(batch.column(1).slot(row))->view());
    Commit commit;
    commit.batches.push_back(std::move(batch));
    ASSERT_TRUE(store->commit(std::move(commit)).ok());
    ASSERT_TRUE(store->flush().ok());
  }
  auto store = open_store(directory.path());
  const auto snapshot = store->snapshot("packable");
  ASSERT_EQ(snapshot->parts.size(), 1u);
  const Part& part = *snapshot->parts[0];
  EXPECT_GT(part.filter_bytes(1), 0u);
  EXPECT_EQ(part.filter_bytes(0), 0u);
  const auto segments_with = [&](const std::string& text) {
    const uint64_t hash = hash_bytes(text.data(), text.size());
    size_t count = 0;
    for (size_t i = 0; i < part.segments().size(); ++i) count += part.may_have_text(1, i, hash);
    return count;
  };
  size_t present = 0, absent = 0;
  for (const std::string& id : ids) {
    ASSERT_GE(segments_with(id), 1u);
    present += segments_with(id);
    absent += segments_with(id + "?");
  }
  EXPECT_LT(present, ids.size() * 5 / 4) << "each id is in one of five segments";
  EXPECT_LT(absent, ids.size() / 4);
}

}  // namespace
}  // namespace sp
