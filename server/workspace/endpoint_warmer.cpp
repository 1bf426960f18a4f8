// The thread of EndpointWarmer. See endpoint_warmer.h.

#include "server/workspace/endpoint_warmer.h"

#include <sys/resource.h>
#include <unistd.h>

#include <chrono>

#include "server/workspace/workspace.h"

namespace sp {

EndpointWarmer::EndpointWarmer(Workspace& workspace)
    : workspace_(workspace),
      thread_([this] { run(); }) {}

EndpointWarmer::~EndpointWarmer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void EndpointWarmer::wake() {
  {
    const std::lock_guard lock(mutex_);
    wanted_ = true;
  }
  changed_.notify_all();
}

void EndpointWarmer::run() {
  // Requests that are being served come first.
  constexpr int kNiceness = 5;
  (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNiceness);
  constexpr std::chrono::milliseconds kDelay(300);
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    changed_.wait(lock, [this] { return wanted_ || stopping_; });
    changed_.wait_for(lock, kDelay, [this] { return stopping_.load(); });
    wanted_ = false;
    lock.unlock();
    if (!stopping_) workspace_.warm_endpoints(stopping_);
    lock.lock();
  }
}

}  // namespace sp
