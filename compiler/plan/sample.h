#pragma once
// Sample: what SAMPLE takes of a table, as an exact fraction, and the values of the sampling key
// that it means. Made by the binder, resolved when a query runs: an absolute number of rows depends
// on how many the table has by then.
// As ClickHouse's MergeTreeDataSelectExecutor::getSampling.

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/core/error.h"

namespace sp::plan {

__extension__ using Wide = unsigned __int128;

/// A number of the text without rounding, in lowest terms.
struct Ratio {
  Wide numerator = 0, denominator = 1;
};

/// Reads digits with a fraction and an exponent: 0.1, 100, 1e-3. SYNTAX_ERROR if it is none or
/// negative, ARGUMENT_OUT_OF_BOUND if it has too many digits.
Result<Ratio> parse_ratio(std::string_view text);
/// a / b. ARGUMENT_OUT_OF_BOUND if b is 0.
Result<Ratio> divide(const Ratio& a, const Ratio& b);

/// SAMPLE size [OFFSET offset] of one table in FROM. Numbers above 1 count rows.
struct Sample {
  std::string table;
  Ratio size, offset;
  uint64_t largest_key = 0;  ///< of the sampling key's type
};

/// Rows with first <= key <= last are taken; none if first > last. Each stands for `factor` rows.
struct SampleRange {
  uint64_t first = 0, last = 0;
  double factor = 1;
};
/// Error: ARGUMENT_OUT_OF_BOUND for an offset into all rows.
Result<SampleRange> sample_range(const Sample& sample, uint64_t table_rows);

}  // namespace sp::plan
