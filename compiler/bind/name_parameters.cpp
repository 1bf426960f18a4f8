// Names given by parameters. See name_parameters.h. One walk serves the question and the filling.

#include "compiler/bind/name_parameters.h"

namespace sp::binding {

namespace {

// Shows every name that has parameters, with its parts. `visit` returns false to stop.
template <class Visit>
class NameWalk {
 public:
  explicit NameWalk(Visit visit) : visit_(std::move(visit)) {}

  template <class QueryT>
  bool query(QueryT& query) {
    return (!query.left || this->query(*query.left)) &&
           (!query.right || this->query(*query.right)) && (!query.select || select(*query.select));
  }

 private:
  template <class NamedT>
  bool name(NamedT& named) {
    return named.name_parameters.empty() || visit_(named);
  }

  template <class SelectT>
  bool select(SelectT& s) {
    for (auto& item : s.with) {
      if ((item.query && !query(*item.query)) || !optional(item.expr)) return false;
    }
    for (auto& join : s.array_joins) {
      if (!list(join.exprs)) return false;
    }
    for (auto& set : s.group_by.sets) {
      if (!list(set)) return false;
    }
    for (auto& named : s.windows) {
      if (!window(*named.second)) return false;
    }
    for (auto& item : s.interpolate) {
      if (!optional(item.expr)) return false;
    }
    if (s.limit_by &&
        !(optional(s.limit_by->limit) && optional(s.limit_by->offset) && list(s.limit_by->keys))) {
      return false;
    }
    return list(s.distinct_on) && list(s.columns) && (!s.from || table(*s.from)) &&
           optional(s.prewhere) && optional(s.where) && list(s.group_by.keys) &&
           optional(s.having) && optional(s.qualify) && sort_list(s.order_by) &&
           optional(s.limit) && optional(s.offset);
  }

  template <class TableT>
  bool table(TableT& t) {
    return name(t) && optional(t.function) && (!t.subquery || query(*t.subquery)) &&
           (!t.left || table(*t.left)) && (!t.right || table(*t.right)) && optional(t.on) &&
           list(t.using_columns) && list(t.array_join.exprs);
  }

  template <class Items>
  bool sort_list(Items& items) {
    for (auto& item : items) {
      if (!optional(item.expr)) return false;
      if (item.fill && !(optional(item.fill->from) && optional(item.fill->to) &&
                         optional(item.fill->step) && optional(item.fill->staleness))) {
        return false;
      }
    }
    return true;
  }

  template <class WindowT>
  bool window(WindowT& window) {
    return list(window.partition_by) && sort_list(window.order_by);
  }

  template <class Exprs>
  bool list(Exprs& exprs) {
    for (auto& expr : exprs) {
      if (!optional(expr)) return false;
    }
    return true;
  }

  template <class Pointer>
  bool optional(Pointer& expr) {
    return !expr || expression(*expr);
  }

  template <class ExprT>
  bool expression(ExprT& expr) {
    for (auto& transformer : expr.transformers) {
      if (!list(transformer.exprs)) return false;
    }
    return name(expr) && list(expr.parameters) && list(expr.args) && optional(expr.filter) &&
           (!expr.over || window(*expr.over)) && (!expr.subquery || query(*expr.subquery));
  }

  Visit visit_;
};

}  // namespace

bool has_name_parameters(const sql::Query& query) {
  const auto stop = [](const auto&) { return false; };
  // The walk's methods take what they are given, const or not; it changes nothing itself.
  return !NameWalk<decltype(stop)>(stop).query(query);
}

Result<void> fill_name_parameters(
    sql::Query& query,
    const std::function<Result<std::string>(const sql::NameParameter&)>& text_of) {
  Result<void> result;
  const auto fill = [&](auto& named) {
    for (const sql::NameParameter& parameter : named.name_parameters) {
      Result<std::string> text = text_of(parameter);
      if (!text.ok()) {
        result = std::move(text).error();
        return false;
      }
      named.parts[parameter.part] = std::move(*text);
    }
    named.name_parameters.clear();
    return true;
  };
  (void)NameWalk<decltype(fill)>(fill).query(query);
  return result;
}

}  // namespace sp::binding
