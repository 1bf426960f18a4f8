// Sealing: the head blocks of a table become parts on disk, then their log records go. Compaction: many small head
// blocks become few, in memory.

#include <algorithm>

#include "runtime/core/crash_point.h"
#include "runtime/storage/part_builder.h"
#include "runtime/storage/store_impl.h"

namespace sp {

SP_CRASH_POINT(seal_before_switch, "seal.before_switch");
SP_CRASH_POINT(seal_after_switch, "seal.after_switch");

namespace {

constexpr size_t kHeadBlocksPerPartition = 6;

}  // namespace

ManifestPart StoreImpl::describe(const EncodedPart& part) {
  return {part.id(), part.partition(), part.rows(), part.first_commit()};
}

// In time order when partitions are by time; within a partition in order of arrival.
void StoreImpl::sort_parts(std::vector<PartPointer>& parts) {
  std::stable_sort(parts.begin(), parts.end(), [](const PartPointer& a, const PartPointer& b) {
    return a->partition() != b->partition() ? a->partition() < b->partition() : a->first_commit() < b->first_commit();
  });
}

// Merges parts of one partition, older first, into one file.
Result<StoreImpl::PartPointer> StoreImpl::build_part(const std::shared_ptr<const TableSchema>& schema,
                                                     const std::vector<PartPointer>& from) {
  MergeInput input;
  input.schema = schema;
  input.segment_rows = options_.segment_rows;
  input.partition = from.front()->partition();
  input.first_commit = from.front()->first_commit();
  for (const PartPointer& part : from) {
    input.parts.push_back(part);
    input.last_commit = std::max(input.last_commit, part->last_commit());
  }
  const uint64_t id = next_part_++;
  SP_TRY(const std::shared_ptr<PartImage> image, merge_to_file(input, vfs_, parts_directory_, part_name(id)));
  return PartPointer(std::make_shared<EncodedPart>(id, image, *schema));
}

Result<void> StoreImpl::seal(uint64_t id) {
  const uint64_t stable = stable_commit();
  std::shared_ptr<const TableSchema> schema;
  std::vector<PartPointer> sealed;
  {
    const std::lock_guard lock(state_mutex_);
    const Table* table = find_state(id);
    if (table == nullptr) return {};
    schema = table->schema;
    for (const Head& head : table->heads) {
      if (head.part->last_commit() <= stable) sealed.push_back(head.part);
    }
  }
  if (sealed.empty()) return {};
  std::map<int64_t, std::vector<PartPointer>> by_partition;
  for (const PartPointer& part : sealed) by_partition[part->partition()].push_back(part);
  std::vector<PartPointer> made;
  for (const auto& [partition, blocks] : by_partition) {
    for (size_t begin = 0; begin < blocks.size(); begin += 1024) {  // the widest merge
      const size_t end = std::min(blocks.size(), begin + 1024);
      SP_TRY(PartPointer part, build_part(schema, {blocks.begin() + static_cast<ptrdiff_t>(begin),
                                                   blocks.begin() + static_cast<ptrdiff_t>(end)}));
      made.push_back(std::move(part));
    }
  }
  seal_before_switch.pass();
  SP_TRY_VOID(switch_manifest([&](Manifest& manifest) {
    ManifestTable& table = *manifest.find(id);
    table.applied_commit = stable;
    for (const PartPointer& part : made) table.parts.push_back(describe(*part));
  }));
  seal_after_switch.pass();
  {
    const std::lock_guard lock(state_mutex_);
    Table& table = *find_state(id);
    std::erase_if(table.heads, [&](const Head& head) { return head.part->last_commit() <= stable; });
    table.head_rows = 0;
    for (const Head& head : table.heads) table.head_rows += head.part->rows();
    table.parts.insert(table.parts.end(), made.begin(), made.end());
    sort_parts(table.parts);
    table.cached.reset();
  }
  trim_log();
  return {};
}

// Removes log segments whose commits are all in parts. Their idempotency keys are in the manifest.
void StoreImpl::trim_log() {
  uint64_t keep = std::min(stable_commit(), saved_commit_.load());
  {
    const std::lock_guard lock(state_mutex_);
    for (const auto& [name, table] : tables_) {
      for (const Head& head : table.heads) keep = std::min(keep, head.part->first_commit() - 1);
    }
  }
  log_.remove_through(keep);
}

bool StoreImpl::needs_compaction(uint64_t id) const {
  const std::lock_guard lock(state_mutex_);
  for (const auto& [name, table] : tables_) {
    if (table.schema->id != id) continue;
    if (table.heads.size() <= kHeadBlocks) return false;
    std::set<int64_t> partitions;
    for (const Head& head : table.heads) partitions.insert(head.part->partition());
    return table.heads.size() > std::max(kHeadBlocks, kHeadBlocksPerPartition * partitions.size());
  }
  return false;
}

// Merges, in each partition, the newest blocks that are small beside their successors' sum (so that each row is merged
// a logarithmic number of times).
Result<void> StoreImpl::compact(uint64_t id) {
  const uint64_t stable = stable_commit();
  std::shared_ptr<const TableSchema> schema;
  std::map<int64_t, std::vector<Head>> by_partition;
  {
    const std::lock_guard lock(state_mutex_);
    const Table* table = find_state(id);
    if (table == nullptr) return {};
    schema = table->schema;
    for (const Head& head : table->heads) {
      if (head.part->last_commit() <= stable) by_partition[head.part->partition()].push_back(head);
    }
  }
  for (const auto& [partition, blocks] : by_partition) {
    if (blocks.size() < 2) continue;
    size_t begin = blocks.size() - 1;
    uint64_t rows = blocks[begin].part->rows();
    while (begin > 0 && blocks[begin - 1].part->rows() <= rows + rows / 2 && blocks.size() - begin < 256) {
      rows += blocks[--begin].part->rows();
    }
    if (blocks.size() - begin < 2) continue;
    MergeInput input;
    input.schema = schema;
    input.segment_rows = options_.segment_rows;
    input.partition = partition;
    input.first_commit = blocks[begin].part->first_commit();
    input.last_commit = blocks.back().part->last_commit();
    for (size_t i = begin; i < blocks.size(); ++i) input.parts.push_back(blocks[i].part);
    SP_TRY(const std::shared_ptr<PartImage> image, merge_to_memory(input));
    const Head merged{std::make_shared<EncodedPart>(next_part_++, image, *schema), blocks[begin].born_ns};
    const std::lock_guard lock(state_mutex_);
    Table& table = *find_state(id);
    const auto replaced = [&](const Head& head) {
      return std::find(input.parts.begin(), input.parts.end(), head.part) != input.parts.end();
    };
    const auto first = std::find_if(table.heads.begin(), table.heads.end(), replaced);
    *first = merged;
    std::erase_if(table.heads, replaced);
    table.cached.reset();
  }
  return {};
}

Result<void> StoreImpl::flush() {
  const std::lock_guard lock(seal_mutex_);
  for (const uint64_t id : table_ids()) SP_TRY_VOID(seal(id));
  return log_.sync_written();
}

}  // namespace sp
