// optimize(): the table of rules and the order they run in. Each is a file of compiler/plan/rules.

#include "compiler/plan/optimize.h"

#include "compiler/plan/rules/rules.h"

namespace sp::plan {

namespace {

struct Rule {
  const char* name;
  void (*apply)(Plan&);
  bool needs_order = false;
};

constexpr Rule kRules[] = {
    {"simplify_conditions", rules::simplify_conditions},
    {"merge_projections", rules::merge_projections},
    {"push_filters", rules::push_filters},
    {"merge_projections", rules::merge_projections},
    {"bound_scans", rules::bound_scans},
    {"limit_sorts", rules::limit_sorts},
    {"limit_unions", rules::limit_unions},
    {"prune_columns", rules::prune_columns},
    {"derive_ordering", rules::derive_ordering, true},
};

}  // namespace

void optimize(Plan& plan, const OptimizerOptions& options, std::vector<std::pair<std::string, std::string>>* trace) {
  std::string before;
  if (trace != nullptr) {
    before = print(plan);
    trace->emplace_back("bind", before);
  }
  for (const Rule& rule : kRules) {
    // Order is a property of the plan, not a rewriting: it is derived without the other rules too.
    if (rule.needs_order ? !options.use_order : !options.enabled) continue;
    rule.apply(plan);
    if (trace == nullptr) continue;
    std::string after = print(plan);
    if (after == before) continue;
    trace->emplace_back(rule.name, after);
    before = std::move(after);
  }
}

}  // namespace sp::plan
