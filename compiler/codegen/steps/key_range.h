#pragma once
// When a step may work by ranges of the table's leading sorting-key column: see KeyRangeStage.

#include "compiler/codegen/query_compiler.h"

namespace sp::codegen {

/// True if all rows of `node` come from one scan, whose columns keep their meaning on the way.
bool reads_one_scan(const plan::Node& node);
/// The table column that one of `keys` is if it is the leading sorting-key column of the one table
/// below `input`, a string that cannot be NULL; else kNone.
uint32_t leading_key_of(const plan::Node& input, const std::vector<plan::ExpressionPtr>& keys);
/// Of a row in a task: the rank of its leading key among those of the task; else its dictionary
/// code.
llvm::Value* rank_of(QueryCompiler& c, const ColumnSource& source);
/// The task's number, 0 outside of tasks.
llvm::Value* task_of(QueryCompiler& c);
llvm::Value* in_task(QueryCompiler& c);
/// Takes the pipeline that was just added back from the program.
PipelineStage take_pipeline(QueryCompiler& c);

}  // namespace sp::codegen
