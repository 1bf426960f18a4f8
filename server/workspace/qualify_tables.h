#pragma once
// Names in table position: qualify_tables() puts those of a node under its pipe's database, so that
// the catalog knows who asks; named_tables() lists them for check.

#include <string>
#include <vector>

#include "lang/sql/ast.h"

namespace sp {

/// Puts every unqualified table name of `query` (also inside IN) under `database`. Names of CTEs
/// are left alone.
void qualify_tables(sql::Query& query, const std::string& database);

/// A name in table position as it is written.
struct NamedTable {
  std::string database;  ///< "" if unqualified
  std::string name;
  Span span;
};

/// The tables that `query` names, without CTEs and those that parameters name, in order.
std::vector<NamedTable> named_tables(sql::Query& query);

}  // namespace sp
