#pragma once
// Type: a SQL data type with ClickHouse's names and rules of spelling. Types are interned: two
// equal types are one pointer, copying is free, and a Type may be used from any thread for the life
// of the process.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/core/error.h"

namespace sp {

enum class TypeKind : uint8_t {
  kNothing,  ///< the type of NULL without a context: Nullable(Nothing)
  kBool,
  kUInt8,
  kUInt16,
  kUInt32,
  kUInt64,
  kUInt128,
  kUInt256,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kInt128,
  kInt256,
  kFloat32,
  kFloat64,
  kDecimal,  ///< precision 1..76, scale; stored as Int32/64/128/256
  kString,
  kFixedString,
  kDate,
  kDate32,
  kDateTime,
  kDateTime64,
  kUuid,
  kIpv4,
  kIpv6,
  kEnum8,
  kEnum16,
  kInterval,  ///< a number of units (unit in `interval_unit`)
  kNullable,
  kLowCardinality,
  kArray,
  kTuple,
  kMap,
  kAggregateFunction,
  kSimpleAggregateFunction,
  kJson,
  kLambda,  ///< only inside expressions
};

enum class IntervalUnit : uint8_t {
  kNanosecond,
  kMicrosecond,
  kMillisecond,
  kSecond,
  kMinute,
  kHour,
  kDay,
  kWeek,
  kMonth,
  kQuarter,
  kYear
};

class TypeNode;

/// A handle to an interned type. Cheap to copy and compare; never dangling. Default-constructed:
/// Nothing.
class Type {
 public:
  Type();
  explicit Type(const TypeNode* node) : node_(node) {}

  // --- construction -----------------------------------------------------------------------------
  /// A type without parameters (numbers, String, Date, Date32, UUID, Bool, ...).
  static Type of(TypeKind kind);
  static Type nullable(
      Type inner);  ///< returns inner itself if it cannot be inside Nullable or already is
  static Type low_cardinality(Type inner);
  static Type array(Type element);
  static Type map(Type key, Type value);
  static Type tuple(std::vector<Type> elements, std::vector<std::string> names = {});
  static Type fixed_string(uint32_t size_bytes);
  static Type datetime(std::string timezone = {});  ///< "" = server's zone (UTC)
  static Type datetime64(uint32_t precision, std::string timezone = {});
  static Type decimal(uint32_t precision, uint32_t scale);
  static Type enumeration(TypeKind kind, std::vector<std::pair<std::string, int16_t>> values);
  static Type interval(IntervalUnit unit);
  /// `function` as spelled with parameters, e.g. "quantiles(0.5, 0.9)"; `arguments` its argument
  /// types.
  static Type aggregate_function(std::string function, std::vector<Type> arguments);
  static Type simple_aggregate_function(std::string function, Type value);
  static Type lambda(std::vector<Type> arguments, Type result);
  static Type null_type();  ///< Nullable(Nothing)

  // --- inspection -------------------------------------------------------------------------------
  TypeKind kind() const;
  bool is(TypeKind k) const { return kind() == k; }
  bool operator==(const Type& other) const { return node_ == other.node_; }
  /// ClickHouse's spelling, as in `meta`: "LowCardinality(Nullable(String))".
  const std::string& name() const;
  /// Inner types: element of Array/Nullable/LowCardinality (1), key and value of Map (2), elements
  /// of Tuple, arguments of an aggregate function; lambda: arguments then result.
  const std::vector<Type>& inner() const;
  Type element() const { return inner().front(); }
  const std::vector<std::string>& element_names() const;  ///< Tuple with names; empty if unnamed
  const std::string& timezone() const;                    ///< DateTime, DateTime64; "" if not given
  uint32_t precision() const;  ///< DateTime64, Decimal; FixedString: its size
  uint32_t scale() const;      ///< Decimal; DateTime64: = precision
  IntervalUnit interval_unit() const;
  const std::vector<std::pair<std::string, int16_t>>& enum_values() const;
  const std::string& function() const;  ///< (Simple)AggregateFunction: spelled function

  bool is_nullable() const { return kind() == TypeKind::kNullable; }
  bool is_low_cardinality() const { return kind() == TypeKind::kLowCardinality; }
  /// True also for LowCardinality(Nullable(T)).
  bool can_be_null() const;
  /// Strips LowCardinality, then Nullable: the type whose value the machine handles.
  Type base() const;
  Type without_nullable()
      const;  ///< strips Nullable (also inside LowCardinality, keeping LowCardinality)
  Type without_low_cardinality() const;
  /// Rebuilds the wrapping: Nullable(this) if `null` else this.
  Type with_null(bool null) const { return null ? nullable(*this) : *this; }

  // Predicates on the type itself (wrappers not stripped).
  bool is_unsigned() const;
  bool is_signed_integer() const;
  bool is_integer() const {
    return is_unsigned() || is_signed_integer();
  }  ///< Bool is not an integer here
  bool is_float() const { return is(TypeKind::kFloat32) || is(TypeKind::kFloat64); }
  bool is_number() const { return is_integer() || is_float() || is(TypeKind::kBool); }
  bool is_string_like() const { return is(TypeKind::kString) || is(TypeKind::kFixedString); }
  bool is_date_like() const;  ///< Date, Date32, DateTime, DateTime64
  bool is_enum() const { return is(TypeKind::kEnum8) || is(TypeKind::kEnum16); }

  const TypeNode* node() const { return node_; }

 private:
  const TypeNode* node_;
};

/// Parses ClickHouse's type syntax ("Array(Nullable(DateTime64(3, 'UTC')))", aliases such as INT,
/// VARCHAR, TEXT, BOOLEAN; case-insensitive where ClickHouse is). Errors: UNKNOWN_TYPE with a
/// suggestion.
Result<Type> parse_type(std::string_view text);

}  // namespace sp

template <>
struct std::hash<sp::Type> {
  size_t operator()(const sp::Type& type) const noexcept {
    return std::hash<const void*>()(type.node());
  }
};
