#pragma once
// JsonRow: one row as JSON with everything between its values ready: keys, separators, indentation.
// The common types are written straight into a buffer; the others by their formatter. Used by the
// writers of all formats of JSON values.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/formats/result_writer.h"

namespace sp {

/// The texts before the values of a row, one after the other.
struct JsonLeads {
  std::string text;
  std::vector<uint32_t> ends;  ///< of each in `text`
  void end_one() { ends.push_back(static_cast<uint32_t>(text.size())); }
};

/// Not thread-safe.
class JsonRow {
 public:
  /// `tail`: the text after the last value. `pretty_indent`: tabs of composite values that are laid
  /// out over several lines as FORMAT JSON does; 0: on one line. The table and options must outlive
  /// this.
  JsonRow(const ResultTable& table, const ResultOptions& options, JsonLeads leads,
          std::string_view tail, uint32_t pretty_indent);
  void write(const uint8_t* row, std::string& out);

 private:
  enum class Kind : uint8_t { kText, kUnsigned, kSigned, kDateTime, kOther };
  struct Cell {
    Kind kind;
    bool nullable;
    uint32_t offset, size;  // of the value; the null flag follows it
    const TimeZone* zone;
    const ValueFormatter* formatter;  // kOther
    uint32_t lead_begin, lead_size;
  };
  void flush(std::string& out);
  char* room(size_t bytes, std::string& out);

  const ResultOptions& options_;
  std::vector<Cell> cells_;
  std::string leads_, tail_;
  uint32_t pretty_indent_;
  size_t buffer_bytes_;
  std::unique_ptr<char[]> buffer_;
  char* at_;  // in buffer_
};

}  // namespace sp
