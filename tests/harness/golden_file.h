#pragma once
// Golden files: what tests/goldens/*.test say. Lines:
//
//   # comment
//   datasource NAME          the datafile's text follows, up to a line "end"
//   rows NAME                NDJSON follows, up to a line "end"
//   query [sorted]           SQL follows, up to "----"; then the expected answer as
//                            TabSeparatedWithNamesAndTypes, up to an empty line or the end of the
//                            file. sorted: rows in any order
//   error CODE               SQL follows, up to "----"; then the expected rendered error
//
// A blank line ends an answer; one inside an answer (WITH TOTALS, an empty text) is written as
// "(empty line)".

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sp::tests {

struct GoldenQuery {
  std::string sql;
  std::string expected;
  bool sorted = false;
  std::optional<int> error_code;
  size_t line = 0;          // of the query's first line
  size_t answer_begin = 0;  // byte offsets of the expected text in the file
  size_t answer_end = 0;
};

struct GoldenFile {
  std::string path;
  std::string text;
  std::vector<std::pair<std::string, std::string>> datasources;  // name, datafile
  std::vector<std::pair<std::string, std::string>> rows;         // name, NDJSON
  std::vector<GoldenQuery> queries;
  std::string error;  // "" or what is wrong with the file itself
};

GoldenFile read_golden(const std::string& path);

}  // namespace sp::tests
