#pragma once
// System tables: the database `system` as queries see it: what is stored and how, what there is to
// call. Columns are named as in ClickHouse; `segments` and `encodings` are ours. Rows are made when
// a query begins. Between the workspace and the engine: system.one and system.numbers are the
// binder's.

#include <memory>
#include <string>
#include <string_view>

#include "runtime/storage/store.h"
#include "server/workspace/project.h"

namespace sp {

/// Finds the schema of system table `name`, named "system.<name>" itself; nullptr if there is none.
std::shared_ptr<const TableSchema> find_system_table(std::string_view name);

/// Makes the rows of a system table, by its schema's name; nullptr if it is none.
Result<std::shared_ptr<const TableSnapshot>> system_snapshot(const std::string& name,
                                                             const Store& store,
                                                             const Project& project);

}  // namespace sp
