#pragma once
// NDJSON to rows: events by a schema's JSON paths into blocks of columns, bad rows apart with what
// was wrong. Between the events API and the store. A bad line never harms its neighbours: each is
// parsed alone, by EventScanner where that can, by simdjson otherwise. Large bodies are cut at line
// ends and read by several threads.
//
// A column without a value (no such key, or null) gets its DEFAULT; without one, NULL if it is
// Nullable; otherwise the row is bad. Values are coerced as ClickHouse's JSONEachRow does: "5" is a
// number for a number column, 5 is text for a String column, objects and arrays become their JSON
// text in a String column.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/exec/morsel_driver.h"
#include "runtime/formats/json_path.h"
#include "runtime/storage/row_block.h"

namespace sp {

class ArrivingBody;

/// One column to fill.
struct JsonColumn {
  std::string name;
  Type type;
  std::optional<JsonPath> path;  ///< absent: never in the event, always its default
  bool has_default = false;
  bool optional = false;  ///< without a value: the type's default, whatever the type
};

/// A row that does not fit.
struct BadRow {
  std::vector<std::optional<std::string>>
      values;  ///< parallel to the columns: what arrived, as text
  std::vector<std::string> error_columns;
  std::vector<std::string> errors;  ///< "value 'x' on column 'c' is not Int32"
};

struct IngestResult {
  std::vector<RowBlockPointer> blocks;  ///< in order of the events; none without good rows
  std::vector<std::string> images;      ///< if asked for: of each block, for the commit log
  uint64_t rows = 0;
  std::vector<BadRow> bad;
};

/// Reads events for one table. Immutable, thread-safe; built once when a data source is published.
class NdjsonReader {
 public:
  /// `columns` are parallel to the schema's.
  NdjsonReader(std::shared_ptr<const TableSchema> schema, std::vector<JsonColumn> columns);
  ~NdjsonReader();
  NdjsonReader(NdjsonReader&&) noexcept;

  /// Gives a slot with the value of a column's DEFAULT for one row, valid until the next call of
  /// the same thread or in the arena. Called by several threads.
  using DefaultValue = std::function<const void*(size_t column, Arena& arena)>;
  /// `body`: NDJSON, or one JSON object over several lines. Empty lines are skipped. Error:
  /// TOO_LARGE_STRING_SIZE (131). `arriving`, if given, tells how much of the body has been
  /// received: pieces are read as they come. Error: CANNOT_READ_ALL_DATA (33) if the sender leaves
  /// or is too slow to wait for.
  /// `with_images`: the blocks will be logged as they are.
  Result<IngestResult> read(std::string_view body, const DefaultValue& default_value,
                            WorkerPool& pool, bool with_images,
                            ArrivingBody* arriving = nullptr) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sp
