#pragma once
// EndpointWarmer: compiles endpoints in a thread of its own, a moment after the start and after
// each publication, so that the first request finds its code. Requests that come right away are not
// kept waiting for what others might want.

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace sp {

class Workspace;

class EndpointWarmer {
 public:
  /// Starts the thread; `workspace` must outlive this.
  explicit EndpointWarmer(Workspace& workspace);
  /// Ends what runs at the next endpoint.
  ~EndpointWarmer();
  /// Asks for another round over the project as it is then. Returns at once; thread-safe.
  void wake();

 private:
  void run();

  Workspace& workspace_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool wanted_ = true;
  std::atomic<bool> stopping_{false};
  std::thread thread_;  // last: it uses the others
};

}  // namespace sp
