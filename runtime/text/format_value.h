#pragma once
// Text of values in ClickHouse's styles: what toString, CSV, TSV, JSON and literals inside arrays
// look like.
// A ValueFormatter is built once per type and walks slots without looking at the type again.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/core/slot.h"
#include "runtime/text/time_zone.h"

namespace sp {

enum class TextStyle : uint8_t {
  kPlain,    ///< toString, TSVRaw, Pretty, Vertical: strings as they are
  kEscaped,  ///< TSV: \t, \n, \\ and ' escaped
  kQuoted,   ///< inside arrays, tuples, maps, and FORMAT Values: 'text'
  kCsv,      ///< strings and dates in double quotes
  kJson,     ///< a JSON value
};

/// Choices that the client makes by settings; the defaults are ClickHouse's.
struct TextOptions {
  bool json_quote_64bit_integers = false;
  bool json_quote_denormals = false;  ///< "nan", "inf" instead of null
  bool json_quote_decimals = false;
  bool json_named_tuples_as_objects = true;
  bool csv_tuple_as_columns = true;
};

/// Writes values of one type. Immutable; share it between threads.
class ValueFormatter {
 public:
  explicit ValueFormatter(Type type);

  Type type() const { return type_; }
  /// Appends the value in the slot. NULL: "NULL" plain and quoted, "\N" escaped and CSV, "null" in
  /// JSON.
  void write(const void* slot, TextStyle style, std::string& out,
             const TextOptions& options = {}) const;
  /// As FORMAT JSON lays values out: tuples and maps one element a line, indented by tabs from
  /// `indent` on.
  void write_pretty_json(const void* slot, uint32_t indent, std::string& out,
                         const TextOptions& options) const;
  bool is_null(const void* slot) const {
    return nullable_ && static_cast<const uint8_t*>(slot)[value_size_] != 0;
  }

 private:
  void write_value(const void* slot, TextStyle style, std::string& out,
                   const TextOptions& options) const;
  void write_array(const ArrayRef& array, TextStyle style, std::string& out,
                   const TextOptions& options) const;
  void write_map(const ArrayRef& map, TextStyle style, std::string& out,
                 const TextOptions& options) const;
  void write_tuple(const void* slot, TextStyle style, std::string& out,
                   const TextOptions& options) const;
  void write_json_key(const void* slot, std::string& out, const TextOptions& options) const;
  void write_decimal(const void* slot, std::string& out) const;

  Type type_;
  TypeKind kind_;  // of the base type
  bool nullable_ = false;
  bool named_tuple_ = false;
  uint32_t value_size_ = 1;  // bytes of the base value: where the null flag stands
  uint32_t scale_ = 0;       // DateTime64, Decimal
  uint32_t precision_ = 0;   // Decimal
  const TimeZone* zone_ = nullptr;
  std::vector<ValueFormatter> inner_;
  std::vector<uint32_t> offsets_;  // of tuple elements
  uint32_t stride_ = 1;            // of array elements
  std::vector<std::string> names_;
  std::vector<std::pair<int16_t, std::string>> labels_;  // of enums, by number
};

/// The formatter of a type; lives for the life of the process. Thread-safe.
const ValueFormatter& value_formatter(Type type);

/// Appends one value.
inline void format_value(Type type, const void* slot, TextStyle style, std::string& out,
                         const TextOptions& options = {}) {
  value_formatter(type).write(slot, style, out, options);
}

// Pieces, also used by functions and writers.

void append_integer64(std::string& out, int64_t value);
void append_unsigned64(std::string& out, uint64_t value);
/// Shortest text that reads back to the same number: 0.1, 1e21, 1e-7, inf, -inf, nan, -0.
void append_float(std::string& out, double value);
void append_float(std::string& out, float value);
void append_date(std::string& out, int64_t days);  ///< 2024-01-31
/// 2024-01-31 12:34:56 with `precision` digits of a second: `ticks` counts units of 10^-precision
/// seconds.
void append_datetime64(std::string& out, int64_t ticks, uint32_t precision, const TimeZone& zone);
void append_datetime(std::string& out, int64_t utc_seconds, const TimeZone& zone);
/// The slot holds two 64-bit numbers: the first half of the text's hexadecimal digits, then the
/// second (ClickHouse's order compares the second half first).
void append_uuid(std::string& out, const void* slot);
void append_ipv4(std::string& out, uint32_t value);
void append_ipv6(std::string& out, const void* slot);  ///< 16 bytes in network order
/// A JSON string with quotes; bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);
/// 'text' with backslash escapes.
void append_quoted_string(std::string& out, std::string_view text);
/// TSV escapes, without quotes.
void append_escaped_string(std::string& out, std::string_view text);
/// "text" with doubled quotes.
void append_csv_string(std::string& out, std::string_view text);

}  // namespace sp
