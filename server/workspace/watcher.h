#pragma once
// Watcher: calls back soon after files of a folder change (inotify), once per burst of changes.

#include <functional>
#include <memory>
#include <string>

#include "runtime/core/error.h"

namespace sp {

class Watcher {
 public:
  /// Watches the folder and all folders below it (hidden ones left out). `changed` runs on the
  /// watcher's own thread, at most 50 ms after the last of a burst of changes to datafiles.
  static Result<std::unique_ptr<Watcher>> start(const std::string& directory,
                                                std::function<void()> changed);
  virtual ~Watcher() = default;
};

}  // namespace sp
