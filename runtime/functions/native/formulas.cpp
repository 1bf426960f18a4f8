// The table of formulas. Entries: formula_rows(), find_formula(). See runtime/functions/formula.h.

#include <algorithm>
#include <cctype>
#include <string>
#include <unordered_map>

#include "runtime/functions/native/formula_families.h"

namespace sp {

namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

// Names as they are written, and those that any case will do for in lower case.
struct Index {
  std::unordered_map<std::string, const FormulaRow*> exact, folded;
  Index() {
    for (const FormulaRow& row : formula_rows()) {
      add(row, row.name);
      for (const char* alias : row.aliases) add(row, alias);
    }
  }
  void add(const FormulaRow& row, const char* name) {
    exact.emplace(name, &row);
    if (row.case_insensitive) folded.emplace(lower(name), &row);
  }
};

}  // namespace

const std::vector<FormulaRow>& formula_rows() {
  static const std::vector<FormulaRow> rows = [] {
    std::vector<FormulaRow> out;
    add_number_formulas(out);
    add_date_formulas(out);
    add_text_formulas(out);
    add_collection_formulas(out);
    add_binder_functions(out);
    std::sort(out.begin(), out.end(), [](const FormulaRow& a, const FormulaRow& b) {
      return std::string_view(a.name) < b.name;
    });
    return out;
  }();
  return rows;
}

const FormulaRow* find_formula(std::string_view name) {
  static const Index index;
  if (const auto found = index.exact.find(std::string(name)); found != index.exact.end())
    return found->second;
  const auto found = index.folded.find(lower(name));
  return found == index.folded.end() ? nullptr : found->second;
}

}  // namespace sp
