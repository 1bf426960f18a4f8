// Equality of trees, ignoring spans, spelling, aliases and brackets. Entry: equal(). Subqueries are
// compared by their printed form, which is canonical.

#include <algorithm>
#include <cmath>

#include "lang/sql/print.h"

namespace sp::sql {

namespace {

bool same(const ExprPtr& a, const ExprPtr& b) {
  return (a == nullptr) == (b == nullptr) && (a == nullptr || equal(*a, *b));
}

bool same(const std::vector<ExprPtr>& a, const std::vector<ExprPtr>& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (!same(a[i], b[i])) return false;
  }
  return true;
}

bool same(const LiteralValue& a, const LiteralValue& b) {
  const auto* x = std::get_if<double>(&a);
  const auto* y = std::get_if<double>(&b);
  if (x != nullptr && y != nullptr && std::isnan(*x) && std::isnan(*y)) return true;
  return a == b;
}

bool same(const std::vector<SortItem>& a, const std::vector<SortItem>& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    const bool filled = a[i].fill != nullptr;
    if (!same(a[i].expr, b[i].expr) || a[i].descending != b[i].descending ||
        a[i].nulls != b[i].nulls || a[i].collate != b[i].collate ||
        filled != (b[i].fill != nullptr)) {
      return false;
    }
    if (filled && !(same(a[i].fill->from, b[i].fill->from) && same(a[i].fill->to, b[i].fill->to) &&
                    same(a[i].fill->step, b[i].fill->step) &&
                    same(a[i].fill->staleness, b[i].fill->staleness))) {
      return false;
    }
  }
  return true;
}

bool same(const FrameBound& a, const FrameBound& b) {
  return a.kind == b.kind && same(a.offset, b.offset);
}

bool same(const std::unique_ptr<WindowSpec>& a, const std::unique_ptr<WindowSpec>& b) {
  if (!a || !b) return a == b;
  if (a->base_name != b->base_name || !same(a->partition_by, b->partition_by) ||
      !same(a->order_by, b->order_by) || a->frame.has_value() != b->frame.has_value()) {
    return false;
  }
  return !a->frame || (a->frame->unit == b->frame->unit && same(a->frame->begin, b->frame->begin) &&
                       same(a->frame->end, b->frame->end));
}

bool same(const std::vector<StarTransformer>& a, const std::vector<StarTransformer>& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i].kind != b[i].kind || a[i].names != b[i].names ||
        a[i].except_regex != b[i].except_regex || a[i].prefix != b[i].prefix ||
        a[i].strict != b[i].strict || !same(a[i].exprs, b[i].exprs)) {
      return false;
    }
  }
  return true;
}

bool same(const QueryPtr& a, const QueryPtr& b) {
  if (!a || !b) return a == b;
  return print(*a) == print(*b);
}

bool same(const std::vector<NameParameter>& a, const std::vector<NameParameter>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.part == y.part && x.name == y.name;
  });
}

// Only casts and parameters mean their type_text; of a literal before `::` it is but how it was
// written.
bool same_type(const Expr& a, const Expr& b) {
  return a.kind == ExprKind::kFunction || a.type_text == b.type_text;
}

}  // namespace

bool equal(const Expr& a, const Expr& b) {
  return a.kind == b.kind && a.name == b.name && same_type(a, b) && a.parts == b.parts &&
         same(a.name_parameters, b.name_parameters) && a.has_parameters == b.has_parameters &&
         a.distinct == b.distinct && a.null_treatment == b.null_treatment &&
         a.lambda_params == b.lambda_params && same(a.literal, b.literal) &&
         same(a.parameters, b.parameters) && same(a.args, b.args) && same(a.filter, b.filter) &&
         same(a.over, b.over) && same(a.subquery, b.subquery) &&
         same(a.transformers, b.transformers);
}

}  // namespace sp::sql
