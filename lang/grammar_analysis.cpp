// The list of grammars. See grammar_analysis.h.

#include "lang/grammar_analysis.h"

#include <array>

namespace sp {

size_t analyze_sql_lexical();
size_t analyze_sql_from();
size_t analyze_sql_windows();
size_t analyze_sql_select();
size_t analyze_sql_query();
size_t analyze_sql_select_tail();
size_t analyze_sql_sorting();
size_t analyze_sql_stars();
size_t analyze_template_scan();
size_t analyze_template_expression();
size_t analyze_datafile_lines();
size_t analyze_datafile_schema();
size_t analyze_datafile_indexes();

std::span<const AnalyzedGrammar> analyzed_grammars() {
  static constexpr std::array<AnalyzedGrammar, 13> kGrammars = {{
      {"lang/sql/lexical.cpp", &analyze_sql_lexical},
      {"lang/sql/from.cpp", &analyze_sql_from},
      {"lang/sql/windows.cpp", &analyze_sql_windows},
      {"lang/sql/select.cpp", &analyze_sql_select},
      {"lang/sql/query.cpp", &analyze_sql_query},
      {"lang/sql/select_tail.cpp", &analyze_sql_select_tail},
      {"lang/sql/sorting.cpp", &analyze_sql_sorting},
      {"lang/sql/stars.cpp", &analyze_sql_stars},
      {"lang/template/scan.cpp", &analyze_template_scan},
      {"lang/template/parse_expr.cpp", &analyze_template_expression},
      {"lang/datafile/lines.cpp", &analyze_datafile_lines},
      {"lang/datafile/schema.cpp", &analyze_datafile_schema},
      {"lang/datafile/indexes.cpp", &analyze_datafile_indexes},
  }};
  return kGrammars;
}

}  // namespace sp
