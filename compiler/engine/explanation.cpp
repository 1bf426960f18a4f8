// One text a form.

#include "compiler/engine/explanation.h"

#include <cstdio>

#include "lang/sql/print.h"

namespace sp {

std::string explain_form(std::string form, const sql::Statement& statement) {
  if (form.empty()) form = statement.explain_form.empty() ? "plan" : statement.explain_form;
  for (char& c : form) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (form == "pipeline") return "pipelines";
  if (form == "analyze") return "timings";
  return form;
}

Result<std::string> explanation(const std::string& form, const ParsedText& parsed,
                                CompiledQuery& query, jit::Jit& jit, jit::Tier tier) {
  if (form == "shape") return parsed.lifted.key + "\n";
  if (form == "syntax") return sql::print(*parsed.statement.query) + "\n";
  if (form == "ast") return sql::dump(*parsed.statement.query);
  if (form == "plan") {
    std::string out = plan::print(query.plan());
    for (const auto& [rule, text] : query.optimizer_trace)
      out += "\n-- after " + rule + "\n" + text;
    return out;
  }
  if (form == "pipelines") return codegen::print(query.program());
  if (form == "ir" || form == "asm") {
    SP_TRY(const auto code, query.compile_text(jit, tier, form == "asm"));
    return form == "asm" ? code->assembly : code->ir;
  }
  return fail(ErrorCode::kBadArguments, "Unknown form of explain: " + form, std::nullopt,
              "one of shape, ast, plan, pipelines, ir, asm, timings");
}

std::string timings_text(const CompiledQuery& query, const QueryStatistics& statistics,
                         const std::vector<double>& stages) {
  const CompileTimings t = query.timings();
  std::string out;
  const auto line = [&](const std::string& what, double ms) {
    char text[64];
    snprintf(text, sizeof(text), "%-16s %9.3f ms", what.c_str(), ms);
    out += text;
  };
  const std::pair<const char*, double> stations[] = {{"parse", t.parse_ms},
                                                     {"bind", t.bind_ms},
                                                     {"plan", t.plan_ms},
                                                     {"generate", t.codegen_ms},
                                                     {"tier 0", t.tier0_ms},
                                                     {"  emit", t.tier0_emit_ms},
                                                     {"  load", t.tier0_load_ms},
                                                     {"tier 1", t.tier1_ms},
                                                     {"  link bitcode", t.tier1_link_ms},
                                                     {"  passes", t.tier1_passes_ms},
                                                     {"  emit", t.tier1_emit_ms},
                                                     {"  load", t.tier1_load_ms},
                                                     {"run", statistics.run_ms}};
  for (const auto& [what, ms] : stations) {
    line(what, ms);
    out += '\n';
  }
  for (size_t i = 0; i < stages.size(); ++i) {
    line("  stage " + std::to_string(i + 1), stages[i]);
    out += "  " + codegen::print(query.program(), query.program().stages[i]) + "\n";
  }
  char size[64];
  snprintf(size, sizeof(size), "code             %9.1f KiB\n",
           static_cast<double>(query.code_bytes()) / 1024);
  out += size;
  out += "segments         " + std::to_string(statistics.segments) + ", skipped by range " +
         std::to_string(statistics.segments_by_range) + ", by filter " +
         std::to_string(statistics.segments_by_filter) + "\n";
  return out + "rows read        " + std::to_string(statistics.rows_read) + "\nbytes read       " +
         std::to_string(statistics.bytes_read) + "\n";
}

}  // namespace sp
