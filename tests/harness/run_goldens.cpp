// Runs golden files in every mode of the engine: the same answer each time.
//
//   sp_goldens [--mode=NAME,NAME...] [--update] FILE|FOLDER ...
//
// --update writes what the first mode answers into the files; review the difference.

#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>
#include <thread>

#include "runtime/formats/result_writer.h"
#include "server/workspace/check.h"
#include "server/workspace/workspace.h"
#include "tests/harness/golden_file.h"

namespace sp::tests {
namespace {

namespace fs = std::filesystem;

struct Mode {
  std::string name;
  EngineOptions engine;
  StoreOptions store;
};

std::vector<Mode> all_modes() {
  std::vector<Mode> modes;
  const auto add = [&modes](const char* name) -> Mode& {
    modes.push_back({name, EngineOptions(), StoreOptions()});
    modes.back().engine.threads = 2;
    modes.back().store.background = false;
    return modes.back();
  };
  add("default");
  add("tier0").engine.tier = EngineOptions::Tier::kTier0;
  add("tier1").engine.tier = EngineOptions::Tier::kTier1;
  add("hash0").engine.hash_zero = true;
  add("morsel7").engine.morsel_rows = 7;
  add("segment7").store.segment_rows = 7;
  add("optimizer_off").engine.optimizer = false;
  add("order_off").engine.use_order = false;
  add("one_thread").engine.threads = 1;
  return modes;
}

std::string sorted_rows(const std::string& answer) {
  std::vector<std::string> lines;
  std::istringstream in(answer);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  if (lines.size() > 2) std::sort(lines.begin() + 2, lines.end());
  std::string out;
  for (const std::string& line : lines) out += line + "\n";
  return out;
}

// As golden files write them: a blank line would end the answer.
std::string with_marked_empty_lines(const std::string& answer) {
  std::string out;
  for (size_t at = 0; at < answer.size();) {
    const size_t end = std::min(answer.find('\n', at), answer.size());
    out += end == at ? "(empty line)\n" : answer.substr(at, end - at) + "\n";
    at = end + 1;
  }
  return out;
}

class Runner {
 public:
  explicit Runner(bool update) : update_(update) {}

  void run(const GoldenFile& file, const std::vector<Mode>& modes) {
    if (!file.error.empty()) return report(file, 0, "", "malformed golden file: " + file.error);
    std::vector<std::string> found(file.queries.size());
    for (const Mode& mode : modes) {
      run_mode(file, mode, found);
      if (update_) break;
    }
    if (update_) write_back(file, found);
  }

  size_t passed() const { return passed_; }
  size_t failed() const { return failed_; }

 private:
  void run_mode(const GoldenFile& file, const Mode& mode, std::vector<std::string>& found) {
    char folder[] = "/tmp/sandpiper-golden-XXXXXX";
    if (::mkdtemp(folder) == nullptr) return report(file, 0, mode.name, "no temporary folder");
    {
      for (const auto& [name, text] : file.datasources)
        std::ofstream(std::string(folder) + "/" + name + ".datasource") << text;
      WorkspaceOptions options;
      options.directory = folder;
      options.engine = mode.engine;
      options.store = mode.store;
      auto workspace = Workspace::open(std::move(options));
      if (!workspace.ok())
        report(file, 0, mode.name, workspace.error().render());
      else
        run_queries(file, mode, **workspace, found);
    }
    std::error_code ignored;
    fs::remove_all(folder, ignored);
  }

  void run_queries(const GoldenFile& file, const Mode& mode, Workspace& workspace,
                   std::vector<std::string>& found) {
    for (const Problem& problem : workspace.project()->problems)
      report(file, 0, mode.name, problem_to_text(problem));
    for (const auto& [name, rows] : file.rows) {
      const auto ingestor = workspace.ingestor(name);
      if (!ingestor) return report(file, 0, mode.name, "rows for an unknown data source: " + name);
      const auto counts = ingestor->ingest(rows, false, "", workspace.store());
      if (!counts.ok()) return report(file, 0, mode.name, counts.error().render());
      if (counts->quarantined_rows > 0)
        return report(file, 0, mode.name, "rows do not fit " + name);
      // Half of the modes read the head, half read sealed parts.
      if (mode.name == "segment7" || mode.name == "tier1" || mode.name == "order_off") {
        if (const auto flushed = workspace.store().flush(); !flushed.ok())
          report(file, 0, mode.name, flushed.error().render());
      }
    }
    for (size_t i = 0; i < file.queries.size(); ++i)
      run_query(file, mode, workspace, file.queries[i], found[i]);
  }

  void run_query(const GoldenFile& file, const Mode& mode, Workspace& workspace,
                 const GoldenQuery& query, std::string& found) {
    const auto response = workspace.run_sql(query.sql, RequestParams(), nullptr, "", RunOptions());
    std::string answer;
    if (response.ok()) {
      answer = response->table ? write_result(*find_result_format("TabSeparatedWithNamesAndTypes"),
                                              *response->table, ResultStatistics())
                               : response->explanation;
      if (query.sorted) answer = sorted_rows(answer);
    } else {
      answer = response.error().render() + "\n";
    }
    found = answer;
    const bool as_wanted =
        response.ok() == !query.error_code &&
        (response.ok() || static_cast<int>(response.error().code) == *query.error_code);
    if (as_wanted &&
        (update_ || answer == (query.sorted ? sorted_rows(query.expected) : query.expected))) {
      ++passed_;
      return;
    }
    report(file, query.line, mode.name,
           query.sql + "expected" +
               (query.error_code ? fmt::format(" error {}", *query.error_code) : "") + ":\n" +
               query.expected + "found" +
               (response.ok() ? ""
                              : fmt::format(" error {}", static_cast<int>(response.error().code))) +
               ":\n" + answer);
  }

  void report(const GoldenFile& file, size_t line, const std::string& mode,
              const std::string& message) {
    ++failed_;
    const std::lock_guard lock(mutex_);
    fmt::print("FAILED {}:{} [{}]\n{}\n", file.path, line, mode, message);
  }

  static void write_back(const GoldenFile& file, const std::vector<std::string>& found) {
    std::string out;
    size_t at = 0;
    for (size_t i = 0; i < file.queries.size(); ++i) {
      out += file.text.substr(at, file.queries[i].answer_begin - at) +
             with_marked_empty_lines(found[i]);
      at = file.queries[i].answer_end;
    }
    out += file.text.substr(at);
    std::ofstream(file.path, std::ios::binary) << out;
  }

  const bool update_;
  std::atomic<size_t> passed_{0}, failed_{0};
  std::mutex mutex_;
};

int main_of(int argc, char** argv) {
  bool update = false;
  std::string only;
  std::vector<std::string> files;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--update")
      update = true;
    else if (argument.starts_with("--mode="))
      only = argument.substr(7);
    else if (fs::is_directory(argument)) {
      for (fs::recursive_directory_iterator it(argument), end; it != end; ++it) {
        // Goldens of the language have a runner and a format of their own: sp_language_goldens.
        if (it->is_directory() && it->path().filename() == "language")
          it.disable_recursion_pending();
        else if (it->path().extension() == ".test")
          files.push_back(it->path().string());
      }
    } else
      files.push_back(argument);
  }
  std::sort(files.begin(), files.end());
  std::vector<Mode> modes = all_modes();
  if (!only.empty())
    std::erase_if(modes, [&only](const Mode& mode) {
      return ("," + only + ",").find("," + mode.name + ",") == std::string::npos;
    });
  Runner runner(update);
  std::atomic<size_t> next{0};
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) {
    threads.emplace_back([&] {
      for (size_t index; (index = next++) < files.size();)
        runner.run(read_golden(files[index]), modes);
    });
  }
  for (std::thread& thread : threads) thread.join();
  fmt::print("goldens: {} passed, {} failed\n", runner.passed(), runner.failed());
  return runner.failed() == 0 && runner.passed() > 0 ? 0 : 1;
}

}  // namespace
}  // namespace sp::tests

int main(int argc, char** argv) { return sp::tests::main_of(argc, argv); }
