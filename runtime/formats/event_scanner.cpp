// The scanner: an event by its keys (EventKeys), values by column type (JsonTokens reads them).
// Exact decimal to double for mantissas below 2^53 and exponents to 22: W. Clinger, "How to read
// floating point numbers accurately", PLDI 1990.

#include "runtime/formats/event_scanner.h"

#include <simdjson.h>

#include <limits>

#include "runtime/formats/event_keys.h"
#include "runtime/formats/json_tokens.h"
#include "runtime/text/parse_datetime.h"

namespace sp {

namespace {

// How a column's value is read.
enum class Reading : uint8_t {
  kText,
  kInteger,
  kBool,
  kFloat32,
  kFloat64,
  kTime,
  kConvertText,
  kConvertAny
};

Reading reading_of(const JsonColumn& column, const BlockColumnBuilder& builder) {
  const Type base = column.type.base();
  if (column.path && column.path->each) return Reading::kConvertAny;
  switch (base.kind()) {
    case TypeKind::kString: return Reading::kText;
    case TypeKind::kBool: return Reading::kBool;
    case TypeKind::kFloat32: return Reading::kFloat32;
    case TypeKind::kFloat64: return Reading::kFloat64;
    case TypeKind::kDateTime:
    case TypeKind::kDateTime64: return Reading::kTime;
    case TypeKind::kUInt8:
    case TypeKind::kUInt16:
    case TypeKind::kUInt32:
    case TypeKind::kUInt64:
    case TypeKind::kInt8:
    case TypeKind::kInt16:
    case TypeKind::kInt32:
    case TypeKind::kInt64: return Reading::kInteger;
    case TypeKind::kArray:
    case TypeKind::kMap:
    case TypeKind::kTuple:
    case TypeKind::kJson: return Reading::kConvertAny;
    default:
      return builder.shape().kind == ColumnShape::Kind::kSerialized ? Reading::kConvertAny
                                                                    : Reading::kConvertText;
  }
}

}  // namespace

class EventScanner::Impl {
 public:
  Impl(const JsonColumns& columns, RowSink& rows)
      : columns_(columns),
        rows_(rows),
        keys_(columns.root),
        seen_(columns.columns.size(), 0) {
    for (size_t i = 0; i < columns.columns.size(); ++i) {
      Target target;
      const Type base = columns.columns[i].type.base();
      target.builder = &rows.column(i);
      target.reading = reading_of(columns.columns[i], *target.builder);
      target.kind = base.kind();
      if (target.reading == Reading::kTime) {
        target.zone = TimeZone::find(base.timezone());
        if (target.zone == nullptr) target.zone = &TimeZone::utc();
        target.precision = base.kind() == TypeKind::kDateTime64 ? base.precision() : 0;
      }
      targets_.push_back(target);
    }
  }

  const char* read(const char* at, const char* end) {
    const size_t before = rows_.rows();
    ++epoch_;
    filled_ = 0;
    if (*at == '{' && !keys_.whole_event() && read_object(EventKeys::kEvent, ++at) &&
        finish_line(at, end) && fill_absent()) {
      return at;
    }
    rows_.truncate(before);
    return nullptr;
  }

 private:
  struct Target {
    BlockColumnBuilder* builder = nullptr;
    Reading reading = Reading::kConvertAny;
    TypeKind kind = TypeKind::kNothing;
    const TimeZone* zone = nullptr;
    uint32_t precision = 0;
  };

  // `at` stands after the opening brace.
  bool read_object(size_t object, const char*& at) {
    at = JsonTokens::skip_space(at);
    if (*at == '}') {
      ++at;
      return true;
    }
    EventKeys::Place place = keys_.enter(object);
    for (;;) {
      if (*at != '"') return false;
      const EventKeys::Field* const field = keys_.find(place, ++at);
      if (field == nullptr) return false;
      at = JsonTokens::skip_space(at + field->key.size());
      if (*at != ':') return false;
      at = JsonTokens::skip_space(at + 1);
      if (!read_field(*field, at)) return false;
      at = JsonTokens::skip_space(at);
      if (*at == ',') {
        at = JsonTokens::skip_space(at + 1);
        continue;
      }
      if (*at != '}') return false;
      ++at;
      return true;
    }
  }

  bool read_field(const EventKeys::Field& field, const char*& at) {
    if (field.difficult) return false;
    if (field.column != EventKeys::kNone) {
      if (seen_[field.column] == epoch_)
        return skip_value(at);  // a repeated key: the first one counts
      seen_[field.column] = epoch_;
      ++filled_;
      return read_column(field.column, at);
    }
    if (field.object != EventKeys::kNone && *at == '{') {
      ++at;
      return read_object(field.object, at);
    }
    return skip_value(at);
  }

  // Only space may follow the event on its line.
  static bool finish_line(const char*& at, const char* end) {
    at = JsonTokens::skip_space(at);
    if (at >= end) return at == end;
    if (*at != '\n') return false;
    ++at;
    return true;
  }

  bool fill_absent() {
    if (filled_ == targets_.size()) return true;
    for (size_t i = 0; i < targets_.size(); ++i) {
      if (seen_[i] != epoch_ && !rows_.append_absent(i)) return false;
    }
    if (rows_.scratch().allocated_bytes() > 0) rows_.scratch().reset();
    return true;
  }

  bool read_column(size_t index, const char*& at) {
    const Target& target = targets_[index];
    if (*at == 'n') return JsonTokens::read_null(at) && rows_.append_absent(index);
    switch (target.reading) {
      case Reading::kText: {
        std::string_view text;
        if (*at != '"' || !tokens_.read_string(++at, text)) return false;
        target.builder->append_text(text.data(), text.size());
        return true;
      }
      case Reading::kInteger: return read_integer(target, at);
      case Reading::kBool: return read_bool(target, at);
      case Reading::kFloat32:
      case Reading::kFloat64: return read_float(target, at);
      case Reading::kTime: return read_time(index, target, at);
      case Reading::kConvertText: return convert_string(index, target, at);
      case Reading::kConvertAny: return convert_container(index, target, at);
    }
    return false;
  }

  template <class T>
  static bool append_integer(BlockColumnBuilder& builder, int64_t value) {
    if constexpr (std::is_unsigned_v<T>) {
      if (value < 0 || static_cast<uint64_t>(value) > std::numeric_limits<T>::max()) return false;
    } else if (value < std::numeric_limits<T>::min() || value > std::numeric_limits<T>::max()) {
      return false;
    }
    builder.append_number(static_cast<T>(value));
    return true;
  }

  static bool append_integer(const Target& target, int64_t value) {
    BlockColumnBuilder& builder = *target.builder;
    switch (target.kind) {
      case TypeKind::kUInt8: return append_integer<uint8_t>(builder, value);
      case TypeKind::kUInt16: return append_integer<uint16_t>(builder, value);
      case TypeKind::kDateTime:
      case TypeKind::kUInt32: return append_integer<uint32_t>(builder, value);
      case TypeKind::kUInt64: return append_integer<uint64_t>(builder, value);
      case TypeKind::kInt8: return append_integer<int8_t>(builder, value);
      case TypeKind::kInt16: return append_integer<int16_t>(builder, value);
      case TypeKind::kInt32: return append_integer<int32_t>(builder, value);
      default: return append_integer<int64_t>(builder, value);
    }
  }

  static bool read_integer(const Target& target, const char*& at) {
    bool flag;
    if (JsonTokens::read_literal(at, flag)) return append_integer(target, flag ? 1 : 0);
    const bool negative = *at == '-';
    if (negative) ++at;
    uint64_t value = 0;
    if (!JsonTokens::read_digits(at, value) || *at == '.' || *at == 'e' || *at == 'E') return false;
    return append_integer(target,
                          negative ? -static_cast<int64_t>(value) : static_cast<int64_t>(value));
  }

  static bool read_bool(const Target& target, const char*& at) {
    bool flag;
    if (JsonTokens::read_literal(at, flag)) {
      target.builder->append_number(static_cast<uint8_t>(flag));
      return true;
    }
    if ((*at != '0' && *at != '1') || JsonTokens::is_digit(at[1]) || at[1] == '.' || at[1] == 'e' ||
        at[1] == 'E')
      return false;
    target.builder->append_number(static_cast<uint8_t>(*at++ - '0'));
    return true;
  }

  static bool read_float(const Target& target, const char*& at) {
    static constexpr double kPowers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                         1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                         1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const bool negative = *at == '-';
    if (negative) ++at;
    uint64_t mantissa = 0;
    if (!JsonTokens::read_digits(at, mantissa)) return false;
    size_t fraction = 0;
    if (*at == '.') {
      const char* const first = ++at;
      while (JsonTokens::is_digit(*at) && at - first < 19)
        mantissa = mantissa * 10 + static_cast<uint64_t>(*at++ - '0');
      fraction = static_cast<size_t>(at - first);
      if (fraction == 0 || fraction > 15 || JsonTokens::is_digit(*at)) return false;
    } else if (negative && mantissa == 0) {
      return false;
    }
    if (*at == 'e' || *at == 'E' || mantissa >= 1ULL << 53) return false;
    double value = static_cast<double>(mantissa) / kPowers[fraction];
    if (negative) value = -value;
    if (target.reading == Reading::kFloat32)
      target.builder->append_number(static_cast<float>(value));
    else
      target.builder->append_number(value);
    return true;
  }

  bool read_time(size_t index, const Target& target, const char*& at) {
    if (*at != '"') return target.kind == TypeKind::kDateTime && read_integer(target, at);
    const char* const quote = at;
    std::string_view text;
    if (!tokens_.read_string(++at, text)) return false;
    ParsedTime time;
    if (!read_iso_datetime(text, *target.zone, time) || time.seconds < 0 ||
        time.seconds > 0xFFFFFFFFLL) {
      at = quote;
      return convert_string(index, target, at);
    }
    if (target.kind == TypeKind::kDateTime64)
      target.builder->append_number(time.ticks(target.precision));
    else
      target.builder->append_number(static_cast<uint32_t>(time.seconds));
    return true;
  }

  bool convert_string(size_t index, const Target& target, const char*& at) {
    std::string_view text;
    if (*at != '"' || !tokens_.read_string(++at, text)) return false;
    void* slot = rows_.slot();
    if (!columns_.converters[index].convert_text(text, slot, rows_.scratch())) return false;
    target.builder->append_slot(slot);
    if (rows_.scratch().allocated_bytes() > 0) rows_.scratch().reset();
    return true;
  }

  // Reads an object or array through simdjson.
  bool read_container(const char*& at, simdjson::dom::element& value) {
    const char* const begin = at;
    size_t depth = 0;
    do {
      const char c = *at++;
      if (c == '{' || c == '[')
        ++depth;
      else if (c == '}' || c == ']')
        --depth;
      else if (std::string_view text; c == '"' && !tokens_.read_string(at, text))
        return false;
      else if (static_cast<unsigned char>(c) < ' ' && c != '\t' && c != '\r')
        return false;
    } while (depth > 0);
    const auto size = static_cast<size_t>(at - begin);
    container_.assign(begin, size);
    container_.append(simdjson::SIMDJSON_PADDING, '\0');
    return parser_.parse(container_.data(), size, false).get(value) == simdjson::SUCCESS;
  }

  bool convert_container(size_t index, const Target& target, const char*& at) {
    simdjson::dom::element value;
    if (*at != '{' && *at != '[') return false;
    if (!columns_.columns[index].path->rest.empty() || !read_container(at, value)) return false;
    void* slot = rows_.slot();
    if (!columns_.converters[index].convert(value, slot, rows_.scratch())) return false;
    target.builder->append_slot(slot);
    rows_.scratch().reset();
    return true;
  }

  // A value that no column wants.
  bool skip_value(const char*& at) {
    bool flag;
    std::string_view text;
    if (simdjson::dom::element value; *at == '{' || *at == '[') return read_container(at, value);
    if (*at == '"') return tokens_.read_string(++at, text);
    if (JsonTokens::read_literal(at, flag)) return true;
    if (JsonTokens::read_null(at)) return true;
    if (*at == '-') ++at;
    uint64_t value = 0;
    if (!JsonTokens::read_digits(at, value)) return false;
    if (*at == '.') {
      if (!JsonTokens::is_digit(*++at)) return false;
      while (JsonTokens::is_digit(*at)) ++at;
    }
    return *at != 'e' && *at != 'E';
  }

  const JsonColumns& columns_;
  RowSink& rows_;
  EventKeys keys_;
  JsonTokens tokens_;
  std::vector<Target> targets_;
  std::vector<uint64_t> seen_;  // the last event that had the column
  uint64_t epoch_ = 0;
  size_t filled_ = 0;  // columns seen in this event
  std::string container_;
  simdjson::dom::parser parser_;
};

EventScanner::EventScanner(const JsonColumns& columns, RowSink& rows)
    : impl_(std::make_unique<Impl>(columns, rows)) {}
EventScanner::~EventScanner() = default;

const char* EventScanner::read(const char* at, const char* end) { return impl_->read(at, end); }

}  // namespace sp
