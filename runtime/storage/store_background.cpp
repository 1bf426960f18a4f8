// The store's two threads: one compacts and seals heads and syncs the log for commits that do not
// wait; one merges parts.

#include <algorithm>

#include "runtime/storage/store_impl.h"

namespace sp {

namespace {

constexpr int64_t kTickMs = 50;                          // the log is synced at least this often
constexpr int64_t kRetryMs = 1000;                       // after a failure (a full disk)
constexpr int64_t kPauseMs = 200;                        // no commit for so long: a load has ended
constexpr uint64_t kLoadRows = 65536, kFewRows = 16384;  // unread rows
constexpr uint64_t kLogSegmentsKept = 16;
constexpr size_t kMostWarnings = 100;

}  // namespace

StoreImpl::~StoreImpl() {
  stopping_ = true;
  background_wake_.notify_all();
  if (seal_thread_.joinable()) seal_thread_.join();
  if (merge_thread_.joinable()) merge_thread_.join();
  (void)log_.sync_written();
}

void StoreImpl::start_background() {
  if (!options_.background) return;
  seal_thread_ = std::thread([this] { seal_loop(); });
  merge_thread_ = std::thread([this] { merge_loop(); });
}

// Sleeps until told, or for some time.
StoreImpl::Woken StoreImpl::sleep(int64_t milliseconds, std::atomic<bool>& wanted) {
  std::unique_lock lock(background_mutex_);
  background_wake_.wait_for(lock, std::chrono::milliseconds(milliseconds),
                            [&] { return stopping_.load() || wanted.load(); });
  if (stopping_) return Woken::kStop;
  return wanted.exchange(false) ? Woken::kWanted : Woken::kTime;
}

void StoreImpl::seal_loop() {
  uint64_t turns = 0;
  for (Woken woken; (woken = sleep(kTickMs, seal_wanted_)) != Woken::kStop; ++turns) {
    // Under load we are woken often. A failed sync is remembered by the log and makes us seal
    // everything.
    if (woken == Woken::kTime || turns % 8 == 0) (void)log_.sync_written();
    tend_heads(log_.take_failure() || log_.bytes() > kLogSegmentsKept * options_.log_segment_bytes);
    if (seal_failing_) std::this_thread::sleep_for(std::chrono::milliseconds(kRetryMs / 10));
  }
}

void StoreImpl::tend_heads(bool seal_everything) {
  const std::lock_guard lock(seal_mutex_);
  bool failing = false;
  for (const uint64_t id : table_ids()) {
    const Result<void> done = tend_head(id, seal_everything);
    if (done.ok()) continue;
    failing = true;
    if (!seal_failing_) warn("Sealing failed: " + done.error().message);
  }
  seal_failing_ = failing;
}

// Large heads are sealed, old ones too, and what a load brought once it pauses. A few unread rows
// are encoded, so that queries find them ready; under a heavy load that would be work done twice.
Result<void> StoreImpl::tend_head(uint64_t id, bool seal_now) {
  HeadPointer unread;
  {
    const uint64_t stable = stable_commit();
    const std::lock_guard state(state_mutex_);
    Table* table = find_state(id);
    if (table == nullptr || table->heads.empty()) return {};
    int64_t oldest = INT64_MAX;
    uint64_t unread_rows = 0;
    for (const HeadPointer& head : table->heads) {
      oldest = std::min(oldest, head->born_ns());
      unread_rows += head->is_encoded() ? 0 : head->rows();
    }
    const int64_t now = clock_.monotonic_ns();
    const bool pausing = now - table->newest_ns >= kPauseMs * 1'000'000;
    seal_now |= table->head_rows >= options_.seal_rows || table->head_bytes >= kSealBytes ||
                now - oldest >= options_.seal_after_ms * 1'000'000 ||
                (pausing && unread_rows >= kLoadRows);
    if (!seal_now && (pausing || unread_rows < kFewRows)) unread = table->join_unread(stable);
  }
  if (seal_now) {
    const Result<void> done = seal(id);
    merge_wanted_ = true;
    background_wake_.notify_all();
    return done;
  }
  if (unread) (void)unread->parts(next_part_, options_.segment_rows);
  return needs_compaction(id) ? compact(id) : Result<void>();
}

void StoreImpl::merge_loop() {
  while (sleep(kRetryMs, merge_wanted_) != Woken::kStop) {
    const std::lock_guard lock(merge_mutex_);
    for (const uint64_t id : table_ids()) {
      for (bool more = true; more && !stopping_;) {
        auto merged = merge_once(id);
        more = merged.ok() && *merged;
        if (!merged.ok()) warn("Merging failed: " + merged.error().message);
      }
    }
  }
}

void StoreImpl::warn(std::string text) {
  // Paths are shown below the data folder: where that stands concerns nobody who reads a log.
  const std::string prefix = directory_ + "/";
  for (size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at))
    text.erase(at, prefix.size());
  const std::lock_guard lock(warnings_mutex_);
  if (warnings_.size() == kMostWarnings) warnings_.erase(warnings_.begin());
  warnings_.push_back(std::move(text));
}

std::vector<std::string> StoreImpl::warnings() const {
  const std::lock_guard lock(warnings_mutex_);
  return warnings_;
}

}  // namespace sp
