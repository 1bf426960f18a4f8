// The formatter on every datafile of the tree, every input of the language goldens and every query
// of the goldens: what parses formats, keeps its meaning, and formats to itself. The corpus grows
// with the goldens.

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "lang/format/format_file.h"
#include "lang/format/unified_diff.h"
#include "tests/harness/golden_file.h"
#include "tests/harness/language_golden_file.h"

namespace sp::format {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_below(const fs::path& folder) {
  std::vector<fs::path> out;
  if (!fs::exists(folder)) return out;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::string read(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return std::move(text).str();
}

// 1 if the text parses and formats; a formatter's own mistake fails the test, a text that does not
// parse counts for nothing.
int formats(SourceKind kind, const std::string& name, const std::string& text) {
  const Formatted once = format_source(kind, "x", name, text);
  if (!once.ok()) {
    EXPECT_NE(once.errors[0].code, ErrorCode::kLogicalError) << name << "\n"
                                                             << text << "\n"
                                                             << once.errors[0].render();
    return 0;
  }
  const Formatted twice = format_source(kind, "x", name, once.text);
  EXPECT_TRUE(twice.ok()) << name << "\n"
                          << text << "\nformats to\n"
                          << once.text << (twice.ok() ? "" : twice.errors[0].render());
  EXPECT_EQ(unified_diff(once.text, twice.text, "once", "twice"), "") << name;
  return 1;
}

TEST(FormatCorpus, Datafiles) {
  int formatted = 0;
  for (const char* folder : {"pipes", "tests"}) {
    for (const fs::path& path : files_below(folder)) {
      const auto kind = kind_of_path(path.string());
      if (kind) formatted += formats(*kind, path.string(), read(path));
    }
  }
  EXPECT_GE(formatted, 10);
}

TEST(FormatCorpus, CustomerJourneyIsFormatted) {
  for (const fs::path& path : files_below("pipes")) {
    const auto kind = kind_of_path(path.string());
    if (!kind) continue;
    const std::string text = read(path);
    EXPECT_EQ(unified_diff(text, format_source(*kind, "x", path.string(), text).text, path.string(),
                           "formatted"),
              "")
        << "run sandpiper fmt pipes";
  }
}

TEST(FormatCorpus, GoldenQueries) {
  int formatted = 0;
  for (const fs::path& path : files_below("tests/goldens")) {
    if (path.extension() != ".test" || path.string().find("/language/") != std::string::npos)
      continue;
    for (const tests::GoldenQuery& query : tests::read_golden(path.string()).queries) {
      formatted += formats(SourceKind::kSql, path.string() + ":" + std::to_string(query.line),
                           query.sql + "\n");
    }
  }
  EXPECT_GE(formatted, 280);
}

TEST(FormatCorpus, LanguageGoldens) {
  int formatted = 0;
  for (const fs::path& path : files_below("tests/goldens/language")) {
    if (path.extension() != ".test") continue;
    for (const tests::LanguageCase& one : tests::read_language_golden(path.string()).cases) {
      for (const tests::LanguageInput& input : one.inputs) {
        const std::string name = path.string() + " [" + one.name + "] " + input.name;
        const auto kind = input.name == "sql" ? SourceKind::kSql : kind_of_path(input.name);
        if (kind) formatted += formats(*kind, name, input.text);
        if (input.name == "template")
          formatted += formats(SourceKind::kSql, name, "%\n" + input.text);
      }
    }
  }
  EXPECT_GE(formatted, 60);
}

// What the fuzzer found worth keeping (tests/fuzz/fuzz_format.cpp): the first byte picks the kind
// of file.
TEST(FormatCorpus, FuzzCorpus) {
  static constexpr SourceKind kKinds[] = {SourceKind::kSql,        SourceKind::kSql,
                                          SourceKind::kPipe,       SourceKind::kDataSource,
                                          SourceKind::kConnection, SourceKind::kInclude};
  int formatted = 0;
  for (const fs::path& path : files_below("tests/fuzz/corpus/format")) {
    const std::string input = read(path);
    if (input.empty()) continue;
    const size_t choice = static_cast<unsigned char>(input[0]) % 6;
    formatted +=
        formats(kKinds[choice], path.string(), (choice == 1 ? "%\n" : "") + input.substr(1));
  }
  EXPECT_GE(formatted, 20);
}

}  // namespace
}  // namespace sp::format
