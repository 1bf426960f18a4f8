// Builds conversions between any two types: texts, dates and addresses here; numbers are in
// number_cast.cpp, arrays and their like in collection_cast.cpp, NULL in nullable_cast.cpp. Entry:
// make_value_cast.

#include "runtime/functions/native/value_cast.h"

#include <cstring>

#include "runtime/core/unaligned.h"
#include "runtime/functions/native/collection_cast.h"
#include "runtime/functions/native/nullable_cast.h"
#include "runtime/functions/native/number_cast.h"
#include "runtime/text/date_math.h"
#include "runtime/text/format_value.h"

namespace sp {

namespace {

using Cast = std::unique_ptr<const ValueCast>;

class CopyCast final : public ValueCast {
 public:
  explicit CopyCast(Type type) : size_(slot_layout(type).size) {}
  bool convert(const void* from, void* to, Arena&, ParseError&) const override {
    std::memcpy(to, from, size_);
    return true;
  }

 private:
  uint32_t size_;
};

// Nothing has no values; where one is asked for (an empty array has none) it is the default.
class DefaultCast final : public ValueCast {
 public:
  explicit DefaultCast(Type to) : size_(slot_layout(to).size) {}
  bool convert(const void*, void* to, Arena&, ParseError&) const override {
    std::memset(to, 0, size_);
    return true;
  }

 private:
  uint32_t size_;
};

class ParseCast final : public ValueCast {
 public:
  ParseCast(Type from, Type to, ParseRules rules)
      : fixed_(from.is(TypeKind::kFixedString)),
        parser_(to, rules) {}
  bool convert(const void* from, void* to, Arena& arena, ParseError& error) const override {
    std::string_view text = static_cast<const StringRef*>(from)->view();
    if (fixed_) {
      const size_t last = text.find_last_not_of('\0');
      text = text.substr(0, last == std::string_view::npos ? 0 : last + 1);
    }
    return parser_.parse(text, to, arena, error);
  }

 private:
  bool fixed_;
  ValueParser parser_;
};

class FormatCast final : public ValueCast {
 public:
  explicit FormatCast(Type from) : formatter_(value_formatter(from)) {}
  bool convert(const void* from, void* to, Arena& arena, ParseError&) const override {
    thread_local std::string buffer;
    buffer.clear();
    formatter_.write(from, TextStyle::kPlain, buffer);
    store(to, arena.copy(buffer));
    return true;
  }

 private:
  const ValueFormatter& formatter_;
};

// Between Date, Date32, DateTime and DateTime64, by way of seconds.
class DateCast final : public ValueCast {
 public:
  DateCast(Type from, Type to, const CastRules& rules)
      : from_(from.kind()),
        to_(to.kind()),
        from_unit_(from.is(TypeKind::kDateTime64) ? power_of_ten(from.precision()) : 1),
        to_unit_(to.is(TypeKind::kDateTime64) ? power_of_ten(to.precision()) : 1),
        from_zone_(zone_of(from, *rules.server_zone)),
        to_zone_(zone_of(to, *rules.server_zone)) {}
  bool convert(const void* from, void* to, Arena&, ParseError&) const override {
    int64_t seconds = 0;
    int64_t fraction = 0;  // in from_unit_
    int64_t days = 0;
    const bool from_days = from_ == TypeKind::kDate || from_ == TypeKind::kDate32;
    if (from_ == TypeKind::kDate) days = load<uint16_t>(from);
    if (from_ == TypeKind::kDate32) days = load<int32_t>(from);
    if (from_ == TypeKind::kDateTime) seconds = load<uint32_t>(from);
    if (from_ == TypeKind::kDateTime64) {
      const auto ticks = load<int64_t>(from);
      seconds = floor_div(ticks, from_unit_);
      fraction = ticks - seconds * from_unit_;
    }
    if (to_ == TypeKind::kDate || to_ == TypeKind::kDate32) {
      if (!from_days) days = floor_div(from_zone_.to_local(seconds), kSecondsPerDay);
      if (to_ == TypeKind::kDate)
        store(to, static_cast<uint16_t>(days));
      else
        store(to, static_cast<int32_t>(days));
      return true;
    }
    if (from_days) seconds = to_zone_.to_utc(days * kSecondsPerDay);
    if (to_ == TypeKind::kDateTime) {
      store(to, static_cast<uint32_t>(seconds));
    } else {
      const int64_t part = to_unit_ >= from_unit_ ? fraction * (to_unit_ / from_unit_)
                                                  : fraction / (from_unit_ / to_unit_);
      store(to,
            static_cast<int64_t>(static_cast<uint64_t>(seconds) * static_cast<uint64_t>(to_unit_)) +
                part);
    }
    return true;
  }

 private:
  TypeKind from_, to_;
  int64_t from_unit_, to_unit_;
  const TimeZone& from_zone_;
  const TimeZone& to_zone_;
};

// IPv4 to IPv6 and back.
class AddressCast final : public ValueCast {
 public:
  explicit AddressCast(bool widen) : widen_(widen) {}
  bool convert(const void* from, void* to, Arena&, ParseError& error) const override {
    static constexpr uint8_t kPrefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    if (widen_) {
      auto* out = static_cast<uint8_t*>(to);
      const auto value = load<uint32_t>(from);
      std::memcpy(out, kPrefix, 12);
      for (uint32_t i = 0; i < 4; ++i) out[12 + i] = static_cast<uint8_t>(value >> (24 - 8 * i));
      return true;
    }
    const auto* in = static_cast<const uint8_t*>(from);
    if (std::memcmp(in, kPrefix, 12) != 0) {
      return error.set(ErrorCode::kCannotConvertType, "IPv6 in column is not IPv4-mapped address");
    }
    uint32_t value = 0;
    for (size_t i = 12; i < 16; ++i) value = (value << 8U) | in[i];
    store(to, value);
    return true;
  }

 private:
  bool widen_;
};

// Same bytes, however the types are wrapped in LowCardinality or named.
Type without_names(Type type) {
  switch (type.kind()) {
    case TypeKind::kLowCardinality: return without_names(type.element());
    case TypeKind::kSimpleAggregateFunction: return without_names(type.element());
    case TypeKind::kNullable: return Type::nullable(without_names(type.element()));
    case TypeKind::kArray: return Type::array(without_names(type.element()));
    case TypeKind::kMap:
      return Type::map(without_names(type.inner()[0]), without_names(type.inner()[1]));
    default: return type;
  }
}

// Enum to enum: labels of the source must keep their numbers.
Result<Cast> enum_cast(Type from, Type to, const CastRules& rules) {
  for (const auto& [label, number] : from.enum_values()) {
    for (const auto& [other, value] : to.enum_values()) {
      if (other == label && value != number) {
        return fail(ErrorCode::kCannotConvertType, "Enum conversion changes value for element '" +
                                                       label + "' from " + std::to_string(number) +
                                                       " to " + std::to_string(value));
      }
    }
  }
  return make_number_cast(from, to, rules);
}

Result<Cast> plain_cast(Type from, Type to, const CastRules& rules) {
  if (from.is_string_like()) {
    if (to.is(TypeKind::kString) && from.is(TypeKind::kString))
      return Cast(std::make_unique<CopyCast>(from));
    ParseRules parse;
    parse.check_overflow = rules.check_overflow || rules.accurate;
    parse.best_effort_times = rules.best_effort_times;
    parse.null_words = true;
    // FixedString to a longer FixedString keeps its bytes; parsing trims and pads again.
    return Cast(std::make_unique<ParseCast>(from, to, parse));
  }
  if (to.is(TypeKind::kString)) return Cast(std::make_unique<FormatCast>(from));
  if (is_collection(from) || is_collection(to)) return make_collection_cast(from, to, rules);
  if (from.is_date_like() && to.is_date_like())
    return Cast(std::make_unique<DateCast>(from, to, rules));
  if (from.is(TypeKind::kIpv4) && to.is(TypeKind::kIpv6))
    return Cast(std::make_unique<AddressCast>(true));
  if (from.is(TypeKind::kIpv6) && to.is(TypeKind::kIpv4))
    return Cast(std::make_unique<AddressCast>(false));
  if (from.is_enum() && to.is_enum()) return enum_cast(from, to, rules);
  if (from.is_date_like() && to.is_enum()) return no_conversion(from, to);
  if (from.is(TypeKind::kUuid) && to.is(TypeKind::kUInt128))
    return make_number_cast(from, to, rules);
  const bool intervals = from.is(TypeKind::kInterval) && to.is(TypeKind::kInterval);
  if (intervals || from.is(TypeKind::kJson) || to.is(TypeKind::kJson))
    return no_conversion(from, to);
  const auto not_for_decimal = [](Type type) {
    return type.is_date_like() && !type.is(TypeKind::kDateTime64);
  };
  const bool decimal_date =
      (from.is(TypeKind::kDecimal) && not_for_decimal(to)) ||
      (to.is(TypeKind::kDecimal) && (not_for_decimal(from) || from.is_enum()));
  if (decimal_date) {
    return fail(ErrorCode::kIllegalColumn,
                "Illegal column " + from.name() + " of a conversion to " + to.name());
  }
  const bool address_number = from.is(TypeKind::kIpv4) && has_number(to) &&
                              !(to.is_unsigned() && slot_layout(to).size >= 4);
  if (address_number) {
    return fail(ErrorCode::kNotImplemented,
                "Conversion from IPv4 to " + to.name() + " is not supported");
  }
  if (has_number(from) && has_number(to)) return make_number_cast(from, to, rules);
  const bool uuid =
      (from.is(TypeKind::kUuid) && has_number(to)) || (to.is(TypeKind::kUuid) && has_number(from));
  if (uuid) {
    return fail(ErrorCode::kNotImplemented,
                "Conversion between numeric types and UUID is not supported. Probably the "
                "passed UUID is unquoted");
  }
  return no_conversion(from, to);
}

}  // namespace

Error no_conversion(Type from, Type to) {
  return fail(ErrorCode::kCannotConvertType,
              "Conversion from " + from.name() + " to " + to.name() + " is not supported");
}

const TimeZone& zone_of(Type type, const TimeZone& server) {
  const bool timed = type.is(TypeKind::kDateTime) || type.is(TypeKind::kDateTime64);
  if (!timed || type.timezone().empty())
    return server;  // NOLINT(bugprone-return-const-ref-from-parameter): zones live for ever
  const TimeZone* zone = TimeZone::find(type.timezone());
  return zone == nullptr ? server : *zone;  // NOLINT(bugprone-return-const-ref-from-parameter)
}

Result<std::unique_ptr<const ValueCast>> make_value_cast(Type from, Type to,
                                                         const CastRules& rules) {
  from = from.without_low_cardinality();
  to = to.without_low_cardinality();
  if (from.is(TypeKind::kSimpleAggregateFunction)) from = from.element().without_low_cardinality();
  if (to.is(TypeKind::kSimpleAggregateFunction)) to = to.element().without_low_cardinality();
  if (without_names(from) == without_names(to)) return Cast(std::make_unique<CopyCast>(from));
  if (from.is(TypeKind::kNothing)) return Cast(std::make_unique<DefaultCast>(to));
  if (from.is_nullable()) {
    const Type value = from.element();
    if (value.is(TypeKind::kNothing) && !to.is_nullable()) {
      return fail(ErrorCode::kCannotConvertType, "Cannot convert NULL to a non-nullable type");
    }
    SP_TRY(Cast inner, make_value_cast(value, to, rules));
    return cast_from_nullable(std::move(inner), from, to);
  }
  if (to.is_nullable()) {
    if (from.is_string_like() && !to.element().is_string_like()) {
      // Text that cannot be read becomes NULL, also where it would overflow.
      ParseRules parse;
      parse.check_overflow = true;
      parse.best_effort_times = rules.best_effort_times;
      parse.null_on_error = !rules.accurate;
      parse.null_words = true;
      return Cast(std::make_unique<ParseCast>(from, to, parse));
    }
    SP_TRY(Cast inner, make_value_cast(from, to.element(), rules));
    return cast_to_nullable(std::move(inner), to);
  }
  return plain_cast(from, to, rules);
}

}  // namespace sp
