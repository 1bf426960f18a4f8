// Parses ClickHouse's type syntax by recursive descent. Entry: parse_type (declared in
// runtime/core/type.h).

#include <algorithm>
#include <cctype>

#include "runtime/text/time_zone.h"
#include "runtime/text/type_families.h"
#include "runtime/text/type_text.h"

namespace sp {

namespace {

constexpr std::string_view kUnits[] = {"Nanosecond", "Microsecond", "Millisecond", "Second",
                                       "Minute",     "Hour",        "Day",         "Week",
                                       "Month",      "Quarter",     "Year"};

// The zone must exist; the error is the one ClickHouse gives.
Result<std::string> checked_zone(std::string zone) {
  if (TimeZone::find(zone) != nullptr) return zone;
  return fail(ErrorCode::kBadArguments, "Unknown time zone: " + zone, std::nullopt,
              did_you_mean(zone, time_zone_names()));
}

class TypeParser : TypeText {
 public:
  using TypeText::TypeText;

  Result<Type> whole() {
    SP_TRY(Type type, parse(0));
    skip_space();
    if (at_ != text_.size()) return unexpected("end of the type");
    return type;
  }

 private:
  static constexpr int kMaxDepth = 100;

  static Error arguments_error(std::string_view family, std::string_view wanted) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                std::string(family) + " data type family must have " + std::string(wanted));
  }

  // A family name; for aliases of several words the longest match wins. The result is the family's
  // own name.
  Result<std::string_view> family_name() {
    skip_space();
    const size_t begin = at_;
    const std::string_view first = word();
    if (first.empty()) return unexpected("a type name");
    if (const AliasMatch match = match_type_alias(text_.substr(begin)); match.length != 0) {
      at_ = begin + match.length;
      return match.family;
    }
    return first;
  }

  Result<Type> parse(int depth) {
    if (depth > kMaxDepth)
      return fail(ErrorCode::kTooDeepRecursion, "Data type is nested too deeply");
    SP_TRY(const std::string_view name, family_name());
    if (name.starts_with("Interval")) {
      for (size_t i = 0; i < std::size(kUnits); ++i) {
        if (name.substr(8) == kUnits[i]) return Type::interval(static_cast<IntervalUnit>(i));
      }
    }
    if (name == "Object") return object();
    if (const TypeFamily* family = find_type_family(name)) return family_type(*family, depth);
    if (is_unsupported_type(name))
      return fail(ErrorCode::kNotImplemented, "Data type is not supported: " + std::string(name));
    return fail(
        ErrorCode::kUnknownType, "Unknown data type family: " + std::string(name),
        Span{static_cast<uint32_t>(at_ - std::min(at_, name.size())), static_cast<uint32_t>(at_)},
        did_you_mean(name, type_names()));
  }

  Result<Type> family_type(const TypeFamily& family, int depth) {
    switch (family.kind) {
      case TypeKind::kDecimal: return decimal(family);
      case TypeKind::kFixedString: return fixed_string();
      case TypeKind::kDateTime: return datetime(family.name == "DateTime");
      case TypeKind::kDateTime64: return datetime64();
      case TypeKind::kEnum8:
      case TypeKind::kEnum16: return enumeration(family);
      case TypeKind::kNullable: return nullable(depth);
      case TypeKind::kLowCardinality: return low_cardinality(depth);
      case TypeKind::kArray: {
        if (!take('(')) return arguments_error("Array", "exactly one argument - type of elements");
        SP_TRY(const Type element, parse(depth + 1));
        SP_TRY_VOID(expect(')'));
        return Type::array(element);
      }
      case TypeKind::kMap: return map(depth);
      case TypeKind::kTuple: return tuple(family.name == "Nested", depth);
      case TypeKind::kAggregateFunction: return aggregate(false, depth);
      case TypeKind::kSimpleAggregateFunction: return aggregate(true, depth);
      case TypeKind::kJson: return json();
      default: break;
    }
    // INT(11), VARCHAR(255): lengths are accepted and ignored.
    if (take('(')) {
      if (!peek(')')) {
        SP_TRY_VOID(integer());
        while (take(',')) SP_TRY_VOID(integer());
      }
      SP_TRY_VOID(expect(')'));
    }
    return Type::of(family.kind);
  }

  Result<Type> decimal(const TypeFamily& family) {
    uint32_t precision = family.decimal_precision == 0 ? 10 : family.decimal_precision;
    int64_t scale = 0;
    if (take('(')) {
      SP_TRY(const int64_t first, integer());
      if (family.decimal_precision == 0) {
        if (first < 1 || first > 76) {
          return fail(ErrorCode::kArgumentOutOfBound,
                      "Wrong precision: it must be between 1 and 76, got " + std::to_string(first));
        }
        precision = static_cast<uint32_t>(first);
        if (take(',')) { SP_TRY(scale, integer()); }
      } else {
        scale = first;
      }
      SP_TRY_VOID(expect(')'));
    } else if (family.decimal_precision != 0) {
      return arguments_error(family.name, "exactly one argument: scale");
    }
    if (scale < 0 || scale > precision) {
      return fail(ErrorCode::kArgumentOutOfBound,
                  "Negative scales and scales larger than precision are not supported");
    }
    return Type::decimal(precision, static_cast<uint32_t>(scale));
  }

  Result<Type> fixed_string() {
    if (!take('(')) return arguments_error("FixedString", "exactly one argument - size in bytes");
    SP_TRY(const int64_t size, integer());
    SP_TRY_VOID(expect(')'));
    if (size < 1 || size > 0xFFFFFF) {
      return fail(ErrorCode::kBadArguments,
                  "FixedString size must be between 1 and 16777215, got " + std::to_string(size));
    }
    return Type::fixed_string(static_cast<uint32_t>(size));
  }

  Result<Type> datetime(bool may_have_precision) {
    if (!take('(')) return Type::datetime();
    if (take(')')) return Type::datetime();
    if (may_have_precision && at_integer()) return datetime64_arguments();
    SP_TRY(std::string text, quoted_text('\''));
    SP_TRY(std::string zone, checked_zone(std::move(text)));
    SP_TRY_VOID(expect(')'));
    return Type::datetime(std::move(zone));
  }
  Result<Type> datetime64() {
    if (!take('(') || take(')')) return Type::datetime64(3);
    return datetime64_arguments();
  }
  Result<Type> datetime64_arguments() {
    SP_TRY(const int64_t precision, integer());
    if (precision < 0 || precision > 9) {
      return fail(ErrorCode::kArgumentOutOfBound,
                  "Scale " + std::to_string(precision) +
                      " is too large for DateTime64. Maximum is up to nanoseconds (9).");
    }
    std::string zone;
    if (take(',')) {
      SP_TRY(std::string text, quoted_text('\''));
      SP_TRY(zone, checked_zone(std::move(text)));
    }
    SP_TRY_VOID(expect(')'));
    return Type::datetime64(static_cast<uint32_t>(precision), std::move(zone));
  }

  Result<Type> enumeration(const TypeFamily& family) {
    if (!take('(')) return arguments_error("Enum", "at least one element");
    std::vector<std::pair<std::string, int16_t>> values;
    int64_t next = 1;
    do {
      SP_TRY(std::string label, quoted_text('\''));
      if (take('=')) { SP_TRY(next, integer()); }
      if (next < -32768 || next > 32767) {
        return fail(ErrorCode::kArgumentOutOfBound,
                    "Value of an Enum element is out of range: " + std::to_string(next));
      }
      for (const auto& [other, number] : values) {
        if (other == label || number == next) {
          return fail(ErrorCode::kSyntaxError, "Duplicate names or values in Enum: '" + label +
                                                   "' = " + std::to_string(next));
        }
      }
      values.emplace_back(std::move(label), static_cast<int16_t>(next));
      ++next;
    } while (take(','));
    SP_TRY_VOID(expect(')'));
    std::sort(values.begin(), values.end(),
              [](const auto& a, const auto& b) { return a.second < b.second; });
    const bool fits = values.front().second >= -128 && values.back().second <= 127;
    TypeKind kind = family.kind;
    if (family.name == "Enum" && !fits) kind = TypeKind::kEnum16;
    if (kind == TypeKind::kEnum8 && !fits) {
      return fail(ErrorCode::kArgumentOutOfBound, "Value of an element is out of range of Enum8");
    }
    return Type::enumeration(kind, std::move(values));
  }

  Result<Type> nullable(int depth) {
    if (!take('(')) return arguments_error("Nullable", "exactly one argument - nested type");
    SP_TRY(const Type inner, parse(depth + 1));
    SP_TRY_VOID(expect(')'));
    const Type wrapped = Type::nullable(inner);
    if (!wrapped.is_nullable() || inner.is_nullable() || inner.is(TypeKind::kJson)) {
      return fail(ErrorCode::kIllegalTypeOfArgument,
                  "Nested type " + inner.name() + " cannot be inside Nullable type");
    }
    return wrapped;
  }

  Result<Type> low_cardinality(int depth) {
    if (!take('(')) return arguments_error("LowCardinality", "single argument - type of elements");
    SP_TRY(const Type inner, parse(depth + 1));
    SP_TRY_VOID(expect(')'));
    const Type value = inner.is_nullable() ? inner.element() : inner;
    const bool numeric = value.is_number() && !value.is(TypeKind::kBool);
    const bool allowed = numeric || value.is(TypeKind::kBool) || value.is_string_like() ||
                         value.is(TypeKind::kDate) || value.is(TypeKind::kDate32) ||
                         value.is(TypeKind::kDateTime) || value.is(TypeKind::kUuid) ||
                         value.is(TypeKind::kIpv4) || value.is(TypeKind::kIpv6) ||
                         value.is(TypeKind::kInterval);
    if (!allowed) {
      return fail(ErrorCode::kIllegalTypeOfArgument,
                  "DataTypeLowCardinality is supported only for numbers, strings, Date or "
                  "DateTime, but got " +
                      inner.name());
    }
    return Type::low_cardinality(inner);
  }

  Result<Type> map(int depth) {
    if (!take('(')) return arguments_error("Map", "two arguments: key and value types");
    SP_TRY(const Type key, parse(depth + 1));
    SP_TRY_VOID(expect(','));
    SP_TRY(const Type value, parse(depth + 1));
    SP_TRY_VOID(expect(')'));
    if (key.can_be_null()) {
      return fail(ErrorCode::kBadArguments, "Map cannot have a key of type " + key.name());
    }
    return Type::map(key, value);
  }

  // Returns the element's name if one stands before its type.
  Result<std::string> element_name() {
    if (peek('`')) return quoted_text('`');
    if (peek('"')) return quoted_text('"');
    const size_t begin = at_;
    const std::string_view first = word();
    const size_t after_first = at_;
    skip_space();
    const bool another = at_ > after_first && at_ < text_.size() && is_word(text_[at_]);
    if (another && !first.empty()) {
      // INT UNSIGNED and its like are one type.
      at_ = begin;
      auto whole = family_name();
      const bool one_type = whole.ok() && at_ > after_first;
      at_ = one_type ? begin : after_first;
      return one_type ? std::string() : std::string(first);
    }
    at_ = begin;
    return std::string();
  }

  Result<Type> tuple(bool nested, int depth) {
    if (!take('(')) return arguments_error(nested ? "Nested" : "Tuple", "arguments");
    std::vector<Type> elements;
    std::vector<std::string> names;
    bool named = false;
    if (!peek(')')) {
      do {
        SP_TRY(std::string name, element_name());
        SP_TRY(const Type element, parse(depth + 1));
        if (!name.empty()) {
          if (std::find(names.begin(), names.end(), name) != names.end()) {
            return fail(ErrorCode::kDuplicateColumn, "Tuple element names must be unique: " + name);
          }
          named = true;
        }
        names.push_back(std::move(name));
        elements.push_back(element);
      } while (take(','));
    }
    SP_TRY_VOID(expect(')'));
    if (named && std::find(names.begin(), names.end(), std::string()) != names.end()) {
      return fail(ErrorCode::kBadArguments,
                  "Names are specified not for all elements of Tuple type");
    }
    const Type type =
        Type::tuple(std::move(elements), named ? std::move(names) : std::vector<std::string>());
    return nested ? Type::array(type) : type;
  }

  // The function's spelling with its parameters, cut from the text as it stands, spaces after
  // commas normalised.
  Result<Type> aggregate(bool simple, int depth) {
    const std::string_view family = simple ? "SimpleAggregateFunction" : "AggregateFunction";
    if (!take('(')) return arguments_error(family, "at least one argument - name of the function");
    if (at_integer()) {  // a version number of the state's format
      SP_TRY_VOID(integer());
      SP_TRY_VOID(expect(','));
    }
    const std::string_view name = word();
    if (name.empty()) return unexpected("the name of an aggregate function");
    std::string function(name);
    if (take('(')) {
      function += '(';
      int open = 1;
      bool in_text = false;
      while (open > 0) {
        if (at_ >= text_.size()) return unexpected("')'");
        const char c = text_[at_++];
        if (c == '\'') in_text = !in_text;
        if (!in_text && c == '(') ++open;
        if (!in_text && c == ')') --open;
        if (!in_text && std::isspace(static_cast<unsigned char>(c))) continue;
        function += c;
        if (!in_text && c == ',') function += ' ';
      }
    }
    std::vector<Type> arguments;
    while (take(',')) {
      SP_TRY(const Type argument, parse(depth + 1));
      arguments.push_back(argument);
    }
    SP_TRY_VOID(expect(')'));
    if (!simple) return Type::aggregate_function(std::move(function), std::move(arguments));
    if (arguments.size() != 1)
      return arguments_error(family, "exactly two arguments: function and type");
    return Type::simple_aggregate_function(std::move(function), arguments.front());
  }

  // JSON and JSON(max_dynamic_paths = 10): storage parameters are accepted, typed paths are not
  // supported.
  Result<Type> json() {
    if (!take('(')) return Type::of(TypeKind::kJson);
    while (!peek(')')) {
      const std::string_view name = word();
      if (name.empty() || !take('=')) {
        return fail(ErrorCode::kNotImplemented,
                    "JSON data type with typed paths is not supported: " + std::string(text_));
      }
      SP_TRY_VOID(integer());
      if (!take(',')) break;
    }
    SP_TRY_VOID(expect(')'));
    return Type::of(TypeKind::kJson);
  }
  Result<Type> object() {
    SP_TRY_VOID(expect('('));
    SP_TRY_VOID(quoted_text('\''));
    SP_TRY_VOID(expect(')'));
    return Type::of(TypeKind::kJson);
  }
};

}  // namespace

Result<Type> parse_type(std::string_view text) { return TypeParser(text).whole(); }

}  // namespace sp
