// Builds conversions between any two types. Entry: make_value_cast. Numbers are in number_cast.cpp.

#include "runtime/functions/native/value_cast.h"

#include <algorithm>
#include <cstring>

#include "runtime/core/unaligned.h"
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

class FromNullableCast final : public ValueCast {
 public:
  FromNullableCast(Cast inner, Type from, Type to)
      : inner_(std::move(inner)),
        from_flag_(slot_layout(from.base()).size),
        to_flag_(slot_layout(to.base()).size),
        to_size_(slot_layout(to).size),
        to_nullable_(to.can_be_null()) {}
  bool convert(const void* from, void* to, Arena& arena, ParseError& error) const override {
    const bool is_null = static_cast<const uint8_t*>(from)[from_flag_] != 0;
    if (!is_null) return inner_->convert(from, to, arena, error);
    if (!to_nullable_) {
      return error.set(ErrorCode::kCannotInsertNullInOrdinaryColumn,
                       "Cannot convert NULL value to non-Nullable type");
    }
    std::memset(to, 0, to_size_);
    static_cast<uint8_t*>(to)[to_flag_] = 1;
    return true;
  }

 private:
  Cast inner_;
  uint32_t from_flag_, to_flag_, to_size_;
  bool to_nullable_;
};

class ToNullableCast final : public ValueCast {
 public:
  ToNullableCast(Cast inner, Type to)
      : inner_(std::move(inner)),
        flag_(slot_layout(to.base()).size),
        size_(slot_layout(to).size) {}
  bool convert(const void* from, void* to, Arena& arena, ParseError& error) const override {
    std::memset(to, 0, size_);
    return inner_->convert(from, to, arena, error);
  }

 private:
  Cast inner_;
  uint32_t flag_, size_;
};

class LenientCast final : public ValueCast {
 public:
  LenientCast(Cast inner, Type from, Type inner_to, Type to, const void* fallback)
      : inner_(std::move(inner)),
        size_(slot_layout(to).size),
        value_size_(slot_layout(to.base()).size),
        inner_size_(slot_layout(inner_to).size),
        from_flag_(slot_layout(from.base()).size),
        from_nullable_(from.can_be_null()),
        null_result_(to.can_be_null() && fallback == nullptr) {
    fallback_.resize(size_, 0);
    if (fallback != nullptr) std::memcpy(fallback_.data(), fallback, size_);
    if (null_result_) fallback_[value_size_] = 1;
  }
  bool convert(const void* from, void* to, Arena& arena, ParseError&) const override {
    ParseError ignored;
    const bool is_null = from_nullable_ && static_cast<const uint8_t*>(from)[from_flag_] != 0;
    std::memset(to, 0, size_);
    if (is_null || !inner_->convert(from, to, arena, ignored))
      std::memcpy(to, fallback_.data(), size_);
    return true;
  }

 private:
  Cast inner_;
  uint32_t size_, value_size_, inner_size_, from_flag_;
  bool from_nullable_, null_result_;
  std::vector<uint8_t> fallback_;
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

// Elements of arrays; also maps, whose elements are tuples.
class ArrayCast final : public ValueCast {
 public:
  ArrayCast(Cast element, Type from, Type to)
      : element_(std::move(element)),
        from_stride_(slot_layout(from).size),
        to_layout_(slot_layout(to)) {}
  bool convert(const void* from, void* to, Arena& arena, ParseError& error) const override {
    const auto source = load<ArrayRef>(from);
    auto* target =
        static_cast<uint8_t*>(arena.allocate(source.size * to_layout_.size, to_layout_.align));
    const auto* at = static_cast<const uint8_t*>(source.data);
    for (uint64_t i = 0; i < source.size; ++i) {
      if (!element_->convert(at + i * from_stride_, target + i * to_layout_.size, arena, error))
        return false;
    }
    store(to, ArrayRef{target, source.size});
    return true;
  }

 private:
  Cast element_;
  uint32_t from_stride_;
  SlotLayout to_layout_;
};

// Tuple to tuple; parts[i] makes element i of the target from element sources[i].
class TupleCast final : public ValueCast {
 public:
  struct Part {
    Cast cast;
    uint32_t from_offset;
    uint32_t to_offset;
  };
  TupleCast(std::vector<Part> parts, Type to)
      : parts_(std::move(parts)),
        size_(slot_layout(to).size) {}
  bool convert(const void* from, void* to, Arena& arena, ParseError& error) const override {
    std::memset(to, 0, size_);
    for (const Part& part : parts_) {
      const bool ok = part.cast->convert(static_cast<const uint8_t*>(from) + part.from_offset,
                                         static_cast<uint8_t*>(to) + part.to_offset, arena, error);
      if (!ok) return false;
    }
    return true;
  }

 private:
  std::vector<Part> parts_;
  uint32_t size_;
};

// (keys, values) to a map.
class ZipCast final : public ValueCast {
 public:
  ZipCast(Cast key, Cast value, Type from, Type to)
      : key_(std::move(key)),
        value_(std::move(value)) {
    from_offsets_ = row_layout(from.inner()).offsets;
    key_stride_ = slot_layout(from.inner()[0].element()).size;
    value_stride_ = slot_layout(from.inner()[1].element()).size;
    to_offsets_ = row_layout(to.inner()).offsets;
    to_layout_ = slot_layout(Type::tuple(to.inner()));
  }
  bool convert(const void* from, void* to, Arena& arena, ParseError& error) const override {
    const auto* bytes = static_cast<const uint8_t*>(from);
    const auto keys = load<ArrayRef>(bytes + from_offsets_[0]);
    const auto values = load<ArrayRef>(bytes + from_offsets_[1]);
    if (keys.size != values.size) {
      return error.set(ErrorCode::kTypeMismatch,
                       "CAST AS Map from tuple requires arrays of equal size");
    }
    auto* target =
        static_cast<uint8_t*>(arena.allocate(keys.size * to_layout_.size, to_layout_.align));
    for (uint64_t i = 0; i < keys.size; ++i) {
      uint8_t* row = target + i * to_layout_.size;
      std::memset(row, 0, to_layout_.size);
      const auto* key = static_cast<const uint8_t*>(keys.data) + i * key_stride_;
      const auto* value = static_cast<const uint8_t*>(values.data) + i * value_stride_;
      if (!key_->convert(key, row + to_offsets_[0], arena, error)) return false;
      if (!value_->convert(value, row + to_offsets_[1], arena, error)) return false;
    }
    store(to, ArrayRef{target, keys.size});
    return true;
  }

 private:
  Cast key_, value_;
  std::vector<uint32_t> from_offsets_, to_offsets_;
  uint32_t key_stride_ = 0, value_stride_ = 0;
  SlotLayout to_layout_;
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

Error no_conversion(Type from, Type to) {
  return fail(ErrorCode::kCannotConvertType,
              "Conversion from " + from.name() + " to " + to.name() + " is not supported");
}

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

Result<Cast> tuple_cast(Type from, Type to, const CastRules& rules) {
  if (from.inner().size() != to.inner().size()) {
    return fail(ErrorCode::kTypeMismatch,
                "CAST AS Tuple can be performed only between tuple types with the same size: " +
                    from.name() + " and " + to.name());
  }
  const RowLayout from_layout = row_layout(from.inner());
  const RowLayout to_layout = row_layout(to.inner());
  const auto& from_names = from.element_names();
  const auto& to_names = to.element_names();
  std::vector<TupleCast::Part> parts;
  for (size_t i = 0; i < to.inner().size(); ++i) {
    size_t source = i;
    if (!from_names.empty() && !to_names.empty()) {
      // Named on both sides: elements meet by name; one that is missing gets its default.
      const auto found = std::find(from_names.begin(), from_names.end(), to_names[i]);
      if (found == from_names.end()) continue;
      source = static_cast<size_t>(found - from_names.begin());
    }
    SP_TRY(Cast part, make_value_cast(from.inner()[source], to.inner()[i], rules));
    parts.push_back({std::move(part), from_layout.offsets[source], to_layout.offsets[i]});
  }
  return Cast(std::make_unique<TupleCast>(std::move(parts), to));
}

Result<Cast> map_cast(Type from, Type to, const CastRules& rules) {
  const Type pair = Type::tuple(to.inner());
  if (from.is(TypeKind::kMap)) {
    const Type from_pair = Type::tuple(from.inner());
    SP_TRY(Cast element, make_value_cast(from_pair, pair, rules));
    return Cast(std::make_unique<ArrayCast>(std::move(element), from_pair, pair));
  }
  if (from.is(TypeKind::kArray) &&
      (from.element().is(TypeKind::kTuple) || from.element().is(TypeKind::kNothing))) {
    SP_TRY(Cast element, make_value_cast(from.element(), pair, rules));
    return Cast(std::make_unique<ArrayCast>(std::move(element), from.element(), pair));
  }
  const bool zip = from.is(TypeKind::kTuple) && from.inner().size() == 2 &&
                   from.inner()[0].is(TypeKind::kArray) && from.inner()[1].is(TypeKind::kArray);
  if (!zip) return no_conversion(from, to);
  SP_TRY(Cast key, make_value_cast(from.inner()[0].element(), to.inner()[0], rules));
  SP_TRY(Cast value, make_value_cast(from.inner()[1].element(), to.inner()[1], rules));
  return Cast(std::make_unique<ZipCast>(std::move(key), std::move(value), from, to));
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
  if (to.is(TypeKind::kMap)) return map_cast(from, to, rules);
  if (from.is(TypeKind::kArray) && to.is(TypeKind::kArray)) {
    SP_TRY(Cast element, make_value_cast(from.element(), to.element(), rules));
    return Cast(std::make_unique<ArrayCast>(std::move(element), from.element(), to.element()));
  }
  if (from.is(TypeKind::kMap) && to.is(TypeKind::kArray)) {
    const Type pair = Type::tuple(from.inner());
    SP_TRY(Cast element, make_value_cast(pair, to.element(), rules));
    return Cast(std::make_unique<ArrayCast>(std::move(element), pair, to.element()));
  }
  if (from.is(TypeKind::kTuple) && to.is(TypeKind::kTuple)) return tuple_cast(from, to, rules);
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
    return Cast(std::make_unique<FromNullableCast>(std::move(inner), from, to));
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
    return Cast(std::make_unique<ToNullableCast>(std::move(inner), to));
  }
  return plain_cast(from, to, rules);
}

std::unique_ptr<const ValueCast> make_lenient(std::unique_ptr<const ValueCast> cast, Type from,
                                              Type inner, Type to, const void* fallback) {
  return std::make_unique<LenientCast>(std::move(cast), from, inner, to, fallback);
}

}  // namespace sp
