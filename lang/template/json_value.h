#pragma once
// JSON texts in parameters, as template values: objects become dicts, arrays lists.

#include <string_view>

#include "lang/template/value.h"

namespace sp::tmpl {

/// Reads one JSON text. False if it is malformed, nested deeper than values may be, or has more
/// than `max_values` values; `spent` gets their number.
bool parse_json(std::string_view text, uint64_t max_values, Value* out, uint64_t* spent);

/// Writes a value as JSON (for custom_error()).
std::string json_text(const Value& value);

}  // namespace sp::tmpl
