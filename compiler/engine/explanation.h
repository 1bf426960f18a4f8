#pragma once
// What explain= and EXPLAIN show of a query: its text, tree, plan, pipelines, code or timings.

#include <string>
#include <vector>

#include "compiler/engine/compiled_query.h"
#include "compiler/engine/engine.h"
#include "compiler/engine/parsed_texts.h"

namespace sp {

/// The form that is asked for: the request's, or that of an EXPLAIN statement; ClickHouse's names
/// in capitals are known too.
std::string explain_form(std::string form, const sql::Statement& statement);
/// The text of every form but `timings`. Error: BAD_ARGUMENTS (36) for an unknown form, and what
/// compiling for `ir` and `asm` gives.
Result<std::string> explanation(const std::string& form, const ParsedText& parsed,
                                CompiledQuery& query, jit::Jit& jit, jit::Tier tier);
/// How a query came to be and where its run went; see docs/timings.md. `stages`: milliseconds.
std::string timings_text(const CompiledQuery& query, const QueryStatistics& statistics,
                         const std::vector<double>& stages);

}  // namespace sp
