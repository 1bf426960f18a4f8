#pragma once
// optimize(): the list of rules that rewrite a bound plan, each in its own file of
// compiler/plan/rules and named in one table, in order: constant folding, filter pushdown, column
// pruning, scan bounds, ordering, top-n, ...

#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/plan/plan.h"

namespace sp::plan {

/// How many rows tables have, as far as known: by name.
using TableRows = std::unordered_map<std::string, uint64_t>;

struct OptimizerOptions {
  bool enabled =
      true;  ///< false: only what correctness needs (column pruning of scans stays off too)
  bool use_order = true;  ///< false: Ordering is left empty everywhere
  TableRows table_rows = {};
};

/// Applies all rules; `trace`, if given, receives the plan's text after each rule that changed it.
void optimize(Plan& plan, const OptimizerOptions& options,
              std::vector<std::pair<std::string, std::string>>* trace = nullptr);

}  // namespace sp::plan
