// Differences of dates and times: absolute, in whole units, as Python's abs(a - b) // unit.

#include <cstdlib>

#include "lang/template/calendar.h"
#include "lang/template/evaluate.h"
#include "lang/template/function.h"
#include "runtime/text/date_math.h"

namespace sp::tmpl {
namespace {

bool format_argument(Evaluator& evaluator, const Expr& call, size_t at, std::string_view keyword,
                     std::string* out) {
  const Expr* expr = Evaluator::argument(call, at, keyword);
  if (expr == nullptr) return true;
  Value value;
  if (!evaluator.evaluate(*expr, value)) return false;
  if (value.kind == ValueKind::kString) *out = value.text;
  return true;
}

// Reads argument `at` as a moment by one of the formats, or by the spellings that parameters have.
bool moment_argument(Evaluator& evaluator, const Expr& call, size_t at, const std::string& format,
                     const std::string& backup, bool none_if_error, Moment* moment,
                     bool* readable) {
  Value value;
  const Expr& expr = *call.operands[at];
  if (!evaluator.evaluate(expr, value)) return false;
  *readable = true;
  if (value.kind == ValueKind::kString) {
    if (!format.empty() && parse_moment_as(value.text, format, moment)) return true;
    if (!backup.empty() && parse_moment_as(value.text, backup, moment)) return true;
    if (format.empty() && parse_moment(value.text, moment)) return true;
  }
  *readable = false;
  if (none_if_error) return true;
  if (value.kind == ValueKind::kUndefined) return evaluator.missing(value, expr.span);
  return evaluator.fail(
      expr.span, "Invalid date for " + call.name + "(): '" + to_text(value).substr(0, 100) + "'",
      format.empty() ? "write YYYY-MM-DD HH:MM:SS or YYYY-MM-DD" : "the format is " + format);
}

template <int64_t UnitSeconds, bool WholeDays>
bool difference(Evaluator& evaluator, const Expr& call, Value& out) {
  if (!evaluator.expect_count(call, 2, 5)) return false;
  std::string format, backup;
  if (!format_argument(evaluator, call, 2, "date_format", &format)) return false;
  if (!format_argument(evaluator, call, 3, "backup_date_format", &backup)) return false;
  bool none_if_error = false;
  if (const Expr* expr = Evaluator::argument(call, 4, "none_if_error"); expr != nullptr) {
    Value value;
    if (!evaluator.evaluate(*expr, value)) return false;
    none_if_error = truthy(value);
  }
  Moment a, b;
  bool readable_a = false, readable_b = false;
  if (!moment_argument(evaluator, call, 0, format, backup, none_if_error, &a, &readable_a))
    return false;
  if (!moment_argument(evaluator, call, 1, format, backup, none_if_error, &b, &readable_b))
    return false;
  if (!readable_a || !readable_b) {
    out = Value::none();
    return true;
  }
  if constexpr (WholeDays) {
    out = Value::number(
        std::abs(floor_div(a.seconds, kSecondsPerDay) - floor_div(b.seconds, kSecondsPerDay)));
  } else {
    out = Value::number(std::abs(a.seconds - b.seconds) / UnitSeconds);
  }
  return true;
}

constexpr FunctionRule kFunctions[] = {
    {"day_diff", "The days between the dates `a` and `b`, never negative.",
     "{% if day_diff(start, end) > 7 %}", &difference<86400, true>},
    {"date_diff_in_seconds", "The seconds between `a` and `b`, never negative.",
     "{{date_diff_in_seconds(since, until)}}", &difference<1, false>},
    {"date_diff_in_minutes", "The whole minutes between `a` and `b`, never negative.",
     "{{date_diff_in_minutes(since, until)}}", &difference<60, false>},
    {"date_diff_in_hours", "The whole hours between `a` and `b`, never negative.",
     "{% if date_diff_in_hours(since, until) > 24 %}", &difference<3600, false>},
    {"date_diff_in_days", "The whole days between `a` and `b`, never negative.",
     "{{date_diff_in_days(start, end)}}", &difference<86400, false>},
};

}  // namespace

std::span<const FunctionRule> date_functions() { return kFunctions; }

}  // namespace sp::tmpl
