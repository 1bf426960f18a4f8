#pragma once
// trimmed(): a text without the white space around it, as Python and datafiles mean it: spaces,
// tabs and all line ends of ASCII.

#include <string_view>

namespace sp {

/// Takes white space off both ends of `text`; the result points into it.
constexpr std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\n\v\f\r";
  const size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

}  // namespace sp
