#pragma once
// The families of formulas, one a file: each adds its rows to the table of formulas.cpp.

#include "runtime/functions/formula.h"

namespace sp {

void add_number_formulas(std::vector<FormulaRow>& rows);
void add_date_formulas(std::vector<FormulaRow>& rows);
void add_text_formulas(std::vector<FormulaRow>& rows);
void add_collection_formulas(std::vector<FormulaRow>& rows);
/// Functions that are no formulas, but the binder's: rows for docs and completion only.
void add_binder_functions(std::vector<FormulaRow>& rows);

}  // namespace sp
