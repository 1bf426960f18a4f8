#pragma once
// ConstantFolder: the value of a constant expression while binding, for the places that demand one
// (the level of a quantile, the unit of dateTrunc, a tuple's index). Calls the native bodies of
// functions directly; it is no interpreter of queries: it sees no columns and no lambdas.

#include <functional>
#include <memory>

#include "compiler/plan/expression.h"
#include "runtime/core/arena.h"
#include "runtime/exec/exec_state.h"

namespace sp::binding {

class ConstantFolder {
 public:
  /// `parameter` yields the slot of a kParameter.
  using ParameterValue = std::function<Result<const void*>(const plan::Expression&)>;
  explicit ConstantFolder(ParameterValue parameter);

  /// Returns the value's slot, valid as long as this object. Error: ILLEGAL_COLUMN (44) if a part
  /// is not constant, or whatever the function itself reports.
  Result<const void*> evaluate(const plan::Expression& expression);

 private:
  Result<const void*> call(const plan::Expression& expression);
  Result<const void*> body(const plan::Expression& expression,
                           const std::vector<const void*>& args);
  void* allocate(Type type);
  const void* null_of(Type type);

  ParameterValue parameter_;
  QueryState query_;
  ExecState state_;
};

}  // namespace sp::binding
