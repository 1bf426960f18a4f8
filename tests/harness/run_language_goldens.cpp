// Runs language goldens: every action of every case, output compared exactly.
//
//   sp_language_goldens [--update] FILE|FOLDER ...
//
// --update writes what was found into the files; review the difference.

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include "tests/harness/language_actions.h"

namespace sp::tests {
namespace {

namespace fs = std::filesystem;

class Runner {
 public:
  explicit Runner(bool update) : update_(update) {}

  void run(const LanguageGoldenFile& file) {
    if (!file.error.empty()) return report(file.path, "malformed: " + file.error);
    std::vector<std::string> found;
    for (const LanguageCase& one : file.cases) {
      bool good = !one.actions.empty();
      if (!good) report(file.path, "a case without an action: " + one.name);
      for (const LanguageAction& action : one.actions) {
        found.push_back(run_language_action(one, action));
        if (update_ || found.back() == action.expected) continue;
        report(fmt::format("{}:{} [{}] {}", file.path, action.line, one.name, action.name),
               "expected:\n" + action.expected + "found:\n" + found.back());
        good = false;
      }
      if (good) ++passed_;
    }
    if (!update_) return;
    if (const std::string text = with_outputs(file, found); text != file.text)
      std::ofstream(file.path, std::ios::binary) << text;
  }

  size_t passed() const { return passed_; }
  size_t failed() const { return failed_; }

 private:
  void report(const std::string& where, const std::string& message) {
    ++failed_;
    const std::lock_guard lock(mutex_);
    fmt::print("FAILED {}\n{}\n", where, message);
  }

  const bool update_;
  std::atomic<size_t> passed_{0}, failed_{0};
  std::mutex mutex_;
};

int main_of(int argc, char** argv) {
  bool update = false;
  std::vector<std::string> files;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--update") {
      update = true;
    } else if (fs::is_directory(argument)) {
      for (const auto& entry : fs::recursive_directory_iterator(argument)) {
        if (entry.path().extension() == ".test") files.push_back(entry.path().string());
      }
    } else {
      files.push_back(argument);
    }
  }
  std::sort(files.begin(), files.end());
  Runner runner(update);
  std::atomic<size_t> next{0};
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) {
    threads.emplace_back([&] {
      for (size_t index; (index = next++) < files.size();)
        runner.run(read_language_golden(files[index]));
    });
  }
  for (std::thread& thread : threads) thread.join();
  fmt::print("language goldens: {} passed, {} failed\n", runner.passed(), runner.failed());
  return runner.failed() == 0 && runner.passed() > 0 ? 0 : 1;
}

}  // namespace
}  // namespace sp::tests

int main(int argc, char** argv) { return sp::tests::main_of(argc, argv); }
