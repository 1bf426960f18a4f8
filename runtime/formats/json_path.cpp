// Parses paths: keys after dots or in brackets, [:] for the elements of an array.

#include "runtime/formats/json_path.h"

namespace sp {

Result<JsonPath> parse_json_path(std::string_view text) {
  const auto wrong = [text](size_t at, const char* what) {
    return fail(ErrorCode::kBadArguments,
                std::string("Malformed JSON path: ") + what + ": " + std::string(text),
                Span{static_cast<uint32_t>(at), static_cast<uint32_t>(at + 1)},
                "paths look like `$.user.id`, `$.tags[:]` or `$`");
  };
  JsonPath path;
  if (text.empty() || text[0] != '$') return wrong(0, "it does not begin with $");
  std::vector<std::string>* keys = &path.keys;
  size_t at = 1;
  while (at < text.size()) {
    if (text.substr(at).starts_with("[:]")) {
      if (path.each) return wrong(at, "a second [:]");
      path.each = true;
      keys = &path.rest;
      at += 3;
    } else if (text.substr(at).starts_with("['") || text.substr(at).starts_with("[\"") ||
               text.substr(at).starts_with(".['")) {
      at += text[at] == '.' ? 2 : 1;
      const size_t close = text.find(text[at], at + 1);
      if (close == std::string_view::npos || close + 1 >= text.size() || text[close + 1] != ']')
        return wrong(at, "unclosed key");
      keys->emplace_back(text.substr(at + 1, close - at - 1));
      at = close + 2;
    } else if (text[at] == '.') {
      size_t end = at + 1;
      while (end < text.size() && text[end] != '.' && text[end] != '[') ++end;
      if (end == at + 1) return wrong(at, "an empty key");
      keys->emplace_back(text.substr(at + 1, end - at - 1));
      at = end;
    } else {
      return wrong(at, "unexpected character");
    }
  }
  return path;
}

}  // namespace sp
