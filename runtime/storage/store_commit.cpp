// Committing: serialize outside of locks; number, log and publish under commit_mutex_; a durable
// commit is published only after its fdatasync, so nobody reads rows that are then reported lost.

#include <algorithm>

#include "runtime/core/crash_point.h"
#include "runtime/storage/block_builder.h"
#include "runtime/storage/log_record.h"
#include "runtime/storage/store_impl.h"

namespace sp {

SP_CRASH_POINT(commit_before_publish, "commit.before_publish");
SP_CRASH_POINT(commit_after_publish, "commit.after_publish");

// A commit ready to be logged: its record, and its rows.
struct StoreImpl::Prepared {
  std::vector<std::string> record;
  std::string key;
  std::vector<RowBlockPointer> blocks;
};

Result<std::vector<RowBlockPointer>> StoreImpl::adapt_blocks(const Commit& commit) const {
  std::vector<RowBlockPointer> blocks = commit.blocks;
  for (const RowBatch& batch : commit.batches) {
    SP_TRY(RowBlockPointer block, block_of(batch));
    blocks.push_back(std::move(block));
  }
  std::erase_if(blocks, [](const RowBlockPointer& block) {
    return block->rows == 0 || block->schema->engine == TableSchema::Engine::kNull;
  });
  for (RowBlockPointer& block : blocks) {
    const std::shared_ptr<const TableSchema> present = find_table(block->schema->name);
    if (present == nullptr)
      return fail(ErrorCode::kUnknownTable, "Unknown table: " + block->schema->name);
    if (present == block->schema) continue;
    SP_TRY(block, adapt_block(block, present));
  }
  return blocks;
}

namespace {

// The images of blocks: those that came with the commit where its blocks have not been adapted.
std::vector<std::string> images_of(const std::vector<RowBlockPointer>& blocks, Commit commit) {
  std::vector<std::string> images(blocks.size());
  size_t given = 0;
  for (size_t i = 0; i < blocks.size(); ++i) {
    size_t same = given;
    while (same < commit.images.size() && commit.blocks[same] != blocks[i]) ++same;
    if (same < commit.images.size()) {
      images[i] = std::move(commit.images[same]);
      given = same + 1;
    } else {
      images[i] = serialize_block(*blocks[i]);
    }
  }
  return images;
}

}  // namespace

Result<StoreImpl::Prepared> StoreImpl::prepare_commit(Commit commit) const {
  Prepared prepared;
  SP_TRY(prepared.blocks, adapt_blocks(commit));
  prepared.key = std::move(commit.idempotency_key);
  prepared.record =
      serialize_rows_record(images_of(prepared.blocks, std::move(commit)), prepared.key);
  return prepared;
}

Result<void> StoreImpl::commit(Commit commit) {
  const bool durable = commit.durable;
  SP_TRY(Prepared prepared, prepare_commit(std::move(commit)));
  if (prepared.blocks.empty() && prepared.key.empty()) return {};
  SP_TRY_VOID(wait_for_room(prepared));
  SP_TRY(const uint64_t number, log_commit(prepared, durable));
  if (number == 0) {  // the key was seen before: its rows are stored
    return durable ? log_.sync_written() : Result<void>();
  }
  if (durable) SP_TRY_VOID(finish_durable(prepared, number));
  if (options_.background) return {};
  for (const RowBlockPointer& block : prepared.blocks) {
    const std::lock_guard lock(seal_mutex_);
    if (needs_compaction(block->schema->id)) SP_TRY_VOID(compact(block->schema->id));
  }
  return {};
}

// Returns the commit's number, or 0 if its idempotency key is known.
Result<uint64_t> StoreImpl::log_commit(Prepared& prepared, bool durable) {
  std::unique_lock lock(commit_mutex_);
  commits_decided_.wait(lock, [&] {
    if (paused_) return false;
    const auto known =
        keys_.find(prepared.key);  // wait until the first commit of this key is decided
    return prepared.key.empty() || known == keys_.end() || pending_.count(known->second) == 0;
  });
  if (!prepared.key.empty() && keys_.count(prepared.key) != 0) return 0;
  for (const RowBlockPointer& block : prepared.blocks) {
    if (find_table(block->schema->name) != block->schema) {
      return fail(ErrorCode::kTableIsDropped, "Table was changed meanwhile: " + block->schema->name,
                  std::nullopt, "send the request again");
    }
  }
  const uint64_t number = last_commit_ + 1;
  SP_TRY_VOID(log_.append(number, prepared.record));
  last_commit_ = number;
  if (!prepared.key.empty()) remember_key(prepared.key, number);
  if (durable)
    pending_.insert(number);
  else
    publish(prepared, number);
  return number;
}

Result<void> StoreImpl::finish_durable(Prepared& prepared, uint64_t number) {
  const Result<void> synced = log_.sync(number);
  const std::lock_guard lock(commit_mutex_);
  if (synced.ok()) {
    publish(prepared, number);
  } else {
    if (!prepared.key.empty()) {
      keys_.erase(prepared.key);
      key_order_.erase(number);
    }
    // Tells a later recovery that this record does not count. If this fails too, the commit may
    // come back: its fate is unknown, as it must be when the disk refuses.
    const uint64_t next = last_commit_ + 1;
    if (log_.append(next, {serialize_abort_record(number)}).ok()) last_commit_ = next;
  }
  pending_.erase(number);
  commits_decided_.notify_all();
  return synced;
}

void StoreImpl::publish(Prepared& prepared, uint64_t number) {
  commit_before_publish.pass();
  const int64_t now = clock_.monotonic_ns();
  std::map<uint64_t, std::vector<RowBlockPointer>> by_table;
  for (const RowBlockPointer& block : prepared.blocks) by_table[block->schema->id].push_back(block);
  std::vector<std::pair<uint64_t, HeadPointer>> ready;
  for (auto& [table, blocks] : by_table)
    ready.emplace_back(table, std::make_shared<HeadRows>(std::move(blocks), number, number, now));
  bool attention = false;
  {
    const std::lock_guard lock(state_mutex_);
    for (auto& [id, head] : ready) {
      Table& table = *find_state(id);
      table.head_rows += head->rows();
      table.head_bytes += head->bytes();
      table.newest_ns = now;
      const auto after = std::upper_bound(table.heads.begin(), table.heads.end(), head,
                                          [](const HeadPointer& a, const HeadPointer& b) {
                                            return a->first_commit() < b->first_commit();
                                          });
      table.heads.insert(after, std::move(head));
      table.touch();
      attention |= table.head_rows >= options_.seal_rows || table.head_bytes >= kSealBytes ||
                   table.heads.size() > kUnreadHeads;
    }
  }
  if (attention && !seal_wanted_.exchange(true)) background_wake_.notify_all();
  commit_after_publish.pass();
}

void StoreImpl::remember_key(const std::string& key, uint64_t commit) {
  keys_[key] = commit;
  key_order_[commit] = key;
  while (key_order_.size() > kRememberedKeys) {
    keys_.erase(key_order_.begin()->second);
    key_order_.erase(key_order_.begin());
  }
}

std::vector<Manifest::Key> StoreImpl::keys_through(uint64_t commit) const {
  const std::lock_guard lock(commit_mutex_);
  std::vector<Manifest::Key> keys;
  for (const auto& [number, key] : key_order_) {
    if (number <= commit) keys.push_back({key, number});
  }
  return keys;
}

uint64_t StoreImpl::stable_commit_locked() const {
  return pending_.empty() ? last_commit_ : *pending_.begin() - 1;
}

uint64_t StoreImpl::stable_commit() const {
  const std::lock_guard lock(commit_mutex_);
  return stable_commit_locked();
}

// Writers wait while the background is far behind, and are refused when it cannot go on (a full
// disk).
Result<void> StoreImpl::wait_for_room(const Prepared& prepared) {
  if (!options_.background) return {};
  const auto too_full = [&](const TableSchema& schema) {
    const std::lock_guard lock(state_mutex_);
    const Table* table = find_state(schema.name);
    return table != nullptr && (table->head_rows > 4 * options_.seal_rows ||
                                table->head_bytes > 4 * kSealBytes || table->heads.size() > 8192);
  };
  for (const RowBlockPointer& block : prepared.blocks) {
    while (too_full(*block->schema) && !stopping_) {
      if (seal_failing_) {
        return fail(ErrorCode::kNoSpaceLeft,
                    "Rows in memory cannot be written to disk: " + block->schema->name,
                    std::nullopt, "free disk space, then try again: nothing was stored");
      }
      seal_wanted_ = true;
      background_wake_.notify_all();
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }
  return {};
}

}  // namespace sp
