// The numbered rows of small_store.h.

#include "tests/unit/support/small_store.h"

#include <cstring>

namespace sp {

TableSchema events_schema(const std::string& name) {
  TableSchema schema;
  schema.name = name;
  schema.columns = {{"customer", Type::of(TypeKind::kString)},
                    {"number", Type::of(TypeKind::kUInt64)},
                    {"filler", Type::nullable(Type::of(TypeKind::kString))},
                    {"at", Type::of(TypeKind::kDateTime)}};
  schema.sorting_key = {0, 3};
  schema.partition = TableSchema::Partition::kMonth;
  schema.partition_column = 3;
  return schema;
}

RowBatch numbered_rows(std::shared_ptr<const TableSchema> schema, uint64_t number, size_t rows) {
  RowBatch batch(std::move(schema));
  for (size_t row = 0; row < rows; ++row) {
    const uint64_t mix = number * 31 + row;
    const StringRef customer = batch.arena().copy("customer-" + std::to_string(mix % 17));
    batch.column(0).append(&customer);
    batch.column(1).append(&number);
    const std::string text = "filler of some length " + std::to_string(mix);
    const Nullable<StringRef> filler{batch.arena().copy(text), static_cast<uint8_t>(mix % 5 == 0)};
    uint8_t slot[24] = {};
    std::memcpy(slot, &filler.value, 16);
    slot[16] = filler.is_null;
    batch.column(2).append(slot);
    const auto at =
        static_cast<uint32_t>(1672531200 + (mix % 3) * 2678400);  // January, February, March 2023
    batch.column(3).append(&at);
  }
  return batch;
}

Result<void> commit_numbered(Store& store, uint64_t number, size_t rows, bool durable,
                             const std::string& key) {
  Commit commit;
  commit.batches.push_back(numbered_rows(store.find_table("events"), number, rows));
  commit.durable = durable;
  commit.idempotency_key = key;
  return store.commit(std::move(commit));
}

Result<std::unique_ptr<Store>> open_small(Vfs& vfs, const std::string& directory, bool background) {
  StoreOptions options;
  options.segment_rows = 7;
  options.log_segment_bytes = 4096;
  options.background = background;
  options.seal_rows = 500;
  static ManualClock clock;
  SP_TRY(auto store, Store::open(directory, options, vfs, clock, system_rng()));
  SP_TRY(const auto schema, store->create_table(events_schema()));
  return store;
}

std::vector<uint64_t> count_numbers(const TableSnapshot& snapshot, uint64_t numbers, Error* error) {
  std::vector<uint64_t> counts(numbers);
  for (const auto& part : snapshot.parts) {
    for (uint32_t column = 0; column < snapshot.schema->columns.size(); ++column) {
      if (auto prepared = part->prepare(column); !prepared.ok()) {
        if (error != nullptr) *error = prepared.error();
        return {};
      }
    }
    for (const Segment& segment : part->segments()) {
      const ColumnView& view = segment.columns[1];
      for (size_t row = 0; row < segment.rows; ++row) {
        uint64_t word;
        std::memcpy(&word, view.data + row * view.stride, sizeof(word));
        const uint64_t number = (word & view.mask) + view.base;
        if (number < numbers) ++counts[number];
      }
    }
  }
  return counts;
}

}  // namespace sp
