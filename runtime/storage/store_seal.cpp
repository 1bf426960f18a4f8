// Sealing: the heads of a table become parts on disk, then their log records go. Compaction: many
// small heads become few, in memory.

#include <algorithm>

#include "runtime/core/crash_point.h"
#include "runtime/storage/part_builder.h"
#include "runtime/storage/store_impl.h"

namespace sp {

SP_CRASH_POINT(seal_before_switch, "seal.before_switch");
SP_CRASH_POINT(seal_after_switch, "seal.after_switch");

namespace {

constexpr size_t kHeadPartsPerPartition = 6;
constexpr uint64_t kRowsWorthAFile = 65536;  // unread rows that get files of their own
constexpr uint64_t kManyRows = 4096;         // a commit of so many rows is no burden

}  // namespace

ManifestPart StoreImpl::describe(const EncodedPart& part) {
  return {part.id(), part.partition(), part.rows(), part.first_commit()};
}

// In time order when partitions are by time; within a partition in order of arrival.
void StoreImpl::sort_parts(std::vector<PartPointer>& parts) {
  std::stable_sort(parts.begin(), parts.end(), [](const PartPointer& a, const PartPointer& b) {
    return a->partition() != b->partition() ? a->partition() < b->partition()
                                            : a->first_commit() < b->first_commit();
  });
}

// Merges parts of one partition, older first, into one file; null if the engine keeps no row.
Result<StoreImpl::PartPointer> StoreImpl::build_part(
    const std::shared_ptr<const TableSchema>& schema, const std::vector<PartPointer>& from) {
  MergeInput input;
  input.schema = schema;
  input.segment_rows = options_.segment_rows;
  input.rule = MergeInput::Rule::kMerge;
  input.partition = from.front()->partition();
  input.first_commit = from.front()->first_commit();
  for (const PartPointer& part : from) {
    input.parts.push_back(part);
    input.last_commit = std::max(input.last_commit, part->last_commit());
  }
  const uint64_t id = next_part_++;
  SP_TRY(const std::shared_ptr<PartImage> image,
         merge_to_file(input, vfs_, parts_directory_, part_name(id)));
  if (image == nullptr) return PartPointer();
  return PartPointer(std::make_shared<EncodedPart>(id, image, *schema));
}

// Parts of any partitions: one file a partition.
Result<void> StoreImpl::seal_parts(const std::shared_ptr<const TableSchema>& schema,
                                   const std::vector<PartPointer>& parts,
                                   std::vector<PartPointer>& made) {
  std::map<int64_t, std::vector<PartPointer>> by_partition;
  for (const PartPointer& part : parts) by_partition[part->partition()].push_back(part);
  for (const auto& [partition, same] : by_partition) {
    for (size_t begin = 0; begin < same.size(); begin += 1024) {  // the widest merge
      const size_t end = std::min(same.size(), begin + 1024);
      SP_TRY(PartPointer part, build_part(schema, {same.begin() + static_cast<ptrdiff_t>(begin),
                                                   same.begin() + static_cast<ptrdiff_t>(end)}));
      if (part) made.push_back(std::move(part));
    }
  }
  return {};
}

// Rows that nobody has read: sorted and encoded straight into files.
Result<void> StoreImpl::seal_blocks(const std::vector<RowBlockPointer>& blocks,
                                    uint64_t first_commit, uint64_t last_commit,
                                    std::vector<PartPointer>& made) {
  const BlockOrder order = sort_blocks(blocks);
  for (const BlockOrder::Run& rows : order.runs) {
    const BlockRun run{blocks,
                       order.places.data() + rows.begin,
                       rows.end - rows.begin,
                       options_.segment_rows,
                       rows.partition,
                       first_commit,
                       last_commit};
    const uint64_t id = next_part_++;
    SP_TRY(const std::shared_ptr<PartImage> image,
           write_blocks(run, vfs_, parts_directory_, part_name(id)));
    made.push_back(std::make_shared<EncodedPart>(id, image, *blocks.front()->schema));
  }
  return {};
}

// The heads that can be sealed, unread ones joined. Heads joined for a query may reach beyond the
// stable commit: they stay, and what they overlap with. Lowers `applied` to the last commit that is
// sealed.
std::vector<StoreImpl::HeadPointer> StoreImpl::heads_to_seal(Table& table, uint64_t& applied) {
  for (bool settled = false; !settled;) {
    settled = true;
    for (const HeadPointer& head : table.heads) {
      if (head->first_commit() > applied || head->last_commit() <= applied) continue;
      applied = head->first_commit() - 1;
      settled = false;
    }
  }
  table.join_unread(applied);
  std::vector<HeadPointer> heads;
  for (const HeadPointer& head : table.heads) {
    if (head->last_commit() <= applied) heads.push_back(head);
  }
  return heads;
}

Result<void> StoreImpl::seal(uint64_t id) {
  uint64_t applied = stable_commit();
  std::shared_ptr<const TableSchema> schema;
  std::vector<HeadPointer> heads;
  {
    const std::lock_guard lock(state_mutex_);
    Table* table = find_state(id);
    if (table == nullptr) return {};
    schema = table->schema;
    heads = heads_to_seal(*table, applied);
  }
  if (heads.empty()) return {};
  std::vector<RowBlockPointer> blocks;
  std::vector<PartPointer> parts, made;
  uint64_t first = UINT64_MAX, last = 0, unread_rows = 0;
  for (const HeadPointer& head : heads) unread_rows += head->is_encoded() ? 0 : head->rows();
  const bool encode_all =
      unread_rows < kRowsWorthAFile &&
      std::any_of(
          heads.begin(), heads.end(), [](const HeadPointer& head) { return head->is_encoded(); });
  for (const HeadPointer& head : heads) {
    const std::vector<RowBlockPointer> unread =
        encode_all ? std::vector<RowBlockPointer>() : head->blocks();
    blocks.insert(blocks.end(), unread.begin(), unread.end());
    if (unread.empty()) {
      const std::vector<PartPointer> read = head->parts(next_part_, options_.segment_rows);
      parts.insert(parts.end(), read.begin(), read.end());
    } else {
      first = std::min(first, head->first_commit());
      last = std::max(last, head->last_commit());
    }
  }
  if (!blocks.empty()) SP_TRY_VOID(seal_blocks(blocks, first, last, made));
  SP_TRY_VOID(seal_parts(schema, parts, made));
  seal_before_switch.pass();
  SP_TRY_VOID(switch_manifest([&](Manifest& manifest) {
    ManifestTable& table = *manifest.find(id);
    table.applied_commit = applied;
    for (const PartPointer& part : made) table.parts.push_back(describe(*part));
  }));
  seal_after_switch.pass();
  {
    const std::lock_guard lock(state_mutex_);
    Table& table = *find_state(id);
    std::erase_if(table.heads,
                  [&](const HeadPointer& head) { return head->last_commit() <= applied; });
    table.parts.insert(table.parts.end(), made.begin(), made.end());
    sort_parts(table.parts);
    table.changed();
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
      for (const HeadPointer& head : table.heads) keep = std::min(keep, head->first_commit() - 1);
    }
  }
  log_.remove_through(keep);
}

bool StoreImpl::needs_compaction(uint64_t id) const {
  const std::lock_guard lock(state_mutex_);
  const Table* table = find_state(id);
  if (table == nullptr) return false;
  size_t unread = 0, encoded = 0, parts = 0, widest = 1;
  for (const HeadPointer& head : table->heads) {
    if (!head->is_encoded()) {
      unread += head->claimed || head->rows() > kManyRows ? 0 : 1;
      continue;
    }
    const size_t count = head->parts(next_part_, options_.segment_rows).size();
    ++encoded;
    parts += count;
    widest = std::max(widest, count);
  }
  return unread > kUnreadHeads ||
         (encoded > 1 && parts > std::max(kHeadParts, kHeadPartsPerPartition * widest));
}

// Many small commits that nobody has read are encoded together; then the newest encoded heads that
// are small beside their successors' sum are merged, partition by partition (so that each row is
// merged a logarithmic number of times).
Result<void> StoreImpl::compact(uint64_t id) {
  const uint64_t stable = stable_commit();
  std::shared_ptr<const TableSchema> schema;
  std::vector<HeadPointer> heads;
  HeadPointer joined;
  {
    const std::lock_guard lock(state_mutex_);
    Table* table = find_state(id);
    if (table == nullptr) return {};
    schema = table->schema;
    joined = table->join_unread(stable);
    for (const HeadPointer& head : table->heads) {
      if (head->last_commit() <= stable && head->is_encoded()) heads.push_back(head);
    }
  }
  if (joined) {
    (void)joined->parts(next_part_, options_.segment_rows);
    return {};
  }
  if (heads.size() < 2) return {};
  size_t begin = heads.size() - 1;
  uint64_t rows = heads[begin]->rows();
  while (begin > 0 && heads[begin - 1]->rows() <= rows + rows / 2 && heads.size() - begin < 256)
    rows += heads[--begin]->rows();
  heads.erase(heads.begin(), heads.begin() + static_cast<ptrdiff_t>(begin));
  if (heads.size() < 2) return {};
  SP_TRY(const HeadPointer merged, merge_heads(schema, heads));
  const std::lock_guard lock(state_mutex_);
  Table& table = *find_state(id);
  const auto replaced = [&](const HeadPointer& head) {
    return std::find(heads.begin(), heads.end(), head) != heads.end();
  };
  *std::find_if(table.heads.begin(), table.heads.end(), replaced) = merged;
  std::erase_if(table.heads, replaced);
  table.changed();
  return {};
}

// Encoded heads of one table, older first, as one head.
Result<StoreImpl::HeadPointer> StoreImpl::merge_heads(
    const std::shared_ptr<const TableSchema>& schema, const std::vector<HeadPointer>& heads) {
  MergeInput input;
  input.schema = schema;
  input.segment_rows = options_.segment_rows;
  input.first_commit = UINT64_MAX;
  int64_t born = INT64_MAX;
  std::map<int64_t, std::vector<PartPointer>> by_partition;
  for (const HeadPointer& head : heads) {
    input.first_commit = std::min(input.first_commit, head->first_commit());
    input.last_commit = std::max(input.last_commit, head->last_commit());
    born = std::min(born, head->born_ns());
    for (const PartPointer& part : head->parts(next_part_, options_.segment_rows))
      by_partition[part->partition()].push_back(part);
  }
  std::vector<PartPointer> merged;
  for (const auto& [partition, parts] : by_partition) {
    if (parts.size() == 1) {
      merged.push_back(parts.front());
      continue;
    }
    input.partition = partition;
    input.parts.assign(parts.begin(), parts.end());
    SP_TRY(const std::shared_ptr<PartImage> image, merge_to_memory(input));
    merged.push_back(std::make_shared<EncodedPart>(next_part_++, image, *schema));
  }
  return std::make_shared<HeadRows>(std::move(merged), input.first_commit, input.last_commit, born);
}

Result<void> StoreImpl::flush() {
  const std::lock_guard lock(seal_mutex_);
  for (const uint64_t id : table_ids()) SP_TRY_VOID(seal(id));
  return log_.sync_written();
}

}  // namespace sp
