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

const StoreImpl::Table* StoreImpl::find_state(uint64_t id) const {
  for (const auto& [name, table] : tables_) {
    if (table.schema->id == id) return &table;
  }
  return nullptr;
}

void StoreImpl::Table::changed() {
  head_rows = head_bytes = 0;
  for (const HeadPointer& head : heads) {
    head_rows += head->rows();
    head_bytes += head->bytes();
  }
  touch();
}

// Joins the heads up to a commit that nobody has read or is about to read; the result is claimed.
// Null if there are none.
StoreImpl::HeadPointer StoreImpl::Table::join_unread(uint64_t last_commit) {
  std::vector<HeadPointer> unread;
  for (const HeadPointer& head : heads) {
    if (!head->is_encoded() && !head->claimed && head->last_commit() <= last_commit)
      unread.push_back(head);
  }
  if (unread.empty()) return nullptr;
  HeadPointer joined = unread.size() == 1 ? unread.front() : HeadRows::join(unread);
  joined->claimed = true;
  size_t next = 0;  // both lists are in one order
  std::erase_if(heads, [&](HeadPointer& head) {
    if (next == unread.size() || head != unread[next]) return false;
    if (next++ > 0) return true;
    head = joined;
    return false;
  });
  ++version;
  return joined;
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
Result<std::shared_ptr<const TableSchema>> StoreImpl::evolve(const TableSchema& present,
                                                             TableSchema wanted) {
  wanted.id = present.id;
  if (same_schema(present, wanted)) return find_table(present.name);
  SP_TRY_VOID(check_schema_change(present, wanted));
  const CommitPause pause(*this);
  SP_TRY_VOID(seal(present.id));
  SP_TRY_VOID(
      switch_manifest([&](Manifest& manifest) { manifest.find(present.id)->schema = wanted; }));
  const auto schema = std::make_shared<const TableSchema>(std::move(wanted));
  const std::lock_guard lock(state_mutex_);
  Table& table = tables_[schema->name];
  for (PartPointer& part : table.parts) {
    part = std::make_shared<EncodedPart>(part->id(), part->image_ptr(), *schema,
                                         part->first_commit(), part->last_commit());
  }
  table.schema = schema;
  table.changed();
  return schema;
}

Result<void> StoreImpl::drop_table(const std::string& name) {
  const std::scoped_lock exclusive(seal_mutex_, merge_mutex_);
  const auto schema = find_table(name);
  if (schema == nullptr) return fail(ErrorCode::kUnknownTable, "Unknown table: " + name);
  const CommitPause pause(*this);
  SP_TRY_VOID(switch_manifest([&](Manifest& manifest) {
    std::erase_if(manifest.tables,
                  [&](const ManifestTable& table) { return table.schema.id == schema->id; });
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
  const auto schema = find_table(name);
  if (schema == nullptr) return fail(ErrorCode::kUnknownTable, "Unknown table: " + name);
  Commit all;
  all.batches = std::move(rows);
  SP_TRY(const std::vector<RowBlockPointer> blocks, adapt_blocks(all));
  all.batches.clear();
  for (const RowBlockPointer& block : blocks) {
    if (block->schema->id != schema->id) {
      return fail(ErrorCode::kLogicalError, "Rows of another table: " + block->schema->name);
    }
  }
  std::vector<PartPointer> parts;
  if (!blocks.empty()) SP_TRY_VOID(seal_blocks(blocks, 1, 1, parts));
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
    table.changed();
  }
  trim_log();
  return {};
}

StoreImpl::View StoreImpl::view_locked(const std::string& name) const {
  View view;
  const auto found = tables_.find(name);
  if (found == tables_.end()) return view;
  Table& table = found->second;
  view.name = name;
  view.schema = table.schema;
  view.ready = table.cached;
  if (view.ready != nullptr) return view;
  (void)table.join_unread(UINT64_MAX);
  view.parts = table.parts;
  view.heads = table.heads;
  view.version = table.version;
  return view;
}

// Encodes what nobody has read yet, and keeps the snapshot for the next query.
std::shared_ptr<const TableSnapshot> StoreImpl::snapshot_of(View& view) const {
  if (view.schema == nullptr || view.ready != nullptr) return view.ready;
  for (const HeadPointer& head : view.heads) {
    const std::vector<PartPointer> parts = head->parts(next_part_, options_.segment_rows);
    view.parts.insert(view.parts.end(), parts.begin(), parts.end());
  }
  sort_parts(view.parts);
  auto snapshot = std::make_shared<TableSnapshot>();
  snapshot->schema = view.schema;
  for (const PartPointer& part : view.parts) snapshot->rows += part->rows();
  snapshot->parts.assign(view.parts.begin(), view.parts.end());
  const std::lock_guard lock(state_mutex_);
  const auto found = tables_.find(view.name);
  if (found != tables_.end() && found->second.schema == view.schema &&
      found->second.version == view.version) {
    found->second.cached = snapshot;
  }
  return snapshot;
}

std::shared_ptr<const TableSnapshot> StoreImpl::snapshot(const std::string& name) const {
  return snapshots({name}).front();
}

std::vector<std::shared_ptr<const TableSnapshot>> StoreImpl::snapshots(
    const std::vector<std::string>& names) const {
  std::vector<View> views;
  {
    const std::lock_guard lock(state_mutex_);
    for (const std::string& name : names) views.push_back(view_locked(name));
  }
  std::vector<std::shared_ptr<const TableSnapshot>> out;
  for (View& view : views) out.push_back(snapshot_of(view));
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
