// optimize(): the table of rules and the order they run in. Each is a file of compiler/plan/rules.

#include "compiler/plan/optimize.h"

#include "compiler/plan/rules/rules.h"
#include "compiler/plan/totals.h"

namespace sp::plan {

namespace {

struct Rule {
  const char* name;
  void (*apply)(Plan&, const OptimizerOptions&);
  bool needs_order = false;
  /// ClickHouse's totals are those of what is left below: conditions sink below WITH TOTALS always.
  bool shapes_totals = false;
};

// A rule that asks nothing of the options.
template <void (*Apply)(Plan&)>
void plain(Plan& plan, const OptimizerOptions&) {
  Apply(plan);
}

constexpr Rule kRules[] = {
    {"simplify_conditions", plain<rules::simplify_conditions>},
    {"merge_projections", plain<rules::merge_projections>},
    {"push_filters", plain<rules::push_filters>, false, true},
    {"merge_projections", plain<rules::merge_projections>},
    {"bound_scans", plain<rules::bound_scans>},
    {"order_joins",
     [](Plan& plan, const OptimizerOptions& options) {
       rules::order_joins(plan, options.table_rows);
     }},
    {"limit_sorts", plain<rules::limit_sorts>},
    {"limit_unions", plain<rules::limit_unions>},
    {"prune_columns", plain<rules::prune_columns>},
    {"derive_ordering", plain<rules::derive_ordering>, true},
};

}  // namespace

void optimize(Plan& plan, const OptimizerOptions& options,
              std::vector<std::pair<std::string, std::string>>* trace) {
  std::string before;
  if (trace != nullptr) {
    before = print(plan);
    trace->emplace_back("bind", before);
  }
  for (const Rule& rule : kRules) {
    // Order is a property of the plan, not a rewriting: it is derived without the other rules too.
    if (rule.needs_order ? !options.use_order : !options.enabled) {
      if (!rule.shapes_totals || !has_totals(*plan.root)) continue;
    }
    rule.apply(plan, options);
    if (trace == nullptr) continue;
    std::string after = print(plan);
    if (after == before) continue;
    trace->emplace_back(rule.name, after);
    before = std::move(after);
  }
  derive_totals(plan);
  if (trace != nullptr && plan.totals) trace->emplace_back("derive_totals", print(plan));
}

}  // namespace sp::plan
