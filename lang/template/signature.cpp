// Collecting the parameters of a template: which names it uses, with what types, defaults and
// descriptions, and which of them a request must send. Merge rules: the last explicit type wins,
// the latest default and description that are not empty win, one use with a default or
// required=False makes the parameter optional.

#include <algorithm>
#include <map>

#include "lang/template/function.h"
#include "lang/template/guard.h"
#include "lang/template/parameter.h"
#include "lang/template/render.h"

namespace sp::tmpl {
namespace {

Names united(Names a, const Names& b) {
  a.insert(b.begin(), b.end());
  return a;
}

Names common(const Names& a, const Names& b) {
  Names out;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::inserter(out, out.end()));
  return out;
}

Names without(Names a, const Names& b) {
  for (const std::string& name : b) a.erase(name);
  return a;
}

// The name that an argument of defined(), or a bare or typed parameter, is about.
std::string parameter_name(const Expr& expr) {
  if (expr.kind == ExprKind::kName) return expr.name;
  if (expr.declaration != nullptr && !expr.declaration->has_default) return expr.declaration->name;
  if (expr.kind == ExprKind::kCall && expr.name == "defined" && expr.operands.size() == 1) {
    const Expr& first = *expr.operands[0];
    if (first.kind == ExprKind::kLiteral && first.literal.kind == ValueKind::kString)
      return first.literal.text;
    return parameter_name(first);
  }
  return {};
}

}  // namespace

Names surely_sent(const Expr& condition, bool outcome) {
  switch (condition.kind) {
    case ExprKind::kNot: return surely_sent(*condition.operands[0], !outcome);
    case ExprKind::kAnd:
    case ExprKind::kOr: {
      const bool all = (condition.kind == ExprKind::kAnd) == outcome;
      Names out = surely_sent(*condition.operands[0], outcome);
      for (size_t i = 1; i < condition.operands.size(); ++i) {
        const Names next = surely_sent(*condition.operands[i], outcome);
        out = all ? united(std::move(out), next) : common(out, next);
      }
      return out;
    }
    case ExprKind::kCompare: {
      Names out;
      if (!outcome || condition.ops.size() != 1) return out;
      const Op op = condition.ops[0];
      if (op == Op::kNotEqual || op == Op::kNotIn || op == Op::kIs || op == Op::kIsNot) return out;
      if (op != Op::kIn) {
        if (std::string name = parameter_name(*condition.operands[1]); !name.empty())
          out.insert(std::move(name));
      }
      if (std::string name = parameter_name(*condition.operands[0]); !name.empty())
        out.insert(std::move(name));
      return out;
    }
    default: {
      Names out;
      if (outcome) {
        if (std::string name = parameter_name(condition); !name.empty())
          out.insert(std::move(name));
      }
      return out;
    }
  }
}

namespace {

std::string default_text(const Expr& expr) {
  if (expr.kind == ExprKind::kList || expr.kind == ExprKind::kTuple) {
    std::string out;
    for (const ExprPtr& operand : expr.operands) {
      if (!out.empty()) out += ',';
      out += default_text(*operand);
    }
    return out;
  }
  if (expr.kind == ExprKind::kNegate) return "-" + default_text(*expr.operands[0]);
  return expr.kind == ExprKind::kLiteral ? to_text(expr.literal) : std::string();
}

class Collector {
 public:
  Collector(const CompiledTemplate& compiled, Signature& signature)
      : compiled_(compiled),
        signature_(signature) {
    for (size_t i = 0; i < signature.params.size(); ++i)
      places_.emplace(signature.params[i].name, i);
  }

  void run() {
    const Names needed = block(compiled_.block);
    for (ParamSpec& spec : signature_.params) {
      spec.needed = spec.needed || needed.count(spec.name) > 0;
      spec.required = spec.needed && !spec.optional;
    }
  }

 private:
  // Walks a block; returns the names without which it surely fails.
  Names block(const Block& nodes) {
    Names needs;
    for (const Node& node : nodes) needs = united(std::move(needs), statement(node));
    return needs;
  }

  Names statement(const Node& node) {
    Names needs;
    switch (node.kind) {
      case NodeKind::kOutput: expression(*node.expression, true, needs); return needs;
      case NodeKind::kSet: {
        expression(*node.expression, false, needs);
        bind(node);
        return needs;
      }
      case NodeKind::kIf: return branches(node);
      case NodeKind::kFor:
        expression(*node.expression, true, needs);
        bind(node);
        for (const Arm& arm : node.arms) block(arm.body);  // a list may be empty
        return needs;
      case NodeKind::kWhile:
        expression(*node.arms[0].condition, false, needs);
        for (const Arm& arm : node.arms) block(arm.body);
        return needs;
      case NodeKind::kTry:
        for (const Arm& arm : node.arms) block(arm.body);
        return needs;
      default: return needs;
    }
  }

  Names branches(const Node& node) {
    Names needs, sent_before;
    std::optional<Names> every_branch;
    bool has_else = false;
    for (size_t i = 0; i < node.arms.size(); ++i) {
      const Arm& arm = node.arms[i];
      Names own, sent = sent_before;
      if (arm.condition != nullptr) {
        expression(*arm.condition, false, own);
        if (i == 0) needs = own;
        sent = united(std::move(sent), surely_sent(*arm.condition, true));
        sent_before = united(std::move(sent_before), surely_sent(*arm.condition, false));
      } else {
        has_else = true;
      }
      const Names inside = without(block(arm.body), sent);
      every_branch = every_branch ? common(*every_branch, inside) : inside;
    }
    return has_else && every_branch ? united(std::move(needs), *every_branch) : needs;
  }

  void bind(const Node& node) {
    for (const int slot : node.slots)
      bound_.insert(compiled_.slot_names[static_cast<size_t>(slot)]);
  }

  // `used`: the value is used, so that a parameter that was not sent fails; conditions only test
  // it.
  void expression(const Expr& expr, bool used, Names& needs) {
    switch (expr.kind) {
      case ExprKind::kLiteral: return;
      case ExprKind::kName:
        if (bound_.count(expr.name) > 0 || find_function(expr.name) != nullptr) return;
        note(expr.name, nullptr, expr.span);
        if (used) needs.insert(expr.name);
        return;
      case ExprKind::kCall: return call(expr, used, needs);
      case ExprKind::kAnd:
      case ExprKind::kOr:
      case ExprKind::kTernary: {
        const size_t first = expr.kind == ExprKind::kTernary ? 1 : 0;
        expression(*expr.operands[first], false, needs);
        Names ignored;
        for (size_t i = 0; i < expr.operands.size(); ++i) {
          if (i != first) expression(*expr.operands[i], used, ignored);
        }
        return;
      }
      case ExprKind::kCompare:
      case ExprKind::kNot:
        for (const ExprPtr& operand : expr.operands) expression(*operand, false, needs);
        return;
      default:
        for (const ExprPtr& operand : expr.operands) {
          if (operand != nullptr) expression(*operand, true, needs);
        }
        for (const Keyword& keyword : expr.keywords) expression(*keyword.value, true, needs);
    }
  }

  void call(const Expr& expr, bool used, Names& needs) {
    if (expr.declaration != nullptr) {
      const Declaration& declaration = *expr.declaration;
      const Expr& first = *expr.operands[0];
      Names ignored;
      if (first.kind == ExprKind::kName && bound_.count(first.name) == 0) {
        note(first.name, &expr, first.span);
        const bool must = declaration.required.value_or(false);
        if (!declaration.has_default && (must || (used && declaration.required.value_or(true))))
          needs.insert(first.name);
        if (!declaration.has_default && used && !declaration.required.value_or(true))
          ignored.insert(first.name);
      } else {
        expression(first, used && !declaration.has_default, needs);
      }
      if (declaration.default_value != nullptr)
        expression(*declaration.default_value, true, ignored);
      return;
    }
    if (expr.name == "defined" && expr.operands.size() == 1) {
      const std::string name = parameter_name(*expr.operands[0]);
      if (expr.operands[0]->kind == ExprKind::kCall) {
        expression(*expr.operands[0], false, needs);
      } else if (!name.empty() && bound_.count(name) == 0) {
        note(name, nullptr, expr.operands[0]->span);
      }
      return;
    }
    const bool lenient = expr.name == "sql_and" || expr.function == nullptr || expr.name == "bool";
    const bool secret = expr.name == "tb_secret" || expr.name == "tb_var";
    for (const ExprPtr& operand : expr.operands) {
      if (secret && operand->kind == ExprKind::kName) continue;
      expression(*operand, !lenient, needs);
    }
    for (const Keyword& keyword : expr.keywords) expression(*keyword.value, !lenient, needs);
  }

  void note(const std::string& name, const Expr* call, Span span) {
    const auto [place, added] = places_.try_emplace(name, signature_.params.size());
    if (added) {
      signature_.params.emplace_back();
      signature_.params.back().name = name;
      signature_.params.back().span = span;
    }
    ParamSpec* const found = &signature_.params[place->second];
    if (call == nullptr) return;
    const Declaration& declaration = *call->declaration;
    const ParameterKind kind = call->function->parameter;
    if (kind != ParameterKind::kList || found->type == "String") found->type = declaration.type;
    if (declaration.has_default) {
      found->optional = true;
      const std::string text = default_text(*declaration.default_value);
      if (!text.empty() || !found->default_value) found->default_value = text;
    }
    if (declaration.required.has_value() && !*declaration.required) found->optional = true;
    if (!declaration.description.empty()) found->description = declaration.description;
    if (!declaration.enum_values.empty()) found->enum_values = declaration.enum_values;
    if (!declaration.example.empty()) found->example = declaration.example;
    if (!declaration.format.empty()) found->format = declaration.format;
  }

  const CompiledTemplate& compiled_;
  Signature& signature_;
  std::map<std::string, size_t> places_;  // of parameters in signature_
  Names bound_;
};

}  // namespace

void collect(const CompiledTemplate& compiled, Signature& signature) {
  Collector(compiled, signature).run();
}

}  // namespace sp::tmpl
