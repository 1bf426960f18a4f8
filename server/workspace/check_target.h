#pragma once
// Targets: the columns of a materialized view or a copy against the data source that receives them.

#include "server/workspace/check_node.h"

namespace sp {

/// Checks a node with a target (TYPE materialized or copy) whose own columns are `columns`; null if
/// they are not known.
void check_target(CheckState& state, const std::shared_ptr<const Pipe>& pipe, size_t node,
                  const QueryDescription* columns);

}  // namespace sp
