// Functions over tuples, element by element: (1, 2) + (3, 4), tupleDivideByNumber, norms and
// distances of vectors, date + (interval, interval), flattenTuple, tupleConcat. All of them become
// calls of the functions of their elements.

#include <algorithm>
#include <unordered_map>

#include "compiler/bind/select_binder.h"
#include "lang/sql/print.h"

namespace sp::binding {

namespace {

// tuplePlus(a, b) is plus of each pair of elements.
const std::unordered_map<std::string_view, const char*> kPairwise = {
    {"tuplePlus", "plus"},         {"vectorSum", "plus"},
    {"tupleMinus", "minus"},       {"vectorDifference", "minus"},
    {"tupleMultiply", "multiply"}, {"tupleDivide", "divide"},
    {"tupleIntDiv", "intDiv"},     {"tupleIntDivOrZero", "intDivOrZero"},
    {"tupleModulo", "modulo"},
};
// tupleDivideByNumber(a, n): of each element with the number.
const std::unordered_map<std::string_view, const char*> kByNumber = {
    {"tupleMultiplyByNumber", "multiply"}, {"tupleDivideByNumber", "divide"},
    {"tupleIntDivByNumber", "intDiv"},     {"tupleIntDivOrZeroByNumber", "intDivOrZero"},
    {"tupleModuloByNumber", "modulo"},     {"tuplePositiveModuloByNumber", "positiveModulo"},
};

bool is_tuple(const ExpressionPtr& value) { return value->type.is(TypeKind::kTuple); }

bool is_intervals(Type type) {
  return type.is(TypeKind::kTuple) && !type.inner().empty() &&
         std::all_of(type.inner().begin(), type.inner().end(),
                     [](Type inner) { return inner.is(TypeKind::kInterval); });
}

bool is_norm(std::string_view name) {
  return name == "L1Norm" || name == "L2Norm" || name == "L2SquaredNorm" || name == "LinfNorm" ||
         name == "LpNorm";
}
bool is_comparison(std::string_view name) {
  return name == "equals" || name == "notEquals" || name == "less" || name == "greater" ||
         name == "lessOrEquals" || name == "greaterOrEquals";
}
bool is_distance(std::string_view name) {
  return name == "L1Distance" || name == "L2Distance" || name == "L2SquaredDistance" ||
         name == "LinfDistance" || name == "LpDistance";
}

// Paths and types of the innermost elements: a, b.c, b.d.
void flatten_type(Type tuple, const std::string& prefix, std::vector<Type>& types,
                  std::vector<std::string>& names) {
  for (size_t i = 0; i < tuple.inner().size(); ++i) {
    const std::string name =
        prefix + (tuple.element_names().empty() ? std::to_string(i + 1) : tuple.element_names()[i]);
    if (tuple.inner()[i].is(TypeKind::kTuple)) {
      flatten_type(tuple.inner()[i], name + ".", types, names);
    } else {
      types.push_back(tuple.inner()[i]);
      names.push_back(name);
    }
  }
}

}  // namespace

Result<std::vector<ExpressionPtr>> SelectBinder::elements_of(const ExpressionPtr& tuple,
                                                             Span span) {
  if (tuple->kind == Expression::Kind::kCall && tuple->name == "tuple" &&
      tuple->args.size() == tuple->type.inner().size())
    return tuple->args;
  std::vector<ExpressionPtr> out;
  for (size_t i = 0; i < tuple->type.inner().size(); ++i) {
    const ExpressionPtr index = binder_.constant_u64(i + 1, Type::of(TypeKind::kUInt8), span);
    SP_TRY(ExpressionPtr element, binder_.call("tupleElement", {tuple, index}, span));
    out.push_back(std::move(element));
  }
  return out;
}

// function(left.i, right.i) for each i; `right` may be one value for all, or null.
Result<ExpressionPtr> SelectBinder::each_element(const std::string& function,
                                                 const ExpressionPtr& left,
                                                 const ExpressionPtr& right, Span span) {
  const bool pairs = right != nullptr && is_tuple(left) && is_tuple(right);
  if (pairs && left->type.inner().size() != right->type.inner().size()) {
    return fail(ErrorCode::kIllegalTypeOfArgument,
                "Expected tuples of the same size as arguments of " + function + ", got " +
                    left->type.name() + " and " + right->type.name(),
                span);
  }
  const ExpressionPtr& tuple = is_tuple(left) ? left : right;
  SP_TRY(std::vector<ExpressionPtr> elements, elements_of(tuple, span));
  std::vector<ExpressionPtr> others;
  if (pairs) { SP_TRY(others, elements_of(right, span)); }
  for (size_t i = 0; i < elements.size(); ++i) {
    std::vector<ExpressionPtr> args = {elements[i]};
    if (pairs) args.push_back(others[i]);
    if (!pairs && right != nullptr) args.push_back(is_tuple(left) ? right : left);
    if (!pairs && right != nullptr && !is_tuple(left)) std::swap(args[0], args[1]);
    SP_TRY(elements[i], binder_.call(function, std::move(args), span));
  }
  return binder_.call("tuple", std::move(elements), span);
}

Result<ExpressionPtr> SelectBinder::shifted_by(const ExpressionPtr& date,
                                               const ExpressionPtr& intervals,
                                               const std::string& function, Span span) {
  SP_TRY(const std::vector<ExpressionPtr> steps, elements_of(intervals, span));
  ExpressionPtr value = date;
  for (const ExpressionPtr& step : steps) {
    SP_TRY(value, binder_.call(function, {value, step}, span));
  }
  return value;
}

// L1Norm((a, b)) and its kin: sums over the elements; those that need no other type than Float64
// are the functions of arrays.
Result<ExpressionPtr> SelectBinder::norm_of(const std::string& name,
                                            const std::vector<ExpressionPtr>& args, Span span) {
  const bool distance = is_distance(name);
  ExpressionPtr vector = args[0];
  if (distance) { SP_TRY(vector, each_element("minus", args[0], args[1], span)); }
  SP_TRY(std::vector<ExpressionPtr> elements, elements_of(vector, span));
  const bool squares = name.starts_with("L2Squared");
  if (!squares && !name.starts_with("L1")) {
    std::vector<ExpressionPtr> norm(1);
    SP_TRY(norm[0], binder_.call("array", std::move(elements), span));
    for (size_t i = distance ? 2 : 1; i < args.size(); ++i) norm.push_back(args[i]);
    return binder_.call(distance ? name.substr(0, name.size() - 8) + "Norm" : name, std::move(norm),
                        span);
  }
  ExpressionPtr sum;
  for (const ExpressionPtr& element : elements) {
    SP_TRY(ExpressionPtr part, squares ? binder_.call("multiply", {element, element}, span)
                                       : binder_.call("abs", {element}, span));
    if (sum == nullptr) {
      sum = std::move(part);
    } else {
      SP_TRY(sum, binder_.call("plus", {sum, part}, span));
    }
  }
  return sum;
}

// Comparison of tuples by the calls of their elements, as ClickHouse: (a, b) < (c, d) is
// a < c OR a = c AND b < d, and NULL where those are.
Result<ExpressionPtr> SelectBinder::compared(const std::string& name, const ExpressionPtr& left,
                                             const ExpressionPtr& right, Span span) {
  if (!is_tuple(left) || !is_tuple(right)) return binder_.call(name, {left, right}, span);
  SP_TRY(const std::vector<ExpressionPtr> l, elements_of(left, span));
  SP_TRY(const std::vector<ExpressionPtr> r, elements_of(right, span));
  if (l.size() != r.size()) {
    return fail(ErrorCode::kIllegalTypeOfArgument,
                "Tuples of one size expected, got " + left->type.name() + " and " +
                    right->type.name() + " for " + name,
                span);
  }
  if (l.empty())
    return fail(ErrorCode::kNotImplemented, "Empty tuples are not compared by " + name, span);
  const bool all = name == "equals", any = name == "notEquals";
  const std::string strict = name.starts_with("less") ? "less" : "greater";
  SP_TRY(ExpressionPtr out, compared(name, l.back(), r.back(), span));
  for (size_t i = l.size() - 1; i-- > 0;) {
    if (all || any) {
      SP_TRY(ExpressionPtr part, compared(name, l[i], r[i], span));
      SP_TRY(out, binder_.call(all ? "and" : "or", {part, out}, span));
      continue;
    }
    SP_TRY(ExpressionPtr same, compared("equals", l[i], r[i], span));
    SP_TRY(out, binder_.call("and", {same, out}, span));
    SP_TRY(ExpressionPtr decided, compared(strict, l[i], r[i], span));
    SP_TRY(out, binder_.call("or", {decided, out}, span));
  }
  return out;
}

std::optional<Result<ExpressionPtr>> SelectBinder::over_tuples(
    const std::string& name, const std::vector<ExpressionPtr>& args, Span span) {
  if (args.empty() || std::none_of(args.begin(), args.end(), is_tuple)) return std::nullopt;
  const bool sum = name == "plus" || name == "minus";
  if (name == "negate") return each_element(name, args[0], nullptr, span);
  if (is_norm(name) && is_tuple(args[0])) return norm_of(name, args, span);
  if (args.size() < 2) return std::nullopt;
  const bool both = is_tuple(args[0]) && is_tuple(args[1]);
  if (is_comparison(name) && both && args.size() == 2)
    return compared(name, args[0], args[1], span);
  if (is_distance(name) && both) return norm_of(name, args, span);
  if (name == "cosineDistance" && both) {
    const std::string over_elements = "1 - dotProduct(a, b) / (L2Norm(a) * L2Norm(b))";
    return formula(over_elements, {{"a", args[0]}, {"b", args[1]}});
  }
  if ((name == "dotProduct" || name == "multiply") && both) {
    Result<ExpressionPtr> products = each_element("multiply", args[0], args[1], span);
    if (!products.ok()) return products;
    auto elements = elements_of(*products, span);
    if (!elements.ok()) return std::move(elements).error();
    ExpressionPtr total = (*elements)[0];
    for (size_t i = 1; i < elements->size(); ++i) {
      Result<ExpressionPtr> next = binder_.call("plus", {total, (*elements)[i]}, span);
      if (!next.ok()) return next;
      total = *next;
    }
    return total;
  }
  if (sum && args[0]->type.base().is_date_like() && is_intervals(args[1]->type))
    return shifted_by(args[0], args[1], name, span);
  if (sum && both && !is_intervals(args[0]->type) && !is_intervals(args[1]->type))
    return each_element(name, args[0], args[1], span);
  const bool scales = name == "multiply" || name == "divide" || name == "modulo" ||
                      name == "intDiv" || name == "intDivOrZero" || name == "positiveModulo";
  const Type number = (is_tuple(args[0]) ? args[1] : args[0])->type.base();
  if (scales && !both && (is_tuple(args[0]) || name == "multiply") &&
      (number.is_number() || number.is(TypeKind::kDecimal)))
    return each_element(name, args[0], args[1], span);
  return std::nullopt;
}

Result<ExpressionPtr> SelectBinder::flattened(const ExpressionPtr& tuple, Span span) {
  std::vector<ExpressionPtr> parts;
  const auto collect = [&](const auto& self, const ExpressionPtr& value) -> Result<void> {
    SP_TRY(const std::vector<ExpressionPtr> elements, elements_of(value, span));
    for (const ExpressionPtr& element : elements) {
      if (is_tuple(element)) {
        SP_TRY_VOID(self(self, element));
      } else {
        parts.push_back(element);
      }
    }
    return {};
  };
  SP_TRY_VOID(collect(collect, tuple));
  std::vector<Type> types;
  std::vector<std::string> names;
  flatten_type(tuple->type, "", types, names);
  SP_TRY(ExpressionPtr flat, binder_.call("tuple", std::move(parts), span));
  return binder_.explicit_cast(flat, Type::tuple(types, names), span);
}

std::optional<Result<ExpressionPtr>> SelectBinder::tuple_call(const sql::Expr& expr) {
  const auto pairwise = kPairwise.find(expr.name);
  const auto by_number = kByNumber.find(expr.name);
  const bool concat = expr.name == "tupleConcat", flatten = expr.name == "flattenTuple";
  const bool negate = expr.name == "tupleNegate", hamming = expr.name == "tupleHammingDistance";
  const bool names = expr.name == "tupleNames", entries = expr.name == "tupleToNameValuePairs";
  if (pairwise == kPairwise.end() && by_number == kByNumber.end() && !concat && !flatten &&
      !negate && !hamming && !names && !entries)
    return std::nullopt;
  auto bound = arguments(expr, nullptr);
  if (!bound.ok()) return std::move(bound).error();
  const std::vector<ExpressionPtr>& args = *bound;
  const size_t wanted =
      pairwise != kPairwise.end() || by_number != kByNumber.end() || hamming ? 2 : 1;
  if (concat ? args.empty() : args.size() != wanted) {
    return Error(fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                      "Number of arguments for function " + expr.name + " doesn't match: passed " +
                          std::to_string(args.size()),
                      expr.span));
  }
  const size_t tuples = by_number != kByNumber.end() ? 1 : args.size();
  for (size_t i = 0; i < tuples; ++i) {
    if (is_tuple(args[i])) continue;
    return Error(fail(ErrorCode::kIllegalTypeOfArgument,
                      "Argument " + std::to_string(i) + " of function " + expr.name +
                          " should be a tuple, got " + args[i]->type.name(),
                      expr.span));
  }
  if (pairwise != kPairwise.end())
    return each_element(pairwise->second, args[0], args[1], expr.span);
  if (by_number != kByNumber.end())
    return each_element(by_number->second, args[0], args[1], expr.span);
  if (negate) return each_element("negate", args[0], nullptr, expr.span);
  if (hamming) {
    auto differ = each_element("notEquals", args[0], args[1], expr.span);
    if (!differ.ok()) return differ;
    return formula("L1Norm(t)", {{"t", *differ}});
  }
  if (flatten) return flattened(args[0], expr.span);
  if (names || entries) {
    std::string text = "[";
    for (size_t i = 0; i < args[0]->type.inner().size(); ++i) {
      const std::string name = args[0]->type.element_names().empty()
                                   ? std::to_string(i + 1)
                                   : args[0]->type.element_names()[i];
      const std::string quoted = sql::quote_string(name);
      text += (i == 0 ? "" : ", ") +
              (names ? quoted : "(" + quoted + ", t." + std::to_string(i + 1) + ")");
    }
    return formula(text + "]", {{"t", args[0]}});
  }
  std::vector<ExpressionPtr> all;
  for (const ExpressionPtr& arg : args) {
    auto elements = elements_of(arg, expr.span);
    if (!elements.ok()) return std::move(elements).error();
    all.insert(all.end(), elements->begin(), elements->end());
  }
  return binder_.call("tuple", std::move(all), expr.span);
}

}  // namespace sp::binding
