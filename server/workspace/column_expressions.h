#pragma once
// Column expressions: the DEFAULT, MATERIALIZED and ALIAS expressions of a data source that read
// its other columns, in an order in which each finds what it reads. Between the datafile and
// ComputedColumns; check asks the same questions.

#include <cstddef>
#include <string>
#include <vector>

#include "compiler/engine/engine.h"
#include "lang/datafile/datafile.h"

namespace sp {

/// An expression that reads other columns.
struct ColumnExpression {
  size_t column = 0;          ///< index into the file's columns
  std::vector<size_t> reads;  ///< likewise
};

/// Finds the expressions of `file` that read columns, each after those that it reads. Errors (in
/// the file): what is no value of a row (aggregates 184, queries, arrayJoin), and expressions that
/// read each other (CYCLIC_ALIASES, 174).
Result<std::vector<ColumnExpression>> order_column_expressions(const DataSourceFile& file,
                                                               const Engine& engine);

/// Converts the value of a column's expression to the column's type, in SQL. The expression begins
/// after kBeforeExpression.
inline constexpr std::string_view kBeforeExpression = "CAST((";
std::string converted_expression(const ColumnDefinition& column);

/// Leads an error in SQL that has a column's expression at byte `begin` to its place in the file.
Error in_column_expression(Error error, const ColumnDefinition& column, size_t begin);

}  // namespace sp
