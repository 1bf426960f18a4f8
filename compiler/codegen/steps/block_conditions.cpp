// Which conditions blocks can be tested by:
//   column op constant     numbers, dates, times without a cast of the column: compared in the
//                          column's encoding
//   f(column)              of a dictionary column: one flag for each entry

#include "compiler/codegen/steps/block_conditions.h"

#include <llvm/IR/Constants.h>

namespace sp::codegen {
namespace {

using Op = plan::ScanBound::Op;

std::optional<Op> op_of(Intrinsic intrinsic, bool flipped) {
  switch (intrinsic) {
    case Intrinsic::kEquals: return Op::kEquals;
    case Intrinsic::kLess: return flipped ? Op::kGreater : Op::kLess;
    case Intrinsic::kLessOrEquals: return flipped ? Op::kGreaterOrEquals : Op::kLessOrEquals;
    case Intrinsic::kGreater: return flipped ? Op::kLess : Op::kGreater;
    case Intrinsic::kGreaterOrEquals: return flipped ? Op::kLessOrEquals : Op::kGreaterOrEquals;
    default: return std::nullopt;
  }
}

// Equal up to the time zone: the same numbers.
bool same_numbers(Type a, Type b) {
  if (a == b) return true;
  if (a.is(TypeKind::kDateTime) && b.is(TypeKind::kDateTime)) return true;
  return a.is(TypeKind::kDateTime64) && b.is(TypeKind::kDateTime64) &&
         a.precision() == b.precision();
}

std::optional<size_t> place_of(const plan::Node& node, plan::ColumnId id) {
  for (size_t i = 0; i < node.output.size(); ++i) {
    if (node.output[i].id == id) return i;
  }
  return std::nullopt;
}

std::optional<ScanSpec::Filter> comparison(QueryCompiler& c, const plan::Node& node,
                                           const plan::Expression& call) {
  if (call.kind != plan::Expression::Kind::kCall || call.args.size() != 2) return std::nullopt;
  for (const bool flipped : {false, true}) {
    const auto op = op_of(call.function.intrinsic, flipped);
    const plan::Expression& side = *call.args[flipped ? 1 : 0];
    const plan::Expression& value = *call.args[flipped ? 0 : 1];
    if (!op || side.kind != plan::Expression::Kind::kColumn || !value.is_constant() ||
        value.type.can_be_null())
      continue;
    const auto place = place_of(node, side.column);
    if (!place) continue;
    const uint32_t column = node.scan_columns[*place];
    const Type type = node.table->columns[column].type.base();
    if (!is_scalar(type) || !same_numbers(type, value.type.base())) continue;
    ScanSpec::Filter filter;
    filter.column = column;
    filter.op = *op;
    filter.value = c.e.hoist(value);
    filter.is_signed = is_signed(type);
    return filter;
  }
  return std::nullopt;
}

}  // namespace

void BlockConditions::add(QueryCompiler& c, uint32_t scan, const plan::Node& node,
                          const plan::ExpressionPtr& condition,
                          const std::function<uint32_t(size_t)>& table_of) {
  if (const auto filter = comparison(c, node, *condition)) {
    c.program.scans[scan].filters.push_back(*filter);
    return;
  }
  Left left{condition, false, 0};
  const Type type = condition->type.base();
  if (const auto id = c.e.dictionary_source(*condition);
      id && slot_layout(type).size == 1 && is_scalar(type)) {
    if (const auto place = place_of(node, *id)) {
      ScanSpec::Filter filter;
      filter.column = node.scan_columns[*place];
      filter.table = table_of(*place);
      filter.nullable = condition->type.can_be_null();
      c.program.scans[scan].filters.push_back(filter);
      left.by_code = true;
      left.column = *id;
    }
  }
  left_.push_back(std::move(left));
}

// by_code:  table != null || condition
void BlockConditions::from(QueryCompiler& c, size_t index,
                           const std::function<void()>& body) const {
  if (index == left_.size()) return body();
  const Left& left = left_[index];
  const auto next = [&] { from(c, index + 1, body); };
  if (!left.by_code) return c.e.where(*left.condition, next);
  llvm::Value* table = c.e.source_of(left.column)->dictionary_table(*left.condition);
  llvm::Value* tested =
      c.gen.b.CreateICmpNE(table, llvm::ConstantPointerNull::get(c.gen.b.getPtrTy()), "tested");
  c.e.branch(c.e.unless_known(tested, *left.condition), next, {}, "pass");
}

}  // namespace sp::codegen
