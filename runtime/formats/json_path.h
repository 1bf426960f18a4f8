#pragma once
// JsonPath: where a column's value stands in an event, as `.datasource` files write it:
// `json:$.user.id`. Between the schema and the readers of events.

#include <string>
#include <string_view>
#include <vector>

#include "runtime/core/error.h"

namespace sp {

/// Where a column's value stands in an event.
struct JsonPath {
  std::vector<std::string> keys;  ///< $.a.b: {"a", "b"}; empty: the whole event ("$")
  bool each = false;              ///< ends in [:]: the value is an array
  std::vector<std::string> rest;  ///< $.a[:].b: {"b"} of each element
};

/// Reads "$", "$.a.b", "$.a[:]", "$.a[:].b", "$.['a b']". Error: BAD_ARGUMENTS with the place.
Result<JsonPath> parse_json_path(std::string_view text);

}  // namespace sp
