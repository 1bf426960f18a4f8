// Types and slot images of literals, as ClickHouse's parser and type inference give them.

#include "compiler/bind/literal.h"

#include <charconv>
#include <cstring>

namespace sp::binding {

namespace {

template <class T>
LiteralImage fixed(TypeKind kind, T value) {
  auto bytes = std::make_shared<std::vector<uint8_t>>(sizeof(T));
  std::memcpy(bytes->data(), &value, sizeof(T));
  return {Type::of(kind), std::move(bytes), nullptr};
}

LiteralImage unsigned_image(uint64_t value) {
  if (value <= UINT8_MAX) return fixed(TypeKind::kUInt8, static_cast<uint8_t>(value));
  if (value <= UINT16_MAX) return fixed(TypeKind::kUInt16, static_cast<uint16_t>(value));
  if (value <= UINT32_MAX) return fixed(TypeKind::kUInt32, static_cast<uint32_t>(value));
  return fixed(TypeKind::kUInt64, value);
}

LiteralImage signed_image(int64_t value) {
  if (value >= 0) return unsigned_image(static_cast<uint64_t>(value));
  if (value >= INT8_MIN) return fixed(TypeKind::kInt8, static_cast<int8_t>(value));
  if (value >= INT16_MIN) return fixed(TypeKind::kInt16, static_cast<int16_t>(value));
  if (value >= INT32_MIN) return fixed(TypeKind::kInt32, static_cast<int32_t>(value));
  return fixed(TypeKind::kInt64, value);
}

LiteralImage string_image(const std::string& text) {
  auto owner = std::make_shared<const std::string>(text);
  const StringRef ref(*owner);
  auto bytes = std::make_shared<std::vector<uint8_t>>(sizeof(StringRef));
  std::memcpy(bytes->data(), &ref, sizeof(StringRef));
  return {Type::of(TypeKind::kString), std::move(bytes), owner};
}

LiteralImage null_image() {
  const Type type = Type::null_type();
  auto bytes = std::make_shared<std::vector<uint8_t>>(slot_layout(type).size, uint8_t{0});
  bytes->back() = 1;
  (*bytes)[1] = 1;
  return {type, std::move(bytes), nullptr};
}

}  // namespace

LiteralImage literal_image(const sql::LiteralValue& value) {
  if (std::holds_alternative<sql::NullLiteral>(value)) return null_image();
  if (const bool* flag = std::get_if<bool>(&value))
    return fixed(TypeKind::kBool, static_cast<uint8_t>(*flag));
  if (const uint64_t* number = std::get_if<uint64_t>(&value)) return unsigned_image(*number);
  if (const int64_t* number = std::get_if<int64_t>(&value)) return signed_image(*number);
  if (const double* number = std::get_if<double>(&value)) return fixed(TypeKind::kFloat64, *number);
  if (const std::string* text = std::get_if<std::string>(&value)) return string_image(*text);
  // An integer beyond 64 bits is a Float64.
  const std::string& digits = std::get<sql::BigInteger>(value).digits;
  double number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return fixed(TypeKind::kFloat64, number);
}

std::string literal_text(const sql::LiteralValue& value) {
  const LiteralImage image = literal_image(value);
  if (const std::string* text = std::get_if<std::string>(&value)) return "String:" + *text;
  return image.type.name() + ":" + std::string(image.bytes->begin(), image.bytes->end());
}

}  // namespace sp::binding
