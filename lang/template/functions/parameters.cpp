// Parameter functions: {{Type(name, default, description=..., required=...)}}. One row each; all
// share the road of parameter.cpp. Dates, times and UUIDs render as String holes, because SQL sees
// a quoted literal there: it compares with Date, DateTime and DateTime64 columns alike and may be
// the argument of toDate() or toDateTime().

#include "lang/template/function.h"
#include "lang/template/parameter.h"

namespace sp::tmpl {
namespace {

using Kind = ParameterKind;
constexpr auto kRead = &evaluate_parameter;

constexpr FunctionRule kFunctions[] = {
    {"String", "The parameter `name` as a string.", "{{String(country, 'ES')}}", kRead,
     Kind::kString, "String", "String"},
    {"Int8", "The parameter `name` as an integer of 8 bits.", "{{Int8(level, 1)}}", kRead,
     Kind::kInteger, "Int8", "Int8"},
    {"Int16", "The parameter `name` as an integer of 16 bits.", "{{Int16(year, 2024)}}", kRead,
     Kind::kInteger, "Int16", "Int16"},
    {"Int32", "The parameter `name` as an integer of 32 bits.", "{{Int32(limit, 10)}}", kRead,
     Kind::kInteger, "Int32", "Int32"},
    {"Int64", "The parameter `name` as an integer of 64 bits.", "{{Int64(user_id)}}", kRead,
     Kind::kInteger, "Int64", "Int64"},
    {"Int128", "The parameter `name` as an integer of 128 bits.", "{{Int128(id)}}", kRead,
     Kind::kWideInteger, "Int128", "Int128"},
    {"Int256", "The parameter `name` as an integer of 256 bits.", "{{Int256(id)}}", kRead,
     Kind::kWideInteger, "Int256", "Int256"},
    {"UInt8", "The parameter `name` as an unsigned integer of 8 bits.", "{{UInt8(flag, 0)}}", kRead,
     Kind::kInteger, "UInt8", "UInt8"},
    {"UInt16", "The parameter `name` as an unsigned integer of 16 bits.", "{{UInt16(port)}}", kRead,
     Kind::kInteger, "UInt16", "UInt16"},
    {"UInt32", "The parameter `name` as an unsigned integer of 32 bits.", "{{UInt32(id)}}", kRead,
     Kind::kInteger, "UInt32", "UInt32"},
    {"UInt64", "The parameter `name` as an unsigned integer of 64 bits.", "{{UInt64(id)}}", kRead,
     Kind::kInteger, "UInt64", "UInt64"},
    {"UInt128", "The parameter `name` as an unsigned integer of 128 bits.", "{{UInt128(id)}}",
     kRead, Kind::kWideInteger, "UInt128", "UInt128"},
    {"UInt256", "The parameter `name` as an unsigned integer of 256 bits.", "{{UInt256(id)}}",
     kRead, Kind::kWideInteger, "UInt256", "UInt256"},
    {"Int", "Another name of Int32.", "{{Int(limit, 10)}}", kRead, Kind::kInteger, "Int32",
     "Int32"},
    {"Integer", "Another name of Int32.", "{{Integer(limit, 10)}}", kRead, Kind::kInteger, "Int32",
     "Int32"},
    {"Float32", "The parameter `name` as a number of 32 bits.", "{{Float32(rate, 0.5)}}", kRead,
     Kind::kFloat, "Float32", "Float32"},
    {"Float64", "The parameter `name` as a number of 64 bits.", "{{Float64(rate, 0.5)}}", kRead,
     Kind::kFloat, "Float64", "Float64"},
    {"Float", "Another name of Float64.", "{{Float(rate, 0.5)}}", kRead, Kind::kFloat, "Float64",
     "Float64"},
    {"Decimal", "The parameter `name` as a decimal number with up to nine digits behind the point.",
     "{{Decimal(price, 9.99)}}", kRead, Kind::kDecimal, "Decimal", "Decimal(38, 9)"},
    {"Boolean", "The parameter `name` as 1 or 0.", "{{Boolean(active, True)}}", kRead,
     Kind::kBoolean, "Boolean", "UInt8"},
    {"Bool", "Another name of Boolean.", "{{Bool(active, True)}}", kRead, Kind::kBoolean, "Boolean",
     "UInt8"},
    {"Date", "The parameter `name` as a date; requests write YYYY-MM-DD or YYYYMMDD.",
     "{{Date(start, '2024-01-01')}}", kRead, Kind::kDate, "Date", "String"},
    {"DateTime", "The parameter `name` as a time; requests write YYYY-MM-DD HH:MM:SS, or ISO 8601.",
     "{{DateTime(since, '2024-01-01 00:00:00')}}", kRead, Kind::kDateTime, "DateTime", "String"},
    {"DateTime64", "The parameter `name` as a time with a fraction of a second.",
     "{{DateTime64(since, '2024-01-01 00:00:00.000')}}", kRead, Kind::kDateTime64, "DateTime64",
     "String"},
    {"UUID", "The parameter `name` as a UUID.", "{{UUID(session)}}", kRead, Kind::kUuid, "UUID",
     "String"},
    {"Array",
     "The parameter `name` as a list of `type`; requests repeat the name or separate values by "
     "commas.",
     "{{Array(codes, 'Int32', '1,2')}}", kRead, Kind::kArray, "Array(String)", "Array(String)"},
    {"JSON", "The parameter `name` read as JSON: dicts and lists for use in statements.",
     "{% for f in JSON(filters, '[]') %}", kRead, Kind::kJson, "JSON", "String"},
};

}  // namespace

std::span<const FunctionRule> parameter_functions() { return kFunctions; }

}  // namespace sp::tmpl
