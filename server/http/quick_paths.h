#pragma once
// QuickPaths: which paths answer so fast that their handler may run on the network thread, where
// handing the request to another thread would cost more than the answer. Learned from how long each
// path took; one slow answer takes a path's right away until it has been quick again for a while.
// Not thread-safe: one for each network thread.

#include <cstdint>
#include <string_view>
#include <unordered_map>

namespace sp {

class QuickPaths {
 public:
  bool contains(std::string_view path) const {
    const auto found = paths_.find(key_of(path));
    return found != paths_.end() && found->second >= kQuickTimes;
  }
  void note(std::string_view path, double milliseconds) {
    if (paths_.size() >= kMostPaths) paths_.clear();
    int& quick = paths_[key_of(path)];
    if (milliseconds > kLongestMs)
      quick = -kProbation;
    else if (quick < kQuickTimes)
      ++quick;
  }

 private:
  static constexpr double kLongestMs = 1.0;
  static constexpr int kQuickTimes = 8, kProbation = 100;
  static constexpr size_t kMostPaths = 1024;
  static uint64_t key_of(std::string_view path) { return std::hash<std::string_view>{}(path); }

  std::unordered_map<uint64_t, int> paths_;  // quick answers in a row
};

}  // namespace sp
