// ValueParser: reads text into a slot by its type. Scalars are read by parse_scalar.cpp and
// parse_datetime.cpp.

#include "runtime/text/parse_value.h"

#include <cctype>
#include <chrono>
#include <cstring>

#include "runtime/core/unaligned.h"
#include "runtime/text/date_math.h"
#include "runtime/text/quoted_text.h"

namespace sp {

namespace {

constexpr int64_t kMaxDate = 65535;
const int64_t kMinDate32 = days_from_civil(1900, 1, 1);
const int64_t kMaxDate32 = days_from_civil(2299, 12, 31);

int64_t now_seconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

int64_t clamp(int64_t value, int64_t low, int64_t high) {
  return value < low ? low : value > high ? high : value;
}

// A value ended at `at`, but its text goes on.
bool text_left(std::string_view text, const char* at, Type type, ParseError& error) {
  const auto position = static_cast<size_t>(at - text.data());
  return error.set(ErrorCode::kCannotParseText,
                   "Cannot parse string '" + std::string(text) + "' as " + type.name() +
                       ": syntax error at position " + std::to_string(position) +
                       " (parsed just '" + std::string(text.substr(0, position)) + "')");
}

void skip_space(const char*& at, const char* end) {
  while (at < end && std::isspace(static_cast<unsigned char>(*at))) ++at;
}

bool is_unquoted(TypeKind kind) {
  switch (kind) {
    case TypeKind::kString:
    case TypeKind::kFixedString:
    case TypeKind::kEnum8:
    case TypeKind::kEnum16:
    case TypeKind::kUuid:
    case TypeKind::kIpv4:
    case TypeKind::kIpv6:
    case TypeKind::kDate:
    case TypeKind::kDate32:
    case TypeKind::kJson: return false;
    default: return true;
  }
}

}  // namespace

ValueParser::ValueParser(Type type, ParseRules rules)
    : type_(type),
      base_(type.base()),
      kind_(base_.kind()),
      rules_(rules),
      nullable_(type.can_be_null()) {
  value_size_ = slot_layout(base_).size;
  slot_size_ = slot_layout(type).size;
  switch (kind_) {
    case TypeKind::kDateTime:
    case TypeKind::kDateTime64:
      zone_ = TimeZone::find(base_.timezone());
      if (zone_ == nullptr) zone_ = &TimeZone::utc();
      break;
    case TypeKind::kArray:
      inner_.emplace_back(base_.element(), rules);
      stride_ = slot_layout(base_.element()).size;
      break;
    case TypeKind::kMap:
      inner_.emplace_back(base_.inner()[0], rules);
      inner_.emplace_back(base_.inner()[1], rules);
      offsets_ = row_layout(base_.inner()).offsets;
      stride_ = slot_layout(Type::tuple(base_.inner())).size;
      break;
    case TypeKind::kTuple:
      for (const Type& part : base_.inner()) inner_.emplace_back(part, rules);
      offsets_ = row_layout(base_.inner()).offsets;
      break;
    case TypeKind::kEnum8:
    case TypeKind::kEnum16:
      for (const auto& [label, number] : base_.enum_values()) labels_.emplace(label, number);
      break;
    default: break;
  }
}

bool ValueParser::parse(std::string_view text, void* slot, Arena& arena, ParseError& error) const {
  auto* bytes = static_cast<uint8_t*>(slot);
  std::memset(slot, 0, slot_size_);
  if (nullable_ && rules_.null_words && (text == "NULL" || text == "\\N")) {
    bytes[value_size_] = 1;
    return true;
  }
  if (parse_value(text, slot, arena, error)) return true;
  std::memset(slot, 0, slot_size_);
  if (!nullable_ || !rules_.null_on_error) return false;
  bytes[value_size_] = 1;
  return true;
}

bool ValueParser::parse_value(std::string_view text, void* slot, Arena& arena,
                              ParseError& error) const {
  if (base_.is_integer())
    return parse_integer(text, kind_, rules_.check_overflow, slot, base_, error);
  switch (kind_) {
    case TypeKind::kBool: return parse_bool(text, *static_cast<uint8_t*>(slot), error);
    case TypeKind::kFloat32:
    case TypeKind::kFloat64: {
      double value = 0;
      if (!parse_float(text, value, base_, error)) return false;
      if (kind_ == TypeKind::kFloat32)
        store(slot, static_cast<float>(value));
      else
        store(slot, value);
      return true;
    }
    case TypeKind::kInterval:
      return parse_integer(text, TypeKind::kInt64, rules_.check_overflow, slot, base_, error);
    case TypeKind::kDecimal: return parse_decimal(text, base_, slot, error);
    case TypeKind::kDate:
    case TypeKind::kDate32: return parse_date(text, slot, error);
    case TypeKind::kDateTime:
    case TypeKind::kDateTime64: return parse_time(text, slot, error);
    case TypeKind::kUuid: return parse_uuid(text, slot, error);
    case TypeKind::kIpv4: {
      uint32_t value = 0;
      if (!parse_ipv4(text, value, error)) return false;
      store(slot, value);
      return true;
    }
    case TypeKind::kIpv6: return parse_ipv6(text, slot, error);
    case TypeKind::kEnum8:
    case TypeKind::kEnum16: return parse_enum(text, slot, error);
    case TypeKind::kFixedString: return parse_fixed_string(text, slot, arena, error);
    case TypeKind::kString:
    case TypeKind::kJson:
    case TypeKind::kAggregateFunction: store(slot, arena.copy(text)); return true;
    case TypeKind::kArray:
    case TypeKind::kMap:
    case TypeKind::kTuple: {
      const char* at = text.data();
      const char* const end = at + text.size();
      if (!read_value(at, end, slot, arena, error)) return false;
      skip_space(at, end);
      if (at == end) return true;
      return error.set(ErrorCode::kCannotParseText,
                       "Cannot parse string '" + std::string(text) + "' as " + type_.name() +
                           ": syntax error at position " + std::to_string(at - text.data()));
    }
    default:
      return error.set(ErrorCode::kCannotConvertType, "Cannot parse text as " + type_.name());
  }
}

bool ValueParser::parse_date(std::string_view text, void* slot, ParseError& error) const {
  const char* at = text.data();
  const char* const end = at + text.size();
  int64_t days = 0;
  bool valid = true;
  if (!read_date(at, end, days, valid, error)) {
    error.message += ": Cannot parse " + base_.name() + " from String";
    return false;
  }
  // A time of day behind the date is accepted and ignored.
  ParsedTime time;
  if (at != end && (*at == ' ' || *at == 'T') && end - at == 9) {
    ParseError ignored;
    const char* again = text.data();
    if (read_datetime_basic(again, end, TimeZone::utc(), false, time, ignored)) at = again;
  }
  if (at != end) return text_left(text, at, base_, error);
  if (kind_ == TypeKind::kDate) {
    store(slot, static_cast<uint16_t>(valid ? clamp(days, 0, kMaxDate) : 0));
  } else {
    store(slot, static_cast<int32_t>(valid ? clamp(days, kMinDate32, kMaxDate32) : kMinDate32));
  }
  return true;
}

bool ValueParser::parse_time(std::string_view text, void* slot, ParseError& error) const {
  const bool with_fraction = kind_ == TypeKind::kDateTime64;
  const char* at = text.data();
  const char* const end = at + text.size();
  ParsedTime time;
  const bool digits_only =
      !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
  if (with_fraction && !rules_.best_effort_times && digits_only && text.size() > 10) {
    // A long number counts ticks.
    int64_t ticks = 0;
    const bool fits =
        parse_integer(text, TypeKind::kInt64, true, &ticks, Type::of(TypeKind::kInt64), error);
    const int64_t limit = 253402300799LL;  // the last second of the year 9999
    int64_t last = 0;
    if (__builtin_mul_overflow(limit, power_of_ten(base_.precision()), &last)) last = INT64_MAX;
    store(slot, fits && ticks < last ? ticks : last);
    return true;
  }
  bool ok = read_iso_datetime(text, *zone_, time) && rules_.best_effort_times;
  if (ok) {
    at = end;
  } else {
    ok = rules_.best_effort_times
             ? read_datetime_best_effort(at, end, *zone_, false, with_fraction, now_seconds(), time,
                                         error)
             : read_datetime_basic(at, end, *zone_, with_fraction, time, error);
  }
  if (!ok) {
    error.message += ": Cannot parse " + base_.name() + " from String";
    return false;
  }
  if (at != end) return text_left(text, at, base_, error);
  if (with_fraction)
    store(slot, time.ticks(base_.precision()));
  else
    store(slot, static_cast<uint32_t>(clamp(time.seconds, 0, 0xFFFFFFFFLL)));
  return true;
}

bool ValueParser::parse_enum(std::string_view text, void* slot, ParseError& error) const {
  const auto put = [&](int16_t number) {
    if (kind_ == TypeKind::kEnum8)
      store(slot, static_cast<int8_t>(number));
    else
      store(slot, number);
    return true;
  };
  if (const auto found = labels_.find(text); found != labels_.end()) return put(found->second);
  // The number of an element, as text, is accepted as well.
  int64_t number = 0;
  ParseError ignored;
  if (parse_integer(text, TypeKind::kInt64, true, &number, base_, ignored)) {
    for (const auto& [label, value] : labels_) {
      if (value == number) return put(value);
    }
  }
  std::vector<std::string_view> names;
  for (const auto& [label, value] : base_.enum_values()) names.push_back(label);
  const std::string near = nearest_name(text, names);
  return error.set(ErrorCode::kUnknownElementOfEnum,
                   "Unknown element '" + std::string(text) + "' for enum" +
                       (near.empty() ? "" : ", maybe you meant: ['" + near + "']"));
}

bool ValueParser::parse_fixed_string(std::string_view text, void* slot, Arena& arena,
                                     ParseError& error) const {
  const uint32_t size = base_.precision();
  if (text.size() > size) {
    return error.set(ErrorCode::kTooLargeStringSize, "String too long for type " + base_.name());
  }
  auto* bytes = static_cast<char*>(arena.allocate(size, 1));
  std::memset(bytes, 0, size);
  std::memcpy(bytes, text.data(), text.size());
  store(slot, StringRef(bytes, size));
  return true;
}

bool ValueParser::read_quoted(const char*& at, const char* end, void* slot, Arena& arena,
                              ParseError& error) const {
  std::memset(slot, 0, slot_size_);
  skip_space(at, end);
  if (nullable_ && end - at >= 4 && std::memcmp(at, "NULL", 4) == 0) {
    at += 4;
    static_cast<uint8_t*>(slot)[value_size_] = 1;
    return true;
  }
  return read_value(at, end, slot, arena, error);
}

bool ValueParser::read_value(const char*& at, const char* end, void* slot, Arena& arena,
                             ParseError& error) const {
  skip_space(at, end);
  if (kind_ == TypeKind::kArray || kind_ == TypeKind::kMap)
    return read_elements(at, end, slot, arena, error);
  if (kind_ == TypeKind::kTuple) return read_tuple(at, end, slot, arena, error);
  if (is_unquoted(kind_) && at < end && *at != '\'') {
    const char* const begin = at;
    while (at < end && *at != ',' && *at != ']' && *at != ')' && *at != '}' && *at != ':' &&
           !std::isspace(static_cast<unsigned char>(*at))) {
      ++at;
    }
    return parse_value({begin, static_cast<size_t>(at - begin)}, slot, arena, error);
  }
  if (at >= end || *at != '\'') {
    const std::string got = at < end ? std::string(1, *at) : "end of text";
    return error.set(ErrorCode::kCannotParseQuotedString,
                     "Cannot parse quoted string: expected opening quote ''', got '" + got + "'");
  }
  std::string text;
  if (!read_quoted_text(at, end, '\'', text)) {
    return error.set(ErrorCode::kCannotParseQuotedString,
                     "Cannot parse quoted string: expected closing quote '''");
  }
  return parse_value(text, slot, arena, error);
}

bool ValueParser::read_elements(const char*& at, const char* end, void* slot, Arena& arena,
                                ParseError& error) const {
  const bool map = kind_ == TypeKind::kMap;
  const ErrorCode code =
      map ? ErrorCode::kCannotReadMapFromText : ErrorCode::kCannotReadArrayFromText;
  const std::string what = map ? "Map" : "Array";
  if (at >= end || *at != (map ? '{' : '[')) {
    return error.set(code, what + " does not start with '" + (map ? "{" : "[") + "' character");
  }
  ++at;
  const char close = map ? '}' : ']';
  std::vector<uint8_t> elements;
  uint64_t count = 0;
  skip_space(at, end);
  while (at < end && *at != close) {
    if (count > 0) {
      if (*at != ',') break;
      ++at;
    }
    elements.resize(elements.size() + stride_);
    uint8_t* element = elements.data() + count * stride_;
    ++count;
    // Elements with pointers of their own point into the arena, so growing the vector is safe.
    if (!map) {
      if (!inner_[0].read_quoted(at, end, element, arena, error)) return false;
    } else {
      if (!inner_[0].read_quoted(at, end, element + offsets_[0], arena, error)) return false;
      skip_space(at, end);
      if (at >= end || *at != ':')
        return error.set(code, "Cannot read Map from text, expected ':' after a key");
      ++at;
      if (!inner_[1].read_quoted(at, end, element + offsets_[1], arena, error)) return false;
    }
    skip_space(at, end);
  }
  if (at >= end || *at != close) {
    return error.set(code, "Cannot read " + what + " from text, expected comma or end of " +
                               (map ? "map" : "array"));
  }
  ++at;
  ArrayRef array{nullptr, count};
  if (count > 0) {
    void* bytes = arena.allocate(elements.size(), 16);
    std::memcpy(bytes, elements.data(), elements.size());
    array.data = bytes;
  }
  store(slot, array);
  return true;
}

bool ValueParser::read_tuple(const char*& at, const char* end, void* slot, Arena& arena,
                             ParseError& error) const {
  const auto expected = [&](char c) {
    return error.set(ErrorCode::kCannotParseInputAssertionFailed,
                     std::string("Cannot parse input: expected '") + c + "' before: '" +
                         std::string(at, std::min<size_t>(20, static_cast<size_t>(end - at))) +
                         "'");
  };
  if (at >= end || *at != '(') return expected('(');
  ++at;
  for (size_t i = 0; i < inner_.size(); ++i) {
    skip_space(at, end);
    if (i > 0) {
      if (at >= end || *at != ',') return expected(',');
      ++at;
    }
    if (!inner_[i].read_quoted(at, end, static_cast<uint8_t*>(slot) + offsets_[i], arena, error))
      return false;
  }
  skip_space(at, end);
  if (inner_.size() == 1 && at < end && *at == ',') ++at;
  skip_space(at, end);
  if (at >= end || *at != ')') return expected(')');
  ++at;
  return true;
}

}  // namespace sp
