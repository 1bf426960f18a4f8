// The reader and the writer of language goldens.

#include "tests/harness/language_golden_file.h"

#include <algorithm>
#include <set>

#include "tests/harness/read_text.h"

namespace sp::tests {
namespace {

bool is_mark(std::string_view line) {
  return line.starts_with("=== ") || line.starts_with("<<< ") || line.starts_with(">>> ");
}

void trim_end(std::string& text) {
  text.erase(text.find_last_not_of('\n') + 1);
  if (!text.empty()) text += '\n';
}

std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  bool quoted = false, inside = false;
  for (const char c : line) {
    if (c == '\'') {
      quoted = !quoted;
      inside = true;
    } else if (c == ' ' && !quoted) {
      if (inside) words.push_back(std::move(word));
      word.clear();
      inside = false;
    } else {
      word += c;
      inside = true;
    }
  }
  if (inside) words.push_back(std::move(word));
  return words;
}

class Reader {
 public:
  explicit Reader(LanguageGoldenFile& file) : file_(file) {}

  void run() {
    std::string line;
    while (file_.error.empty() && next(line)) {
      if (line.starts_with("=== "))
        open_case(line.substr(4));
      else if (line.starts_with("<<< "))
        input(words_of(line.substr(4)));
      else if (line.starts_with(">>> "))
        action(words_of(line.substr(4)));
    }
  }

 private:
  bool next(std::string& line) {
    if (at_ >= file_.text.size()) return false;
    size_t end = file_.text.find('\n', at_);
    if (end == std::string::npos) end = file_.text.size();
    line = file_.text.substr(at_, end - at_);
    at_ = std::min(end + 1, file_.text.size());
    ++line_;
    return true;
  }

  bool at_mark() const { return is_mark(std::string_view(file_.text).substr(at_, 4)); }

  std::string text() {
    std::string text, line;
    while (!at_mark() && next(line)) {
      text += (!line.empty() && line[0] == '\\' && is_mark(std::string_view(line).substr(1))
                   ? line.substr(1)
                   : line) +
              "\n";
    }
    trim_end(text);
    return text;
  }

  void open_case(const std::string& name) {
    if (!names_.insert(name).second)
      file_.error = "line " + std::to_string(line_) + ": a second case has the name: " + name;
    file_.cases.push_back({name, {}, {}});
  }

  void input(const std::vector<std::string>& words) {
    if (file_.cases.empty() || words.empty()) {
      file_.error = "line " + std::to_string(line_) + ": an input outside any case";
      return;
    }
    std::string content = text();
    for (size_t i = 1; i < words.size(); ++i) {
      if (words[i] == "bom") {
        content.insert(0, "\xEF\xBB\xBF");
      } else if (words[i] == "crlf") {
        std::string crlf;
        for (const char c : content) crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
        content = std::move(crlf);
      } else {
        file_.error = "line " + std::to_string(line_) + ": expected crlf or bom: " + words[i];
      }
    }
    file_.cases.back().inputs.push_back({words[0], std::move(content)});
  }

  void action(std::vector<std::string> words) {
    if (file_.cases.empty() || words.empty()) {
      file_.error = "line " + std::to_string(line_) + ": an action outside any case";
      return;
    }
    LanguageAction action;
    action.name = words[0];
    words.erase(words.begin());
    action.arguments = std::move(words);
    action.line = line_;
    action.text_begin = at_;
    action.expected = text();
    action.text_end = at_;
    file_.cases.back().actions.push_back(std::move(action));
  }

  LanguageGoldenFile& file_;
  std::set<std::string> names_;
  size_t at_ = 0;
  size_t line_ = 0;
};

// Outputs that look like marks are written so that they read back as text.
std::string escaped(const std::string& output) {
  std::string out;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);)
    out += (is_mark(line) ? "\\" + line : line) + "\n";
  return out;
}

}  // namespace

const LanguageInput* LanguageCase::find(const std::string& wanted) const {
  for (const LanguageInput& input : inputs) {
    if (input.name == wanted) return &input;
  }
  return nullptr;
}

LanguageGoldenFile read_language_golden(const std::string& path) {
  LanguageGoldenFile file;
  file.path = path;
  file.text = read_text(path);
  Reader(file).run();
  return file;
}

std::string with_outputs(const LanguageGoldenFile& file, const std::vector<std::string>& found) {
  std::string out;
  size_t at = 0, index = 0;
  for (const LanguageCase& one : file.cases) {
    for (const LanguageAction& action : one.actions) {
      out += file.text.substr(at, action.text_begin - at);
      if (!out.ends_with('\n')) out += '\n';
      out += escaped(found[index++]);
      at = action.text_end;
      if (at < file.text.size()) out += '\n';
    }
  }
  return out + file.text.substr(at);
}

}  // namespace sp::tests
