// Inspection: reads a template in all its branches without a request, for `sandpiper check`. What
// it finds fails only where it is reached, so it is a warning, not an error.

#include <algorithm>
#include <utility>

#include "lang/template/evaluate.h"
#include "lang/template/function.h"
#include "lang/template/guard.h"
#include "lang/template/parameter.h"
#include "lang/template/render.h"

namespace sp::tmpl {
namespace {

constexpr std::string_view kKeywords[] = {"default", "description", "required", "format", "enum",
                                          "example", "separator",   "type",     "name"};

class Inspector {
 public:
  explicit Inspector(TemplateFindings& findings) : findings_(findings) {}

  // `always`: every request runs the block.
  void block(const Block& nodes, bool always) {
    for (const Node& node : nodes) {
      always_ = always;
      if (node.expression != nullptr) expression(*node.expression);
      for (size_t i = 0; i < node.arms.size(); ++i) {
        always_ = always && i == 0;
        if (node.arms[i].condition != nullptr) expression(*node.arms[i].condition);
        block(node.arms[i].body, false);
      }
    }
  }

 private:
  void mistake(Error error, bool fatal = true) {
    findings_.mistakes.push_back({std::move(error), fatal && always_});
  }

  void expression(const Expr& expr) {
    switch (expr.kind) {
      case ExprKind::kName:
        if (expr.slot < 0 && find_function(expr.name) == nullptr && expr.name != "job_timestamp")
          findings_.bare_names.emplace(expr.name, expr.span);
        return;
      case ExprKind::kCall: return call(expr);
      case ExprKind::kMethod: method(expr); break;
      case ExprKind::kAnd:
      case ExprKind::kOr: {
        expression(*expr.operands[0]);
        const bool before = std::exchange(always_, false);
        children(expr, 1);
        always_ = before;
        return;
      }
      case ExprKind::kTernary: {
        const bool before = std::exchange(always_, false);
        children(expr, 0);
        always_ = before;
        return;
      }
      default: break;
    }
    children(expr, 0);
  }

  void children(const Expr& expr, size_t first) {
    for (size_t i = first; i < expr.operands.size(); ++i) {
      if (expr.operands[i] != nullptr) expression(*expr.operands[i]);
    }
    for (const Keyword& keyword : expr.keywords) expression(*keyword.value);
  }

  void call(const Expr& expr) {
    if (expr.function == nullptr) {
      mistake(unknown_function(expr));
      for (const ExprPtr& operand : expr.operands) {
        if (operand->kind != ExprKind::kName)
          expression(*operand);
        else
          findings_.declared.insert(operand->name);  // what the call was meant to declare
      }
      return;
    }
    const bool named = !expr.operands.empty() && expr.operands[0]->kind == ExprKind::kName;
    if (expr.declaration != nullptr) {
      check_keywords(expr);
      check_default(expr);
      if (named) findings_.declared.insert(expr.operands[0]->name);
      // A bare name as the element type: Array(codes, Int32).
      const bool type_name = expr.function->parameter == ParameterKind::kArray &&
                             expr.operands.size() > 1 && expr.operands[1]->kind == ExprKind::kName;
      if (!named && !expr.operands.empty()) expression(*expr.operands[0]);
      return children(expr, type_name ? 2 : 1);
    }
    if (expr.name == "defined" && !expr.operands.empty()) {
      const Expr& first = *expr.operands[0];
      if (named)
        findings_.declared.insert(first.name);
      else if (first.kind == ExprKind::kLiteral)
        findings_.declared.insert(to_text(first.literal));
      else
        expression(first);
      return;
    }
    if (expr.name == "sql_and") {
      for (const Keyword& keyword : expr.keywords) expression(*keyword.value);
      return;
    }
    const bool secret = expr.name == "tb_secret" || expr.name == "tb_var";
    children(expr, named && secret ? 1 : 0);
  }

  void method(const Expr& expr) {
    static constexpr ValueKind kReceivers[] = {ValueKind::kString, ValueKind::kList,
                                               ValueKind::kDict};
    std::vector<std::string_view> names;
    for (const ValueKind receiver : kReceivers) {
      if (find_method(expr.name, receiver) != nullptr) return;
      for (const std::string_view name : method_names(receiver)) names.push_back(name);
    }
    std::string hint = did_you_mean(expr.name, names);
    if (hint.empty())
      hint =
          "strings have split, startswith, replace, ...; dicts get, keys, items; lists append, "
          "index";
    mistake(fail(ErrorCode::kTemplateError, "Unknown method: " + expr.name, expr.span,
                 std::move(hint)));
  }

  void check_keywords(const Expr& expr) {
    for (const Keyword& keyword : expr.keywords) {
      if (std::find(std::begin(kKeywords), std::end(kKeywords), keyword.name) !=
          std::end(kKeywords))
        continue;
      std::string hint = "a parameter has default, description, required, format, enum, example";
      if (const std::string near =
              did_you_mean(keyword.name, {std::begin(kKeywords), std::end(kKeywords)});
          !near.empty())
        hint = near;
      mistake(
          fail(ErrorCode::kTemplateError, "Unknown keyword of " + expr.name + "(): " + keyword.name,
               keyword.span, std::move(hint)),
          false);
    }
  }

  // A default written as a literal is converted once, here, as a request without the parameter
  // would.
  void check_default(const Expr& expr) {
    const Expr* value = expr.declaration->default_value;
    if (value == nullptr || value->kind != ExprKind::kLiteral || expr.declaration->name.empty())
      return;
    const TemplateContext nothing_sent;
    Evaluator evaluator(nothing_sent, 0);
    Value out;
    if (expr.operands[0]->slot >= 0 || evaluate_parameter(evaluator, expr, out)) return;
    mistake(evaluator.take_error());
  }

  TemplateFindings& findings_;
  bool always_ = true;
};

}  // namespace

void inspect(const CompiledTemplate& compiled, TemplateFindings& findings) {
  Inspector(findings).block(compiled.block, true);
}

}  // namespace sp::tmpl
