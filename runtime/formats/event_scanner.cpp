// The scanner: whitespace, keys by prediction, values by column type. Sixteen bytes at a time where
// strings are read (SSE2, which every x86-64 has). Exact decimal to double for mantissas below 2^53
// and exponents to 22: W. Clinger, "How to read floating point numbers accurately", PLDI 1990.

#include "runtime/formats/event_scanner.h"

#include <emmintrin.h>
#include <simdjson.h>

#include <bit>
#include <cstring>
#include <limits>

#include "runtime/text/hex_digit.h"
#include "runtime/text/parse_datetime.h"

namespace sp {

namespace {

constexpr size_t kNone = ~size_t{0};
constexpr size_t kMostLearned = 256;  // keys that no column wants

inline const char* skip_space(const char* at) {
  while (*at == ' ' || *at == '\t' || *at == '\r') ++at;
  return at;
}

inline bool is_digit(char c) { return static_cast<unsigned char>(c - '0') < 10; }

// Bits of the bytes that end a run of plain string bytes: quotes, backslashes, control characters.
inline uint32_t special_bytes(const char* at) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
  const __m128i found =
      _mm_or_si128(control, _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                         _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))));
  return static_cast<uint32_t>(_mm_movemask_epi8(found));
}

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
    add_object(columns.root);
    scratch_.resize(4096);
  }

  const char* read(const char* at, const char* end) {
    const size_t before = rows_.rows();
    ++epoch_;
    filled_ = 0;
    if (*at == '{' && read_object(0, ++at) && finish_line(at, end) && fill_absent()) { return at; }
    rows_.truncate(before);
    return nullptr;
  }

 private:
  static constexpr size_t kInlineKey = 32;
  // A key of an object, as it stands in the text: with its closing quote.
  struct Field {
    std::string key;
    char head[kInlineKey];
    uint32_t head_mask = 0;  // which bytes of head count
    size_t column = kNone;   // that it fills ...
    size_t object = kNone;   // ... or the object below
    bool difficult = false;  // it does both, or fills several columns
    size_t next = kNone;     // the key that came after it last time
  };
  struct Object {
    std::vector<Field> fields;
    size_t first = kNone;
  };
  struct Target {
    BlockColumnBuilder* builder = nullptr;
    Reading reading = Reading::kConvertAny;
    TypeKind kind = TypeKind::kNothing;
    const TimeZone* zone = nullptr;
    uint32_t precision = 0;
  };

  static Field make_field(std::string_view key) {
    Field field;
    field.key = key;
    field.key += '"';
    std::memset(field.head, 0, sizeof(field.head));
    std::memcpy(field.head, field.key.data(), std::min(field.key.size(), kInlineKey));
    field.head_mask = field.key.size() >= kInlineKey ? ~0U : (1U << field.key.size()) - 1;
    return field;
  }

  size_t add_object(const PathNode& node) {
    const size_t index = objects_.size();
    objects_.emplace_back();
    std::vector<Field> fields;
    for (const PathNode& child : node.children) {
      Field field = make_field(child.key);
      field.difficult =
          child.columns.size() > 1 || (!child.columns.empty() && !child.children.empty());
      if (child.columns.size() == 1) field.column = child.columns.front();
      if (!child.children.empty()) field.object = add_object(child);
      fields.push_back(std::move(field));
    }
    if (!node.columns.empty()) whole_event_ = true;  // the path `$`
    objects_[index].fields = std::move(fields);
    return index;
  }

  static bool key_stands_at(const Field& field, const char* at) {
    const auto same = [&](size_t offset) {
      const __m128i text = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + offset));
      const __m128i key = _mm_loadu_si128(reinterpret_cast<const __m128i*>(field.head + offset));
      return static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(text, key)));
    };
    uint32_t equal = same(0);
    if (field.key.size() > 16) equal |= same(16) << 16;
    if ((equal & field.head_mask) != field.head_mask) return false;
    return field.key.size() <= kInlineKey ||
           std::memcmp(at, field.key.data(), field.key.size()) == 0;
  }

  // The field whose key stands at `at`; learns a new one. kNone: it cannot be read here.
  size_t find_field(Object& object, const char* at) {
    for (size_t i = 0; i < object.fields.size(); ++i) {
      if (key_stands_at(object.fields[i], at)) return i;
    }
    if (object.fields.size() >= kMostLearned) return kNone;
    const char* end = at;
    uint32_t special;
    while ((special = special_bytes(end)) == 0) end += 16;
    end += std::countr_zero(special);
    if (*end != '"') return kNone;
    object.fields.push_back(make_field({at, static_cast<size_t>(end - at)}));
    return object.fields.size() - 1;
  }

  // `at` stands after the opening brace.
  bool read_object(size_t index, const char*& at) {
    at = skip_space(at);
    if (whole_event_) return false;
    if (*at == '}') {
      ++at;
      return true;
    }
    size_t previous = kNone, expected = objects_[index].first;
    for (;;) {
      if (*at != '"') return false;
      ++at;
      size_t found = expected;
      Object& object = objects_[index];
      if (found == kNone || !key_stands_at(object.fields[found], at)) {
        found = find_field(object, at);
        if (found == kNone) return false;
        (previous == kNone ? object.first : object.fields[previous].next) = found;
      }
      const Field& field = object.fields[found];
      previous = found;
      expected = field.next;
      at = skip_space(at + field.key.size());
      if (*at != ':') return false;
      at = skip_space(at + 1);
      if (!read_field(field, at)) return false;
      at = skip_space(at);
      if (*at == ',') {
        at = skip_space(at + 1);
        continue;
      }
      if (*at != '}') return false;
      ++at;
      return true;
    }
  }

  bool read_field(const Field& field, const char*& at) {
    if (field.difficult) return false;
    if (field.column != kNone) {
      if (seen_[field.column] == epoch_)
        return skip_value(at);  // a repeated key: the first one counts
      seen_[field.column] = epoch_;
      ++filled_;
      return read_column(field.column, at);
    }
    if (field.object != kNone && *at == '{') {
      ++at;
      return read_object(field.object, at);
    }
    return skip_value(at);
  }

  // Only space may follow the event on its line.
  static bool finish_line(const char*& at, const char* end) {
    at = skip_space(at);
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
    if (*at == 'n') {
      if (std::memcmp(at, "null", 4) != 0) return false;
      at += 4;
      return rows_.append_absent(index);
    }
    switch (target.reading) {
      case Reading::kText: {
        std::string_view text;
        if (*at != '"' || !read_string(++at, text)) return false;
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

  // Reads a string whose opening quote is behind `at`. The text stands in the input, or in scratch_
  // if it has escapes.
  bool read_string(const char*& at, std::string_view& text) {
    const char* const begin = at;
    uint32_t special;
    while ((special = special_bytes(at)) == 0) at += 16;
    at += std::countr_zero(special);
    if (*at == '"') {
      text = {begin, static_cast<size_t>(at - begin)};
      ++at;
      return true;
    }
    return *at == '\\' && read_escaped(begin, at, text);
  }

  bool read_escaped(const char* begin, const char*& at, std::string_view& text) {
    size_t used = static_cast<size_t>(at - begin);
    if (used + 64 > scratch_.size()) scratch_.resize((used + 64) * 2);
    std::memcpy(scratch_.data(), begin, used);
    for (;;) {
      if (used + 64 > scratch_.size()) scratch_.resize(scratch_.size() * 2);
      if (!read_escape(at, used)) return false;
      for (;;) {  // up to the next special byte
        std::memcpy(scratch_.data() + used, at, 16);
        const uint32_t special = special_bytes(at);
        if (special != 0) {
          const auto plain = static_cast<size_t>(std::countr_zero(special));
          used += plain;
          at += plain;
          break;
        }
        used += 16;
        at += 16;
        if (used + 64 > scratch_.size()) scratch_.resize(scratch_.size() * 2);
      }
      if (*at == '"') {
        ++at;
        text = {scratch_.data(), used};
        return true;
      }
      if (*at != '\\') return false;
    }
  }

  // One escape at `at`, appended to scratch_.
  bool read_escape(const char*& at, size_t& used) {
    char byte = at[1];
    switch (byte) {
      case '"':
      case '\\':
      case '/': break;
      case 'b': byte = '\b'; break;
      case 'f': byte = '\f'; break;
      case 'n': byte = '\n'; break;
      case 'r': byte = '\r'; break;
      case 't': byte = '\t'; break;
      case 'u': return read_code_point(at, used);
      default: return false;
    }
    scratch_[used++] = byte;
    at += 2;
    return true;
  }

  static bool read_hex(const char* at, uint32_t& value) {
    value = 0;
    for (int i = 0; i < 4; ++i) {
      const int digit = hex_digit(at[i]);
      if (digit < 0) return false;
      value = value << 4 | static_cast<uint32_t>(digit);
    }
    return true;
  }

  bool read_code_point(const char*& at, size_t& used) {
    uint32_t point, low;
    if (!read_hex(at + 2, point)) return false;
    at += 6;
    if (point >= 0xd800 && point < 0xe000) {
      if (point >= 0xdc00 || at[0] != '\\' || at[1] != 'u' || !read_hex(at + 2, low) ||
          low < 0xdc00 || low >= 0xe000)
        return false;
      point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
      at += 6;
    }
    const auto put = [&](uint32_t byte) { scratch_[used++] = static_cast<char>(byte); };
    if (point < 0x80) {
      put(point);
    } else if (point < 0x800) {
      put(0xc0 | point >> 6);
      put(0x80 | (point & 0x3f));
    } else if (point < 0x10000) {
      put(0xe0 | point >> 12);
      put(0x80 | (point >> 6 & 0x3f));
      put(0x80 | (point & 0x3f));
    } else {
      put(0xf0 | point >> 18);
      put(0x80 | (point >> 12 & 0x3f));
      put(0x80 | (point >> 6 & 0x3f));
      put(0x80 | (point & 0x3f));
    }
    return true;
  }

  // Digits of a number: at most 18. False: none, too many, or a leading zero.
  static bool read_digits(const char*& at, uint64_t& value) {
    const char* const first = at;
    while (is_digit(*at)) value = value * 10 + static_cast<uint64_t>(*at++ - '0');
    const auto count = at - first;
    return count > 0 && count <= 18 && (*first != '0' || count == 1);
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
    if (read_literal(at, flag)) return append_integer(target, flag ? 1 : 0);
    const bool negative = *at == '-';
    if (negative) ++at;
    uint64_t value = 0;
    if (!read_digits(at, value) || *at == '.' || *at == 'e' || *at == 'E') return false;
    return append_integer(target,
                          negative ? -static_cast<int64_t>(value) : static_cast<int64_t>(value));
  }

  static bool read_literal(const char*& at, bool& flag) {
    if (*at == 't' && std::memcmp(at, "true", 4) == 0) {
      at += 4;
      return flag = true;
    }
    if (*at == 'f' && std::memcmp(at, "false", 5) == 0) {
      at += 5;
      flag = false;
      return true;
    }
    return false;
  }

  static bool read_bool(const Target& target, const char*& at) {
    bool flag;
    if (read_literal(at, flag)) {
      target.builder->append_number(static_cast<uint8_t>(flag));
      return true;
    }
    if ((*at != '0' && *at != '1') || is_digit(at[1]) || at[1] == '.' || at[1] == 'e' ||
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
    if (!read_digits(at, mantissa)) return false;
    size_t fraction = 0;
    if (*at == '.') {
      const char* const first = ++at;
      while (is_digit(*at) && at - first < 19)
        mantissa = mantissa * 10 + static_cast<uint64_t>(*at++ - '0');
      fraction = static_cast<size_t>(at - first);
      if (fraction == 0 || fraction > 15 || is_digit(*at)) return false;
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
    if (!read_string(++at, text)) return false;
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
    if (*at != '"' || !read_string(++at, text)) return false;
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
      else if (std::string_view text; c == '"' && !read_string(at, text))
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
    if (*at == '"') return read_string(++at, text);
    if (read_literal(at, flag)) return true;
    if (*at == 'n' && std::memcmp(at, "null", 4) == 0) {
      at += 4;
      return true;
    }
    if (*at == '-') ++at;
    uint64_t value = 0;
    if (!read_digits(at, value)) return false;
    if (*at == '.') {
      if (!is_digit(*++at)) return false;
      while (is_digit(*at)) ++at;
    }
    return *at != 'e' && *at != 'E';
  }

  const JsonColumns& columns_;
  RowSink& rows_;
  std::vector<Target> targets_;
  std::vector<Object> objects_;  // 0: the event
  std::vector<uint64_t> seen_;   // the last event that had the column
  uint64_t epoch_ = 0;
  size_t filled_ = 0;  // columns seen in this event
  bool whole_event_ = false;
  std::vector<char> scratch_;
  std::string container_;
  simdjson::dom::parser parser_;
};

EventScanner::EventScanner(const JsonColumns& columns, RowSink& rows)
    : impl_(std::make_unique<Impl>(columns, rows)) {}
EventScanner::~EventScanner() = default;

const char* EventScanner::read(const char* at, const char* end) { return impl_->read(at, end); }

}  // namespace sp
