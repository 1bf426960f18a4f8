#pragma once
// PieceReader: one thread's piece of a body to one block of rows and the bad rows beside it. Reads
// each event by EventScanner; those that it declines, and what is wrong with bad ones, by
// simdjson's DOM. Between NdjsonReader, which hands out pieces, and the blocks' columns.

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/formats/event_scanner.h"
#include "runtime/formats/json_columns.h"

namespace sp {

/// Not thread-safe. `columns` and `default_value` outlive it.
class PieceReader {
 public:
  static constexpr std::string_view kSpace = " \t\r\n";

  /// `plain`: see ReadingHints.
  PieceReader(const JsonColumns& columns, const NdjsonReader::DefaultValue& default_value,
              const std::vector<uint8_t>& plain);

  /// Reads all lines of `text`; EventScanner::kPadding bytes after it are readable. `text` ends
  /// with a newline, or the byte after it is zero.
  void read_lines(std::string_view text);
  /// The same for lines with nothing readable after them: the scanner reads some bytes ahead, so
  /// the last ones are read from a copy.
  void read_last_lines(std::string_view text);
  /// Reads one JSON text, over several lines or not; it must be valid.
  void read_event(std::string_view text);
  /// Makes the block; `with_image`: and its form in the commit log.
  void finish(bool with_image);

  RowSink& sink() { return rows_; }

  // What came out, after finish().
  size_t rows = 0;
  std::vector<uint8_t> plain;  ///< columns of strings that nearly all differ
  std::vector<BadRow> bad;
  std::optional<Result<RowBlockPointer>> block;
  std::string image;

 private:
  const std::vector<JsonColumn>& columns() const { return columns_.columns; }
  bool parse(std::string_view text, simdjson::dom::element& event);
  void add(const simdjson::dom::element& event);
  void add_object(const simdjson::dom::element& event);
  void add_malformed(std::string_view line);
  // Finds the value of each column in the event.
  void collect(const PathNode& node, const simdjson::dom::element& value);
  // Appends the column's value; false if it does not fit.
  bool fill(size_t index);
  bool convert(size_t index, void* slot);
  bool convert_each(size_t index, void* slot);
  BadRow explain();

  const JsonColumns& columns_;
  RowSink rows_;
  EventScanner scanner_;
  simdjson::dom::parser parser_, each_parser_;
  std::string buffer_;
  // Of the event being read, by column index.
  std::vector<simdjson::dom::element> values_;
  std::vector<uint8_t> present_;
};

}  // namespace sp
