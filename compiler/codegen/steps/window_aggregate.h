#pragma once
// WindowAggregate: an aggregate over the frames of a partition's rows. How it follows the frame:
//   its sliding form, if it declares one (SlidingForm, runtime/aggregates/aggregate.h): rows enter
//     and leave one state
//   frames from the partition's begin: one state grows; to its end, where the order of rows does
//     not matter: the same from the last row to the first
//   small states: two stacks of them (sliding_states.h)
//   all others: computed anew for each row, in memory that is given back after it
// A row whose frame is that of its neighbour has its result.

#include "compiler/codegen/query_compiler.h"
#include "compiler/codegen/steps/aggregate_states.h"
#include "compiler/codegen/steps/window_frame.h"

namespace sp::codegen {

class WindowAggregate {
 public:
  /// `columns` of the partition's rows; results go to the slots at `offset`.
  WindowAggregate(QueryCompiler& c, const WindowPartition& part,
                  const std::vector<RowColumn>& columns, const plan::WindowFunction& f,
                  uint32_t offset);
  /// Emits the loop over the partition's rows.
  void emit();

 private:
  using Body = std::function<void()>;
  void follow();
  void grow();
  void shrink();
  void slide();
  void anew();

  WindowFrame frame();
  std::pair<llvm::Value*, llvm::Value*> bounds(WindowFrame& frame, llvm::Value* i);
  llvm::Function* frame_function();
  llvm::Value* variable(const char* name, llvm::Value* initial);
  llvm::Value* get(llvm::Value* place);
  void for_rows(const std::function<void(llvm::Value*)>& body);
  void reset(const AggregateStates& states, llvm::Value* state);
  void add_row(const AggregateStates& states, llvm::Value* j, llvm::Value* state);
  void add_rows(const AggregateStates& states, llvm::Value* from, llvm::Value* to,
                llvm::Value* state);
  void write(llvm::Value* i, SqlValue value);
  void write_result(llvm::Value* i, const AggregateStates& states, llvm::Value* state);
  void write_if_changed(llvm::Value* changed, llvm::Value* i, llvm::Value* neighbour,
                        const Body& compute);

  QueryCompiler& c_;
  Gen& gen_;
  WindowPartition part_;
  const std::vector<RowColumn>& columns_;
  const plan::WindowFunction& f_;
  uint32_t offset_;
  std::vector<plan::AggregateCall> call_;
  AggregateStates states_;
};

}  // namespace sp::codegen
