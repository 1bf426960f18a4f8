#pragma once
// Formats of times in Joda's syntax, cut into their items: runs of one letter, and literal text.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/core/error.h"

namespace sp {

struct JodaItem {
  char letter = 0;      ///< 0: `literal` stands for itself
  uint32_t count = 1;   ///< how often the letter stands
  std::string literal;  ///< the literal text, or the letters
};

/// Cuts a format; text in single quotes is literal, two quotes are one. Error: BAD_ARGUMENTS if a
/// quote is not closed.
Result<std::vector<JodaItem>> joda_items(std::string_view format);

}  // namespace sp
