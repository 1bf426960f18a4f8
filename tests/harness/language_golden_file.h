#pragma once
// Language goldens: tests/goldens/language/**/*.test, one readable format for everything that a
// front end says. Lines:
//
//   === NAME OF THE CASE         text before the first case is comment
//   <<< FILE [crlf] [bom]        an input: visits.datasource, pipes/top.pipe, template, sql; its
//                                text follows
//   >>> ACTION [ARGUMENTS]       what to do with the inputs (see language_actions.h); the expected
//       output follows
//
// A text ends at the next mark; blank lines at its end do not count. A case may have many inputs
// and many actions.
// A line of a text that would look like a mark is written with a backslash before it.

#include <string>
#include <vector>

namespace sp::tests {

struct LanguageInput {
  std::string name;
  std::string text;
};

struct LanguageAction {
  std::string name;                    // "check"
  std::vector<std::string> arguments;  // blanks inside '...' belong to a word
  std::string expected;
  size_t line = 0;                      // of the mark
  size_t text_begin = 0, text_end = 0;  // byte offsets of the expected text in the file
};

struct LanguageCase {
  std::string name;
  std::vector<LanguageInput> inputs;
  std::vector<LanguageAction> actions;
  /// The input of that name; nullptr if the case has none.
  const LanguageInput* find(const std::string& name) const;
};

struct LanguageGoldenFile {
  std::string path;
  std::string text;
  std::vector<LanguageCase> cases;
  std::string error;  // "" or what is wrong with the file itself
};

LanguageGoldenFile read_language_golden(const std::string& path);

/// The file's text with every action's expected output replaced: `found` in order of the actions.
std::string with_outputs(const LanguageGoldenFile& file, const std::vector<std::string>& found);

}  // namespace sp::tests
