#pragma once
// Schema changes that need no rewriting: new columns at the end, Nullable or LowCardinality around
// a type. Parts written before are read under the new schema by EncodedPart.

#include "runtime/storage/table.h"

namespace sp {

/// Checks that a table of schema `present` can become `wanted` in place. Error:
/// INCOMPATIBLE_COLUMNS (122).
Result<void> check_schema_change(const TableSchema& present, const TableSchema& wanted);
/// True if nothing differs but the id.
bool same_schema(const TableSchema& a, const TableSchema& b);

}  // namespace sp
