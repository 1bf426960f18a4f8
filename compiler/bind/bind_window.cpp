// Window functions: f(...) OVER (...) or OVER w. Calls over one window (same partition and order)
// share a node; frames belong to the calls. Defaults of frames as ClickHouse: RANGE UNBOUNDED
// PRECEDING .. CURRENT ROW.

#include <cctype>
#include <cstring>

#include "compiler/bind/aggregate_spelling.h"
#include "compiler/bind/select_binder.h"
#include "lang/sql/print.h"

namespace sp::binding {

namespace {

using WindowKind = plan::WindowFunction::Kind;

struct KindName {
  std::string_view name;  // lower case
  WindowKind kind;
  uint8_t min_arguments, max_arguments;
};
constexpr KindName kKinds[] = {
    {"row_number", WindowKind::kRowNumber, 0, 0},
    {"rank", WindowKind::kRank, 0, 0},
    {"dense_rank", WindowKind::kDenseRank, 0, 0},
    {"denserank", WindowKind::kDenseRank, 0, 0},
    {"percent_rank", WindowKind::kPercentRank, 0, 0},
    {"percentrank", WindowKind::kPercentRank, 0, 0},
    {"cume_dist", WindowKind::kCumeDist, 0, 0},
    {"ntile", WindowKind::kNtile, 1, 1},
    {"lag", WindowKind::kLag, 1, 3},
    {"lead", WindowKind::kLead, 1, 3},
    {"laginframe", WindowKind::kLagInFrame, 1, 3},
    {"leadinframe", WindowKind::kLeadInFrame, 1, 3},
    {"first_value", WindowKind::kFirstValue, 1, 1},
    {"last_value", WindowKind::kLastValue, 1, 1},
    {"nth_value", WindowKind::kNthValue, 2, 2},
};

const KindName* find_kind(const std::string& name) {
  std::string lower = name;
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const KindName& kind : kKinds) {
    if (kind.name == lower) return &kind;
  }
  return nullptr;
}

bool same_keys(const std::vector<ExpressionPtr>& a, const std::vector<ExpressionPtr>& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (!plan::equal(*a[i], *b[i])) return false;
  }
  return true;
}

bool same_order(const std::vector<plan::SortKey>& a, const std::vector<plan::SortKey>& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i].descending != b[i].descending || a[i].nulls_first != b[i].nulls_first ||
        !plan::equal(*a[i].expression, *b[i].expression)) {
      return false;
    }
  }
  return true;
}

// As ClickHouse: functions of the whole partition take no frame, or that of all rows.
Result<void> check_frame(WindowKind kind, const sql::WindowFrame& frame, const std::string& name) {
  using Bound = sql::FrameBound::Kind;
  using Unit = sql::WindowFrame::Unit;
  if (kind == WindowKind::kLag || kind == WindowKind::kLead) {
    return fail(
        ErrorCode::kBadArguments,
        "Window function '" + name + "' does not expect window frame to be explicitly specified",
        std::nullopt, "take " + name + "InFrame, which looks no further than the frame");
  }
  const bool shares = kind == WindowKind::kPercentRank || kind == WindowKind::kCumeDist;
  if (!shares && kind != WindowKind::kNtile) return {};
  const bool all_rows = frame.begin.kind == Bound::kUnboundedPreceding &&
                        frame.end.kind == Bound::kUnboundedFollowing;
  if (all_rows && (frame.unit == Unit::kRange || (!shares && frame.unit == Unit::kRows))) return {};
  return fail(ErrorCode::kBadArguments, "Unsupported window frame type for function '" + name + "'",
              std::nullopt, "leave the frame out");
}

}  // namespace

Result<const sql::WindowSpec*> SelectBinder::named_window(const std::string& name,
                                                          Span span) const {
  std::vector<std::string_view> names;
  for (const auto& [known, spec] : select_.windows) {
    if (known == name) return static_cast<const sql::WindowSpec*>(spec.get());
    names.push_back(known);
  }
  return fail(ErrorCode::kBadArguments, "Unknown window: " + name, span, did_you_mean(name, names));
}

Result<SelectBinder::Window> SelectBinder::window_spec(const sql::WindowSpec& spec) {
  Window window;
  if (!spec.base_name.empty()) {
    SP_TRY(const sql::WindowSpec* base, named_window(spec.base_name, spec.span));
    SP_TRY(window, window_spec(*base));
    if (!spec.partition_by.empty()) {
      return fail(ErrorCode::kBadArguments,
                  "PARTITION BY may not extend a named window: " + spec.base_name, spec.span);
    }
    if (!spec.order_by.empty() && !window.order_by.empty()) {
      return fail(ErrorCode::kBadArguments,
                  "The named window has an ORDER BY already: " + spec.base_name, spec.span);
    }
  }
  for (const sql::ExprPtr& expr : spec.partition_by) {
    SP_TRY(ExpressionPtr key, expression(*expr));
    if (!key->is_constant()) window.partition_by.push_back(std::move(key));
  }
  for (const sql::SortItem& item : spec.order_by) {
    SP_TRY(ExpressionPtr key, expression(*item.expr));
    window.order_by.push_back(
        {std::move(key), item.descending, item.nulls == sql::SortItem::Nulls::kFirst});
  }
  return window;
}

// nonNegativeDerivative(value, time[, INTERVAL n unit]): the change of value from the row before,
// by the time between them, as over the interval (one second); 0 for the first row, where value
// falls and where time stands still.
Result<ExpressionPtr> SelectBinder::non_negative_derivative(const sql::Expr& expr) {
  if (expr.args.size() != 2 && expr.args.size() != 3) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "nonNegativeDerivative takes a value, a time and perhaps an interval", expr.span);
  }
  const auto over = [&](const char* name, const sql::Expr* argument) -> Result<ExpressionPtr> {
    const sql::ExprPtr call = sql::clone(expr);
    call->alias.clear();
    call->name = name;
    call->args.clear();
    call->over->frame.reset();  // the row before is that of the partition
    if (argument != nullptr) call->args.push_back(sql::clone(*argument));
    return window_function(*call);
  };
  // The change of one argument since the row before.
  const auto change = [&](const sql::Expr& argument) -> Result<ExpressionPtr> {
    SP_TRY(ExpressionPtr now, expression(argument));
    SP_TRY(ExpressionPtr before, over("lag", &argument));
    SP_TRY(now, binder_.call("toFloat64", {now}, expr.span));
    SP_TRY(before, binder_.call("toFloat64", {before}, expr.span));
    return binder_.call("minus", {now, before}, expr.span);
  };
  SP_TRY(ExpressionPtr value, expression(*expr.args[0]));
  if (!value->type.without_low_cardinality().is_number()) {
    return fail(ErrorCode::kBadArguments,
                "The value of nonNegativeDerivative must be a number, not " + value->type.name(),
                expr.span);
  }
  SP_TRY(ExpressionPtr time, expression(*expr.args[1]));
  if (!time->type.is(TypeKind::kDateTime) && !time->type.is(TypeKind::kDateTime64)) {
    return fail(ErrorCode::kBadArguments,
                "The time of nonNegativeDerivative must be a DateTime, not " + time->type.name(),
                expr.span);
  }
  double seconds = 1;
  if (expr.args.size() == 3) {
    SP_TRY(ExpressionPtr interval, expression(*expr.args[2]));
    static constexpr double kSeconds[] = {1e-9, 1e-6, 1e-3, 1, 60, 3600, 86400, 604800};
    if (!interval->type.is(TypeKind::kInterval)) {
      return fail(ErrorCode::kBadArguments,
                  "The last argument of nonNegativeDerivative must be an INTERVAL, not " +
                      interval->type.name(),
                  expr.span);
    }
    if (static_cast<size_t>(interval->type.interval_unit()) >= std::size(kSeconds)) {
      return fail(ErrorCode::kIllegalTypeOfArgument,
                  "The interval of nonNegativeDerivative must be a week or shorter", expr.span);
    }
    SP_TRY(const void* slot, binder_.value_of(interval));
    int64_t count = 0;
    std::memcpy(&count, slot, sizeof(count));
    seconds =
        static_cast<double>(count) * kSeconds[static_cast<size_t>(interval->type.interval_unit())];
  }
  const auto constant = [&](double number) {
    return binder_.constant(literal_image(sql::LiteralValue(number)), expr.span);
  };
  SP_TRY(ExpressionPtr number, over("row_number", nullptr));
  SP_TRY(ExpressionPtr rise, change(*expr.args[0]));
  SP_TRY(ExpressionPtr duration, change(*expr.args[1]));
  const Type whole = Type::of(TypeKind::kUInt64);
  SP_TRY(ExpressionPtr first,
         binder_.call("equals", {number, binder_.constant_u64(1, whole)}, expr.span));
  SP_TRY(ExpressionPtr falls, binder_.call("less", {rise, constant(0)}, expr.span));
  SP_TRY(ExpressionPtr stands, binder_.call("lessOrEquals", {duration, constant(0)}, expr.span));
  SP_TRY(ExpressionPtr none, binder_.call("or", {first, falls, stands}, expr.span));
  SP_TRY(ExpressionPtr rate, binder_.call("divide", {rise, duration}, expr.span));
  SP_TRY(rate, binder_.call("multiply", {rate, constant(seconds)}, expr.span));
  return binder_.call("if", {none, constant(0), rate}, expr.span);
}

Result<ExpressionPtr> SelectBinder::window_function(const sql::Expr& expr) {
  if (!lambdas_.empty()) {
    return fail(ErrorCode::kIllegalAggregation,
                "A window function may not stand inside a lambda: " + expr.name, expr.span);
  }
  if (expr.name == "nonNegativeDerivative") return non_negative_derivative(expr);
  SP_TRY(Window window, window_spec(*expr.over));
  plan::WindowFunction function;
  function.name = expr.name;
  const KindName* kind = find_kind(expr.name);
  const bool first_or_last = kind != nullptr && (kind->kind == WindowKind::kFirstValue ||
                                                 kind->kind == WindowKind::kLastValue);
  // As ClickHouse: the aggregates, which leave NULLs out unless told otherwise.
  if (first_or_last && expr.null_treatment != sql::Expr::NullTreatment::kRespectNulls)
    kind = nullptr;
  if (kind != nullptr && (expr.filter || expr.distinct)) {
    return fail(ErrorCode::kBadArguments,
                "FILTER and DISTINCT need an aggregate function: " + expr.name, expr.span);
  }
  if (kind == nullptr) {
    if (binder_.aggregates().find(expr.name) == nullptr && !respelled_aggregate(expr.name)) {
      std::vector<std::string_view> names = binder_.aggregates().names();
      for (const KindName& known : kKinds) names.push_back(known.name);
      return fail(ErrorCode::kUnknownAggregateFunction,
                  "Unknown aggregate or window function: " + expr.name, expr.span,
                  did_you_mean(expr.name, names));
    }
    SP_TRY(function.aggregate, resolve_aggregate(expr, function.args));
    function.type = function.aggregate.result;
    function.name = function.aggregate.name;
  } else {
    function.kind = kind->kind;
    SP_TRY(function.args, arguments(expr, nullptr));
    if (function.args.size() < kind->min_arguments || function.args.size() > kind->max_arguments) {
      return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                  "Number of arguments for function " + expr.name + " doesn't match: passed " +
                      std::to_string(function.args.size()),
                  expr.span);
    }
    switch (function.kind) {
      case WindowKind::kPercentRank:
      case WindowKind::kCumeDist: function.type = Type::of(TypeKind::kFloat64); break;
      case WindowKind::kRowNumber:
      case WindowKind::kRank:
      case WindowKind::kDenseRank:
      case WindowKind::kNtile: function.type = Type::of(TypeKind::kUInt64); break;
      default: function.type = function.args[0]->type.without_low_cardinality(); break;
    }
    const Type uint64 = Type::of(TypeKind::kUInt64);
    if (function.kind == WindowKind::kNtile) {
      SP_TRY(function.args[0], binder_.cast(function.args[0], uint64, expr.span));
    } else if (function.args.size() > 1) {
      SP_TRY(function.args[1], binder_.cast(function.args[1], uint64, expr.span));
    }
    if (function.args.size() == 3) {
      SP_TRY(function.args[2], binder_.cast(function.args[2], function.type, expr.span));
    }
  }
  // The frame: the call's own, or the named window's.
  const sql::WindowSpec* framed = expr.over.get();
  if (!framed->frame && !framed->base_name.empty()) {
    SP_TRY(framed, named_window(framed->base_name, expr.span));
  }
  if (framed->frame) {
    if (auto fits = check_frame(function.kind, *framed->frame, expr.name); !fits)
      return at(std::move(fits).error(), expr.span);
  }
  function.begin.kind = sql::FrameBound::Kind::kUnboundedPreceding;
  function.end.kind = sql::FrameBound::Kind::kCurrentRow;
  if (function.kind == WindowKind::kLag || function.kind == WindowKind::kLead) {
    function.unit = sql::WindowFrame::Unit::kRows;
    function.end.kind = sql::FrameBound::Kind::kUnboundedFollowing;
  } else if (framed->frame) {
    function.unit = framed->frame->unit;
    const auto bound = [&](const sql::FrameBound& from, plan::FrameBound& to) -> Result<void> {
      to.kind = from.kind;
      if (!from.offset) return {};
      SP_TRY(to.offset, expression(*from.offset));
      if (!to.offset->is_constant()) {
        return fail(ErrorCode::kBadArguments, "The offset of a window frame must be constant",
                    expr.over->span);
      }
      return {};
    };
    SP_TRY_VOID(bound(framed->frame->begin, function.begin));
    SP_TRY_VOID(bound(framed->frame->end, function.end));
  }
  function.output = binder_.new_column();
  window_ids_.insert(function.output);
  const std::string name = expr.alias.empty() ? sql::column_name(expr) : expr.alias;
  ExpressionPtr column = make_column(function.output, name, function.type, expr.span);
  for (Window& other : windows_) {
    if (!same_keys(other.partition_by, window.partition_by) ||
        !same_order(other.order_by, window.order_by))
      continue;
    other.functions.push_back(std::move(function));
    return column;
  }
  window.functions.push_back(std::move(function));
  windows_.push_back(std::move(window));
  return column;
}

}  // namespace sp::binding
