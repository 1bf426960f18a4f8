#pragma once
// When a step may work by ranges of the table's leading sorting-key column: see KeyRangeStage.

#include "compiler/codegen/query_compiler.h"

namespace sp::codegen {

/// True if all rows of `node` come from one scan, whose columns keep their meaning on the way.
bool reads_one_scan(const plan::Node& node);
/// The table column that one of `keys` is if it is the leading sorting-key column of the one table below `input`, a
/// string that cannot be NULL; else kNone.
uint32_t leading_key_of(const plan::Node& input, const std::vector<plan::ExpressionPtr>& keys);
/// Takes the pipeline that was just added back from the program.
PipelineStage take_pipeline(QueryCompiler& c);

}  // namespace sp::codegen
