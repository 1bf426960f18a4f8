// docs/language-coverage.md names a golden for every form of the language: each golden must exist,
// those of directives must show them, and no directive, template function or method of the source's
// tables may be left out.

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "lang/datafile/directives.h"
#include "lang/template/function.h"
#include "tests/harness/language_golden_file.h"

namespace sp {
namespace {

std::string read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

// The names of the cases of a golden file, read once.
const std::set<std::string>& cases_of(const std::string& file) {
  static std::map<std::string, std::set<std::string>> known;
  const auto [it, added] = known.try_emplace(file);
  if (added) {
    for (const tests::LanguageCase& one :
         tests::read_language_golden("tests/goldens/language/" + file + ".test").cases)
      it->second.insert(one.name);
  }
  return it->second;
}

// What stands between the case's title and the next one.
std::string text_of(const std::string& file, const std::string& name) {
  const std::string text = "\n" + read("tests/goldens/language/" + file + ".test");
  const size_t begin = text.find("\n=== " + name + "\n");
  return begin == std::string::npos ? ""
                                    : text.substr(begin, text.find("\n=== ", begin + 1) - begin);
}

// The directive that a row is about: "| `SCHEMA` (.datasource) | ..."; "" if it is of something
// else.
std::string directive_of(const std::string& row) {
  const size_t end = row.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", 3);
  return row.starts_with("| `") && row.find("` (.", 3) == end ? row.substr(3, end - 3) : "";
}

TEST(LanguageCoverage, EveryGoldenExists) {
  std::istringstream lines(read("docs/language-coverage.md"));
  size_t rows = 0;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| ") || line.starts_with("|---") || !line.ends_with(" |")) continue;
    const size_t cell = line.rfind(" | ", line.size() - 3);
    ASSERT_NE(cell, std::string::npos) << line;
    const std::string golden = line.substr(cell + 3, line.size() - cell - 5);
    const size_t colon = golden.find(": ");
    if (colon == std::string::npos) {
      EXPECT_EQ(golden, "golden") << line;  // a heading
      continue;
    }
    const std::string file = golden.substr(0, colon), name = golden.substr(colon + 2);
    EXPECT_TRUE(cases_of(file).contains(name)) << line;
    const std::string directive = directive_of(line);
    if (!directive.empty()) {
      EXPECT_NE(text_of(file, name).find(directive), std::string::npos) << line;
    }
    ++rows;
  }
  EXPECT_GT(rows, 250u);
}

TEST(LanguageCoverage, NothingIsMissing) {
  const std::string page = read("docs/language-coverage.md");
  const auto expect = [&page](const std::string& form) {
    EXPECT_NE(page.find("`" + form + "`"), std::string::npos) << form;
  };
  for (const auto kind : {datafile::FileKind::kDataSource, datafile::FileKind::kPipe,
                          datafile::FileKind::kConnection}) {
    for (const std::string_view name : datafile::directive_names(kind)) expect(std::string(name));
  }
  for (const tmpl::FunctionRule* rule : tmpl::all_functions())
    expect(std::string(rule->name) + "()");
  for (const auto receiver :
       {tmpl::ValueKind::kString, tmpl::ValueKind::kList, tmpl::ValueKind::kDict}) {
    for (const std::string_view name : tmpl::method_names(receiver))
      expect("." + std::string(name) + "()");
  }
}

}  // namespace
}  // namespace sp
