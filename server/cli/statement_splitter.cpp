// A scan that knows quotes, comments and nothing else of SQL.

#include "server/cli/statement_splitter.h"

namespace sp {
namespace {

// The offset after a quoted text or comment that begins at `at`; `at` itself if none does; npos if
// it is not closed yet.
size_t skip_opaque(const std::string& text, size_t at) {
  const char c = text[at];
  if (c == '\'' || c == '"' || c == '`') {
    for (size_t i = at + 1; i < text.size(); ++i) {
      if (text[i] == '\\')
        ++i;
      else if (text[i] == c)
        return i + 1;
    }
    return std::string::npos;
  }
  if (text.compare(at, 2, "--") == 0) {
    const size_t end = text.find('\n', at);
    return end == std::string::npos ? end : end + 1;
  }
  if (text.compare(at, 2, "/*") == 0) {
    const size_t end = text.find("*/", at + 2);
    return end == std::string::npos ? end : end + 2;
  }
  return at;
}

}  // namespace

std::optional<std::string> StatementSplitter::take() {
  for (size_t at = 0; at < text_.size();) {
    const size_t after = skip_opaque(text_, at);
    if (after == std::string::npos) return std::nullopt;
    if (after > at) {
      at = after;
    } else if (text_[at] == ';') {
      std::string statement = text_.substr(0, at);
      text_.erase(0, at + 1);
      return statement;
    } else {
      ++at;
    }
  }
  return std::nullopt;
}

std::string StatementSplitter::take_rest() {
  std::string rest;
  rest.swap(text_);
  return rest;
}

}  // namespace sp
