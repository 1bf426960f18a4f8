// The tables of type names. See type_families.h.

#include "runtime/text/type_families.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace sp {
namespace {

constexpr TypeFamily kFamilies[] = {
    {"Nothing", TypeKind::kNothing},
    {"Bool", TypeKind::kBool, true},
    {"UInt8", TypeKind::kUInt8},
    {"UInt16", TypeKind::kUInt16},
    {"UInt32", TypeKind::kUInt32},
    {"UInt64", TypeKind::kUInt64},
    {"UInt128", TypeKind::kUInt128},
    {"UInt256", TypeKind::kUInt256},
    {"Int8", TypeKind::kInt8},
    {"Int16", TypeKind::kInt16},
    {"Int32", TypeKind::kInt32},
    {"Int64", TypeKind::kInt64},
    {"Int128", TypeKind::kInt128},
    {"Int256", TypeKind::kInt256},
    {"Float32", TypeKind::kFloat32},
    {"Float64", TypeKind::kFloat64},
    {"Decimal", TypeKind::kDecimal, true},
    {"Decimal32", TypeKind::kDecimal, true, 9},
    {"Decimal64", TypeKind::kDecimal, true, 18},
    {"Decimal128", TypeKind::kDecimal, true, 38},
    {"Decimal256", TypeKind::kDecimal, true, 76},
    {"String", TypeKind::kString},
    {"FixedString", TypeKind::kFixedString},
    {"Date", TypeKind::kDate, true},
    {"Date32", TypeKind::kDate32, true},
    {"DateTime", TypeKind::kDateTime, true},
    {"DateTime32", TypeKind::kDateTime, true},
    {"DateTime64", TypeKind::kDateTime64, true},
    {"UUID", TypeKind::kUuid},
    {"IPv4", TypeKind::kIpv4},
    {"IPv6", TypeKind::kIpv6},
    {"Enum", TypeKind::kEnum8, true},
    {"Enum8", TypeKind::kEnum8},
    {"Enum16", TypeKind::kEnum16},
    {"Nullable", TypeKind::kNullable},
    {"LowCardinality", TypeKind::kLowCardinality},
    {"Array", TypeKind::kArray},
    {"Tuple", TypeKind::kTuple},
    {"Map", TypeKind::kMap},
    {"Nested", TypeKind::kTuple},
    {"AggregateFunction", TypeKind::kAggregateFunction},
    {"SimpleAggregateFunction", TypeKind::kSimpleAggregateFunction},
    {"JSON", TypeKind::kJson, true},
};

// Aliases are case-insensitive; of several words, words are separated by one space here.
constexpr std::pair<std::string_view, std::string_view> kAliases[] = {
    {"BOOLEAN", "Bool"},
    {"TIMESTAMP", "DateTime"},
    {"DEC", "Decimal"},
    {"FIXED", "Decimal"},
    {"NUMERIC", "Decimal"},
    {"BINARY", "FixedString"},
    {"FLOAT", "Float32"},
    {"REAL", "Float32"},
    {"SINGLE", "Float32"},
    {"DOUBLE PRECISION", "Float64"},
    {"DOUBLE", "Float64"},
    {"INET4", "IPv4"},
    {"INET6", "IPv6"},
    {"SMALLINT SIGNED", "Int16"},
    {"SMALLINT UNSIGNED", "UInt16"},
    {"SMALLINT", "Int16"},
    {"INT SIGNED", "Int32"},
    {"INT UNSIGNED", "UInt32"},
    {"INT", "Int32"},
    {"INTEGER SIGNED", "Int32"},
    {"INTEGER UNSIGNED", "UInt32"},
    {"INTEGER", "Int32"},
    {"MEDIUMINT SIGNED", "Int32"},
    {"MEDIUMINT UNSIGNED", "UInt32"},
    {"MEDIUMINT", "Int32"},
    {"BIGINT SIGNED", "Int64"},
    {"BIGINT UNSIGNED", "UInt64"},
    {"BIGINT", "Int64"},
    {"SIGNED", "Int64"},
    {"BYTE", "Int8"},
    {"INT1 SIGNED", "Int8"},
    {"INT1 UNSIGNED", "UInt8"},
    {"INT1", "Int8"},
    {"TINYINT SIGNED", "Int8"},
    {"TINYINT UNSIGNED", "UInt8"},
    {"TINYINT", "Int8"},
    {"YEAR", "UInt16"},
    {"BIT", "UInt64"},
    {"SET", "UInt64"},
    {"UNSIGNED", "UInt64"},
    {"BINARY LARGE OBJECT", "String"},
    {"BINARY VARYING", "String"},
    {"BLOB", "String"},
    {"BYTEA", "String"},
    {"CHAR LARGE OBJECT", "String"},
    {"CHAR VARYING", "String"},
    {"CHAR", "String"},
    {"CHARACTER LARGE OBJECT", "String"},
    {"CHARACTER VARYING", "String"},
    {"CHARACTER", "String"},
    {"CLOB", "String"},
    {"LONGBLOB", "String"},
    {"LONGTEXT", "String"},
    {"MEDIUMBLOB", "String"},
    {"MEDIUMTEXT", "String"},
    {"NATIONAL CHARACTER LARGE OBJECT", "String"},
    {"NATIONAL CHARACTER VARYING", "String"},
    {"NATIONAL CHARACTER", "String"},
    {"NATIONAL CHAR VARYING", "String"},
    {"NATIONAL CHAR", "String"},
    {"NCHAR LARGE OBJECT", "String"},
    {"NCHAR VARYING", "String"},
    {"NCHAR", "String"},
    {"NVARCHAR", "String"},
    {"TEXT", "String"},
    {"TINYBLOB", "String"},
    {"TINYTEXT", "String"},
    {"VARBINARY", "String"},
    {"VARCHAR2", "String"},
    {"VARCHAR", "String"},
};

constexpr std::string_view kUnsupported[] = {
    "BFloat16",        "Dynamic",  "Variant", "Time",         "Time64",
    "Point",           "Ring",     "Polygon", "MultiPolygon", "LineString",
    "MultiLineString", "Geometry", "QBit"};

bool same_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  });
}

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

}  // namespace

const TypeFamily* find_type_family(std::string_view name) {
  for (const TypeFamily& family : kFamilies) {
    const bool same =
        family.case_insensitive ? same_ignoring_case(family.name, name) : family.name == name;
    if (same) return &family;
  }
  return nullptr;
}

AliasMatch match_type_alias(std::string_view text) {
  // Longer aliases stand before shorter ones in the table, so the first match is the longest.
  for (const auto& [alias, target] : kAliases) {
    size_t cursor = 0;
    bool matches = true;
    for (size_t i = 0; i < alias.size() && matches; ++i) {
      if (alias[i] == ' ') {
        const size_t before = cursor;
        while (cursor < text.size() && std::isspace(static_cast<unsigned char>(text[cursor])))
          ++cursor;
        matches = cursor > before;
      } else {
        matches = cursor < text.size() &&
                  std::toupper(static_cast<unsigned char>(text[cursor])) == alias[i];
        ++cursor;
      }
    }
    if (matches && (cursor >= text.size() || !is_word(text[cursor]))) return {target, cursor};
  }
  return {};
}

bool is_unsupported_type(std::string_view name) {
  return std::find(std::begin(kUnsupported), std::end(kUnsupported), name) !=
         std::end(kUnsupported);
}

std::vector<std::string_view> type_names() {
  std::vector<std::string_view> names;
  for (const TypeFamily& family : kFamilies) names.push_back(family.name);
  for (const auto& [alias, target] : kAliases) names.push_back(alias);
  return names;
}

}  // namespace sp
