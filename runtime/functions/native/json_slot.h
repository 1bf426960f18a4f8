#pragma once
// JsonSlotReader: turns a JSON value into a slot of any type, as JSONExtract does: what does not
// fit is the default value (NULL if the type is Nullable). Immutable after construction.

#include <memory>
#include <string>
#include <vector>

#include "runtime/core/arena.h"
#include "runtime/core/error.h"
#include "runtime/core/slot.h"
#include "runtime/core/type.h"
#include "runtime/text/json_scan.h"
#include "runtime/text/parse_value.h"

namespace sp {

class JsonSlotReader {
 public:
  /// Prepares a reader. NOT_IMPLEMENTED for types that JSON values cannot become.
  static Result<std::unique_ptr<const JsonSlotReader>> make(Type type);

  /// Writes the value; false (and the slot undefined) if it does not fit the type.
  bool read(const JsonValue& value, void* slot, Arena& arena) const;
  void write_default(void* slot, Arena& arena) const { default_slot(type_, slot, arena); }
  Type type() const { return type_; }

 private:
  explicit JsonSlotReader(Type type);
  bool read_base(const JsonValue& value, void* slot, Arena& arena) const;
  bool read_integer(const JsonValue& value, void* slot) const;
  bool read_text(const JsonValue& value, void* slot, Arena& arena) const;
  bool read_array(const JsonValue& value, void* slot, Arena& arena) const;
  bool read_tuple(const JsonValue& value, void* slot, Arena& arena) const;
  bool read_map(const JsonValue& value, void* slot, Arena& arena) const;
  bool read_parsed(const JsonValue& value, void* slot, Arena& arena) const;

  Type type_, base_;
  bool nullable_;
  uint32_t base_size_;
  ValueParser parser_;  // dates, decimals, UUIDs, addresses, enums
  std::vector<std::unique_ptr<const JsonSlotReader>> inner_;
  RowLayout layout_;     // of tuple elements, or of a map's entry
  uint32_t stride_ = 1;  // of array elements or map entries
};

}  // namespace sp
