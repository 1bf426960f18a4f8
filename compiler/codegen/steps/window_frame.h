#pragma once
// WindowPartition and WindowFrame: the rows of one partition in generated code, and the frame
// [from, to) of each row as the partition is walked from its first row to its last.

#include <functional>
#include <utility>
#include <vector>

#include "compiler/codegen/key_functions.h"
#include "compiler/codegen/query_compiler.h"

namespace sp::codegen {

struct WindowPartition {
  QueryCompiler* c = nullptr;
  llvm::Value *rows = nullptr, *begin = nullptr, *end = nullptr;
  llvm::Function* peers = nullptr;  ///< i1(a, b): equal in ORDER BY
  std::vector<OrderKey> order;

  llvm::Value* row(llvm::Value* index) const;
  /// i1: row i has no peer before it.
  llvm::Value* starts_peers(llvm::Value* i) const;
  /// Moves the index stored at `place` to the first row after i's peers.
  void advance_peers_end(llvm::Value* place, llvm::Value* i) const;
};

class WindowFrame {
 public:
  /// `argument` emits an expression of the window in a row.
  WindowFrame(const WindowPartition& part, const plan::WindowFunction& f,
              std::function<SqlValue(const plan::ExpressionPtr&, llvm::Value*)> argument);
  /// The frame of row i; to be asked for each row once, in order. `from` may pass `to`: an empty
  /// frame.
  std::pair<llvm::Value*, llvm::Value*> of(llvm::Value* i);

 private:
  llvm::Value* bound(const plan::FrameBound& bound, llvm::Value* i, llvm::Value* place,
                     bool is_end);
  llvm::Value* rows_bound(const plan::FrameBound& bound, llvm::Value* i, bool is_end);
  llvm::Value* range_bound(const plan::FrameBound& bound, llvm::Value* i, llvm::Value* place,
                           bool is_end);

  const WindowPartition& part_;
  const plan::WindowFunction& f_;
  std::function<SqlValue(const plan::ExpressionPtr&, llvm::Value*)> argument_;
  llvm::Value *from_ = nullptr, *to_ = nullptr;  // indexes that only move forward
};

}  // namespace sp::codegen
