// Conversion through one wide number: load any number-like slot, store any other. Not the fastest
// road, but the one that knows every pair; see value_cast.h.

#include "runtime/functions/native/number_cast.h"

#include <cmath>
#include <cstring>
#include <unordered_set>

#include "runtime/core/unaligned.h"
#include "runtime/text/date_math.h"
#include "runtime/text/format_value.h"
#include "runtime/text/wide_integer.h"

namespace sp {

namespace {

// An integer / 10^scale, or a float.
struct Number {
  bool is_float = false;
  double real = 0;
  Wide256 integer;
  bool is_signed = true;
  uint32_t scale = 0;

  bool negative() const { return is_float ? real < 0 : is_signed && integer.is_negative(); }
  bool zero() const { return is_float ? real == 0 : integer.is_zero(); }
};

Wide256 scaled_up(Wide256 value, uint32_t digits, bool& overflow) {
  const bool negative = value.is_negative();
  if (negative) value = value.negated();
  for (; digits > 0; --digits) overflow |= value.multiply_add(10, 0) != 0;
  overflow |= value.is_negative();
  return negative ? value.negated() : value;
}

Wide256 scaled_down(Wide256 value, uint32_t digits) {
  const bool negative = value.is_negative();
  if (negative) value = value.negated();
  for (; digits > 0; --digits) (void)value.divide(10);
  return negative ? value.negated() : value;
}

double power_of_ten_float(uint32_t digits) { return std::pow(10.0, static_cast<double>(digits)); }

double as_double(const Number& number) {
  if (number.is_float) return number.real;
  const double value = number.integer.to_double(number.is_signed);
  return number.scale == 0 ? value : value / power_of_ten_float(number.scale);
}

bool fits(const Wide256& value, bool value_signed, uint32_t bytes, bool target_signed) {
  const bool negative = value_signed && value.is_negative();
  if (negative && !target_signed) return false;
  const Wide256 magnitude = negative ? value.negated() : value;
  Wide256 limit;  // largest magnitude
  for (uint32_t i = 0; i < bytes / 8; ++i) limit.words[i] = ~0ULL;
  if (bytes < 8) limit.words[0] = (1ULL << (bytes * 8)) - 1;
  if (target_signed) {
    const uint32_t top = bytes < 8 ? 0 : bytes / 8 - 1;
    limit.words[top] >>= 1U;
  }
  if (negative) {  // one more below zero
    for (int i = 0; i < 4; ++i) {
      if (++limit.words[i] != 0) break;
    }
  }
  for (int i = 3; i >= 0; --i) {
    if (magnitude.words[i] != limit.words[i]) return magnitude.words[i] < limit.words[i];
  }
  return true;
}

class NumberCast final : public ValueCast {
 public:
  NumberCast(Type from, Type to, const CastRules& rules)
      : from_(from),
        to_(to),
        from_kind_(from.kind()),
        to_kind_(to.kind()),
        accurate_(rules.accurate && !from.is_date_like()),
        server_zone_(rules.server_zone),
        bytes_(slot_layout(to).size) {
    from_bytes_ = slot_layout(from).size;
    if (to.is_enum()) {
      for (const auto& [label, number] : to.enum_values()) numbers_.insert(number);
    }
  }

  bool convert(const void* from, void* to, Arena&, ParseError& error) const override {
    std::memset(to, 0, bytes_);
    const Number number = read(from);
    switch (to_kind_) {
      case TypeKind::kBool: store<uint8_t>(to, number.zero() ? 0 : 1); return true;
      case TypeKind::kFloat32:
        return put_float(number, to, static_cast<float>(as_double(number)), error);
      case TypeKind::kFloat64: return put_float(number, to, as_double(number), error);
      case TypeKind::kDecimal: return put_decimal(number, to, error);
      case TypeKind::kDate:
      case TypeKind::kDate32:
      case TypeKind::kDateTime:
      case TypeKind::kDateTime64: return put_date(number, to, error);
      case TypeKind::kEnum8:
      case TypeKind::kEnum16: {
        int64_t value = 0;
        const Number whole = whole_part(number);
        value = static_cast<int64_t>(whole.integer.words[0]);
        if (numbers_.count(static_cast<int16_t>(value)) == 0 ||
            value != static_cast<int16_t>(value)) {
          return error.set(ErrorCode::kUnknownElementOfEnum,
                           "Unexpected value " + std::to_string(value) + " in enum");
        }
        std::memcpy(to, &value, bytes_);
        return true;
      }
      default: return put_integer(number, to, error);
    }
  }

 private:
  Number read(const void* slot) const {
    Number number;
    const auto signed_value = [&](Int128 value) { number.integer = Wide256::from(value); };
    const auto unsigned_value = [&](UInt128 value) {
      number.integer = Wide256::from_unsigned(value);
      number.is_signed = false;
    };
    switch (from_kind_) {
      case TypeKind::kBool:
      case TypeKind::kUInt8: unsigned_value(load<uint8_t>(slot)); break;
      case TypeKind::kDate:
      case TypeKind::kUInt16: unsigned_value(load<uint16_t>(slot)); break;
      case TypeKind::kDateTime:
      case TypeKind::kIpv4:
      case TypeKind::kUInt32: unsigned_value(load<uint32_t>(slot)); break;
      case TypeKind::kUInt64: unsigned_value(load<uint64_t>(slot)); break;
      case TypeKind::kUInt128: unsigned_value(load<UInt128>(slot)); break;
      case TypeKind::kUInt256:
        number.integer = load<Wide256>(slot);
        number.is_signed = false;
        break;
      case TypeKind::kEnum8:
      case TypeKind::kInt8: signed_value(load<int8_t>(slot)); break;
      case TypeKind::kEnum16:
      case TypeKind::kInt16: signed_value(load<int16_t>(slot)); break;
      case TypeKind::kDate32:
      case TypeKind::kInt32: signed_value(load<int32_t>(slot)); break;
      case TypeKind::kInterval:
      case TypeKind::kInt64: signed_value(load<int64_t>(slot)); break;
      case TypeKind::kDateTime64:
        signed_value(load<int64_t>(slot));
        number.scale = from_.precision();
        break;
      case TypeKind::kInt128: signed_value(load<Int128>(slot)); break;
      case TypeKind::kInt256: number.integer = load<Wide256>(slot); break;
      case TypeKind::kFloat32:
        number.is_float = true;
        number.real = static_cast<double>(load<float>(slot));
        break;
      case TypeKind::kFloat64:
        number.is_float = true;
        number.real = load<double>(slot);
        break;
      case TypeKind::kUuid: {
        // The number whose digits are the text: the first half is the high one.
        uint64_t halves[2];
        std::memcpy(halves, slot, 16);
        unsigned_value((static_cast<UInt128>(halves[0]) << 64U) | halves[1]);
        break;
      }
      default:  // Decimal
        number.scale = from_.scale();
        if (from_bytes_ == 4)
          signed_value(load<int32_t>(slot));
        else if (from_bytes_ == 8)
          signed_value(load<int64_t>(slot));
        else if (from_bytes_ == 16)
          signed_value(load<Int128>(slot));
        else
          number.integer = load<Wide256>(slot);
        break;
    }
    return number;
  }

  // Cuts the fraction; a float becomes an integer (saturated at 256 bits).
  Number whole_part(const Number& number) const {
    Number out = number;
    if (number.is_float) {
      out.is_float = false;
      out.is_signed = true;
      out.integer = Wide256::from_double(std::trunc(number.real));
    } else if (number.scale > 0) {
      out.integer = scaled_down(number.integer, number.scale);
    }
    out.scale = 0;
    return out;
  }

  bool unsafe(ParseError& error) const {
    return error.set(
        ErrorCode::kCannotConvertType,
        "Value in column " + from_.name() + " cannot be safely converted into type " + to_.name());
  }

  template <class T>
  bool put_float(const Number& number, void* to, T value, ParseError& error) const {
    if (accurate_ && !number.is_float && number.scale == 0) {
      const Wide256 back = Wide256::from_double(static_cast<double>(value));
      if (!(back == number.integer)) return unsafe(error);
    }
    store(to, value);
    return true;
  }

  bool put_integer(const Number& number, void* to, ParseError& error) const {
    if (number.is_float) {
      if (!std::isfinite(number.real)) {
        return error.set(ErrorCode::kCannotConvertType,
                         "Unexpected inf or nan to integer conversion");
      }
      if (accurate_ && std::trunc(number.real) != number.real) return unsafe(error);
    }
    const bool target_signed = !to_.is_unsigned() && !to_.is(TypeKind::kIpv4);
    const Number whole = whole_part(number);
    const bool in_range = fits(whole.integer, whole.is_signed, bytes_, target_signed);
    if (!in_range) {
      if (accurate_) return unsafe(error);
      if (from_.is(TypeKind::kDecimal))
        return error.set(ErrorCode::kDecimalOverflow, "Convert overflow");
      if (number.is_float && bytes_ <= 8) return put_float_bits(number.real, to);
    }
    std::memcpy(to, whole.integer.words, bytes_);
    return true;
  }

  // Out of range: what x86 instructions give, as ClickHouse's static_cast does.
  bool put_float_bits(double value, void* to) const {
    int64_t bits = 0;
    if (bytes_ < 8) {
      const bool wide = to_kind_ == TypeKind::kUInt32;
      const double low = wide ? -9.2233720368547758e18 : -2147483648.0;
      const double high = wide ? 9.2233720368547758e18 : 2147483647.0;
      bits = value < low || value > high ? (wide ? INT64_MIN : INT32_MIN)
                                         : static_cast<int64_t>(value);
    } else if (to_kind_ == TypeKind::kUInt64 && value > 0 && value < 1.8446744073709552e19) {
      bits = static_cast<int64_t>(static_cast<uint64_t>(value));
    } else {
      bits = INT64_MIN;
    }
    std::memcpy(to, &bits, bytes_);
    return true;
  }

  bool put_decimal(const Number& number, void* to, ParseError& error) const {
    const uint32_t scale = to_.scale();
    Wide256 value;
    bool overflow = false;
    if (number.is_float) {
      if (!std::isfinite(number.real)) {
        return error.set(ErrorCode::kDecimalOverflow,
                         "Decimal convert overflow. Cannot convert infinity or NaN to decimal");
      }
      const double scaled = number.real * power_of_ten_float(scale);
      overflow = std::fabs(scaled) >= 5.7e76;
      value = Wide256::from_double(scaled);
    } else if (number.scale > scale) {
      value = scaled_down(number.integer, number.scale - scale);
    } else {
      overflow = !number.is_signed && number.integer.is_negative();
      value = scaled_up(number.integer, scale - number.scale, overflow);
    }
    if (overflow || !fits(value, true, bytes_, true)) {
      return error.set(ErrorCode::kDecimalOverflow, "Decimal convert overflow");
    }
    std::memcpy(to, value.words, bytes_);
    return true;
  }

  bool put_date(const Number& number, void* to, ParseError& error) const {
    if (number.is_float && !std::isfinite(number.real)) {
      return error.set(ErrorCode::kCannotConvertType,
                       "Unexpected inf or nan to integer conversion");
    }
    if (to_kind_ == TypeKind::kDateTime64) {
      const uint32_t scale = to_.precision();
      if (number.is_float) {
        store(to, static_cast<int64_t>(std::fmin(
                      std::fmax(number.real * power_of_ten_float(scale), -9.2e18), 9.2e18)));
        return true;
      }
      bool overflow = false;
      const Wide256 ticks = number.scale > scale
                                ? scaled_down(number.integer, number.scale - scale)
                                : scaled_up(number.integer, scale - number.scale, overflow);
      if (overflow || !fits(ticks, true, 8, true)) {
        return error.set(ErrorCode::kDecimalOverflow, "DateTime64 convert overflow");
      }
      store(to, static_cast<int64_t>(ticks.words[0]));
      return true;
    }
    const Number whole = whole_part(number);
    const int64_t saturated = !fits(whole.integer, whole.is_signed, 8, true)
                                  ? (whole.negative() ? INT64_MIN : INT64_MAX)
                                  : static_cast<int64_t>(whole.integer.words[0]);
    if (to_kind_ == TypeKind::kDateTime) {
      store(to, static_cast<uint32_t>(saturated < 0              ? 0
                                      : saturated > 0xFFFFFFFFLL ? 0xFFFFFFFFLL
                                                                 : saturated));
    } else if (to_kind_ == TypeKind::kDate) {
      store(to, days_of_number(saturated));
    } else {
      store(to, wide_days_of_number(saturated));
    }
    return true;
  }

  // Small numbers are days, large ones seconds since the epoch.
  uint16_t days_of_number(int64_t value) const {
    if (value < 0) return 0;
    if (value <= 65535) return static_cast<uint16_t>(value);
    const int64_t seconds = value > 0xFFFFFFFFLL ? 0xFFFFFFFFLL : value;
    return static_cast<uint16_t>(server_zone_->to_local(seconds) / kSecondsPerDay);
  }
  int32_t wide_days_of_number(int64_t value) const {
    constexpr int64_t kLastDay = 120529;   // 2299-12-31
    constexpr int64_t kFirstDay = -25567;  // 1900-01-01
    if (value < kFirstDay) return static_cast<int32_t>(kFirstDay);
    if (value <= kLastDay) return static_cast<int32_t>(value);
    const int64_t seconds = value > kLastDay * kSecondsPerDay ? kLastDay * kSecondsPerDay : value;
    return static_cast<int32_t>(floor_div(server_zone_->to_local(seconds), kSecondsPerDay));
  }

  Type from_, to_;
  TypeKind from_kind_, to_kind_;
  bool accurate_;
  const TimeZone* server_zone_;
  uint32_t bytes_;
  uint32_t from_bytes_ = 0;
  std::unordered_set<int16_t> numbers_;
};

}  // namespace

bool has_number(Type type) {
  return type.is_number() || type.is(TypeKind::kDecimal) || type.is_enum() || type.is_date_like() ||
         type.is(TypeKind::kInterval) || type.is(TypeKind::kIpv4);
}

std::unique_ptr<const ValueCast> make_number_cast(Type from, Type to, const CastRules& rules) {
  return std::make_unique<NumberCast>(from, to, rules);
}

}  // namespace sp
