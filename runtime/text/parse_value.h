#pragma once
// Text to values of any type: what CAST from String, query parameters, CSV fields and fixtures
// need. The reverse of format_value.h. A ValueParser is built once per type.

#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/core/arena.h"
#include "runtime/core/slot.h"
#include "runtime/text/parse_datetime.h"

namespace sp {

/// How strictly texts are read.
struct ParseRules {
  bool check_overflow =
      false;  ///< integers out of range are errors; otherwise they wrap around (CAST)
  bool best_effort_times =
      true;  ///< DateTime and DateTime64 take everything that parseDateTimeBestEffort does
  bool null_on_error = false;  ///< CAST to Nullable: what cannot be read is NULL
  bool null_words = false;     ///< "NULL" and "\N" are NULL for Nullable types
  bool operator==(const ParseRules&) const = default;
};

class ValueParser {
 public:
  ValueParser(Type type, ParseRules rules);

  Type type() const { return type_; }
  /// Reads the whole text into a slot; strings and arrays are allocated in `arena`. False sets
  /// `error`; the slot then holds zeros.
  bool parse(std::string_view text, void* slot, Arena& arena, ParseError& error) const;
  /// Reads one value as it stands inside an array, tuple or map ('text', 12, NULL, [1,2]) and
  /// advances `at`.
  bool read_quoted(const char*& at, const char* end, void* slot, Arena& arena,
                   ParseError& error) const;

 private:
  bool parse_value(std::string_view text, void* slot, Arena& arena, ParseError& error) const;
  bool parse_time(std::string_view text, void* slot, ParseError& error) const;
  bool parse_date(std::string_view text, void* slot, ParseError& error) const;
  bool parse_enum(std::string_view text, void* slot, ParseError& error) const;
  bool parse_fixed_string(std::string_view text, void* slot, Arena& arena, ParseError& error) const;
  bool read_value(const char*& at, const char* end, void* slot, Arena& arena,
                  ParseError& error) const;
  bool read_elements(const char*& at, const char* end, void* slot, Arena& arena,
                     ParseError& error) const;
  bool read_tuple(const char*& at, const char* end, void* slot, Arena& arena,
                  ParseError& error) const;

  Type type_;
  Type base_;
  TypeKind kind_;
  ParseRules rules_;
  bool nullable_ = false;
  uint32_t value_size_ = 1;
  uint32_t slot_size_ = 1;
  uint32_t stride_ = 1;
  const TimeZone* zone_ = nullptr;
  std::vector<ValueParser> inner_;
  std::vector<uint32_t> offsets_;
  std::unordered_map<std::string_view, int16_t> labels_;
};

/// Reads an integer's text; used by casts and parameters. `checked`: overflow is an error (up to 64
/// bits; wider ones wrap around, as in ClickHouse).
bool parse_integer(std::string_view text, TypeKind kind, bool checked, void* slot, Type type,
                   ParseError& error);
/// Reads a Decimal's text; excess fraction digits are cut off.
bool parse_decimal(std::string_view text, Type type, void* slot, ParseError& error);
/// Reads the whole text as a float.
bool parse_float(std::string_view text, double& value, Type type, ParseError& error);
bool parse_bool(std::string_view text, uint8_t& value, ParseError& error);
bool parse_uuid(std::string_view text, void* slot, ParseError& error);
bool parse_ipv4(std::string_view text, uint32_t& value, ParseError& error);
bool parse_ipv6(std::string_view text, void* slot, ParseError& error);

}  // namespace sp
