// SAMPLE: a filter over the scan on the data source's sampling key (ENGINE_SAMPLING_KEY). Its
// bounds and _sample_factor are parameters that are resolved when the query runs (plan/sample.h).

#include <charconv>
#include <cstring>

#include "compiler/bind/select_binder.h"
#include "compiler/plan/tree.h"
#include "lang/sql/parse.h"

namespace sp::binding {
namespace {

using Field = plan::Parameter::SampleField;

// The text of a number as its author wrote it, or the shortest that reads as the same.
std::string number_text(const sql::LiteralValue& literal) {
  if (const auto* number = std::get_if<uint64_t>(&literal)) return std::to_string(*number);
  if (const auto* number = std::get_if<int64_t>(&literal)) return std::to_string(*number);
  if (const auto* number = std::get_if<sql::BigInteger>(&literal)) return number->digits;
  if (const auto* number = std::get_if<double>(&literal)) {
    char text[32];
    return {text, std::to_chars(text, text + sizeof(text), *number).ptr};
  }
  return {};
}

Result<plan::Ratio> ratio_of(Binder& binder, const sql::Expr& expr) {
  if (expr.kind == sql::ExprKind::kFunction) {
    SP_TRY(const plan::Ratio above, ratio_of(binder, *expr.args[0]));
    SP_TRY(const plan::Ratio below, ratio_of(binder, *expr.args[1]));
    return plan::divide(above, below);
  }
  if (expr.kind != sql::ExprKind::kParameter) return plan::parse_ratio(number_text(expr.literal));
  SP_TRY(const std::string text, binder.hole_text(expr.name, expr.span));
  return plan::parse_ratio(text);
}

uint64_t largest_of(Type type) {
  switch (type.base().kind()) {
    case TypeKind::kUInt8: return UINT8_MAX;
    case TypeKind::kUInt16: return UINT16_MAX;
    case TypeKind::kUInt32: return UINT32_MAX;
    case TypeKind::kUInt64: return UINT64_MAX;
    default: return 0;
  }
}

// The key's text has places of its own; errors shall point to the SAMPLE.
void place_at(sql::Expr& expr, Span span) {
  expr.span = span;
  for (const sql::ExprPtr& arg : expr.args) place_at(*arg, span);
}

}  // namespace

Result<void> check_sample(const sql::TableExpr& table, bool is_query) {
  if (!table.sample) return {};
  if (is_query) {
    return fail(ErrorCode::kUnsupportedMethod, "SAMPLE is not supported for a subquery", table.span,
                "write SAMPLE after the data source inside of it");
  }
  return fail(ErrorCode::kSamplingNotSupported,
              "SAMPLE needs a sampling key, which this table does not have", table.span,
              "give the data source an ENGINE_SAMPLING_KEY");
}

// Columns of the data source only: aliases of the SELECT mean nothing in its key.
Result<ExpressionPtr> SelectBinder::sampling_key(const TableSchema& schema,
                                                 const std::vector<ScopeRelation>& relations,
                                                 Span span) {
  auto parsed = sql::parse_expression(schema.sampling_key);
  if (!parsed) return at(std::move(parsed).error(), span);
  place_at(**parsed, span);
  const auto aliases = std::exchange(aliases_, {});
  relations_ = relations;
  Result<ExpressionPtr> key = unaliased(**parsed);
  relations_.clear();
  aliases_ = aliases;
  if (!key) return at(std::move(key).error(), span);
  if (largest_of((*key)->type) == 0 || (*key)->type.can_be_null()) {
    return fail(ErrorCode::kIllegalTypeOfColumnForFilter,
                "Invalid sampling column type in storage parameters: " + (*key)->type.name() +
                    ". Must be one unsigned integer type",
                span, "hash the key: ENGINE_SAMPLING_KEY \"cityHash64(...)\"");
  }
  return key;
}

// Without SAMPLE it is 1: a constant that plans shall have only where it is named.
ExpressionPtr SelectBinder::hidden_value(const ScopeColumn& column) {
  if (column.value) return column.value;
  const double one = 1;
  auto bytes = std::make_shared<std::vector<uint8_t>>(sizeof(one));
  std::memcpy(bytes->data(), &one, sizeof(one));
  return binder_.constant({Type::of(TypeKind::kFloat64), std::move(bytes), nullptr}, {});
}

Result<void> SelectBinder::sample(FromItem& item, const TableSchema& schema,
                                  const sql::TableExpr& table) {
  ExpressionPtr factor;
  if (table.sample) {
    if (schema.sampling_key.empty()) return check_sample(table, false);
    SP_TRY(const ExpressionPtr key, sampling_key(schema, item.relations, table.span));
    plan::Sample sample{schema.name, {}, {}, largest_of(key->type)};
    auto size = ratio_of(binder_, *table.sample);
    if (!size) return at(std::move(size).error(), table.span);
    sample.size = *size;
    if (table.sample_offset) {
      auto offset = ratio_of(binder_, *table.sample_offset);
      if (!offset) return at(std::move(offset).error(), table.span);
      sample.offset = *offset;
    }
    const uint32_t index = binder_.add_sample(std::move(sample));
    const Type type = key->type.base();
    const auto bound = [&](const char* comparison, Field field) {
      return binder_.call(comparison, {key, binder_.sample_value(index, field, type, table.span)},
                          table.span);
    };
    SP_TRY(ExpressionPtr from, bound("greaterOrEquals", Field::kFirst));
    SP_TRY(ExpressionPtr to, bound("lessOrEquals", Field::kLast));
    NodePtr filter = make_node(Node::Kind::kFilter, std::move(item.node), table.span);
    SP_TRY(filter->predicate, binder_.call("and", {std::move(from), std::move(to)}, table.span));
    filter->output = filter->inputs[0]->output;
    item.node = std::move(filter);
    factor = binder_.sample_value(index, Field::kFactor, Type::of(TypeKind::kFloat64), table.span);
  }
  item.relations[0].hidden.push_back({"_sample_factor", std::move(factor)});
  return {};
}

}  // namespace sp::binding
