// Comparison of a node's columns with its target's.

#include "server/workspace/check_target.h"

#include <algorithm>

namespace sp {
namespace {

// "quantile(0.5)" as "quantile".
std::string_view bare_function(const std::string& spelled) {
  return std::string_view(spelled).substr(0, spelled.find('('));
}

Type stored_type(const Type& type) {
  if (type.is(TypeKind::kSimpleAggregateFunction)) return stored_type(type.inner().front());
  if (type.is_low_cardinality() || type.is_nullable()) return stored_type(type.element());
  return type;
}

bool is_time(const Type& type) { return type.is_date_like(); }

// True if values of one type become the other by a cast that can succeed for every value of the
// view.
bool assignable(const Type& from, const Type& to) {
  const Type a = stored_type(from), b = stored_type(to);
  if (a.name() == b.name() || a.is(TypeKind::kNothing)) return true;
  if (a.is_number() && b.is_number()) return true;
  if ((a.is_number() || a.is(TypeKind::kDecimal)) && (b.is_number() || b.is(TypeKind::kDecimal)))
    return true;
  if (is_time(a) && is_time(b)) return true;
  if (b.is(TypeKind::kString)) return !a.is(TypeKind::kAggregateFunction);
  if (a.is_string_like())
    return b.is_string_like() || b.is_enum() || is_time(b) || b.is(TypeKind::kUuid);
  if (a.is(TypeKind::kArray) && b.is(TypeKind::kArray)) return assignable(a.element(), b.element());
  if (a.kind() != b.kind()) return false;
  if (a.inner().size() != b.inner().size()) return false;
  for (size_t i = 0; i < a.inner().size(); ++i) {
    if (!assignable(a.inner()[i], b.inner()[i])) return false;
  }
  return true;
}

class TargetCheck {
 public:
  TargetCheck(CheckState& state, const std::shared_ptr<const Pipe>& pipe, size_t node)
      : state_(state),
        pipe_(pipe),
        node_(pipe->file.nodes[node]) {}

  void run(const QueryDescription* columns) {
    const bool is_view = node_.type == PipeNode::Type::kMaterialized;
    const Directive* target = setting(is_view ? "DATASOURCE" : "TARGET_DATASOURCE");
    if (target == nullptr) return;
    const std::string name = target->value.substr(target->value.rfind('.') + 1);
    const auto found = state_.project->datasources.find(name);
    if (found == state_.project->datasources.end()) {
      if (setting("ENGINE") == nullptr) missing(name, *target);
      return;
    }
    if (columns != nullptr) compare(*columns, *found->second, *target);
  }

 private:
  const Directive* setting(std::string_view name) const {
    const auto it = std::find_if(node_.settings.begin(), node_.settings.end(),
                                 [name](const Directive& one) { return one.name == name; });
    return it == node_.settings.end() ? nullptr : &*it;
  }

  void report(Problem::Severity severity, Error error) {
    error = pipe_->file.source->attach(std::move(error));
    const std::string file = error.location->file;
    state_.report(severity, pipe_->file.name, std::move(error), file);
  }

  void missing(const std::string& name, const Directive& target) {
    if (!state_.missing_tables.insert(name).second) return;
    std::vector<std::string_view> names;
    for (const auto& [known, datasource] : state_.project->datasources) names.push_back(known);
    std::string hint = did_you_mean(name, names);
    if (hint.empty())
      hint = "add " + name + ".datasource with the columns of node `" + node_.name + "`";
    report(Problem::Severity::kWarning,
           fail(ErrorCode::kUnknownTable, "Data source is not in the project: " + name,
                target.value_span, std::move(hint)));
  }

  void compare(const QueryDescription& columns, const DataSource& target, const Directive& place) {
    const std::vector<ColumnDefinition>& wanted = target.file.columns;
    std::vector<std::string_view> names;
    for (const ColumnDefinition& column : wanted) names.push_back(column.name);
    for (size_t i = 0; i < columns.names.size(); ++i) {
      const auto column =
          std::find_if(wanted.begin(), wanted.end(),
                       [&](const ColumnDefinition& one) { return one.name == columns.names[i]; });
      if (column == wanted.end()) {
        std::string hint = did_you_mean(columns.names[i], names);
        if (hint.empty())
          hint = "add it to " + target.file.name + ".datasource, or take it out of node `" +
                 node_.name + "`";
        report(Problem::Severity::kError,
               fail(ErrorCode::kNoSuchColumnInTable,
                    "Column is not in target `" + target.file.name + "`: " + columns.names[i],
                    place.value_span, std::move(hint)));
        continue;
      }
      compare_types(columns.names[i], columns.types[i], column->type, place);
    }
    for (const ColumnDefinition& column : wanted) {
      const bool given =
          std::find(columns.names.begin(), columns.names.end(), column.name) != columns.names.end();
      if (given || !column.default_text.empty()) continue;
      report(Problem::Severity::kWarning,
             fail(ErrorCode::kIncompatibleColumns,
                  "Column of target `" + target.file.name + "` is not filled: " + column.name,
                  place.value_span,
                  "it gets its type's default; select it in node `" + node_.name + "`"));
    }
  }

  void compare_types(const std::string& name, const Type& from, const Type& to,
                     const Directive& place) {
    const std::string what =
        "Column `" + name + "` is " + from.name() + ", its target is " + to.name();
    if (to.is(TypeKind::kAggregateFunction)) {
      const std::string_view function = bare_function(to.function());
      if (!from.is(TypeKind::kAggregateFunction)) {
        return report(Problem::Severity::kError,
                      fail(ErrorCode::kTypeMismatch, what, place.value_span,
                           "aggregate it with " + std::string(function) + "State()"));
      }
      if (bare_function(from.function()) != function) {
        return report(
            Problem::Severity::kError,
            fail(ErrorCode::kTypeMismatch, what, place.value_span,
                 "use " + std::string(function) + "State(), or change the type of the target"));
      }
      return;
    }
    if (from.is(TypeKind::kAggregateFunction)) {
      return report(Problem::Severity::kError,
                    fail(ErrorCode::kTypeMismatch, what, place.value_span,
                         "make the target's column " + from.name() + ", or use " +
                             std::string(bare_function(from.function())) + "() without State"));
    }
    if (!assignable(from, to))
      report(Problem::Severity::kError,
             fail(ErrorCode::kTypeMismatch, what, place.value_span,
                  "convert it in node `" + node_.name + "`, or change the target"));
  }

  CheckState& state_;
  std::shared_ptr<const Pipe> pipe_;
  const PipeNode& node_;
};

}  // namespace

void check_target(CheckState& state, const std::shared_ptr<const Pipe>& pipe, size_t node,
                  const QueryDescription* columns) {
  TargetCheck(state, pipe, node).run(columns);
}

}  // namespace sp
