// Rows of the registries as Markdown tables, sorted by name without regard to case.

#include "tests/harness/function_docs.h"

#include <algorithm>
#include <cctype>

#include "runtime/aggregates/aggregate.h"
#include "runtime/functions/formula.h"

namespace sp::tests {
namespace {

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// A cell: pipes would end it, new lines the table.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|')
      out += "\\|";
    else if (c == '\n')
      out += ' ';
    else
      out += c;
  }
  return out;
}

std::string code(std::string_view text) {
  if (text.empty()) return "";
  std::string shown;
  for (const char c : text) {
    if (c == '\n')
      shown += "⏎";
    else if (c == '\t')
      shown += " ⇥ ";
    else
      shown += c;
  }
  const char* ticks = shown.find('`') == std::string::npos ? "`" : "``";
  return ticks + cell(shown) + ticks;
}

template <class Row>
std::string table(std::vector<const Row*> rows) {
  std::erase_if(rows, [](const Row* row) { return *row->name == '_'; });
  std::sort(rows.begin(), rows.end(), [](const Row* a, const Row* b) {
    const std::string left = lower(a->name), right = lower(b->name);
    return left != right ? left < right : std::string_view(a->name) < b->name;
  });
  std::string out = "| function | what it does | example | result |\n|---|---|---|---|\n";
  for (const Row* row : rows) {
    out += "| " + code(row->name);
    for (const char* alias : row->aliases) out += ", " + code(alias);
    out += " | " + cell(row->doc) + " | " + code(row->example) + " | " + code(row->example_result) +
           " |\n";
  }
  return out;
}

}  // namespace

std::string function_docs() {
  const FunctionRegistry functions;
  const AggregateRegistry aggregates;
  std::vector<const FormulaRow*> formulas;
  for (const FormulaRow& row : formula_rows()) formulas.push_back(&row);
  return "# Functions\n\n"
         "Generated from the rows in `runtime/functions` and `runtime/aggregates` by "
         "`sp_function_docs`; a test checks that this page is\n"
         "up to date and that every example gives its result (⏎ and ⇥ stand for a new line and a "
         "tab). Names behind a comma are aliases.\n\n"
         "## Scalar functions\n\n" +
         table(functions.rows()) +
         "\n## Formulas\n\n"
         "Functions that are written in terms of others, and those that the binder knows "
         "itself.\n\n" +
         table(formulas) +
         "\n## Aggregate functions\n\n"
         "Each takes the combinators `-If`, `-Array`, `-Distinct`, `-OrNull`, `-OrDefault`, "
         "`-State`, `-Merge`, ... behind its name.\n\n" +
         table(aggregates.rows());
}

}  // namespace sp::tests
