// See joda_format.h.

#include "runtime/functions/native/joda_format.h"

namespace sp {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Reads a quoted text behind its first quote; false if it does not end.
bool read_quoted(std::string_view format, size_t& at, std::string& text) {
  while (at < format.size()) {
    const char c = format[at++];
    if (c == '\'') {
      const bool doubled = at < format.size() && format[at] == '\'';
      if (!doubled) return true;
      ++at;
    }
    text += c;
  }
  return false;
}

}  // namespace

Result<std::vector<JodaItem>> joda_items(std::string_view format) {
  std::vector<JodaItem> items;
  for (size_t at = 0; at < format.size();) {
    const char c = format[at];
    if (format.substr(at).starts_with("''")) {
      items.push_back({0, 1, "'"});
      at += 2;
    } else if (c == '\'') {
      std::string text;
      if (!read_quoted(format, ++at, text))
        return fail(ErrorCode::kBadArguments, "No closing single quote for literal");
      items.push_back({0, 1, std::move(text)});
    } else if (is_letter(c)) {
      uint32_t count = 0;
      for (; at < format.size() && format[at] == c; ++at) ++count;
      items.push_back({c, count, std::string(count, c)});
    } else {
      items.push_back({0, 1, std::string(1, c)});
      ++at;
    }
  }
  return items;
}

}  // namespace sp
