// The interning table of types and their names.

#include "runtime/core/type.h"

#include <array>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>

namespace sp {

class TypeNode {
 public:
  TypeKind kind = TypeKind::kNothing;
  std::string name;
  std::vector<Type> inner;
  std::vector<std::string> element_names;
  std::string text;  // time zone, or the spelled function
  uint32_t precision = 0;
  uint32_t scale = 0;
  IntervalUnit unit = IntervalUnit::kSecond;
  std::vector<std::pair<std::string, int16_t>> enum_values;
};

namespace {

// The name determines the type, lambdas and intervals included, so it is the interning key.
Type intern(TypeNode node) {
  static std::mutex mutex;
  static auto* table = new std::unordered_map<std::string, std::unique_ptr<TypeNode>>();
  const std::lock_guard lock(mutex);
  auto& slot = (*table)[node.name];
  if (!slot) slot = std::make_unique<TypeNode>(std::move(node));
  return Type(slot.get());
}

std::string quoted(std::string_view text) {
  constexpr std::string_view kEscaped("\b\f\n\r\t\0\\'", 8), kLetters = "bfnrt0\\'";
  std::string out = "'";
  for (const char c : text) {
    const size_t at = kEscaped.find(c);
    if (at != std::string_view::npos) out += '\\';
    out += at == std::string_view::npos ? c : kLetters[at];
  }
  return out + "'";
}

std::string quoted_identifier(const std::string& name) {
  bool plain =
      !name.empty() && (std::isalpha(static_cast<unsigned char>(name[0])) || name[0] == '_');
  for (const char c : name)
    plain = plain && (std::isalnum(static_cast<unsigned char>(c)) || c == '_');
  if (plain) return name;
  std::string out = "`";
  for (const char c : name) {
    if (c == '`' || c == '\\') out += '\\';
    out += c;
  }
  return out + "`";
}

constexpr std::string_view kSimpleNames[] = {"Nothing",
                                             "Bool",
                                             "UInt8",
                                             "UInt16",
                                             "UInt32",
                                             "UInt64",
                                             "UInt128",
                                             "UInt256",
                                             "Int8",
                                             "Int16",
                                             "Int32",
                                             "Int64",
                                             "Int128",
                                             "Int256",
                                             "Float32",
                                             "Float64",
                                             "Decimal",
                                             "String",
                                             "FixedString",
                                             "Date",
                                             "Date32",
                                             "DateTime",
                                             "DateTime64",
                                             "UUID",
                                             "IPv4",
                                             "IPv6",
                                             "Enum8",
                                             "Enum16",
                                             "Interval",
                                             "Nullable",
                                             "LowCardinality",
                                             "Array",
                                             "Tuple",
                                             "Map",
                                             "AggregateFunction",
                                             "SimpleAggregateFunction",
                                             "JSON",
                                             "Function"};

constexpr std::string_view kUnitNames[] = {"Nanosecond", "Microsecond", "Millisecond", "Second",
                                           "Minute",     "Hour",        "Day",         "Week",
                                           "Month",      "Quarter",     "Year"};

std::string joined(const std::vector<Type>& types) {
  std::string out;
  for (const Type& type : types) out += (out.empty() ? "" : ", ") + type.name();
  return out;
}

template <size_t... kKinds>
std::array<Type, sizeof...(kKinds)> make_simple_types(std::index_sequence<kKinds...>) {
  const auto type_of = [](size_t kind) {
    TypeNode node;
    node.kind = static_cast<TypeKind>(kind);
    node.name = kSimpleNames[kind];
    return intern(std::move(node));
  };
  return {type_of(kKinds)...};
}

// One table for every kind without parameters: built once, then read without a lock. Nothing of it
// is destroyed: types outlive everything.
const std::array<Type, std::size(kSimpleNames)>& simple_types() {
  static const auto table = make_simple_types(std::make_index_sequence<std::size(kSimpleNames)>());
  return table;
}

}  // namespace

Type::Type() : node_(simple_types()[0].node_) {}

Type Type::of(TypeKind kind) { return simple_types()[static_cast<size_t>(kind)]; }

Type Type::nullable(Type inner) {
  switch (inner.kind()) {
    case TypeKind::kNullable:
    case TypeKind::kArray:
    case TypeKind::kMap:
    case TypeKind::kAggregateFunction:
    case TypeKind::kLambda: return inner;
    case TypeKind::kLowCardinality: return low_cardinality(nullable(inner.element()));
    default: break;
  }
  TypeNode node;
  node.kind = TypeKind::kNullable;
  node.name = "Nullable(" + inner.name() + ")";
  node.inner = {inner};
  return intern(std::move(node));
}

Type Type::low_cardinality(Type inner) {
  if (inner.is_low_cardinality()) return inner;
  TypeNode node;
  node.kind = TypeKind::kLowCardinality;
  node.name = "LowCardinality(" + inner.name() + ")";
  node.inner = {inner};
  return intern(std::move(node));
}

Type Type::array(Type element) {
  TypeNode node;
  node.kind = TypeKind::kArray;
  node.name = "Array(" + element.name() + ")";
  node.inner = {element};
  return intern(std::move(node));
}

Type Type::map(Type key, Type value) {
  TypeNode node;
  node.kind = TypeKind::kMap;
  node.name = "Map(" + key.name() + ", " + value.name() + ")";
  node.inner = {key, value};
  return intern(std::move(node));
}

Type Type::tuple(std::vector<Type> elements, std::vector<std::string> names) {
  TypeNode node;
  node.kind = TypeKind::kTuple;
  std::string body;
  for (size_t i = 0; i < elements.size(); ++i) {
    if (i > 0) body += ", ";
    if (i < names.size() && !names[i].empty()) body += quoted_identifier(names[i]) + " ";
    body += elements[i].name();
  }
  node.name = "Tuple(" + body + ")";
  node.inner = std::move(elements);
  node.element_names = std::move(names);
  return intern(std::move(node));
}

Type Type::fixed_string(uint32_t size_bytes) {
  TypeNode node;
  node.kind = TypeKind::kFixedString;
  node.name = "FixedString(" + std::to_string(size_bytes) + ")";
  node.precision = size_bytes;
  return intern(std::move(node));
}

Type Type::datetime(std::string timezone) {
  TypeNode node;
  node.kind = TypeKind::kDateTime;
  node.name = timezone.empty() ? "DateTime" : "DateTime(" + quoted(timezone) + ")";
  node.text = std::move(timezone);
  return intern(std::move(node));
}

Type Type::datetime64(uint32_t precision, std::string timezone) {
  TypeNode node;
  node.kind = TypeKind::kDateTime64;
  node.name = "DateTime64(" + std::to_string(precision) +
              (timezone.empty() ? "" : ", " + quoted(timezone)) + ")";
  node.precision = node.scale = precision;
  node.text = std::move(timezone);
  return intern(std::move(node));
}

Type Type::decimal(uint32_t precision, uint32_t scale) {
  TypeNode node;
  node.kind = TypeKind::kDecimal;
  node.name = "Decimal(" + std::to_string(precision) + ", " + std::to_string(scale) + ")";
  node.precision = precision;
  node.scale = scale;
  return intern(std::move(node));
}

Type Type::enumeration(TypeKind kind, std::vector<std::pair<std::string, int16_t>> values) {
  SP_CHECK(kind == TypeKind::kEnum8 || kind == TypeKind::kEnum16);
  TypeNode node;
  node.kind = kind;
  std::string body;
  for (const auto& [label, number] : values) {
    body += (body.empty() ? "" : ", ") + quoted(label) + " = " + std::to_string(number);
  }
  node.name = (kind == TypeKind::kEnum8 ? "Enum8(" : "Enum16(") + body + ")";
  node.enum_values = std::move(values);
  return intern(std::move(node));
}

Type Type::interval(IntervalUnit unit) {
  TypeNode node;
  node.kind = TypeKind::kInterval;
  node.name = "Interval" + std::string(kUnitNames[static_cast<size_t>(unit)]);
  node.unit = unit;
  return intern(std::move(node));
}

Type Type::aggregate_function(std::string function, std::vector<Type> arguments) {
  TypeNode node;
  node.kind = TypeKind::kAggregateFunction;
  node.name =
      "AggregateFunction(" + function + (arguments.empty() ? "" : ", ") + joined(arguments) + ")";
  node.text = std::move(function);
  node.inner = std::move(arguments);
  return intern(std::move(node));
}

Type Type::simple_aggregate_function(std::string function, Type value) {
  TypeNode node;
  node.kind = TypeKind::kSimpleAggregateFunction;
  node.name = "SimpleAggregateFunction(" + function + ", " + value.name() + ")";
  node.text = std::move(function);
  node.inner = {value};
  return intern(std::move(node));
}

Type Type::lambda(std::vector<Type> arguments, Type result) {
  TypeNode node;
  node.kind = TypeKind::kLambda;
  node.name = "Function((" + joined(arguments) + ") -> " + result.name() + ")";
  node.inner = std::move(arguments);
  node.inner.push_back(result);
  return intern(std::move(node));
}

Type Type::null_type() { return nullable(of(TypeKind::kNothing)); }

TypeKind Type::kind() const { return node_->kind; }
const std::string& Type::name() const { return node_->name; }
const std::vector<Type>& Type::inner() const { return node_->inner; }
const std::vector<std::string>& Type::element_names() const { return node_->element_names; }
const std::string& Type::timezone() const { return node_->text; }
uint32_t Type::precision() const { return node_->precision; }
uint32_t Type::scale() const { return node_->scale; }
IntervalUnit Type::interval_unit() const { return node_->unit; }
const std::vector<std::pair<std::string, int16_t>>& Type::enum_values() const {
  return node_->enum_values;
}
const std::string& Type::function() const { return node_->text; }

bool Type::can_be_null() const {
  return is_nullable() || (is_low_cardinality() && element().is_nullable());
}

Type Type::base() const {
  Type type = *this;
  if (type.is_low_cardinality()) type = type.element();
  if (type.is_nullable()) type = type.element();
  if (type.is(TypeKind::kSimpleAggregateFunction)) return type.element().base();
  return type;
}

Type Type::without_nullable() const {
  if (is_low_cardinality()) return low_cardinality(element().without_nullable());
  return is_nullable() ? element() : *this;
}

Type Type::without_low_cardinality() const { return is_low_cardinality() ? element() : *this; }

bool Type::is_unsigned() const {
  return kind() >= TypeKind::kUInt8 && kind() <= TypeKind::kUInt256;
}
bool Type::is_signed_integer() const {
  return kind() >= TypeKind::kInt8 && kind() <= TypeKind::kInt256;
}
bool Type::is_date_like() const {
  return kind() >= TypeKind::kDate && kind() <= TypeKind::kDateTime64;
}

}  // namespace sp
