// Probes: parameter sets that lead into every branch. For each branch of each {% if %}, the
// conditions on the way to it are satisfied one by one by choosing values; so the number of sets is
// that of the branches, not 2 to its power.

#include <algorithm>
#include <map>

#include "lang/template/function.h"
#include "lang/template/parameter.h"
#include "lang/template/render.h"

namespace sp::tmpl {
namespace {

constexpr size_t kMaxProbes = 1000;

using Choice = std::map<std::string, std::string>;

// A parameter that an operand of a condition is about; "" if none.
std::string operand_name(const Expr& expr) {
  if (expr.kind == ExprKind::kName) return expr.name;
  if (expr.declaration != nullptr) return expr.declaration->name;
  if ((expr.kind == ExprKind::kMethod || expr.kind == ExprKind::kIndex ||
       expr.kind == ExprKind::kSlice) &&
      expr.operands[0] != nullptr) {
    return operand_name(*expr.operands[0]);
  }
  return {};
}

class Prober {
 public:
  Prober(const CompiledTemplate& compiled, const Signature& signature) : compiled_(compiled) {
    find_identifiers(compiled.block);
    for (const ParamSpec& spec : signature.params) {
      types_[spec.name] = spec.type;
      if (identifiers_.contains(spec.name) && spec.default_value)
        identifiers_[spec.name] = *spec.default_value;
      if (spec.required) base_[spec.name] = sample(spec.name);
    }
  }

  std::vector<RequestParams> run() {
    add(base_);
    for (const auto& [name, type] : types_) {
      Choice toggled = base_;
      toggled[name] = sample(name);
      add(toggled);
    }
    block(compiled_.block, base_);
    return std::move(sets_);
  }

 private:
  void add(const Choice& choice) {
    if (sets_.size() >= kMaxProbes ||
        std::find(choices_.begin(), choices_.end(), choice) != choices_.end())
      return;
    choices_.push_back(choice);
    RequestParams params;
    for (const auto& [name, value] : choice) params.add(name, value);
    sets_.push_back(std::move(params));
  }

  // Parameters that name columns or tables: any text would be a name that is not there.
  void find_identifiers(const Block& nodes) {
    for (const Node& node : nodes) {
      if (node.expression != nullptr) find_identifiers(*node.expression);
      for (const Arm& arm : node.arms) {
        if (arm.condition != nullptr) find_identifiers(*arm.condition);
        find_identifiers(arm.body);
      }
    }
  }

  void find_identifiers(const Expr& expr) {
    const bool names =
        expr.declaration != nullptr && (expr.function->parameter == ParameterKind::kColumn ||
                                        expr.function->parameter == ParameterKind::kColumns);
    if (names) {
      const std::string name = operand_name(*expr.operands[0]);
      if (!name.empty()) identifiers_.emplace(name, kProbeIdentifier);
    }
    for (const ExprPtr& operand : expr.operands) {
      if (operand != nullptr) find_identifiers(*operand);
    }
    for (const Keyword& keyword : expr.keywords) find_identifiers(*keyword.value);
  }

  void block(const Block& nodes, const Choice& choice) {
    for (const Node& node : nodes) {
      if (sets_.size() >= kMaxProbes) return;
      if (node.kind == NodeKind::kIf) {
        branches(node, choice);
      } else {
        for (const Arm& arm : node.arms) block(arm.body, choice);
      }
    }
  }

  void branches(const Node& node, const Choice& outer) {
    Choice before = outer;  // all earlier conditions false
    for (const Arm& arm : node.arms) {
      Choice inside = before;
      if (arm.condition != nullptr) {
        satisfy(*arm.condition, true, inside);
        satisfy(*arm.condition, false, before);
      }
      need(arm.body, inside);
      add(inside);
      block(arm.body, inside);
    }
    add(before);
  }

  // Sends what the outputs of a branch use without a default.
  void need(const Block& nodes, Choice& choice) {
    for (const Node& node : nodes) {
      if (node.kind == NodeKind::kOutput || node.kind == NodeKind::kSet ||
          node.kind == NodeKind::kFor)
        need(*node.expression, choice);
    }
  }

  void need(const Expr& expr, Choice& choice) {
    if (expr.declaration != nullptr && !expr.declaration->name.empty() &&
        !expr.declaration->has_default) {
      choice.try_emplace(expr.declaration->name, sample_text(expr.declaration->type));
    }
    for (const ExprPtr& operand : expr.operands) {
      if (operand != nullptr) need(*operand, choice);
    }
  }

  std::string sample(const std::string& name) const {
    if (const auto identifier = identifiers_.find(name); identifier != identifiers_.end())
      return identifier->second;
    const auto found = types_.find(name);
    return sample_text(found == types_.end() ? "String" : std::string_view(found->second));
  }

  void satisfy(const Expr& expr, bool wanted, Choice& choice) {
    switch (expr.kind) {
      case ExprKind::kNot: return satisfy(*expr.operands[0], !wanted, choice);
      case ExprKind::kAnd:
      case ExprKind::kOr:
        if ((expr.kind == ExprKind::kAnd) == wanted) {
          for (const ExprPtr& operand : expr.operands) satisfy(*operand, wanted, choice);
        } else {
          satisfy(*expr.operands[0], wanted, choice);
        }
        return;
      case ExprKind::kCompare: return satisfy_comparison(expr, wanted, choice);
      case ExprKind::kMethod:
        if (expr.operands.size() == 2 && expr.operands[1]->kind == ExprKind::kLiteral) {
          set(operand_name(expr), wanted ? to_text(expr.operands[1]->literal) : "~", choice);
        }
        return;
      case ExprKind::kCall:
        if (expr.name == "defined" && expr.operands.size() == 1) {
          const Expr& first = *expr.operands[0];
          const std::string name =
              first.kind == ExprKind::kLiteral ? to_text(first.literal) : operand_name(first);
          if (wanted) {
            if (known(name)) choice.try_emplace(name, sample(name));
          } else {
            choice.erase(name);
          }
          return;
        }
        [[fallthrough]];
      case ExprKind::kName: {
        const std::string name = operand_name(expr);
        if (!known(name)) return;
        if (wanted) {
          choice.try_emplace(name, sample(name));
        } else if (expr.declaration != nullptr && expr.declaration->has_default) {
          choice.insert_or_assign(name, std::string(types_[name].starts_with("String") ? "" : "0"));
        } else {
          choice.erase(name);
        }
        return;
      }
      default: return;
    }
  }

  void satisfy_comparison(const Expr& expr, bool wanted, Choice& choice) {
    if (expr.ops.size() != 1) return;
    const Expr* left = expr.operands[0].get();
    const Expr* right = expr.operands[1].get();
    Op op = expr.ops[0];
    if (left->kind == ExprKind::kLiteral && op != Op::kIn && op != Op::kNotIn) {
      std::swap(left, right);
      op = op == Op::kLess           ? Op::kGreater
           : op == Op::kGreater      ? Op::kLess
           : op == Op::kLessEqual    ? Op::kGreaterEqual
           : op == Op::kGreaterEqual ? Op::kLessEqual
                                     : op;
    }
    if (op == Op::kNotEqual || op == Op::kNotIn || op == Op::kIsNot) wanted = !wanted;
    const std::string name = operand_name(*left);
    if (op == Op::kIn || op == Op::kNotIn) {
      if ((right->kind == ExprKind::kList || right->kind == ExprKind::kTuple) &&
          !right->operands.empty() && right->operands[0]->kind == ExprKind::kLiteral) {
        set(name, wanted ? to_text(right->operands[0]->literal) : unlike(name, "~"), choice);
      } else if (left->kind == ExprKind::kLiteral) {
        set(operand_name(*right), wanted ? to_text(left->literal) : "~", choice);
      }
      return;
    }
    if (right->kind != ExprKind::kLiteral) return;
    if (op == Op::kEqual || op == Op::kNotEqual || op == Op::kIs || op == Op::kIsNot) {
      if (right->literal.kind == ValueKind::kNone) {
        if (wanted) {
          choice.erase(name);
        } else if (known(name)) {
          choice.try_emplace(name, sample(name));
        }
        return;
      }
      set(name, wanted ? to_text(right->literal) : unlike(name, to_text(right->literal)), choice);
      return;
    }
    if (right->literal.kind != ValueKind::kInteger) return;
    const bool greater = (op == Op::kGreater || op == Op::kGreaterEqual) == wanted;
    set(name, integer_text(right->literal.integer + (greater ? 1 : -1)), choice);
  }

  // Another value of the parameter's type.
  std::string unlike(const std::string& name, const std::string& text) const {
    std::string other = sample(name);
    if (other != text) return other;
    return other == "1" ? "2" : other + "~";
  }

  bool known(const std::string& name) const { return types_.count(name) > 0; }

  void set(const std::string& name, const std::string& value, Choice& choice) {
    if (known(name)) choice[name] = value;
  }

  const CompiledTemplate& compiled_;
  std::map<std::string, std::string> identifiers_;  // parameter to the name that is sent for it
  std::map<std::string, std::string> types_;
  Choice base_;
  std::vector<Choice> choices_;
  std::vector<RequestParams> sets_;
};

}  // namespace

std::vector<RequestParams> probe_sets(const CompiledTemplate& compiled) {
  Signature signature;
  collect(compiled, signature);
  return Prober(compiled, signature).run();
}

}  // namespace sp::tmpl
