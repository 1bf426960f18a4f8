#pragma once
// Value: what a template expression yields: Python's scalars, lists, tuples and dicts, and the few
// kinds that only templates know (an identifier, a name that was not sent, nothing). Containers are
// shared and never change once another value refers to them, so no value can contain itself.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sp::tmpl {

struct ListData;
struct DictData;

enum class ValueKind : uint8_t {
  kNone,
  kUndefined,  ///< a name that was neither set nor sent; `text` is the name
  kBool,
  kInteger,
  kFloat,
  kString,
  kList,
  kTuple,
  kDict,
  kIdentifier,  ///< a checked SQL identifier, to be written in backticks; `text` is its name, dots
                ///< separate parts
  kSequence,    ///< SQL of several parts: kCode and values, in `list`
  kCode,  ///< SQL text that the template itself made (never from a request): only inside kSequence
  kNothing,  ///< writes nothing: settings such as max_threads()
};

struct Value {
  ValueKind kind = ValueKind::kNone;
  bool raw = false;      ///< a string as the request sent it: counts as a number beside numbers
  __int128 integer = 0;  ///< kBool, kInteger
  double real = 0;
  std::string text;
  std::shared_ptr<ListData> list;
  std::shared_ptr<DictData> dict;
  std::string_view
      sql_type;  ///< of a typed parameter: the type of its hole; lives as long as the template
  std::string_view
      parameter;  ///< the parameter this value is, unchanged; "" otherwise; lives like sql_type

  static Value none() { return {}; }
  static Value boolean(bool value);
  static Value number(__int128 value);
  static Value real_number(double value);
  static Value string(std::string value);
  static Value undefined(std::string_view name);
  static Value identifier(std::string name);
  static Value code(std::string text);
  static Value nothing();
  static Value make_list(std::vector<Value> items, ValueKind kind = ValueKind::kList);
  static Value make_dict(std::vector<std::pair<Value, Value>> items);

  bool is_number() const {
    return kind == ValueKind::kInteger || kind == ValueKind::kFloat || kind == ValueKind::kBool;
  }
  bool is_sequence() const { return kind == ValueKind::kList || kind == ValueKind::kTuple; }
  double as_double() const {
    return kind == ValueKind::kFloat ? real : static_cast<double>(integer);
  }
  /// Nesting depth: 0 for scalars.
  uint32_t depth() const;
  /// "str", "int", "list": Python's names, for messages.
  std::string_view type_name() const;
};

struct ListData {
  std::vector<Value> items;
  uint32_t depth = 1;
};

struct DictData {
  std::vector<std::pair<Value, Value>> items;  // in order of insertion
  uint32_t depth = 1;
};

constexpr uint32_t kMaxValueDepth = 64;

/// Python's truth: empty, zero, None and names that were not sent are false.
bool truthy(const Value& value);

/// Reads a raw string beside a number as a number; false if it is none.
bool as_number(const Value& value, Value* number);

/// Python's str(): "True", "None", "1.5", "['a', 1]".
std::string to_text(const Value& value);

/// Decimal digits of a 128-bit integer.
std::string integer_text(__int128 value);

/// The shortest text that reads back as the same number; "inf", "nan".
std::string float_text(double value);

/// Parses a whole decimal integer ("-5", "+7", blanks around allowed) that fits 128 bits.
bool parse_integer(std::string_view text, __int128* value);

/// Parses a whole decimal number, inf and nan.
bool parse_float(std::string_view text, double* value);

}  // namespace sp::tmpl
