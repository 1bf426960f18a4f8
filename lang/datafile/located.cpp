// Locating and sorting of a datafile's errors.

#include "lang/datafile/located.h"

#include <algorithm>

namespace sp::datafile {

constexpr size_t kMaxFileBytes = 16u << 20;
constexpr size_t kMaxErrors = 100;  // a file that is something else entirely need not be explained line by line

Located::Located(const std::string& file, std::string text)
    : source(std::make_shared<SourceText>(file, std::move(text))) {
  findings.text = source->text();
}

bool Located::acceptable() {
  if (findings.text.size() > kMaxFileBytes) {
    findings.error("File is too large: " + std::to_string(findings.text.size()) + " bytes", {0, 0},
                   "datafiles have at most 16 MiB");
    return false;
  }
  if (const size_t at = findings.text.find('\0'); at != std::string_view::npos) {
    const auto offset = static_cast<uint32_t>(at);
    findings.error("File is not text: it holds a NUL byte", {offset, offset + 1});
    return false;
  }
  return true;
}

std::vector<Error> Located::finish() {
  std::stable_sort(findings.errors.begin(), findings.errors.end(), [](const Error& a, const Error& b) {
    return a.span.value_or(Span{}).begin < b.span.value_or(Span{}).begin;
  });
  if (findings.errors.size() > kMaxErrors) findings.errors.resize(kMaxErrors);
  std::vector<Error> out;
  out.reserve(findings.errors.size());
  for (Error& error : findings.errors) out.push_back(source->attach(std::move(error)));
  return out;
}

}  // namespace sp::datafile
