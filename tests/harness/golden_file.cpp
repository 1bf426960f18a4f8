// The reader of golden files.

#include "tests/harness/golden_file.h"

#include "tests/harness/read_text.h"

namespace sp::tests {
namespace {

const std::string kEmptyLine = "(empty line)";

class Reader {
 public:
  explicit Reader(GoldenFile& file) : file_(file) {}

  void run() {
    std::string line;
    while (next(line)) {
      if (line.empty() || line[0] == '#') continue;
      std::istringstream words(line);
      std::string kind, argument;
      words >> kind >> argument;
      if (kind == "datasource")
        file_.datasources.emplace_back(argument, until("end"));
      else if (kind == "rows")
        file_.rows.emplace_back(argument, until("end"));
      else if (kind == "query" || kind == "error")
        query(kind == "error", argument);
      else
        file_.error = "line " + std::to_string(line_) +
                      ": expected datasource, rows, query or error: " + line;
    }
  }

 private:
  bool next(std::string& line) {
    if (at_ >= file_.text.size()) return false;
    size_t end = file_.text.find('\n', at_);
    if (end == std::string::npos) end = file_.text.size();
    line = file_.text.substr(at_, end - at_);
    at_ = end + 1;
    ++line_;
    return true;
  }

  std::string until(const std::string& mark) {
    std::string text, line;
    while (next(line)) {
      if (line == mark) return text;
      text += line + "\n";
    }
    file_.error = "missing `" + mark + "` before the end of the file";
    return text;
  }

  void query(bool is_error, const std::string& argument) {
    GoldenQuery query;
    query.line = line_ + 1;
    if (is_error) query.error_code = std::atoi(argument.c_str());
    query.sorted = argument == "sorted";
    query.sql = until("----");
    query.answer_begin = query.answer_end = std::min(at_, file_.text.size());
    std::string line;
    while (next(line) && !line.empty()) {
      query.expected += (line == kEmptyLine ? "" : line) + "\n";
      query.answer_end = std::min(at_, file_.text.size());
    }
    file_.queries.push_back(std::move(query));
  }

  GoldenFile& file_;
  size_t at_ = 0;
  size_t line_ = 0;
};

}  // namespace

GoldenFile read_golden(const std::string& path) {
  GoldenFile file;
  file.path = path;
  file.text = read_text(path);
  Reader(file).run();
  return file;
}

}  // namespace sp::tests
