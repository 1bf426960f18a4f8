// Every function's and aggregate's example, end to end, in both tiers: the documentation says what
// happens.

#include <gtest/gtest.h>

#include "runtime/aggregates/aggregate.h"
#include "runtime/functions/formula.h"
#include "tests/unit/support/run_sql.h"

namespace sp {
namespace {

template <class Rows>
void check_examples(Engine& engine, const Rows& rows) {
  for (const auto* row : rows) {
    const std::string example = row->example;
    if (example.empty()) continue;
    const SqlAnswer answer = run_sql(engine, example);
    EXPECT_EQ(answer.error_code, 0) << row->name << ": " << example << "\n" << answer.message;
    if (answer.error_code == 0) {
      EXPECT_EQ(answer.text, row->example_result) << row->name << ": " << example;
    }
  }
}

void check_examples(EngineOptions::Tier tier) {
  EngineOptions options;
  options.threads = 1;
  options.tier = tier;
  const auto engine = Engine::create(options);
  check_examples(*engine, engine->functions().rows());
  std::vector<const FormulaRow*> formulas;
  for (const FormulaRow& row : formula_rows()) formulas.push_back(&row);
  check_examples(*engine, formulas);
  check_examples(*engine, engine->aggregates().rows());
}

TEST(Examples, HoldInTier0) { check_examples(EngineOptions::Tier::kTier0); }
TEST(Examples, HoldInTier1) { check_examples(EngineOptions::Tier::kTier1); }

TEST(Examples, StandAtEveryRow) {
  const FunctionRegistry functions;
  for (const FunctionRow* row : functions.rows()) {
    EXPECT_STRNE(row->doc, "") << row->name;
    EXPECT_STRNE(row->example, "") << row->name;
  }
  const AggregateRegistry aggregates;
  for (const AggregateRow* row : aggregates.rows()) {
    EXPECT_STRNE(row->doc, "") << row->name;
    EXPECT_STRNE(row->example, "") << row->name;
  }
}

}  // namespace
}  // namespace sp
