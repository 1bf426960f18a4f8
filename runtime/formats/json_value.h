#pragma once
// JsonConverter: a parsed JSON value to a slot of one type, with the leniency of ClickHouse's
// JSONEachRow. Between simdjson and column builders.

#include <simdjson.h>

#include <memory>
#include <string>
#include <vector>

#include "runtime/core/arena.h"
#include "runtime/core/slot.h"
#include "runtime/text/parse_value.h"

namespace sp {

/// Immutable, thread-safe; one per column.
class JsonConverter {
 public:
  explicit JsonConverter(Type type);
  /// Writes the slot; strings and arrays are copied into `arena`. False: the value does not fit;
  /// the slot is garbage.
  bool convert(const simdjson::dom::element& value, void* slot, Arena& arena) const;
  /// The same for a JSON string's text, for types that are read from text: not String.
  bool convert_text(std::string_view text, void* slot, Arena& arena) const;
  Type type() const { return type_; }

 private:
  bool convert_value(const simdjson::dom::element& value, void* slot, Arena& arena) const;
  bool convert_number(const simdjson::dom::element& value, void* slot) const;
  bool convert_time(int64_t number, void* slot) const;
  bool convert_array(const simdjson::dom::array& values, void* slot, Arena& arena) const;
  bool convert_map(const simdjson::dom::object& values, void* slot, Arena& arena) const;
  bool convert_tuple(const simdjson::dom::element& value, void* slot, Arena& arena) const;
  bool parse_text(std::string_view text, void* slot, Arena& arena) const;

  Type type_;  // as declared
  Type base_;  // without LowCardinality and Nullable
  bool nullable_;
  uint32_t value_size_;
  ValueParser text_parser_;           // of base_
  std::vector<JsonConverter> inner_;  // Array: element; Map: key, value; Tuple: elements
  RowLayout layout_;                  // Map: of its (key, value) pair; Tuple: of its elements
  uint32_t stride_ = 0;               // Array, Map: bytes between elements
};

/// The value as text for a String column or a quarantine: strings as they are, everything else as
/// JSON.
std::string json_text(const simdjson::dom::element& value);

}  // namespace sp
