// How long the first answer of a cold shape takes over small data: every golden query and every
// shipped endpoint once, on an empty cache, over the goldens' tables and the project's fixtures.
// Prints medians by station.
//
//   sp_cold_shapes [GOLDENS=tests/goldens] [PROJECT=pipes/customer_journey]

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>

#include "server/workspace/workspace.h"
#include "tests/harness/golden_file.h"
#include "tests/unit/support/temporary_directory.h"

namespace sp::tests {
namespace {

namespace fs = std::filesystem;

struct Sample {
  std::string what;
  double total, parse, bind, plan, generate, compile, run;
};

template <class Run>
void measure(std::vector<Sample>& samples, const std::string& what, Run run) {
  const auto start = std::chrono::steady_clock::now();
  const Result<QueryResponse> response = run();
  const std::chrono::duration<double, std::milli> total = std::chrono::steady_clock::now() - start;
  if (!response.ok()) return;
  const QueryStatistics& s = response->statistics;
  if (s.cache_hit) return;  // a shape that the file has twice
  samples.push_back(
      {what, total.count(), s.parse_ms, s.bind_ms, s.plan_ms, s.codegen_ms, s.tier0_ms, s.run_ms});
}

// Whatever a process does once is no query's cost: target machines, tables of functions.
void settle(Workspace& workspace) {
  for (const char* sql :
       {"SELECT 1", "SELECT number, count() FROM numbers(10) GROUP BY number ORDER BY number"}) {
    (void)workspace.run_sql(sql, RequestParams(), nullptr, "", RunOptions());
  }
}

std::unique_ptr<Workspace> open(const std::string& folder, const std::string& data) {
  WorkspaceOptions options;
  options.directory = folder;
  options.data_directory = data;
  options.engine.threads = 2;
  options.store.background = false;
  auto workspace = Workspace::open(std::move(options));
  if (!workspace.ok()) {
    fmt::print(stderr, "{}\n", workspace.error().render());
    return nullptr;
  }
  settle(**workspace);
  return std::move(*workspace);
}

void run_goldens(const std::string& path, std::vector<Sample>& samples) {
  const GoldenFile file = read_golden(path);
  const TemporaryDirectory folder;
  for (const auto& [name, text] : file.datasources)
    std::ofstream(folder.path() + "/" + name + ".datasource") << text;
  if (auto workspace = open(folder.path(), "")) {
    for (const auto& [name, rows] : file.rows) {
      if (const auto ingestor = workspace->ingestor(name))
        (void)ingestor->ingest(rows, false, "", workspace->store());
    }
    for (const GoldenQuery& query : file.queries) {
      if (query.error_code) continue;
      measure(samples, fmt::format("{}:{}", path, query.line), [&] {
        return workspace->run_sql(query.sql, RequestParams(), nullptr, "", RunOptions());
      });
    }
  }
}

void run_endpoints(const std::string& project, std::vector<Sample>& samples) {
  const TemporaryDirectory folder;
  if (auto workspace = open(project, folder.path())) {
    (void)workspace->load_fixtures();
    const auto published = workspace->project();
    for (const auto& [name, pipe] : published->pipes) {
      if (!pipe->is_endpoint()) continue;
      RequestParams params;
      for (const ParamSpec& spec : pipe->signature.params) {
        if (spec.required)
          params.add(spec.name, spec.type.starts_with("Date") ? "2024-01-01 00:00:00" : "1");
      }
      measure(samples, "endpoint " + name,
              [&] { return workspace->run_pipe(name, params, "", RunOptions()); });
    }
  }
}

void print(const char* title, const std::vector<Sample>& samples) {
  if (samples.empty()) return;
  fmt::print("{}: {} shapes, ms{:>{}} {:>8} {:>8}\n", title, samples.size(), "median",
             30 - std::string_view(title).size(), "p90", "largest");
  const std::pair<const char*, double Sample::*> stations[] = {
      {"parse", &Sample::parse},       {"bind", &Sample::bind},      {"plan", &Sample::plan},
      {"generate", &Sample::generate}, {"tier 0", &Sample::compile}, {"run", &Sample::run},
      {"first answer", &Sample::total}};
  for (const auto& [name, field] : stations) {
    std::vector<double> values;
    for (const Sample& sample : samples) values.push_back(sample.*field);
    std::sort(values.begin(), values.end());
    fmt::print("  {:<20} {:>22.3f} {:>8.3f} {:>8.3f}\n", name, values[values.size() / 2],
               values[values.size() * 9 / 10], values.back());
  }
}

int main_of(int argc, char** argv) {
  const std::string goldens = argc > 1 ? argv[1] : "tests/goldens",
                    project = argc > 2 ? argv[2] : "pipes/customer_journey";
  std::vector<std::string> files;
  for (fs::recursive_directory_iterator it(goldens), end; it != end; ++it) {
    if (it->is_directory() && it->path().filename() == "language")
      it.disable_recursion_pending();
    else if (it->path().extension() == ".test")
      files.push_back(it->path().string());
  }
  std::sort(files.begin(), files.end());
  std::vector<Sample> queries, endpoints;
  for (const std::string& file : files) run_goldens(file, queries);
  run_endpoints(project, endpoints);
  print("golden queries", queries);
  print("shipped endpoints", endpoints);
  queries.insert(queries.end(), endpoints.begin(), endpoints.end());
  std::sort(queries.begin(), queries.end(),
            [](const Sample& a, const Sample& b) { return a.total > b.total; });
  fmt::print("slowest:");
  for (size_t i = 0; i < std::min<size_t>(5, queries.size()); ++i)
    fmt::print(" {} ({:.1f} ms)", queries[i].what, queries[i].total);
  fmt::print("\n");
  return queries.empty() ? 1 : 0;
}

}  // namespace
}  // namespace sp::tests

int main(int argc, char** argv) { return sp::tests::main_of(argc, argv); }
