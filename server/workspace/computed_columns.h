#pragma once
// ComputedColumns: evaluates column expressions that read other columns, for a whole block of
// events at once, as a query of the engine. Between NdjsonReader, which fills staged rows, and the
// commit.
//
// Staged rows have the table's columns; then, for each DEFAULT that reads columns, what the event
// gave for it (NULL: nothing, so that the expression counts).

#include <memory>
#include <vector>

#include "compiler/engine/engine.h"
#include "runtime/formats/ndjson_reader.h"
#include "runtime/storage/row_block.h"
#include "server/workspace/column_expressions.h"

namespace sp {

/// Thread-safe, immutable.
class ComputedColumns {
 public:
  /// `expressions`: in order, not empty. `columns`: how the table's columns are read; becomes the
  /// columns of staged rows.
  /// Errors (in the file): an expression that does not work.
  static Result<std::unique_ptr<ComputedColumns>> create(
      const DataSourceFile& file, std::vector<ColumnExpression> expressions,
      const std::shared_ptr<const TableSchema>& table, std::vector<JsonColumn>& columns,
      Engine& engine);
  /// The schema of staged rows.
  const std::shared_ptr<const TableSchema>& staged_schema() const { return staged_; }

  struct Outcome {
    RowBlockPointer block;    ///< rows of the table, in order; null if there are none
    std::vector<BadRow> bad;  ///< rows for which an expression fails
  };
  /// Errors are the engine's own (memory, time), never those of an expression over a row.
  Result<Outcome> compute(const RowBlockPointer& staged) const;

 private:
  struct Layer {
    size_t column = 0;
    std::string sql;  // SELECT of all columns of staged rows, this one and those before it computed
  };
  class Run;

  ComputedColumns(std::shared_ptr<const TableSchema> table, Engine& engine)
      : table_(std::move(table)),
        engine_(engine) {}
  Result<void> check_layer(const DataSourceFile& file, const std::string& inner,
                           const std::string& replacement) const;

  std::shared_ptr<const TableSchema> table_;
  std::shared_ptr<const TableSchema> staged_, numbered_;  // numbered: and the row's number
  std::vector<Layer> layers_;
  std::vector<std::string> given_;  // by column of the table: the staged column that holds what the
                                    // event gave; "" if none
  std::string all_columns_;
  std::string catalog_key_;
  Engine& engine_;
};

}  // namespace sp
