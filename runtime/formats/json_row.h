#pragma once
// JsonRow: one row as JSON with everything between its values ready: keys, separators, indentation.
// The common types are written straight into a buffer; the others by their formatter. Used by the
// writers of all formats of JSON values.

#include <string>
#include <vector>

#include "runtime/formats/result_writer.h"

namespace sp {

/// Not thread-safe.
class JsonRow {
 public:
  /// `leads`: the text before each value; `tail`: after the last one. `pretty_indent`: tabs of
  /// composite values that are laid out over several lines as FORMAT JSON does; 0: on one line. The
  /// table and options must outlive this.
  JsonRow(const ResultTable& table, const ResultOptions& options, std::vector<std::string> leads,
          std::string tail, uint32_t pretty_indent);
  void write(const uint8_t* row, std::string& out);

 private:
  enum class Kind : uint8_t { kText, kUnsigned, kSigned, kDateTime, kOther };
  struct Cell {
    Kind kind;
    bool nullable;
    uint32_t offset, size;  // of the value; the null flag follows it
    const TimeZone* zone;
    const ValueFormatter* formatter;
    std::string lead;
  };
  void flush(std::string& out);
  char* room(size_t bytes, std::string& out);

  const ResultOptions& options_;
  std::vector<Cell> cells_;
  std::string tail_;
  uint32_t pretty_indent_;
  std::vector<char> buffer_;
  char* at_ = nullptr;  // in buffer_
};

}  // namespace sp
