// Reading JSON values into slots: see json_slot.h. Rules of ClickHouse's JSONExtractTree: numbers
// come from numbers, booleans and numeric strings; strings from anything but null; containers fill
// what fails with defaults.

#include "runtime/functions/native/json_slot.h"

#include <cstring>

namespace sp {

JsonSlotReader::JsonSlotReader(Type type)
    : type_(type),
      base_(type.base()),
      nullable_(type.can_be_null()),
      base_size_(slot_layout(base_).size),
      parser_(base_, ParseRules{.check_overflow = true}) {}

Result<std::unique_ptr<const JsonSlotReader>> JsonSlotReader::make(Type type) {
  std::unique_ptr<JsonSlotReader> reader(new JsonSlotReader(type));
  const Type base = reader->base_;
  switch (base.kind()) {
    case TypeKind::kArray:
    case TypeKind::kTuple:
    case TypeKind::kMap: {
      if (base.is(TypeKind::kMap) && !base.inner()[0].base().is_string_like()) break;
      for (const Type& inner : base.inner()) {
        SP_TRY(auto element, make(inner));
        reader->inner_.push_back(std::move(element));
      }
      reader->layout_ = row_layout(base.inner());
      const Type unit = base.is(TypeKind::kMap)     ? Type::tuple(base.inner())
                        : base.is(TypeKind::kArray) ? base.element()
                                                    : base;
      reader->stride_ = slot_layout(unit).size;
      return std::unique_ptr<const JsonSlotReader>(std::move(reader));
    }
    case TypeKind::kNothing:
    case TypeKind::kLambda:
    case TypeKind::kAggregateFunction:
    case TypeKind::kInterval:
    case TypeKind::kJson: break;
    default: return std::unique_ptr<const JsonSlotReader>(std::move(reader));
  }
  return fail(ErrorCode::kNotImplemented, "JSON values as " + type.name());
}

bool JsonSlotReader::read(const JsonValue& value, void* slot, Arena& arena) const {
  if (!nullable_) return value.kind != JsonKind::kNull && read_base(value, slot, arena);
  const bool present = value.kind != JsonKind::kNull && read_base(value, slot, arena);
  if (!present) std::memset(slot, 0, base_size_);
  static_cast<uint8_t*>(slot)[base_size_] = !present;
  return true;
}

bool JsonSlotReader::read_base(const JsonValue& value, void* slot, Arena& arena) const {
  switch (base_.kind()) {
    case TypeKind::kUInt8:
    case TypeKind::kUInt16:
    case TypeKind::kUInt32:
    case TypeKind::kUInt64:
    case TypeKind::kInt8:
    case TypeKind::kInt16:
    case TypeKind::kInt32:
    case TypeKind::kInt64: return read_integer(value, slot);
    case TypeKind::kFloat32:
    case TypeKind::kFloat64: {
      const auto number = value.kind == JsonKind::kBool ? std::optional<double>(value.is_true())
                                                        : json_double(value);
      if (!number) return false;
      if (base_.is(TypeKind::kFloat32))
        *static_cast<float*>(slot) = static_cast<float>(*number);
      else
        *static_cast<double*>(slot) = *number;
      return true;
    }
    case TypeKind::kBool: {
      const bool number = value.kind == JsonKind::kInteger || value.kind == JsonKind::kDouble;
      if (!number && value.kind != JsonKind::kBool) return false;
      *static_cast<uint8_t*>(slot) = number ? json_double(value).value_or(0) != 0 : value.is_true();
      return true;
    }
    case TypeKind::kString: return read_text(value, slot, arena);
    case TypeKind::kArray: return read_array(value, slot, arena);
    case TypeKind::kTuple: return read_tuple(value, slot, arena);
    case TypeKind::kMap: return read_map(value, slot, arena);
    default: return read_parsed(value, slot, arena);
  }
}

bool JsonSlotReader::read_integer(const JsonValue& value, void* slot) const {
  const bool is_signed = base_.is_signed_integer();
  const uint32_t bits = base_size_ * 8;
  uint64_t stored = 0;
  if (value.kind == JsonKind::kBool) {
    stored = value.is_true();
  } else if (is_signed) {
    const auto number = json_int64(value);
    if (!number) return false;
    const int64_t most = bits == 64 ? INT64_MAX : (int64_t{1} << (bits - 1)) - 1;
    if (*number > most || *number < -most - 1) return false;
    stored = static_cast<uint64_t>(*number);
  } else {
    const auto number = json_uint64(value);
    if (!number || (bits < 64 && *number >> bits != 0)) return false;
    stored = *number;
  }
  std::memcpy(slot, &stored, base_size_);  // little-endian: the low bytes
  return true;
}

bool JsonSlotReader::read_text(const JsonValue& value, void* slot, Arena& arena) const {
  auto* out = static_cast<StringRef*>(slot);
  if (value.kind == JsonKind::kString && !value.escaped) {
    *out = StringRef(value.inside());
    return true;
  }
  std::string text;
  if (value.kind == JsonKind::kString)
    json_unescape(value, text);
  else
    json_minify(value, text);
  *out = arena.copy(text);
  return true;
}

bool JsonSlotReader::read_parsed(const JsonValue& value, void* slot, Arena& arena) const {
  ParseError error;
  if (value.kind == JsonKind::kString) {
    std::string text;
    json_unescape(value, text);
    return parser_.parse(text, slot, arena, error);
  }
  if (value.kind != JsonKind::kInteger && value.kind != JsonKind::kDouble) return false;
  if (base_.is_enum()) {
    const auto wanted = json_int64(value);
    for (const auto& [label, number] : base_.enum_values()) {
      if (!wanted || number != *wanted) continue;
      std::memcpy(slot, &number, base_size_);
      return true;
    }
    return false;
  }
  const bool takes_numbers = base_.is(TypeKind::kDecimal) || base_.is(TypeKind::kDateTime) ||
                             base_.is(TypeKind::kDateTime64) || base_.is_integer();
  return takes_numbers && parser_.parse(value.text, slot, arena, error);
}

bool JsonSlotReader::read_array(const JsonValue& value, void* slot, Arena& arena) const {
  if (value.kind != JsonKind::kArray) return false;
  const uint64_t size = json_length(value);
  char* items = static_cast<char*>(arena.allocate(size * stride_, 16));
  std::memset(items, 0, size * stride_);
  JsonIterator elements(value);
  for (uint64_t i = 0; elements.next(); ++i) {
    if (!inner_[0]->read(elements.value(), items + i * stride_, arena))
      inner_[0]->write_default(items + i * stride_, arena);
  }
  *static_cast<ArrayRef*>(slot) = {items, size};
  return true;
}

// Arrays fill a tuple in order; objects by name if the elements have names, else in order.
bool JsonSlotReader::read_tuple(const JsonValue& value, void* slot, Arena& arena) const {
  const bool object = value.kind == JsonKind::kObject;
  if (!object && value.kind != JsonKind::kArray) return false;
  write_default(slot, arena);
  const auto& names = base_.element_names();
  JsonIterator items(value);
  for (size_t i = 0; items.next(); ++i) {
    size_t element = i;
    if (object && !names.empty()) {
      std::string key;
      json_unescape(items.key(), key);
      for (element = 0; element < names.size() && names[element] != key;) ++element;
    }
    if (element >= inner_.size()) continue;
    void* to = static_cast<char*>(slot) + layout_.offsets[element];
    if (!inner_[element]->read(items.value(), to, arena)) inner_[element]->write_default(to, arena);
  }
  return true;
}

bool JsonSlotReader::read_map(const JsonValue& value, void* slot, Arena& arena) const {
  if (value.kind != JsonKind::kObject) return false;
  const uint64_t size = json_length(value);
  char* items = static_cast<char*>(arena.allocate(size * stride_, 16));
  std::memset(items, 0, size * stride_);
  JsonIterator members(value);
  for (char* entry = items; members.next(); entry += stride_) {
    inner_[0]->read(members.key(), entry, arena);
    void* to = entry + layout_.offsets[1];
    if (!inner_[1]->read(members.value(), to, arena)) inner_[1]->write_default(to, arena);
  }
  *static_cast<ArrayRef*>(slot) = {items, size};
  return true;
}

}  // namespace sp
