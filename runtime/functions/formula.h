#pragma once
// Formulas: functions that are written in terms of others, as SQL over their parameters. A row is
// all there is to one; the binder (compiler/bind/bind_formula.cpp) puts the arguments in.

#include <cstddef>
#include <string_view>
#include <vector>

namespace sp {

/// One function. Its forms are tried by their number of parameters, then by their kinds.
struct FormulaRow {
  const char* name;
  std::vector<const char*> aliases = {};
  bool case_insensitive = false;
  /// "x, low, high: greatest(low, least(x, high))". A parameter may ask for a kind of argument:
  /// `x array`, `x map`, `x tuple`, `x string`, `x number`; else it takes anything.
  std::vector<const char*> forms;
  const char* doc = "";             ///< one sentence, parameters in backticks
  const char* example = "";         ///< the example test runs it
  const char* example_result = "";  ///< and compares with this TSV text
};

/// All formulas; the object lives as long as the process.
const std::vector<FormulaRow>& formula_rows();

/// Finds a formula by name or alias; nullptr if there is none.
const FormulaRow* find_formula(std::string_view name);

}  // namespace sp
