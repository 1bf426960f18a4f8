#pragma once
// EventScanner: the fast road of NDJSON: reads events straight into column builders, without a tree
// of the JSON. It knows the schema's paths, expects keys in the order of the event before, and
// reads strings, numbers and times in place. What it cannot read exactly as the slow road
// (NdjsonReader over simdjson's DOM) would, it declines: bad rows, numbers in strings, escapes it
// does not know, arrays of events.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/formats/json_columns.h"

namespace sp {

/// Not thread-safe: one a thread. The columns and the builder outlive it.
class EventScanner {
 public:
  EventScanner(const JsonColumns& columns, RowSink& rows);
  ~EventScanner();
  /// Reads one event that begins at `at` with `{` and ends with its line; returns where the next
  /// line begins. Null: declined, the columns hold what they held before. At least kPadding bytes
  /// after `end` are readable, and the byte at `end` - 1 or at `end` is below a space, so that no
  /// token runs past it.
  const char* read(const char* at, const char* end);

  static constexpr size_t kPadding = 64;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sp
