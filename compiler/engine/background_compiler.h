#pragma once
// BackgroundCompiler: the one thread that compiles tier 1 while queries run on tier 0.

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace sp {

/// Thread-safe. The destructor drops what has not begun and waits for what has.
class BackgroundCompiler {
 public:
  BackgroundCompiler() : thread_([this] { work(); }) {}
  ~BackgroundCompiler();
  void submit(std::function<void()> task);

 private:
  void work();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> tasks_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace sp
