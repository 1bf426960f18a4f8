#pragma once
// Evaluator: walks an expression for one request. Bounded in steps (every node and every element
// costs one) and in the size of what it builds. Not thread-safe: one per render.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/template/expr.h"
#include "lang/template/template.h"

namespace sp::tmpl {

class Evaluator {
 public:
  Evaluator(const TemplateContext& context, size_t slots)
      : context_(context),
        slots_(slots),
        set_(slots, false) {}

  /// Evaluates; false if it failed: error() tells why.
  bool evaluate(const Expr& expr, Value& out);

  // --- for functions and statements ---
  /// Records an error and returns false.
  bool fail(Span span, std::string message, std::string hint = {});
  bool fail(Error error, TemplateStop stop = TemplateStop::kValue);
  /// Records that a parameter was needed but not sent.
  bool missing(const Value& undefined, Span span);
  /// Spends steps; false when there are none left.
  bool spend(uint64_t steps, Span span);
  /// Refuses strings and lists beyond the limit of output.
  bool check_size(uint64_t size, Span span);

  const TemplateContext& context() const { return context_; }
  /// Number of positional arguments of a call.
  static size_t count(const Expr& call) { return call.operands.size(); }
  /// Argument `at`, or the keyword of that name; nullptr if neither was given.
  static const Expr* argument(const Expr& call, size_t at, std::string_view keyword);
  /// Refuses a call with fewer or more positional arguments.
  bool expect_count(const Expr& call, size_t least, size_t most);

  void set_slot(int slot, Value value) {
    slots_[static_cast<size_t>(slot)] = std::move(value);
    set_[static_cast<size_t>(slot)] = true;
  }
  bool is_set(int slot) const { return slot >= 0 && set_[static_cast<size_t>(slot)]; }
  Value& slot(int slot) { return slots_[static_cast<size_t>(slot)]; }

  bool failed() const { return error_.has_value(); }
  /// True if the failure is a limit, which no {% try %} may catch.
  bool exhausted() const { return exhausted_; }
  Error take_error() {
    Error error = std::move(*error_);
    error_.reset();
    return error;
  }

 private:
  bool name(const Expr& expr, Value& out);
  bool arithmetic(const Expr& expr, Value& out);
  bool compare(const Expr& expr, Value& out);
  bool index(const Expr& expr, Value& out);
  bool slice(const Expr& expr, Value& out);
  bool method(const Expr& expr, Value& out);
  bool call(const Expr& expr, Value& out);
  bool items(const Expr& expr, std::vector<Value>& out);

  const TemplateContext& context_;
  std::vector<Value> slots_;
  std::vector<bool> set_;
  uint64_t steps_ = 0;
  bool exhausted_ = false;
  std::optional<Error> error_;
};

}  // namespace sp::tmpl
