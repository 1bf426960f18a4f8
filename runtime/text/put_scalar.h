#pragma once
// Scalars written into memory that the caller made room in: for writers of whole rows. See
// format_value.h for the same appended to a string.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "runtime/text/time_zone.h"

namespace sp {

/// 2024-01-31 12:34:56 into room for 19 bytes; returns the end.
char* put_datetime(char* to, int64_t utc_seconds, const TimeZone& zone);
/// What append_json_string() appends, into room for json_string_room() bytes; returns the end.
char* put_json_string(char* to, std::string_view text);
/// The most bytes that put_json_string() touches for a text of this size.
constexpr size_t json_string_room(size_t text_bytes) { return text_bytes * 6 + 32; }

}  // namespace sp
