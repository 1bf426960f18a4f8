// sandpiper test DIR: runs tests/<pipe>.yaml over the fixtures, in a data directory of its own.
// Format: Tinybird's test files (a YAML list of name, parameters, expected_result,
// expected_http_status).

#include <fmt/format.h>
#include <stdlib.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "server/api/respond.h"
#include "server/cli/command.h"
#include "server/http/message.h"
#include "server/workspace/check.h"
#include "server/workspace/workspace.h"

namespace sp {
namespace {

namespace fs = std::filesystem;

struct Outcome {
  unsigned status = 200;
  std::string text;
};

Outcome run_pipe(Workspace& workspace, const std::string& pipe, const std::string& parameters) {
  RequestParams params;
  for (auto& [name, value] : parse_form(parameters)) params.add(name, value);
  const auto response = workspace.run_pipe(pipe, params, "", RunOptions());
  if (!response.ok()) {
    const HttpResponse error = error_response(response.error());
    return {error.status, error.body};
  }
  return {200,
          write_result(*find_result_format("JSONEachRow"), *response->table, ResultStatistics())};
}

std::string without_trailing_space(std::string text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.pop_back();
  return text;
}

// Prints the first line that differs, expected and found.
void print_difference(const std::string& expected, const std::string& found) {
  const auto lines = [](const std::string& text) {
    std::vector<std::string> out;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) out.push_back(line);
    return out;
  };
  const auto want = lines(expected), have = lines(found);
  for (size_t i = 0; i < std::max(want.size(), have.size()); ++i) {
    const std::string w = i < want.size() ? want[i] : "(nothing)",
                      h = i < have.size() ? have[i] : "(nothing)";
    if (w == h) continue;
    fmt::print("    line {}\n    expected: {}\n    found:    {}\n", i + 1, w, h);
    return;
  }
}

// A YAML scalar on one line: plain where that is safe, else in single quotes.
std::string scalar(const std::string& text) {
  const bool plain = !text.empty() && std::isalnum(static_cast<unsigned char>(text[0])) != 0 &&
                     text.back() != ':' && text.find(": ") == std::string::npos &&
                     text.find(" #") == std::string::npos && text.find('\n') == std::string::npos;
  if (plain) return text;
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "''" : std::string(1, c);
  return out + "'";
}

// One test as authors write it: expected rows as a block, one a line.
std::string print_test(const YAML::Node& test, unsigned status, const std::string& result) {
  std::string out;
  const auto line = [&](const char* key, const std::string& value) {
    out += std::string(out.empty() ? "- " : "  ") + key + ": " + value + '\n';
  };
  for (const char* key : {"name", "description", "parameters"})
    line(key, scalar(test[key].as<std::string>("")));
  if (status != 200) line("expected_http_status", std::to_string(status));
  line("expected_result", result.empty() ? "''" : "|");
  for (size_t at = 0; at < result.size();) {
    const size_t end = std::min(result.find('\n', at), result.size());
    out += "    " + result.substr(at, end - at) + '\n';
    at = end + 1;
  }
  return out;
}

struct Counts {
  size_t passed = 0, failed = 0;
};

void run_file(Workspace& workspace, const fs::path& path, bool update, Counts& counts) {
  const std::string pipe = path.stem().string();
  YAML::Node tests = YAML::LoadFile(path.string());
  std::string updated;
  for (const YAML::Node& test : tests) {
    const std::string name = test["name"].as<std::string>("");
    const Outcome outcome = run_pipe(workspace, pipe, test["parameters"].as<std::string>(""));
    const auto status = test["expected_http_status"].as<unsigned>(200);
    const std::string expected = test["expected_result"].as<std::string>("");
    const bool same =
        outcome.status == status &&
        (status != 200 || without_trailing_space(outcome.text) == without_trailing_space(expected));
    updated +=
        (updated.empty() ? "" : "\n") + print_test(test, status, status == 200 ? outcome.text : "");
    if (same || (update && outcome.status == status)) {
      ++counts.passed;
      continue;
    }
    ++counts.failed;
    fmt::print("FAILED {} / {}\n", pipe, name);
    if (outcome.status != status)
      fmt::print("    expected status {}, found {}: {}\n", status, outcome.status, outcome.text);
    else
      print_difference(expected, outcome.text);
  }
  if (update) std::ofstream(path) << updated;
}

int run_tests(const std::string& directory, bool update) {
  char data[] = "/tmp/sandpiper-test-XXXXXX";
  if (::mkdtemp(data) == nullptr) {
    fmt::print(stderr, "sandpiper: cannot make a temporary folder\n");
    return 1;
  }
  Counts counts;
  int status = 0;
  {
    WorkspaceOptions options;
    options.directory = directory;
    options.data_directory = data;
    options.engine = EngineOptions::from_environment();
    auto workspace = Workspace::open(std::move(options));
    const auto loaded =
        workspace.ok() ? (*workspace)->load_fixtures() : Result<uint64_t>(workspace.error());
    if (!loaded.ok()) {
      fmt::print(stderr, "sandpiper: {}\n", loaded.error().render());
      status = 1;
    } else {
      for (const Problem& problem : (*workspace)->project()->problems)
        fmt::print("{}\n", problem_to_text(problem));
      std::vector<fs::path> files;
      std::error_code error;
      for (const auto& entry : fs::directory_iterator(directory + "/tests", error)) {
        if (entry.path().extension() == ".yaml" || entry.path().extension() == ".yml")
          files.push_back(entry.path());
      }
      std::sort(files.begin(), files.end());
      for (const fs::path& file : files) {
        try {
          run_file(**workspace, file, update, counts);
        } catch (const YAML::Exception& exception) {
          ++counts.failed;
          fmt::print("FAILED {}: {}\n", file.filename().string(), exception.what());
        }
      }
      fmt::print("{} passed, {} failed\n", counts.passed, counts.failed);
      status = counts.failed > 0 || (*workspace)->project()->has_errors() ? 1 : 0;
    }
  }
  std::error_code ignored;
  fs::remove_all(data, ignored);
  return status;
}

}  // namespace

void add_test_command(CLI::App& app, Action& action) {
  auto directory = std::make_shared<std::string>();
  auto update = std::make_shared<bool>(false);
  CLI::App* command = app.add_subcommand("test", "Run a project's tests over its fixtures");
  command->add_option("DIR", *directory, "The project")->required()->check(CLI::ExistingDirectory);
  command->add_flag("--update", *update,
                    "Write what was found into the test files; review the difference");
  command->callback([=, &action] { action = [=] { return run_tests(*directory, *update); }; });
}

}  // namespace sp
