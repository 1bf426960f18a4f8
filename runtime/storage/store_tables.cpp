// Tables: creating, changing, dropping, replacing; snapshots and statistics.

#include <algorithm>

#include "runtime/storage/commit_pause.h"
#include "runtime/storage/part_builder.h"
#include "runtime/storage/schema_change.h"
#include "runtime/storage/store_impl.h"

namespace sp {

StoreImpl::Table* StoreImpl::find_state(uint64_t id) {
  for (auto& [name, table] : tables_) {
    if (table.schema->id == id) return &table;
  }
  return nullptr;
}

const StoreImpl::Table* StoreImpl::find_state(const std::string& name) const {
  const auto found = tables_.find(name);
  return found == tables_.end() ? nullptr : &found->second;
}

std::shared_ptr<const TableSchema> StoreImpl::find_table(const std::string& name) const {
  const std::lock_guard lock(state_mutex_);
  const Table* table = find_state(name);
  return table == nullptr ? nullptr : table->schema;
}

std::vector<std::shared_ptr<const TableSchema>> StoreImpl::tables() const {
  const std::lock_guard lock(state_mutex_);
  std::vector<std::shared_ptr<const TableSchema>> out;
  for (const auto& [name, table] : tables_) out.push_back(table.schema);
  return out;
}

std::vector<uint64_t> StoreImpl::table_ids() const {
  std::vector<uint64_t> ids;
  for (const auto& schema : tables()) ids.push_back(schema->id);
  return ids;
}

Result<std::shared_ptr<const TableSchema>> StoreImpl::create_table(TableSchema schema) {
  const std::scoped_lock exclusive(seal_mutex_, merge_mutex_);
  if (const auto present = find_table(schema.name)) return evolve(*present, std::move(schema));
  std::shared_ptr<const TableSchema> made;
  SP_TRY_VOID(switch_manifest([&](Manifest& manifest) {
    schema.id = manifest.next_table++;
    ManifestTable table;
    table.schema = schema;
    table.applied_commit = manifest.last_commit;
    manifest.tables.push_back(std::move(table));
  }));
  made = std::make_shared<const TableSchema>(std::move(schema));
  const std::lock_guard lock(state_mutex_);
  tables_[made->name].schema = made;
  return made;
}

// Heads are sealed first, so that the log holds no rows of the old layout.
Result<std::shared_ptr<const TableSchema>> StoreImpl::evolve(const TableSchema& present, TableSchema wanted) {
  wanted.id = present.id;
  if (same_schema(present, wanted)) return find_table(present.name);
  SP_TRY_VOID(check_schema_change(present, wanted));
  const CommitPause pause(*this);
  SP_TRY_VOID(seal(present.id));
  SP_TRY_VOID(switch_manifest([&](Manifest& manifest) { manifest.find(present.id)->schema = wanted; }));
  const auto schema = std::make_shared<const TableSchema>(std::move(wanted));
  const std::lock_guard lock(state_mutex_);
  Table& table = tables_[schema->name];
  for (PartPointer& part : table.parts) {
    part = std::make_shared<EncodedPart>(part->id(), part->image_ptr(), *schema, part->first_commit(),
                                         part->last_commit());
  }
  table.schema = schema;
  table.cached.reset();
  return schema;
}

Result<void> StoreImpl::drop_table(const std::string& name) {
  const std::scoped_lock exclusive(seal_mutex_, merge_mutex_);
  const auto schema = find_table(name);
  if (schema == nullptr) return fail(ErrorCode::kUnknownTable, "Unknown table: " + name);
  const CommitPause pause(*this);
  SP_TRY_VOID(switch_manifest([&](Manifest& manifest) {
    std::erase_if(manifest.tables, [&](const ManifestTable& table) { return table.schema.id == schema->id; });
  }));
  {
    const std::lock_guard lock(state_mutex_);
    for (const PartPointer& part : tables_[name].parts) part->image().remove_when_unused();
    tables_.erase(name);
  }
  trim_log();
  return {};
}

Result<void> StoreImpl::replace(const std::string& name, std::vector<RowBatch> rows) {
  const std::scoped_lock exclusive(seal_mutex_, merge_mutex_);
  SP_TRY_VOID(adapt_batches(rows));
  const auto schema = find_table(name);
  if (schema == nullptr) return fail(ErrorCode::kUnknownTable, "Unknown table: " + name);
  std::map<int64_t, std::vector<PartPointer>> by_partition;
  for (RowBatch& batch : rows) {
    if (batch.schema().id != schema->id) {
      return fail(ErrorCode::kLogicalError, "Rows of another table: " + batch.schema().name);
    }
    SP_TRY(const auto images, encode_batch(batch, options_.segment_rows));
    for (const auto& image : images) {
      by_partition[image->directory().partition].push_back(
          std::make_shared<EncodedPart>(next_part_++, image, *schema, 1, 1));
    }
  }
  rows.clear();
  std::vector<PartPointer> parts;
  for (const auto& [partition, blocks] : by_partition) {
    SP_TRY(PartPointer part, build_part(schema, blocks));
    parts.push_back(std::move(part));
  }
  const CommitPause pause(*this);
  SP_TRY_VOID(switch_manifest([&](Manifest& manifest) {
    ManifestTable& table = *manifest.find(schema->id);
    table.applied_commit = manifest.last_commit;
    table.parts.clear();
    for (const PartPointer& part : parts) table.parts.push_back(describe(*part));
  }));
  {
    const std::lock_guard lock(state_mutex_);
    Table& table = tables_[name];
    for (const PartPointer& part : table.parts) part->image().remove_when_unused();
    table.parts = std::move(parts);
    table.heads.clear();
    table.head_rows = 0;
    table.cached.reset();
  }
  trim_log();
  return {};
}

std::shared_ptr<const TableSnapshot> StoreImpl::snapshot_locked(const Table& table) const {
  if (table.cached != nullptr) return table.cached;
  auto snapshot = std::make_shared<TableSnapshot>();
  snapshot->schema = table.schema;
  std::vector<PartPointer> parts = table.parts;
  for (const Head& head : table.heads) parts.push_back(head.part);
  sort_parts(parts);
  for (const PartPointer& part : parts) snapshot->rows += part->rows();
  snapshot->parts.assign(parts.begin(), parts.end());
  table.cached = snapshot;
  return snapshot;
}

std::shared_ptr<const TableSnapshot> StoreImpl::snapshot(const std::string& name) const {
  const std::lock_guard lock(state_mutex_);
  const Table* table = find_state(name);
  return table == nullptr ? nullptr : snapshot_locked(*table);
}

std::vector<std::shared_ptr<const TableSnapshot>> StoreImpl::snapshots(const std::vector<std::string>& names) const {
  const std::lock_guard lock(state_mutex_);
  std::vector<std::shared_ptr<const TableSnapshot>> out;
  for (const std::string& name : names) {
    const Table* table = find_state(name);
    out.push_back(table == nullptr ? nullptr : snapshot_locked(*table));
  }
  return out;
}

TableStatistics StoreImpl::statistics(const std::string& name) const {
  const std::lock_guard lock(state_mutex_);
  TableStatistics statistics;
  const Table* table = find_state(name);
  if (table == nullptr) return statistics;
  for (const PartPointer& part : table->parts) {
    statistics.rows += part->rows();
    statistics.bytes_on_disk += part->bytes_on_disk();
  }
  statistics.parts = table->parts.size();
  statistics.head_rows = table->head_rows;
  statistics.rows += table->head_rows;
  return statistics;
}

}  // namespace sp
