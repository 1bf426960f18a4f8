// Prints expressions and plans as text: for explain=plan, for the optimizer's trace and for plan
// tests, which compare it.

#include <algorithm>

#include "compiler/plan/plan.h"

namespace sp::plan {

namespace {

std::string column_text(ColumnId id, const std::string& name) {
  return (name.empty() ? std::string("c") : name) + "#" + std::to_string(id);
}

std::string list(const std::vector<ExpressionPtr>& expressions) {
  std::string out;
  for (const ExpressionPtr& expression : expressions)
    out += (out.empty() ? "" : ", ") + print(*expression);
  return out;
}

std::string columns(const std::vector<OutputColumn>& output) {
  std::string out;
  for (const OutputColumn& column : output)
    out += (out.empty() ? "" : ", ") + column_text(column.id, column.name);
  return out;
}

std::string sort_list(const std::vector<SortKey>& keys) {
  std::string out;
  for (const SortKey& key : keys) {
    out += (out.empty() ? "" : ", ") + print(*key.expression) + (key.descending ? " desc" : "");
    if (key.nulls_first) out += " nulls first";
  }
  return out;
}

const char* op_text(ScanBound::Op op) {
  switch (op) {
    case ScanBound::Op::kEquals: return "=";
    case ScanBound::Op::kLess: return "<";
    case ScanBound::Op::kLessOrEquals: return "<=";
    case ScanBound::Op::kGreater: return ">";
    case ScanBound::Op::kGreaterOrEquals: return ">=";
    case ScanBound::Op::kIn: return "in";
  }
  return "?";
}

std::string join_text(const Node& node) {
  static constexpr const char* kKinds[] = {"inner", "left", "right", "full", "cross", "comma"};
  static constexpr const char* kStrictness[] = {"", " any", "", " asof", " semi", " anti"};
  std::string out = std::string(" ") + kKinds[static_cast<size_t>(node.join)] +
                    kStrictness[static_cast<size_t>(node.strictness)];
  for (size_t i = 0; i < node.left_keys.size(); ++i) {
    const bool inequality =
        node.strictness == sql::JoinStrictness::kAsof && i + 1 == node.left_keys.size();
    out += (i == 0 ? " on " : " and ") + print(*node.left_keys[i]) + " " +
           (inequality                                       ? op_text(node.asof_op)
            : i < node.null_safe.size() && node.null_safe[i] ? "<=>"
                                                             : "=") +
           " " + print(*node.right_keys[i]);
  }
  if (node.predicate) out += " where " + print(*node.predicate);
  return out;
}

std::string frame_bound(const FrameBound& bound) {
  static constexpr const char* kTexts[] = {"unbounded preceding", "preceding", "current row",
                                           "following", "unbounded following"};
  return (bound.offset ? print(*bound.offset) + " " : "") + kTexts[static_cast<size_t>(bound.kind)];
}

std::string window_text(const Node& node) {
  static constexpr const char* kUnits[] = {"rows", "range", "groups"};
  std::string out;
  if (!node.partition_by.empty()) out += " partition by " + list(node.partition_by);
  if (!node.sort_keys.empty()) out += " order by " + sort_list(node.sort_keys);
  for (const WindowFunction& function : node.window_functions) {
    out += "; " + column_text(function.output, "") + " := " + function.name + "(" +
           list(function.args) + ") " + kUnits[static_cast<size_t>(function.unit)] + " between " +
           frame_bound(function.begin) + " and " + frame_bound(function.end);
  }
  return out;
}

std::string aggregate_text(const Node& node) {
  std::string out = " by (" + list(node.keys) + ")";
  static constexpr const char* kGroupings[] = {"", " rollup", " cube", " sets"};
  out += kGroupings[static_cast<size_t>(node.grouping)];
  if (node.with_totals) out += " with totals";
  if (node.totals) out += " " + std::to_string(*node.totals);
  if (node.totals_condition) out += " of " + print(*node.totals_condition);
  for (const AggregateCall& call : node.aggregates) {
    out += " " + column_text(call.output, "") + " := " + call.function.name + "(" +
           list(call.args) + ")";
  }
  return out;
}

std::string limit_text(const Node& node) {
  std::string out;
  static constexpr const char* kAmounts[] = {" ", " from the end ", " part "};
  if (node.limit) out += kAmounts[static_cast<size_t>(node.limit_amount)] + print(*node.limit);
  if (node.offset)
    out += " offset" + (kAmounts[static_cast<size_t>(node.offset_amount)] + print(*node.offset));
  if (node.with_ties) out += " with ties (" + sort_list(node.sort_keys) + ")";
  if (!node.keys.empty()) out += " by " + list(node.keys);
  return out;
}

std::string fill_text(const Node& node) {
  std::string out = " " + sort_list(node.sort_keys);
  for (const Node::Fill& fill : node.fills) {
    out += fill.enabled ? "; fill" : "; -";
    if (fill.from) out += " from " + print(*fill.from);
    if (fill.to) out += " to " + print(*fill.to);
    if (fill.step) out += " step " + print(*fill.step);
    if (fill.staleness) out += " staleness " + print(*fill.staleness);
  }
  for (const auto& [column, expression] : node.interpolate) {
    out += "; interpolate " + column_text(column, "") + " := " + print(*expression);
  }
  return out;
}

std::string project_text(const Node& node) {
  std::string out;
  for (size_t i = 0; i < node.expressions.size(); ++i) {
    out += (i == 0 ? " " : ", ") + column_text(node.output[i].id, node.output[i].name) +
           " := " + print(*node.expressions[i]);
  }
  return out;
}

std::string scan_text(const Node& node) {
  std::string out =
      " " + node.table->name + (node.final ? " final" : "") + " (" + columns(node.output) + ")";
  for (const ScanBound& bound : node.bounds) {
    out +=
        " [" + node.table->columns[bound.table_column].name + " " + op_text(bound.op) + " " +
        (bound.op == ScanBound::Op::kIn ? "set" + std::to_string(bound.set) : print(*bound.value)) +
        "]";
  }
  return out;
}

std::string array_join_text(const Node& node) {
  std::string out = node.left_array_join ? " left" : "";
  for (size_t i = 0; i < node.expressions.size(); ++i) {
    out += (i == 0 ? " " : ", ") +
           column_text(node.array_outputs[i].id, node.array_outputs[i].name) +
           " := " + print(*node.expressions[i]);
  }
  return out;
}

std::string values_text(const Node& node) {
  std::string out = " (" + columns(node.output) + ")";
  for (const auto& row : node.rows) out += " (" + list(row) + ")";
  return out;
}

std::string details(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kScan: return "scan" + scan_text(node);
    case Node::Kind::kOneRow: return "one row";
    case Node::Kind::kNumbers:
      return "numbers " + list(node.expressions) + " (" + columns(node.output) + ")";
    case Node::Kind::kValues: return "values" + values_text(node);
    case Node::Kind::kFilter: return (node.having ? "having " : "filter ") + print(*node.predicate);
    case Node::Kind::kProject: return "project" + project_text(node);
    case Node::Kind::kAggregate: return "aggregate" + aggregate_text(node);
    case Node::Kind::kDistinct:
      return "distinct" + (node.keys.empty() ? "" : " " + list(node.keys));
    case Node::Kind::kSort:
      return "sort " + sort_list(node.sort_keys) + (node.limit ? " limit" + limit_text(node) : "");
    case Node::Kind::kLimit: return "limit" + limit_text(node);
    case Node::Kind::kJoin: return "join" + join_text(node);
    case Node::Kind::kArrayJoin: return "array join" + array_join_text(node);
    case Node::Kind::kWindow: return "window" + window_text(node);
    case Node::Kind::kUnion: return "union (" + columns(node.output) + ")";
    case Node::Kind::kIntersect: return "intersect (" + columns(node.output) + ")";
    case Node::Kind::kExcept: return "except (" + columns(node.output) + ")";
    case Node::Kind::kFill: return "fill" + fill_text(node);
    case Node::Kind::kRecursive:
      return "recursive " + node.table_name + " (" + columns(node.output) + ")";
    case Node::Kind::kWorkingTable:
      return "working table " + node.table_name + " (" + columns(node.output) + ")";
    case Node::Kind::kTotals:
      return "totals " + std::to_string(*node.totals) + " (" + columns(node.output) + ")";
  }
  return "?";
}

std::string parameter_text(const Parameter& parameter) {
  static constexpr const char* kSources[] = {"hole ", "literal ", "constant", "subquery ",
                                             "sample "};
  std::string out = kSources[static_cast<size_t>(parameter.source)];
  if (parameter.source != Parameter::Source::kConstant) out += std::to_string(parameter.index);
  if (parameter.constant && parameter.type.is(TypeKind::kString)) {
    out += " '" +
           std::string(reinterpret_cast<const StringRef*>(parameter.constant->data())->view()) +
           "'";
  } else if (parameter.constant && parameter.type.is_integer()) {
    uint64_t value = 0;
    std::copy_n(parameter.constant->data(), std::min<size_t>(8, parameter.constant->size()),
                reinterpret_cast<uint8_t*>(&value));
    const uint32_t bits =
        static_cast<uint32_t>(std::min<size_t>(8, parameter.constant->size()) * 8);
    if (parameter.type.is_unsigned())
      out += " " + std::to_string(value);
    else
      out += " " + std::to_string(static_cast<int64_t>(value << (64 - bits)) >> (64 - bits));
  }
  return out + " " + parameter.type.name();
}

}  // namespace

std::string print(const Expression& expression) {
  switch (expression.kind) {
    case Expression::Kind::kColumn: return column_text(expression.column, expression.name);
    case Expression::Kind::kParameter: return "$" + std::to_string(expression.slot);
    case Expression::Kind::kCall:
      if (expression.name == "CAST" && expression.args.size() == 1) {
        return "cast(" + print(*expression.args[0]) + ", " + expression.type.name() + ")";
      }
      return expression.name + "(" + list(expression.args) + ")";
    case Expression::Kind::kLambda: {
      std::string out = "(";
      for (size_t i = 0; i < expression.lambda_columns.size(); ++i) {
        out += (i == 0 ? "#" : ", #") + std::to_string(expression.lambda_columns[i]);
      }
      return out + ") -> " + print(*expression.args[0]);
    }
    case Expression::Kind::kInSet:
      return (expression.args.size() == 1 ? print(*expression.args[0])
                                          : "(" + list(expression.args) + ")") +
             (expression.negated ? " not in set" : " in set") + std::to_string(expression.set);
  }
  return "?";
}

std::string print(const Node& node, uint32_t indent) {
  std::string out = std::string(indent * 2, ' ') + details(node);
  if (!node.ordering.columns.empty()) {
    out += node.ordering.global ? " {sorted by" : " {parts sorted by";
    for (const ColumnId id : node.ordering.columns) out += " #" + std::to_string(id);
    out += "}";
  }
  out += "\n";
  for (const NodePtr& input : node.inputs) out += print(*input, indent + 1);
  return out;
}

std::string print(const Plan& plan) {
  std::string out;
  for (size_t i = 0; i < plan.column_names.size(); ++i) {
    out += (i == 0 ? "-> " : ", ") + plan.column_names[i] + " " + plan.column_types[i].name();
  }
  if (!out.empty()) out += "\n";
  if (plan.root) out += print(*plan.root);
  if (plan.totals) out += "totals:\n" + print(*plan.totals, 1);
  for (size_t i = 0; i < plan.sets.size(); ++i) {
    const SetDefinition& set = plan.sets[i];
    out += "set" + std::to_string(i) + ":";
    if (set.array) out += " " + print(*set.array);
    for (const auto& row : set.rows) out += " (" + list(row) + ")";
    out += "\n";
    if (set.subplan) out += print(*set.subplan, 1);
  }
  for (size_t i = 0; i < plan.subqueries.size(); ++i) {
    out += "subquery " + std::to_string(i) + ":\n" + print(*plan.subqueries[i], 1);
  }
  for (size_t i = 0; i < plan.parameters.size(); ++i) {
    out += "$" + std::to_string(i) + " = " + parameter_text(plan.parameters[i]) + "\n";
  }
  for (const std::string& warning : plan.warnings) out += "warning: " + warning + "\n";
  return out;
}

}  // namespace sp::plan
