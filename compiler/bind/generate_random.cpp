// One expression a type, over random numbers: of the row, the place and the seed, or new in each
// run without a seed.

#include "compiler/bind/generate_random.h"

#include <algorithm>

#include "lang/sql/print.h"

namespace sp::binding {

namespace {

constexpr uint64_t kLongestText = 4096;

class RandomValues {
 public:
  RandomValues(const RandomRows& rows, Span span) : rows_(rows), span_(span) {}

  // SQL of a random value of the type.
  Result<std::string> value(Type type) {
    if (type.can_be_null()) {
      SP_TRY(const std::string inner, value(type.base()));
      return "CAST(if(" + number() + " % 16 = 0, NULL, " + inner + ") AS " + type.name() + ")";
    }
    SP_TRY(const std::string made, base_value(type.base()));
    return "CAST(" + made + " AS " + type.name() + ")";
  }

 private:
  Result<std::string> base_value(Type type) {
    if (type.is_integer()) return number();
    if (type.is_enum())
      return "arrayElement([" + enum_names(type) + "], 1 + " + number() + " % " +
             std::to_string(type.enum_values().size()) + ")";
    switch (type.kind()) {
      case TypeKind::kBool: return number() + " % 2";
      case TypeKind::kFloat32:
      case TypeKind::kFloat64:
        return "(toFloat64(" + number() + ") - 9223372036854775808.) / 4294967296.";
      case TypeKind::kDecimal:
        return "toInt64(" + number() + " % 1" +
               std::string(std::min(18U, type.precision() - type.scale()), '0') + ")";
      case TypeKind::kDate:
      case TypeKind::kDate32: return "toDate(toUInt16(" + number() + " % 65536))";
      case TypeKind::kDateTime: return moment();
      case TypeKind::kDateTime64: return moment();
      case TypeKind::kIpv4: return "toUInt32(" + number() + " % 4294967296)";
      case TypeKind::kString:
        return "substring(" + letters(rows_.longest_text) + ", 1, toInt64(" + number() + " % " +
               std::to_string(rows_.longest_text + 1) + "))";
      case TypeKind::kFixedString:
        return "substring(" + letters(type.precision()) + ", 1, " +
               std::to_string(type.precision()) + ")";
      case TypeKind::kUuid: return uuid();
      case TypeKind::kArray: return array(type.element());
      case TypeKind::kMap: return array(Type::tuple(type.inner()));
      case TypeKind::kTuple: {
        std::string out = "tuple(";
        for (size_t i = 0; i < type.inner().size(); ++i) {
          SP_TRY(const std::string element, value(type.inner()[i]));
          out += (i == 0 ? "" : ", ") + element;
        }
        return out + ")";
      }
      default:
        return fail(ErrorCode::kNotImplemented,
                    "generateRandom cannot make values of " + type.name(), span_);
    }
  }

  // A random UInt64, another at each place in the query and for each element of the arrays around.
  std::string number() {
    std::string sources = std::to_string(++places_) + around_;
    sources += rows_.seed ? ", __row, " + std::to_string(*rows_.seed)
                          : ", rand64(" + std::to_string(places_) + ")";
    return "cityHash64(" + sources + ")";
  }
  std::string moment() { return "toDateTime(toUInt32(" + number() + " % 4294967296))"; }
  // At least `count` letters and digits.
  std::string letters(uint64_t count) {
    std::string out = "concat(''";
    for (uint64_t size = 0; size <= std::min(count, kLongestText); size += 16)
      out += ", leftPad(lower(hex(" + number() + ")), 16, '0')";
    return out + ", '')";
  }
  std::string uuid() {
    const std::string text = letters(31);
    std::string out = "toUUID(concat(";
    for (const char* part :
         {"1, 8), '-', ", "9, 4), '-', ", "13, 4), '-', ", "17, 4), '-', ", "21, 12)))"})
      out += "substring(" + text + ", " + part;
    return out;
  }
  Result<std::string> array(Type element) {
    const std::string size = number(), at = "__at" + std::to_string(depth_++), outer = around_;
    around_ += ", " + at;
    SP_TRY(const std::string made, value(element));
    around_ = outer;
    return "arrayMap(" + at + " -> " + made + ", range(toUInt64(" + size + " % " +
           std::to_string(rows_.longest_array + 1) + ")))";
  }
  static std::string enum_names(Type type) {
    std::string out;
    for (const auto& [name, number] : type.enum_values()) {
      out += out.empty() ? "'" : ", '";
      for (const char c : name)
        out += c == '\'' || c == '\\' ? std::string("\\") + c : std::string(1, c);
      out += "'";
    }
    return out;
  }

  const RandomRows& rows_;
  const Span span_;
  std::string around_;
  uint32_t places_ = 0, depth_ = 0;
};

}  // namespace

Result<std::string> random_rows_query(const std::vector<TableColumn>& columns,
                                      const RandomRows& rows, Span span) {
  RandomValues values(rows, span);
  std::string out;
  for (const TableColumn& column : columns) {
    SP_TRY(const std::string value, values.value(column.type));
    out += (out.empty() ? "SELECT " : ", ") + value + " AS " + sql::quote_identifier(column.name);
  }
  return out + " FROM (SELECT number AS __row FROM numbers())";
}

}  // namespace sp::binding
