// inotify(7), one watch a folder; new folders are watched as they appear.

#include "server/workspace/watcher.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <map>
#include <thread>

namespace sp {
namespace {

namespace fs = std::filesystem;

constexpr uint32_t kEvents = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE;
constexpr int kQuietMs = 50;

class InotifyWatcher : public Watcher {
 public:
  InotifyWatcher(int inotify, int stop, std::function<void()> changed)
      : inotify_(inotify),
        stop_(stop),
        changed_(std::move(changed)) {}

  ~InotifyWatcher() override {
    const uint64_t one = 1;
    const ssize_t written = ::write(stop_, &one, sizeof one);
    if (written == sizeof one && thread_.joinable()) thread_.join();
    ::close(inotify_);
    ::close(stop_);
  }

  void watch(const fs::path& directory) {
    const int id = ::inotify_add_watch(inotify_, directory.c_str(), kEvents);
    if (id >= 0) folders_[id] = directory;
    std::error_code error;
    for (fs::directory_iterator it(directory, error), end; !error && it != end;
         it.increment(error)) {
      const std::string name = it->path().filename().string();
      if (it->is_directory(error) && !name.starts_with(".") && name != "node_modules")
        watch(it->path());
    }
  }

  void start() {
    thread_ = std::thread([this] { run(); });
  }

 private:
  void run() {
    bool pending = false;
    for (;;) {
      pollfd descriptors[2] = {{inotify_, POLLIN, 0}, {stop_, POLLIN, 0}};
      const int ready = ::poll(descriptors, 2, pending ? kQuietMs : -1);
      if (descriptors[1].revents != 0) return;
      if (ready == 0 && pending) {
        pending = false;
        changed_();
      } else if (ready > 0) {
        pending = read_events() || pending;
      }
    }
  }

  // True if a datafile or a folder changed.
  bool read_events() {
    alignas(inotify_event) char buffer[16 << 10];
    const ssize_t size = ::read(inotify_, buffer, sizeof buffer);
    bool relevant = false;
    for (ssize_t at = 0; at < size;) {
      inotify_event event;
      std::memcpy(&event, buffer + at, sizeof event);
      const std::string name = event.len > 0 ? std::string(buffer + at + sizeof event) : "";
      at += static_cast<ssize_t>(sizeof event + event.len);
      if ((event.mask & IN_ISDIR) != 0) {
        if (name.starts_with(".")) continue;
        if ((event.mask & (IN_CREATE | IN_MOVED_TO)) != 0) watch(folders_[event.wd] / name);
        relevant = true;
      } else {
        relevant = relevant || name.ends_with(".pipe") || name.ends_with(".datasource") ||
                   name.ends_with(".connection");
      }
    }
    return relevant;
  }

  int inotify_, stop_;
  std::function<void()> changed_;
  std::map<int, fs::path> folders_;
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<Watcher>> Watcher::start(const std::string& directory,
                                                std::function<void()> changed) {
  const int inotify = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  const int stop = ::eventfd(0, EFD_CLOEXEC);
  if (inotify < 0 || stop < 0)
    return fail(ErrorCode::kCannotOpenFile, "Cannot watch the project's folder for changes");
  auto watcher = std::make_unique<InotifyWatcher>(inotify, stop, std::move(changed));
  watcher->watch(directory);
  watcher->start();
  return std::unique_ptr<Watcher>(std::move(watcher));
}

}  // namespace sp
