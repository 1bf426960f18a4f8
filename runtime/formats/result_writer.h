#pragma once
// ResultWriter: rows to bytes in one output format. One class and one row of the table of formats
// each; to add a format, add both in one file of runtime/formats/. Entry: find_result_format,
// write_result.

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/core/error.h"
#include "runtime/exec/result_table.h"
#include "runtime/text/format_value.h"

namespace sp {

/// What the statistics block of the JSON formats shows.
struct ResultStatistics {
  double elapsed_seconds = 0;
  uint64_t rows_read = 0;
  uint64_t bytes_read = 0;
};

/// Choices of a request beyond the format's name.
struct ResultOptions {
  TextOptions text;
  bool write_statistics = true;
};

/// Writes one result. Call begin, rows for each chunk in order, finish once. Not thread-safe.
class ResultWriter {
 public:
  ResultWriter(const ResultTable& table, ResultOptions options);
  virtual ~ResultWriter() = default;
  virtual void begin(std::string& out) { (void)out; }
  virtual void write_row(const uint8_t* row, std::string& out) = 0;
  virtual void finish(const ResultStatistics& statistics, std::string& out) {
    (void)statistics;
    (void)out;
  }
  /// Writes rows [first, first + count) of a chunk.
  void write_rows(const ResultTable::Chunk& chunk, size_t first, size_t count, std::string& out) {
    for (size_t i = 0; i < count; ++i) write_row(table_.row(chunk, first + i), out);
  }

 protected:
  void write_cell(const uint8_t* row, size_t column, TextStyle style, std::string& out) const {
    formatter(column).write(row + table_.layout.offsets[column], style, out, options_.text);
  }
  bool cell_is_null(const uint8_t* row, size_t column) const {
    return formatter(column).is_null(row + table_.layout.offsets[column]);
  }
  size_t column_count() const { return table_.types.size(); }
  const ValueFormatter& formatter(size_t column) const {
    if (formatters_.empty()) find_formatters();
    return *formatters_[column];
  }

  const ResultTable& table_;
  const ResultOptions options_;

 private:
  void find_formatters() const;

  mutable std::vector<const ValueFormatter*> formatters_;  // found when the first is asked for
};

/// One row of the table of formats.
struct ResultFormat {
  const char* name;
  std::vector<const char*> aliases;
  const char* content_type;
  std::function<std::unique_ptr<ResultWriter>(const ResultTable&, const ResultOptions&)> create;
};

/// Finds a format by name or alias, ignoring case; nullptr if unknown.
const ResultFormat* find_result_format(std::string_view name);
/// All formats, for messages and docs.
std::span<const ResultFormat> result_formats();
/// The error for a name that is not in the table: UNKNOWN_FORMAT (73) with a suggestion.
Error unknown_result_format(std::string_view name);

/// Writes a whole result.
std::string write_result(const ResultFormat& format, const ResultTable& table,
                         const ResultStatistics& statistics, const ResultOptions& options = {});

}  // namespace sp
