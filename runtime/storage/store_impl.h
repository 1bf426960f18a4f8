#pragma once
// StoreImpl: the one Store. Its work is spread by verb: store_open (recovery), store_commit,
// store_tables (schemas, snapshots), store_seal (heads into parts), store_merge, store_background
// (threads).
//
// Locks, in the order in which they are taken:
//   seal_mutex_, merge_mutex_  one seal, one merge at a time; schema changes take both
//   commit_mutex_              numbering, logging and publishing of commits; idempotency keys
//   manifest_mutex_            the manifest and its file
//   state_mutex_               the tables' lists of parts; held for microseconds, never during I/O
// The stable commit: every commit up to it is decided (published or failed). Heads up to it may be
// sealed.

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <unordered_map>

#include "runtime/core/clock.h"
#include "runtime/core/rng.h"
#include "runtime/core/vfs.h"
#include "runtime/storage/commit_log.h"
#include "runtime/storage/head_rows.h"
#include "runtime/storage/manifest.h"
#include "runtime/storage/part_image.h"
#include "runtime/storage/store.h"

namespace sp {

class StoreImpl final : public Store {
 public:
  StoreImpl(std::string directory, const StoreOptions& options, Vfs& vfs, Clock& clock);
  ~StoreImpl() override;
  /// Reads the directory; called once, before anything else.
  Result<void> recover();
  void start_background();

  Result<std::shared_ptr<const TableSchema>> create_table(TableSchema schema) override;
  std::shared_ptr<const TableSchema> find_table(const std::string& name) const override;
  std::vector<std::shared_ptr<const TableSchema>> tables() const override;
  Result<void> drop_table(const std::string& name) override;
  Result<void> replace(const std::string& name, std::vector<RowBatch> rows) override;
  Result<void> commit(Commit commit) override;
  std::shared_ptr<const TableSnapshot> snapshot(const std::string& table) const override;
  std::vector<std::shared_ptr<const TableSnapshot>> snapshots(
      const std::vector<std::string>& names) const override;
  TableStatistics statistics(const std::string& table) const override;
  Result<void> flush() override;
  Result<void> merge_all() override;
  std::vector<std::string> warnings() const override;

 private:
  using PartPointer = std::shared_ptr<const EncodedPart>;
  using HeadPointer = std::shared_ptr<HeadRows>;
  struct Table {
    std::shared_ptr<const TableSchema> schema;
    std::vector<PartPointer> parts;  // by partition, then commit
    std::vector<HeadPointer> heads;  // by first commit
    uint64_t head_rows = 0, head_bytes = 0;
    int64_t newest_ns = 0;  // when its last rows arrived
    uint64_t version = 0;   // of the lists above
    std::shared_ptr<const TableSnapshot> cached;
    void changed();  // after the lists: counts again
    void touch() {
      ++version;
      cached.reset();
    }
    HeadPointer join_unread(uint64_t last_commit);
  };
  // What a snapshot is made of, taken under state_mutex_; unread rows are encoded outside of it.
  struct View {
    std::string name;
    std::shared_ptr<const TableSchema> schema;
    std::vector<PartPointer> parts;
    std::vector<HeadPointer> heads;
    uint64_t version = 0;
    std::shared_ptr<const TableSnapshot> ready;
  };
  // Keeps new commits waiting and runs with none under way.
  class CommitPause;

  // store_open
  Result<void> open_parts(ManifestTable& table, Table& state);
  Result<bool> open_part(const ManifestTable& table, const ManifestPart& part, Table& state);
  Result<void> remove_strays();
  Result<void> replay_log();

  // store_commit
  struct Prepared;
  Result<std::vector<RowBlockPointer>> adapt_blocks(const Commit& commit) const;
  Result<Prepared> prepare_commit(Commit commit) const;
  Result<uint64_t> log_commit(Prepared& prepared, bool durable);
  Result<void> finish_durable(Prepared& prepared, uint64_t number);
  void publish(Prepared& prepared, uint64_t number);
  void remember_key(const std::string& key, uint64_t commit);
  Result<void> wait_for_room(const Prepared& prepared);
  uint64_t stable_commit_locked() const;
  uint64_t stable_commit() const;

  // store_tables
  Table* find_state(uint64_t id);
  const Table* find_state(uint64_t id) const;
  const Table* find_state(const std::string& name) const;
  View view_locked(const std::string& name) const;
  std::shared_ptr<const TableSnapshot> snapshot_of(View& view) const;
  Result<std::shared_ptr<const TableSchema>> evolve(const TableSchema& present, TableSchema wanted);

  // store_seal; seal_mutex_ held
  Result<void> seal(uint64_t table);
  Result<void> compact(uint64_t table);
  bool needs_compaction(uint64_t table) const;
  Result<PartPointer> build_part(const std::shared_ptr<const TableSchema>& schema,
                                 const std::vector<PartPointer>& from);
  Result<void> seal_parts(const std::shared_ptr<const TableSchema>& schema,
                          const std::vector<PartPointer>& parts, std::vector<PartPointer>& made);
  Result<void> seal_blocks(const std::vector<RowBlockPointer>& blocks, uint64_t first_commit,
                           uint64_t last_commit, std::vector<PartPointer>& made);
  static std::vector<HeadPointer> heads_to_seal(Table& table, uint64_t& applied);
  Result<HeadPointer> merge_heads(const std::shared_ptr<const TableSchema>& schema,
                                  const std::vector<HeadPointer>& heads);
  void trim_log();
  // Changes the manifest on disk, then in memory and the tables' lists.
  template <class Change>
  Result<void> switch_manifest(Change&& change);
  static ManifestPart describe(const EncodedPart& part);
  static void sort_parts(std::vector<PartPointer>& parts);
  std::string part_name(uint64_t id) const;
  std::vector<Manifest::Key> keys_through(uint64_t commit) const;
  std::vector<uint64_t> table_ids() const;

  // store_merge; merge_mutex_ held
  Result<bool> merge_once(uint64_t table);
  Result<void> merge_parts(uint64_t table, const std::vector<PartPointer>& parts);
  std::vector<PartPointer> choose_merge(uint64_t table) const;

  // store_background
  void seal_loop();
  void merge_loop();
  void tend_heads(bool seal_everything);
  Result<void> tend_head(uint64_t table, bool seal_now);
  enum class Woken : uint8_t { kTime, kWanted, kStop };
  Woken sleep(int64_t milliseconds, std::atomic<bool>& wanted);
  void warn(std::string text);

  const std::string directory_;
  const std::string parts_directory_;
  const std::string log_directory_;
  const StoreOptions options_;
  Vfs& vfs_;
  Clock& clock_;
  std::unique_ptr<FileLock> lock_;
  CommitLog log_;

  std::mutex seal_mutex_;
  std::mutex merge_mutex_;

  mutable std::mutex commit_mutex_;
  std::condition_variable commits_decided_;
  bool paused_ = false;
  uint64_t last_commit_ = 0;
  std::set<uint64_t> pending_;                      // logged, waiting for fdatasync
  std::unordered_map<std::string, uint64_t> keys_;  // idempotency key → commit
  std::map<uint64_t, std::string> key_order_;

  std::mutex manifest_mutex_;
  Manifest manifest_;
  std::atomic<uint64_t> saved_commit_{0};  // keys up to here are in the manifest on disk
  mutable std::atomic<uint64_t> next_part_{1};

  mutable std::mutex state_mutex_;
  mutable std::map<std::string, Table> tables_;  // snapshots claim heads and keep themselves

  mutable std::mutex warnings_mutex_;
  std::vector<std::string> warnings_;

  std::mutex background_mutex_;
  std::condition_variable background_wake_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> seal_wanted_{false}, merge_wanted_{false};
  std::atomic<bool> seal_failing_{false};
  std::thread seal_thread_, merge_thread_;
};

/// How many encoded parts the head of a table may have before they are compacted (more when it has
/// many partitions), and how many commits that nobody has read.
inline constexpr size_t kHeadParts = 32, kUnreadHeads = 256;
/// The head of a table is sealed at this size, whatever its rows.
inline constexpr uint64_t kSealBytes = 256 << 20;
/// How many idempotency keys are remembered; the oldest are forgotten first (ClickHouse's window is
/// 10,000 blocks).
inline constexpr size_t kRememberedKeys = 10000;

template <class Change>
Result<void> StoreImpl::switch_manifest(Change&& change) {
  const uint64_t stable = stable_commit();
  std::vector<Manifest::Key> keys = keys_through(stable);
  const std::lock_guard lock(manifest_mutex_);
  Manifest next = manifest_;
  next.idempotency_keys = std::move(keys);
  next.last_commit = std::max(next.last_commit, stable);
  change(next);
  next.next_part = next_part_;
  SP_TRY_VOID(save_manifest(vfs_, directory_, next));
  manifest_ = std::move(next);
  saved_commit_ = stable;
  return {};
}

}  // namespace sp
