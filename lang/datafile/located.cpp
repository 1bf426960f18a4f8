// Locating and sorting of a datafile's errors.

#include "lang/datafile/located.h"

#include <map>

namespace sp::datafile {

constexpr size_t kMaxFileBytes = 16u << 20;

bool open_datafile(const std::string& file, std::string text, FileKind kind,
                   const IncludeReader& includes, Located& located) {
  Included included = expand_includes(file, std::move(text), includes);
  located.source = std::move(included.source);
  Findings& findings = located.findings;
  findings.text = located.source->text();
  if (findings.text.size() > kMaxFileBytes) {
    findings.error("File is too large: " + std::to_string(findings.text.size()) + " bytes", {0, 0},
                   "datafiles have at most 16 MiB");
    return false;
  }
  if (const size_t at = findings.text.find('\0'); at != std::string_view::npos) {
    const auto offset = static_cast<uint32_t>(at);
    findings.error("File is not text: it holds a NUL byte", {offset, offset + 1},
                   "save it as UTF-8");
    return false;
  }
  Statements statements = split_statements(findings.text, kind);
  located.statements = std::move(statements.list);
  findings.errors = std::move(statements.errors);
  findings.errors.insert(findings.errors.end(), included.errors.begin(), included.errors.end());
  findings.warnings = std::move(included.warnings);
  return true;
}

std::vector<Error> Located::finish() {
  std::multimap<uint32_t, Error>
      by_place;  // errors of one place stay in the order in which they were found
  for (Error& error : findings.errors) {
    const uint32_t place = error.span.value_or(Span{}).begin;
    by_place.emplace(place, std::move(error));
  }
  std::vector<Error> out;
  for (auto& [place, error] : by_place) {
    if (out.size() == Findings::kMaxErrors) break;
    out.push_back(source->attach(std::move(error)));
  }
  return out;
}

}  // namespace sp::datafile
