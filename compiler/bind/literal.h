#pragma once
// Literals: the type that ClickHouse gives a literal, its slot image, and the numbering of those
// that may be lifted out of a query's text. Shared by the binder and by lift_literals(), which must
// agree.

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "lang/sql/ast.h"
#include "runtime/core/slot.h"
#include "runtime/core/type.h"

namespace sp::binding {

/// A value in slot layout with what it points into.
struct LiteralImage {
  Type type;
  std::shared_ptr<const std::vector<uint8_t>> bytes;
  std::shared_ptr<const void> owner;
};

/// The smallest type that holds the value: 1 is UInt8, -1 Int8, 1.0 Float64, 'x' String, NULL
/// Nullable(Nothing).
LiteralImage literal_image(const sql::LiteralValue& value);

/// A text that is equal for equal literals of one type and differs otherwise.
std::string literal_text(const sql::LiteralValue& value);

/// Liftable literals of a query: literals of equal type and value share a number, so that `GROUP BY
/// a + 2` still matches `SELECT a + 2`.
struct LiteralNumbers {
  std::unordered_map<const sql::Expr*, uint32_t> number;
  std::vector<const sql::Expr*> first;  ///< by number: its first occurrence
};
LiteralNumbers number_literals(const sql::Query& query);

/// Whether the function writes the names of its arguments, as those of a SELECT's columns
/// (formatRow): its literals then belong to the shape.
bool names_its_arguments(const sql::Expr& function);

}  // namespace sp::binding
