// The examples of docs/formatting.md: each fenced block and the next of its kind are a text and
// what it formats to.

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "lang/format/format_file.h"

namespace sp::format {
namespace {

struct Example {
  SourceKind kind;
  std::string text;
};

std::vector<Example> examples_of(const std::string& path) {
  std::vector<Example> out;
  std::ifstream in(path);
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("```")) {
      const auto kind = kind_of_name(line.substr(3));
      if (!inside && kind) out.push_back({*kind, ""});
      inside = !inside && kind.has_value();
    } else if (inside) {
      out.back().text += line + "\n";
    }
  }
  return out;
}

TEST(FormatDocs, ExamplesAreTrue) {
  const std::vector<Example> examples = examples_of("docs/formatting.md");
  ASSERT_GE(examples.size(), 4U);
  ASSERT_EQ(examples.size() % 2, 0U);
  for (size_t i = 0; i < examples.size(); i += 2) {
    const Formatted formatted =
        format_source(examples[i].kind, "example", "docs/formatting.md", examples[i].text);
    for (const Error& error : formatted.errors) ADD_FAILURE() << error.render();
    EXPECT_EQ(formatted.text, examples[i + 1].text);
  }
}

}  // namespace
}  // namespace sp::format
