#pragma once
// Texts in quotes, as literals of SQL, inside types and inside the texts of arrays, tuples and
// maps: backslash escapes and doubled quotes. Source: ClickHouse src/IO/ReadHelpers.cpp,
// parseComplexEscapeSequence.

#include <cstddef>
#include <string>
#include <string_view>

namespace sp {

/// Appends what follows a backslash, at `at` of `body`; returns the bytes taken. Unknown escapes
/// keep their backslash, so that patterns such as '\d+' need no doubling.
size_t decode_escape(std::string_view body, size_t at, std::string& out);

/// Reads a text that begins with `quote` at `at`, and moves behind its closing quote. False: it
/// has none.
bool read_quoted_text(const char*& at, const char* end, char quote, std::string& out);

}  // namespace sp
