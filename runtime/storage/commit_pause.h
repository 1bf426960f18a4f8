#pragma once
// CommitPause: while it lives, no commit is under way and none begins: every logged commit is
// decided. For schema changes. The caller holds seal_mutex_ and merge_mutex_.

#include "runtime/storage/store_impl.h"

namespace sp {

class StoreImpl::CommitPause {
 public:
  explicit CommitPause(StoreImpl& store) : store_(store) {
    std::unique_lock lock(store_.commit_mutex_);
    store_.paused_ = true;
    store_.commits_decided_.wait(lock, [&] { return store_.pending_.empty(); });
  }
  CommitPause(const CommitPause&) = delete;
  CommitPause& operator=(const CommitPause&) = delete;
  ~CommitPause() {
    {
      const std::lock_guard lock(store_.commit_mutex_);
      store_.paused_ = false;
    }
    store_.commits_decided_.notify_all();
  }

 private:
  StoreImpl& store_;
};

}  // namespace sp
