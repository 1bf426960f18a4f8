#pragma once
// BlockConditions: splits a filter on a scan into conditions that whole blocks are tested by
// (ScanSpec::Filter) and those that stay in the row's code. Used by steps/scan.

#include <vector>

#include "compiler/codegen/query_compiler.h"

namespace sp::codegen {

class BlockConditions {
 public:
  /// Sorts one condition in. `table_of(i)` makes the condition's table over the dictionary of the
  /// node's i-th column.
  void add(QueryCompiler& c, uint32_t scan, const plan::Node& node,
           const plan::ExpressionPtr& condition, const std::function<uint32_t(size_t)>& table_of);
  /// Emits `body` where what is left of the filter holds.
  void where(QueryCompiler& c, const std::function<void()>& body) const { from(c, 0, body); }

 private:
  struct Left {
    plan::ExpressionPtr condition;
    bool by_code = false;  // blocks were tested already wherever the column has a dictionary
    plan::ColumnId column = 0;
  };
  void from(QueryCompiler& c, size_t index, const std::function<void()>& body) const;

  std::vector<Left> left_;
};

}  // namespace sp::codegen
