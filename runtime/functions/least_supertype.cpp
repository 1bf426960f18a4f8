// least_supertype: the narrowest type that holds all values of the given types, by ClickHouse's
// rules (DataTypes/getLeastSupertype.cpp). Entry: least_supertype, declared in
// runtime/functions/function.h.
#ifndef SP_BITCODE

#include <algorithm>

#include "runtime/core/slot.h"
#include "runtime/functions/function.h"

namespace sp {

namespace {

Error no_common_type(std::span<const Type> types, std::string_view reason) {
  std::string names;
  for (const Type& type : types) names += (names.empty() ? "" : ", ") + type.name();
  return fail(ErrorCode::kNoCommonType,
              "There is no supertype for types " + names + " because " + std::string(reason),
              std::nullopt, "convert them to one type, for example with toString()");
}

uint32_t integer_bits(Type type) {
  switch (type.kind()) {
    case TypeKind::kBool:
    case TypeKind::kUInt8:
    case TypeKind::kInt8: return 8;
    case TypeKind::kUInt16:
    case TypeKind::kInt16: return 16;
    case TypeKind::kUInt32:
    case TypeKind::kInt32: return 32;
    case TypeKind::kUInt64:
    case TypeKind::kInt64: return 64;
    case TypeKind::kUInt128:
    case TypeKind::kInt128: return 128;
    default: return 256;
  }
}

Type integer_of(bool is_signed, uint32_t bits) {
  const TypeKind first = is_signed ? TypeKind::kInt8 : TypeKind::kUInt8;
  uint32_t step = 0;
  for (uint32_t width = 8; width < bits; width *= 2) ++step;
  return Type::of(static_cast<TypeKind>(static_cast<uint32_t>(first) + step));
}

// Integers, floats and Bool. A float result needs a mantissa that holds the widest integer.
Result<Type> numeric_supertype(std::span<const Type> types) {
  uint32_t signed_bits = 0;
  uint32_t unsigned_bits = 0;
  uint32_t mantissa_bits = 0;
  for (const Type& type : types) {
    if (type.is(TypeKind::kFloat32))
      mantissa_bits = std::max(mantissa_bits, 24U);
    else if (type.is(TypeKind::kFloat64))
      mantissa_bits = std::max(mantissa_bits, 53U);
    else if (type.is_signed_integer())
      signed_bits = std::max(signed_bits, integer_bits(type));
    else
      unsigned_bits = std::max(unsigned_bits, integer_bits(type));
  }
  if (mantissa_bits != 0) {
    const uint32_t widest = std::max(signed_bits, unsigned_bits);
    const uint32_t needed = std::max(widest, mantissa_bits);
    if (needed <= 24) return Type::of(TypeKind::kFloat32);
    if (needed <= 53) return Type::of(TypeKind::kFloat64);
    return no_common_type(
        types,
        "some of them are integers and some are floating point, but there is no floating "
        "point type, that can exactly represent all required integers");
  }
  if (signed_bits == 0) return integer_of(false, unsigned_bits);
  // A signed type that holds an unsigned one needs one more bit, hence the next width.
  const uint32_t needed = unsigned_bits >= signed_bits ? unsigned_bits * 2 : signed_bits;
  // 64 with signed is refused rather than widened to 128 bits, as ClickHouse does.
  const bool refused = needed > 256 || (needed == 128 && signed_bits <= 64);
  if (refused) {
    return no_common_type(
        types,
        "some of them are signed integers and some are unsigned integers, but there is no "
        "signed integer type, that can exactly represent all required unsigned integer values");
  }
  return integer_of(true, needed);
}

// Decimal digits that an integer type needs.
uint32_t integer_digits(Type type) {
  switch (integer_bits(type)) {
    case 8: return 3;
    case 16: return 5;
    case 32: return 10;
    case 64: return type.is_signed_integer() ? 19 : 20;
    case 128: return 39;
    default: return 77;
  }
}

Result<Type> decimal_supertype(std::span<const Type> types) {
  uint32_t scale = 0;
  uint32_t precision = 0;
  for (const Type& type : types) {
    if (!type.is(TypeKind::kDecimal)) continue;
    scale = std::max(scale, type.scale());
    const uint32_t widths[] = {9, 18, 38, 76};
    for (const uint32_t width : widths) {
      if (type.precision() <= width) {
        precision = std::max(precision, width);
        break;
      }
    }
  }
  uint32_t whole_digits = 0;
  for (const Type& type : types) {
    if (type.is(TypeKind::kDecimal)) continue;
    if (!type.is_integer() && !type.is(TypeKind::kBool)) {
      return no_common_type(types, "some of them have no lossless conversion to Decimal");
    }
    whole_digits = std::max(whole_digits, integer_digits(type));
  }
  const uint32_t needed = whole_digits == 0 ? precision : std::max(precision, whole_digits + scale);
  if (needed > 76) return no_common_type(types, "it would need a precision above 76");
  const uint32_t width = needed <= 9 ? 9 : needed <= 18 ? 18 : needed <= 38 ? 38 : 76;
  return Type::decimal(width, scale);
}

Result<Type> date_supertype(std::span<const Type> types) {
  bool date32 = false;
  bool datetime = false;
  bool datetime64 = false;
  uint32_t precision = 0;
  const std::string* zone = nullptr;
  uint32_t finest = 0;
  for (const Type& type : types) {
    if (type.is(TypeKind::kDate32)) date32 = true;
    if (type.is(TypeKind::kDateTime)) datetime = true;
    if (type.is(TypeKind::kDateTime64)) {
      datetime64 = true;
      precision = std::max(precision, type.precision());
    }
    const bool has_time = type.is(TypeKind::kDateTime) || type.is(TypeKind::kDateTime64);
    // The finest of the times gives its zone.
    const uint32_t fine = type.is(TypeKind::kDateTime64) ? type.precision() + 1 : 0;
    if (has_time && (zone == nullptr || fine > finest)) {
      zone = &type.timezone();
      finest = fine;
    }
  }
  if (datetime64) return Type::datetime64(precision, *zone);
  // Date32 reaches beyond DateTime, so both together need DateTime64.
  if (datetime && date32) return Type::datetime64(0, *zone);
  if (datetime) return Type::datetime(*zone);
  return Type::of(date32 ? TypeKind::kDate32 : TypeKind::kDate);
}

Result<Type> tuple_supertype(std::span<const Type> types) {
  const size_t count = types.front().inner().size();
  std::vector<std::string> names = types.front().element_names();
  for (const Type& type : types) {
    if (!type.is(TypeKind::kTuple) || type.inner().size() != count) {
      return no_common_type(types, "Tuples have different sizes");
    }
    if (type.element_names() != names) names.clear();
  }
  std::vector<Type> elements;
  for (size_t i = 0; i < count; ++i) {
    std::vector<Type> column;
    for (const Type& type : types) column.push_back(type.inner()[i]);
    SP_TRY(const Type element, least_supertype(column));
    elements.push_back(element);
  }
  return Type::tuple(std::move(elements), std::move(names));
}

// Array and Map: supertypes of the inner types.
Result<Type> container_supertype(std::span<const Type> types) {
  const TypeKind kind = types.front().kind();
  std::vector<Type> inner;
  for (size_t i = 0; i < types.front().inner().size(); ++i) {
    std::vector<Type> column;
    for (const Type& type : types) {
      if (type.kind() != kind)
        return no_common_type(types, "some of them are Array or Map and some of them are not");
      column.push_back(type.inner()[i]);
    }
    SP_TRY(const Type element, least_supertype(column));
    inner.push_back(element);
  }
  return kind == TypeKind::kArray ? Type::array(inner[0]) : Type::map(inner[0], inner[1]);
}

// Types without wrappers and without Nothing, at least two different ones.
Result<Type> plain_supertype(std::span<const Type> types) {
  const auto any = [&](auto&& test) { return std::any_of(types.begin(), types.end(), test); };
  const auto all = [&](auto&& test) { return std::all_of(types.begin(), types.end(), test); };

  const bool strings = any([](const Type& t) { return t.is_string_like(); });
  if (strings) {
    if (all([](const Type& t) { return t.is_string_like() || t.is_enum(); }))
      return Type::of(TypeKind::kString);
    return no_common_type(types,
                          "some of them are String/FixedString/Enum and some of them are not");
  }
  if (any([](const Type& t) { return t.is_date_like(); })) {
    if (all([](const Type& t) { return t.is_date_like(); })) return date_supertype(types);
    return no_common_type(
        types, "some of them are Date/Date32/DateTime/DateTime64 and some of them are not");
  }
  if (any([](const Type& t) { return t.is(TypeKind::kTuple); })) return tuple_supertype(types);
  if (any([](const Type& t) { return t.is(TypeKind::kArray) || t.is(TypeKind::kMap); })) {
    const bool same_kind = all([&](const Type& t) { return t.kind() == types.front().kind(); });
    if (!same_kind)
      return no_common_type(types, "some of them are Array or Map and some of them are not");
    return container_supertype(types);
  }
  // Different enums meet as the integers that they are stored as; IPv4 meets numbers as UInt32.
  std::vector<Type> numbers;
  bool decimals = false;
  for (const Type& type : types) {
    Type number = type;
    if (type.is(TypeKind::kEnum8)) number = Type::of(TypeKind::kInt8);
    if (type.is(TypeKind::kEnum16)) number = Type::of(TypeKind::kInt16);
    if (type.is(TypeKind::kIpv4)) number = Type::of(TypeKind::kUInt32);
    decimals = decimals || type.is(TypeKind::kDecimal);
    if (!number.is_number() && !type.is(TypeKind::kDecimal)) {
      return no_common_type(types, "they are not of one family");
    }
    numbers.push_back(number);
  }
  return decimals ? decimal_supertype(numbers) : numeric_supertype(numbers);
}

}  // namespace

Result<Type> least_supertype(std::span<const Type> types) {
  if (types.empty()) return Type();
  const bool all_same =
      std::all_of(types.begin(), types.end(), [&](const Type& t) { return t == types.front(); });
  if (all_same) return types.front();

  std::vector<Type> plain;
  bool nullable = false;
  bool all_low_cardinality = true;
  for (const Type& type : types) {
    nullable = nullable || type.can_be_null();
    const Type base = type.base();
    if (base.is(TypeKind::kNothing)) {
      // NULL does not decide, but an ordinary column beside a LowCardinality one does.
      all_low_cardinality = false;
      continue;
    }
    all_low_cardinality = all_low_cardinality && type.is_low_cardinality();
    // Bool and UInt8 are one type to ClickHouse, and Decimals of one width and scale: the first of
    // them wins.
    const auto same = [&](const Type& known) {
      const bool decimals = known.is(TypeKind::kDecimal) && base.is(TypeKind::kDecimal) &&
                            known.scale() == base.scale() &&
                            slot_layout(known).size == slot_layout(base).size;
      return known == base || decimals ||
             (known.is(TypeKind::kBool) && base.is(TypeKind::kUInt8)) ||
             (known.is(TypeKind::kUInt8) && base.is(TypeKind::kBool));
    };
    if (std::none_of(plain.begin(), plain.end(), same)) plain.push_back(base);
  }
  Type result = Type::of(TypeKind::kNothing);
  if (plain.size() == 1) {
    result = plain.front();
  } else if (plain.size() > 1) {
    SP_TRY(result, plain_supertype(plain));
  }
  if (nullable) {
    const Type wrapped = Type::nullable(result);
    if (!wrapped.is_nullable()) {
      return no_common_type(
          types, "some of them can be NULL and " + result.name() + " cannot be inside Nullable");
    }
    result = wrapped;
  }
  return all_low_cardinality ? Type::low_cardinality(result) : result;
}

}  // namespace sp
#endif
