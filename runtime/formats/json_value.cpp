// Conversions by type.

#include "runtime/formats/json_value.h"

#include <cmath>
#include <cstring>
#include <limits>

namespace sp {
namespace {

namespace dom = simdjson::dom;

template <class T>
bool store_integer(const dom::element& value, void* slot) {
  T result{};
  if (int64_t number; value.get(number) == simdjson::SUCCESS) {
    if constexpr (std::is_unsigned_v<T>) {
      if (number < 0) return false;
      if (static_cast<uint64_t>(number) > std::numeric_limits<T>::max()) return false;
    } else if (number < std::numeric_limits<T>::min() || number > std::numeric_limits<T>::max()) {
      return false;
    }
    result = static_cast<T>(number);
  } else if (uint64_t big; value.get(big) == simdjson::SUCCESS) {
    if (big > static_cast<uint64_t>(std::numeric_limits<T>::max())) return false;
    result = static_cast<T>(big);
  } else if (bool flag; value.get(flag) == simdjson::SUCCESS) {
    result = static_cast<T>(flag);
  } else if (double real; value.get(real) == simdjson::SUCCESS) {
    // 5.0 is five; 5.5 is no integer. 2^63 is exactly representable, so the bounds are exclusive
    // above.
    const double low = static_cast<double>(std::numeric_limits<T>::min());
    const double high = std::ldexp(1.0, std::numeric_limits<T>::digits);
    if (std::trunc(real) != real || real < low || real >= high) return false;
    result = static_cast<T>(real);
  } else {
    return false;
  }
  std::memcpy(slot, &result, sizeof result);
  return true;
}

bool as_double(const dom::element& value, double& number) {
  if (value.get(number) == simdjson::SUCCESS) return true;
  if (bool flag; value.get(flag) == simdjson::SUCCESS) {
    number = flag;
    return true;
  }
  return false;
}

ParseRules strict_rules() {
  ParseRules rules;
  rules.check_overflow = true;
  return rules;
}

}  // namespace

std::string json_text(const dom::element& value) {
  if (std::string_view text; value.get(text) == simdjson::SUCCESS) return std::string(text);
  return simdjson::minify(value);
}

JsonConverter::JsonConverter(Type type)
    : type_(type),
      base_(type.base()),
      nullable_(type.can_be_null()),
      value_size_(slot_layout(base_).size),
      text_parser_(base_, strict_rules()) {
  if (base_.is(TypeKind::kArray)) {
    inner_.emplace_back(base_.element());
    stride_ = slot_layout(base_.element()).size;
  } else if (base_.is(TypeKind::kMap) || base_.is(TypeKind::kTuple)) {
    for (const Type inner : base_.inner()) inner_.emplace_back(inner);
    layout_ = row_layout(base_.inner());
    stride_ = layout_.size;
  }
}

bool JsonConverter::convert(const dom::element& value, void* slot, Arena& arena) const {
  if (!nullable_) return !value.is_null() && convert_value(value, slot, arena);
  auto* flag = static_cast<uint8_t*>(slot) + value_size_;
  if (value.is_null()) {
    std::memset(slot, 0, value_size_);
    *flag = 1;
    return true;
  }
  *flag = 0;
  return convert_value(value, slot, arena);
}

bool JsonConverter::convert_text(std::string_view text, void* slot, Arena& arena) const {
  if (nullable_) static_cast<uint8_t*>(slot)[value_size_] = 0;
  return parse_text(text, slot, arena);
}

bool JsonConverter::parse_text(std::string_view text, void* slot, Arena& arena) const {
  ParseError error;
  return text_parser_.parse(text, slot, arena, error);
}

bool JsonConverter::convert_value(const dom::element& value, void* slot, Arena& arena) const {
  if (base_.is(TypeKind::kString) || base_.is(TypeKind::kJson)) {
    std::string_view text;
    if (base_.is(TypeKind::kString) && value.get(text) == simdjson::SUCCESS) {
      *static_cast<StringRef*>(slot) = arena.copy(text);
    } else {
      *static_cast<StringRef*>(slot) = arena.copy(simdjson::minify(value));
    }
    return true;
  }
  if (dom::array values; value.get(values) == simdjson::SUCCESS) {
    if (base_.is(TypeKind::kArray)) return convert_array(values, slot, arena);
    return base_.is(TypeKind::kTuple) && convert_tuple(value, slot, arena);
  }
  if (dom::object values; value.get(values) == simdjson::SUCCESS) {
    if (base_.is(TypeKind::kMap)) return convert_map(values, slot, arena);
    return base_.is(TypeKind::kTuple) && convert_tuple(value, slot, arena);
  }
  if (std::string_view text; value.get(text) == simdjson::SUCCESS)
    return parse_text(text, slot, arena);
  if (convert_number(value, slot)) return true;
  if (base_.is(TypeKind::kDecimal) || base_.is_integer() || base_.is(TypeKind::kUuid)) {
    // Wide integers and decimals: by their digits.
    return value_size_ > 8 || base_.is(TypeKind::kDecimal)
               ? parse_text(simdjson::minify(value), slot, arena)
               : false;
  }
  return false;
}

bool JsonConverter::convert_number(const dom::element& value, void* slot) const {
  switch (base_.kind()) {
    case TypeKind::kBool: {
      bool flag = false;
      if (value.get(flag) == simdjson::SUCCESS) {
        *static_cast<uint8_t*>(slot) = flag;
        return true;
      }
      uint8_t number = 0;
      if (!store_integer<uint8_t>(value, &number) || number > 1) return false;
      *static_cast<uint8_t*>(slot) = number;
      return true;
    }
    case TypeKind::kUInt8: return store_integer<uint8_t>(value, slot);
    case TypeKind::kUInt16: return store_integer<uint16_t>(value, slot);
    case TypeKind::kUInt32: return store_integer<uint32_t>(value, slot);
    case TypeKind::kUInt64: return store_integer<uint64_t>(value, slot);
    case TypeKind::kInt8:
    case TypeKind::kEnum8: return store_integer<int8_t>(value, slot);
    case TypeKind::kInt16:
    case TypeKind::kEnum16: return store_integer<int16_t>(value, slot);
    case TypeKind::kInt32: return store_integer<int32_t>(value, slot);
    case TypeKind::kInt64: return store_integer<int64_t>(value, slot);
    case TypeKind::kFloat32: {
      double number = 0;
      if (!as_double(value, number)) return false;
      const auto narrow = static_cast<float>(number);
      std::memcpy(slot, &narrow, sizeof narrow);
      return true;
    }
    case TypeKind::kFloat64: {
      double number = 0;
      if (!as_double(value, number)) return false;
      std::memcpy(slot, &number, sizeof number);
      return true;
    }
    case TypeKind::kDate: return store_integer<uint16_t>(value, slot);
    case TypeKind::kDate32: return store_integer<int32_t>(value, slot);
    case TypeKind::kDateTime: return store_integer<uint32_t>(value, slot);
    case TypeKind::kDateTime64: {
      // Seconds, possibly with a fraction: as ClickHouse reads a number for DateTime64.
      int64_t seconds = 0;
      double scale = std::pow(10.0, base_.precision());
      if (store_integer<int64_t>(value, &seconds)) return convert_time(seconds, slot);
      double number = 0;
      if (!as_double(value, number) || std::abs(number * scale) > 9.2e18) return false;
      const auto ticks = static_cast<int64_t>(std::llround(number * scale));
      std::memcpy(slot, &ticks, sizeof ticks);
      return true;
    }
    default: return false;
  }
}

// A number with more digits than seconds have is taken in milli-, micro- or nanoseconds: what
// clients send.
bool JsonConverter::convert_time(int64_t number, void* slot) const {
  int64_t unit = 1;
  for (int64_t magnitude = std::abs(number); magnitude >= 100000000000; magnitude /= 1000)
    unit *= 1000;
  __int128 ticks = number;
  for (uint32_t i = 0; i < base_.precision(); ++i) ticks *= 10;
  ticks /= unit;
  if (ticks > std::numeric_limits<int64_t>::max() || ticks < std::numeric_limits<int64_t>::min())
    return false;
  const auto result = static_cast<int64_t>(ticks);
  std::memcpy(slot, &result, sizeof result);
  return true;
}

bool JsonConverter::convert_array(const dom::array& values, void* slot, Arena& arena) const {
  const size_t count = values.size();
  auto* bytes = static_cast<uint8_t*>(arena.allocate(std::max<size_t>(1, count * stride_), 16));
  std::memset(bytes, 0, count * stride_);
  size_t index = 0;
  for (const dom::element value : values) {
    if (!inner_[0].convert(value, bytes + index * stride_, arena)) return false;
    ++index;
  }
  *static_cast<ArrayRef*>(slot) = {bytes, count};
  return true;
}

bool JsonConverter::convert_map(const dom::object& values, void* slot, Arena& arena) const {
  const size_t count = values.size();
  auto* bytes = static_cast<uint8_t*>(arena.allocate(std::max<size_t>(1, count * stride_), 16));
  std::memset(bytes, 0, count * stride_);
  size_t index = 0;
  for (const auto field : values) {
    uint8_t* pair = bytes + index * stride_;
    if (!inner_[0].parse_text(field.key, pair + layout_.offsets[0], arena)) return false;
    if (!inner_[1].convert(field.value, pair + layout_.offsets[1], arena)) return false;
    ++index;
  }
  *static_cast<ArrayRef*>(slot) = {bytes, count};
  return true;
}

bool JsonConverter::convert_tuple(const dom::element& value, void* slot, Arena& arena) const {
  auto* bytes = static_cast<uint8_t*>(slot);
  std::memset(bytes, 0, layout_.size);
  if (dom::array values; value.get(values) == simdjson::SUCCESS) {
    if (values.size() != inner_.size()) return false;
    size_t index = 0;
    for (const dom::element item : values) {
      if (!inner_[index].convert(item, bytes + layout_.offsets[index], arena)) return false;
      ++index;
    }
    return true;
  }
  const auto& names = base_.element_names();
  if (names.size() != inner_.size()) return false;
  for (size_t i = 0; i < inner_.size(); ++i) {
    dom::element item;
    if (value.at_key(names[i]).get(item) != simdjson::SUCCESS) return false;
    if (!inner_[i].convert(item, bytes + layout_.offsets[i], arena)) return false;
  }
  return true;
}

}  // namespace sp
