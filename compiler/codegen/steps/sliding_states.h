#pragma once
// SlidingStates: an aggregate over a frame [from, to) whose bounds only move forward, at a constant
// cost for each row, for states that are merged without memory of their own. Two stacks
// (Tangwongsan, Hirzel, Schneider: "In-Order Sliding-Window Aggregation in Worst-Case Constant
// Time", VLDB Journal 2021): the front holds, for each of its rows, the state of the rows from it
// to the front's end; the back is one state of the rows behind. When `from` passes the front's end,
// the frame becomes the new front.
//   if (from >= front_end) {
//     for (j = to - 1 .. from) { front[j] = state of row j; merge(front[j], front[j + 1]) }
//     front_end = to; back = empty }
//   add rows [back_end, to) to back;  state = front[from]; merge(state, back)

#include "compiler/codegen/steps/aggregate_states.h"

namespace sp::codegen {

class SlidingStates {
 public:
  /// Frames of so few rows are computed anew instead, in the order of their rows.
  static constexpr uint64_t kFewRows = 64;

  /// `update(row index, state)` adds a row. Emits what belongs before the loop over rows, whose
  /// first is `begin`.
  SlidingStates(QueryCompiler& c, const AggregateStates& states, llvm::Value* begin,
                std::function<void(llvm::Value*, llvm::Value*)> update);
  /// Emits the code that leaves the state of the rows [from, to), not empty, in `state`.
  void compute(llvm::Value* from, llvm::Value* to, llvm::Value* state);

 private:
  void turn(llvm::Value* from, llvm::Value* to);
  llvm::Value* front(llvm::Value* index);
  void reset(llvm::Value* state);
  llvm::Value* get(llvm::Value* place);

  QueryCompiler& c_;
  Gen& gen_;
  const AggregateStates& states_;
  std::function<void(llvm::Value*, llvm::Value*)> update_;
  llvm::Function* merge_ = nullptr;
  // Places: WindowStates, the first row and the end of the front, the end and the state of the
  // back.
  llvm::Value *buffer_ = nullptr, *base_ = nullptr, *front_end_ = nullptr, *back_end_ = nullptr,
              *back_ = nullptr;
};

}  // namespace sp::codegen
