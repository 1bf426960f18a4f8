// Names: what an identifier means inside one SELECT. In ClickHouse's order: parameters of lambdas,
// aliases (anywhere in the SELECT; while an alias is being resolved its own name means the column),
// columns of FROM, then aliases of the SELECTs around.

#include <algorithm>
#include <cctype>

#include "compiler/bind/select_binder.h"
#include "lang/sql/print.h"

namespace sp::binding {

namespace {

std::string joined(const std::vector<std::string>& parts, size_t from, size_t to) {
  std::string out;
  for (size_t i = from; i < to; ++i) out += (i == from ? "" : ".") + parts[i];
  return out;
}

const ScopeColumn* find_in(const std::vector<ScopeColumn>& columns, const std::string& name) {
  for (const ScopeColumn& column : columns) {
    if (column.name == name) return &column;
  }
  return nullptr;
}

// How many leading parts name the relation: 0 if they do not.
size_t qualifier_parts(const ScopeRelation& relation, const std::vector<std::string>& parts) {
  if (parts.size() > 2 && parts[0] == relation.database && parts[1] == relation.table) return 2;
  if (parts.size() > 1 && !parts[0].empty() &&
      (parts[0] == relation.label || parts[0] == relation.table))
    return 1;
  return 0;
}

}  // namespace

Result<void> SelectBinder::collect_aliases() {
  const auto all = [&](const std::vector<sql::ExprPtr>& exprs) -> Result<void> {
    for (const sql::ExprPtr& expr : exprs) SP_TRY_VOID(collect_aliases(*expr));
    return {};
  };
  for (const sql::WithItem& item : select_.with) {
    if (!item.expr) continue;
    if (!item.name.empty() && item.expr->alias.empty()) {
      aliases_.emplace(item.name, Alias{.expr = item.expr.get(), .bound = nullptr});
    }
    SP_TRY_VOID(collect_aliases(*item.expr));
  }
  SP_TRY_VOID(all(select_.columns));
  if (select_.prewhere) SP_TRY_VOID(collect_aliases(*select_.prewhere));
  if (select_.where) SP_TRY_VOID(collect_aliases(*select_.where));
  SP_TRY_VOID(all(select_.group_by.keys));
  for (const auto& set : select_.group_by.sets) SP_TRY_VOID(all(set));
  if (select_.having) SP_TRY_VOID(collect_aliases(*select_.having));
  if (select_.qualify) SP_TRY_VOID(collect_aliases(*select_.qualify));
  SP_TRY_VOID(all(select_.distinct_on));
  for (const sql::SortItem& item : select_.order_by) SP_TRY_VOID(collect_aliases(*item.expr));
  if (select_.limit_by) SP_TRY_VOID(all(select_.limit_by->keys));
  return {};
}

Result<void> SelectBinder::collect_aliases(const sql::Expr& expr) {
  if (!expr.alias.empty()) {
    const auto [entry, added] =
        aliases_.emplace(expr.alias, Alias{.expr = &expr, .bound = nullptr});
    if (!added && entry->second.expr != &expr && !sql::equal(*entry->second.expr, expr)) {
      return fail(ErrorCode::kMultipleExpressionsForAlias,
                  "Multiple expressions " + sql::print(*entry->second.expr) + " and " +
                      sql::print(expr) + " for alias " + expr.alias,
                  expr.span, "give one of them another name");
    }
  }
  for (const sql::ExprPtr& arg : expr.args) SP_TRY_VOID(collect_aliases(*arg));
  for (const sql::StarTransformer& transformer : expr.transformers) {
    if (transformer.kind != sql::StarTransformer::Kind::kReplace) continue;
    // REPLACE (e AS name) defines the alias too.
    for (size_t i = 0; i < transformer.names.size() && i < transformer.exprs.size(); ++i) {
      aliases_.emplace(transformer.names[i],
                       Alias{.expr = transformer.exprs[i].get(), .bound = nullptr});
    }
  }
  if (expr.filter) SP_TRY_VOID(collect_aliases(*expr.filter));
  return {};
}

Result<ExpressionPtr> SelectBinder::alias(const std::string& name, Span span) {
  Alias& entry = aliases_.at(name);
  if (entry.bound && lambdas_.empty()) return entry.bound;
  if (entry.open) {
    return fail(ErrorCode::kCyclicAliases, "Cyclic aliases: " + name, span,
                "an alias may not be defined by itself, unless a column has the same name");
  }
  entry.open = true;
  Result<ExpressionPtr> bound = unaliased(*entry.expr);
  Alias& again = aliases_.at(name);
  again.open = false;
  if (bound && lambdas_.empty()) again.bound = *bound;
  return bound;
}

namespace {

// CURRENT_DATE and other names of standard SQL mean a call, if nothing else has the name.
const char* function_without_brackets(const std::string& name) {
  std::string upper = name;
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  if (upper == "CURRENT_DATE") return "today";
  if (upper == "CURRENT_TIMESTAMP" || upper == "LOCALTIMESTAMP" || upper == "NOW") return "now";
  if (upper == "CURRENT_USER") return "currentUser";
  return upper == "CURRENT_DATABASE" ? "currentDatabase" : nullptr;
}

}  // namespace

Result<ExpressionPtr> SelectBinder::identifier(const sql::Expr& expr) {
  const std::vector<std::string>& parts = expr.parts;
  for (auto frame = lambdas_.rbegin(); frame != lambdas_.rend(); ++frame) {
    for (const auto& [name, value] : *frame) {
      if (name != parts[0]) continue;
      return element_path(value, parts, 1, expr.span);  // a parameter x hides a table x
    }
  }
  const auto named = aliases_.find(parts.size() == 1 ? parts[0] : joined(parts, 0, parts.size()));
  if (named != aliases_.end() && !named->second.open) return alias(named->first, expr.span);
  SP_TRY(std::optional<Found> found, find_column(parts, expr.span));
  if (found) {
    Result<ExpressionPtr> element = element_path(found->value, parts, found->used_parts, expr.span);
    if (!element.ok()) {
      // A column `a` of this FROM does not hide the table `a` of a SELECT around it.
      SP_TRY(std::optional<ExpressionPtr> outer, outer_name(expr));
      return outer ? Result<ExpressionPtr>(*outer) : std::move(element).error();
    }
    ExpressionPtr value = std::move(*element);
    if (value->kind != Expression::Kind::kColumn || binder_.in_view()) return value;
    auto located =
        std::make_shared<Expression>(*value);  // errors about the column point to this use
    located->span = expr.span;
    return ExpressionPtr(std::move(located));
  }
  if (named != aliases_.end()) return alias(named->first, expr.span);  // open: a circle
  const auto head = aliases_.find(parts[0]);
  if (parts.size() > 1 && head != aliases_.end() && !head->second.open) {
    SP_TRY(ExpressionPtr value, alias(parts[0], expr.span));
    return element_path(std::move(value), parts, 1, expr.span);
  }
  SP_TRY(std::optional<ExpressionPtr> outer, outer_name(expr));
  if (outer) return *outer;
  if (const std::vector<NestedColumn> nested = nested_columns(parts); !nested.empty())
    return nested_value(nested, true, expr.span);
  if (const char* function = parts.size() == 1 ? function_without_brackets(parts[0]) : nullptr)
    return binder_.call(function, {}, expr.span);
  return unknown_identifier(parts, expr.span);
}

// A name of a SELECT around this one. Constants (WITH expr AS x) may be used anywhere; a column
// only by a subquery that is a value, which gets a placeholder for it and becomes a join
// (decorrelate.h).
Result<std::optional<ExpressionPtr>> SelectBinder::outer_name(const sql::Expr& expr) {
  if (environment_.outer == nullptr) return std::optional<ExpressionPtr>();
  std::optional<ExpressionPtr> found;
  // In FROM what the SELECT around names is not there yet: what its own surroundings name is.
  const auto column = [&]() -> Result<void> {
    if (found || environment_.correlation == nullptr) return {};
    SP_TRY(std::optional<Found> named, environment_.outer->find_column(expr.parts, expr.span));
    if (named) {
      SP_TRY(found, environment_.outer->element_path(named->value, expr.parts, named->used_parts,
                                                     expr.span));
    }
    return {};
  };
  if (expr.parts.size() > 1) SP_TRY_VOID(column());  // t.a before an alias t with an element a
  if (!found) { SP_TRY(found, environment_.outer->name_around(expr)); }
  SP_TRY_VOID(column());
  if (!found) { SP_TRY(found, environment_.outer->outer_name(expr)); }
  if (!found || (*found)->is_constant() || environment_.correlation == nullptr) return found;
  for (const Correlation::Use& use : environment_.correlation->uses) {
    if (plan::equal(*use.outer, **found)) {
      return std::optional(
          make_column(use.placeholder, expr.parts.back(), use.outer->type, expr.span));
    }
  }
  environment_.correlation->uses.push_back({*found, binder_.new_column()});
  return std::optional(make_column(environment_.correlation->uses.back().placeholder,
                                   expr.parts.back(), (*found)->type, expr.span));
}

// What an alias of this SELECT means to a subquery of it; nothing if it cannot be seen there.
Result<std::optional<ExpressionPtr>> SelectBinder::name_around(const sql::Expr& expr) {
  const auto named = aliases_.find(expr.parts[0]);
  if (named == aliases_.end() || named->second.open) return std::optional<ExpressionPtr>();
  auto value = alias(named->first, expr.span);
  // Its FROM is what is being bound here: the alias is not to be seen yet.
  if (!value && value.error().code == ErrorCode::kUnknownIdentifier)
    return std::optional<ExpressionPtr>();
  if (!value) return std::move(value).error();
  SP_TRY(ExpressionPtr element, element_path(*value, expr.parts, 1, expr.span));
  return std::optional<ExpressionPtr>(std::move(element));
}

// The element of ARRAY JOIN that took the array's name.
const ScopeColumn* SelectBinder::shadow_of(const ScopeColumn& column) const {
  for (size_t i = 0; i < array_columns_.size(); ++i) {
    if (array_column_shadows_[i] && array_columns_[i].name == column.name)
      return &array_columns_[i];
  }
  return nullptr;
}

std::string SelectBinder::projection_name(size_t relation, const std::string& column) const {
  const ScopeRelation& owner = relations_[relation];
  if (relations_.size() == 1 || owner.label.empty() || (joins_ == 1 && relation == 0))
    return column;
  for (size_t other = 0; other < relations_.size(); ++other) {
    if (other == relation) continue;
    if (find_in(relations_[other].columns, column) != nullptr) return owner.label + "." + column;
  }
  return column;
}

Result<std::optional<SelectBinder::Found>> SelectBinder::find_column(
    const std::vector<std::string>& parts, Span span) {
  // Unqualified, of `count` parts; a column's own name may contain dots.
  const auto unqualified = [&](size_t count) -> Result<std::optional<Found>> {
    const std::string name = joined(parts, 0, count);
    if (const ScopeColumn* column = find_in(array_columns_, name))
      return std::optional(Found{column->value, count, name});
    if (const ScopeColumn* column = find_in(merged_, name))
      return std::optional(Found{column->value, count, name});
    std::optional<Found> found;
    for (const ScopeRelation& relation : relations_) {
      const ScopeColumn* column = find_in(relation.columns, name);
      if (column == nullptr) continue;
      if (found && joins_ > 1) {
        return fail(
            ErrorCode::kAmbiguousColumnName, "Ambiguous identifier: " + name, span,
            "write it with its table's name or alias: `" + relation.label + "." + name + "`");
      }
      if (!found) found = Found{column->value, count, name};
    }
    for (const ScopeRelation& relation : relations_) {
      const ScopeColumn* column = found ? nullptr : find_in(relation.hidden, name);
      if (column != nullptr) found = Found{hidden_value(*column), count, name};
    }
    return found;
  };
  SP_TRY(std::optional<Found> whole, unqualified(parts.size()));
  if (whole) return whole;
  for (size_t r = 0; r < relations_.size(); ++r) {
    const size_t qualifier = qualifier_parts(relations_[r], parts);
    for (size_t end = parts.size(); qualifier > 0 && end > qualifier; --end) {
      const std::string name = joined(parts, qualifier, end);
      const ScopeColumn* const column = find_in(relations_[r].columns, name);
      if (const ScopeColumn* element = column == nullptr ? nullptr : shadow_of(*column)) {
        return std::optional(Found{element->value, end, joined(parts, 0, end)});
      }
      if (column != nullptr) {
        return std::optional(Found{column->value, end, projection_name(r, name)});
      }
      if (const ScopeColumn* hidden = find_in(relations_[r].hidden, name))
        return std::optional(Found{hidden_value(*hidden), end, name});
    }
  }
  for (size_t count = parts.size() - 1; count > 0; --count) {
    SP_TRY(std::optional<Found> found, unqualified(count));
    if (found) return found;
  }
  return std::optional<Found>();
}

// The rest of an identifier after its column: elements of tuples, and the subcolumns of other
// types.
Result<ExpressionPtr> SelectBinder::element_path(ExpressionPtr value,
                                                 const std::vector<std::string>& parts, size_t from,
                                                 Span span) {
  for (size_t i = from; i < parts.size(); ++i) {
    const Type base = value->type.base();
    if (base.is(TypeKind::kTuple)) {
      LiteralImage index = literal_image(sql::LiteralValue(parts[i]));
      const bool number = std::all_of(parts[i].begin(), parts[i].end(),
                                      [](char c) { return c >= '0' && c <= '9'; });
      if (number)
        index = literal_image(sql::LiteralValue(static_cast<uint64_t>(std::stoull(parts[i]))));
      auto element = binder_.call("tupleElement", {value, binder_.constant(index, span)}, span);
      if (!element) return unknown_identifier(parts, span);
      value = *element;
    } else if (base.is(TypeKind::kMap) && (parts[i] == "keys" || parts[i] == "values")) {
      SP_TRY(value, binder_.call(parts[i] == "keys" ? "mapKeys" : "mapValues", {value}, span));
    } else if (parts[i] == "size0" && (base.is(TypeKind::kArray) || base.is(TypeKind::kMap))) {
      SP_TRY(value, binder_.call("length", {value}, span));
    } else if (parts[i] == "null" && value->type.can_be_null()) {
      SP_TRY(value, binder_.call("isNull", {value}, span));
    } else {
      return unknown_identifier(parts, span);
    }
  }
  return value;
}

Error SelectBinder::unknown_identifier(const std::vector<std::string>& parts, Span span) {
  const std::string name = joined(parts, 0, parts.size());
  std::vector<std::string> names;
  for (const auto& [alias, entry] : aliases_) {
    if (!entry.open) names.push_back(alias);
  }
  for (const ScopeColumn& column : array_columns_) names.push_back(column.name);
  for (size_t r = 0; r < relations_.size(); ++r) {
    const ScopeRelation& relation = relations_[r];
    for (const ScopeColumn& column : relation.columns) {
      names.push_back(column.name);
      if (parts.size() > 1 && !relation.label.empty())
        names.push_back(relation.label + "." + column.name);
    }
  }
  std::sort(names.begin(), names.end());
  Error error = fail(ErrorCode::kUnknownIdentifier, "Unknown identifier: " + name, span,
                     did_you_mean(name, {names.begin(), names.end()}));
  if (error.hint.empty() && !select_.from) {
    error.hint = "this SELECT has no FROM; text needs single quotes: '" + name + "'";
  }
  return error;
}

// Unaliased columns are named by their text, with the table's qualifier dropped where it is not
// needed.
std::string SelectBinder::result_name(const sql::Expr& expr) {
  if (!expr.alias.empty()) return expr.alias;
  bool qualified = false;
  const std::function<void(const sql::Expr&)> look = [&](const sql::Expr& e) {
    qualified = qualified || (e.kind == sql::ExprKind::kIdentifier && e.parts.size() > 1) ||
                e.kind == sql::ExprKind::kSubquery;
    for (const sql::ExprPtr& arg : e.args) look(*arg);
  };
  look(expr);
  if (!qualified) return sql::column_name(expr);
  const sql::ExprPtr copy = sql::clone(expr);
  const std::function<void(const sql::Expr&, sql::Expr&)> shorten = [&](const sql::Expr& from,
                                                                        sql::Expr& e) {
    if (e.kind == sql::ExprKind::kIdentifier && e.parts.size() > 1) {
      const auto found = find_column(e.parts, e.span);
      if (found && *found) {
        std::vector<std::string> parts = {(*found)->shown_name};
        parts.insert(parts.end(), e.parts.begin() + static_cast<ptrdiff_t>((*found)->used_parts),
                     e.parts.end());
        e.parts = std::move(parts);
      }
    }
    if (e.kind == sql::ExprKind::kSubquery) {
      e.kind = sql::ExprKind::kIdentifier;
      e.parts = {"_subquery_" + std::to_string(binder_.subquery_number(from))};
    }
    for (size_t i = 0; i < e.args.size(); ++i) shorten(*from.args[i], *e.args[i]);
  };
  shorten(expr, *copy);
  if (copy->kind == sql::ExprKind::kIdentifier) return joined(copy->parts, 0, copy->parts.size());
  return sql::column_name(*copy);
}

std::optional<std::pair<const sql::WithItem*, const CteFrame*>> SelectBinder::find_cte(
    const std::string& name) const {
  for (const CteFrame* frame = &frame_; frame != nullptr; frame = frame->parent) {
    if (frame->items == nullptr) continue;
    for (const sql::WithItem& item : *frame->items) {
      const auto& open = binder_.open_ctes;
      if (item.query && item.name == name &&
          std::find(open.begin(), open.end(), &item) == open.end()) {
        return std::pair(&item, frame);
      }
    }
  }
  return std::nullopt;
}

}  // namespace sp::binding
