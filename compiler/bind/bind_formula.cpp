// Functions that are written in terms of others: the table of formulas
// (runtime/functions/formula.h), getSubcolumn, mapAdd and mapSubtract, joinGet and joinGetOrNull,
// rowNumberInBlock and rowNumberInAllBlocks, neighbor and runningDifference. Between
// bind_function.cpp and what they become.

#include <algorithm>

#include "compiler/bind/select_binder.h"
#include "lang/sql/parse.h"
#include "lang/sql/print.h"
#include "runtime/core/arena.h"

namespace sp::binding {

namespace {

// The type that sums of numbers of `type` have; nothing if it is no number.
std::optional<Type> promoted(Type type) {
  const Type base = type.without_low_cardinality();
  if (base.is_float()) return Type::of(TypeKind::kFloat64);
  if (!base.is_integer()) return std::nullopt;
  return Type::of(base.is_signed_integer() ? TypeKind::kInt64 : TypeKind::kUInt64);
}

bool is_map_of_arrays(Type type) {
  return type.is(TypeKind::kTuple) && type.inner().size() == 2 &&
         type.inner()[0].is(TypeKind::kArray) && type.inner()[1].is(TypeKind::kArray);
}

// What a text names, if it is a constant text.
Result<std::string> constant_text(Binder& binder, const ExpressionPtr& value,
                                  const std::string& what, Span span) {
  if (!value->is_constant() || !value->type.is(TypeKind::kString))
    return fail(ErrorCode::kIllegalColumn, what + " must be a constant text", span);
  SP_TRY(const void* slot, binder.value_of(value));
  return std::string(static_cast<const StringRef*>(slot)->view());
}

}  // namespace

std::optional<Result<ExpressionPtr>> SelectBinder::formula_call(const sql::Expr& expr) {
  if (expr.name == "rowNumberInAllBlocks" || expr.name == "rowNumberInBlock")
    return row_number_call(expr);
  if (expr.name == "getSubcolumn") return get_subcolumn(expr);
  if (expr.name == "mapAdd" || expr.name == "mapSubtract") return map_sum(expr);
  if (expr.name == "joinGet" || expr.name == "joinGetOrNull") return join_get(expr);
  if (auto value = tuple_call(expr)) return value;
  if (auto value = neighbour_call(expr)) return value;
  if (const FormulaRow* row = find_formula(expr.name)) return row_formula(*row, expr);
  return std::nullopt;
}

namespace {

// "x, keys map: text" in its parts.
struct Form {
  std::vector<std::pair<std::string, std::string>> parameters;  // name, kind
  std::string text;
};

Form read_form(std::string_view form) {
  Form out;
  const size_t colon = form.find(':');
  std::string_view names = form.substr(0, colon);
  out.text = form.substr(colon + 1);
  while (!names.empty()) {
    const size_t comma = std::min(names.find(','), names.size());
    std::string_view name = names.substr(0, comma);
    while (name.starts_with(' ')) name.remove_prefix(1);
    const size_t blank = std::min(name.find(' '), name.size());
    out.parameters.emplace_back(name.substr(0, blank),
                                name.substr(std::min(blank + 1, name.size())));
    names.remove_prefix(std::min(comma + 1, names.size()));
  }
  return out;
}

bool is_kind(Type type, std::string_view kind) {
  const Type base = type.base();
  if (kind == "array") return base.is(TypeKind::kArray);
  if (kind == "map") return base.is(TypeKind::kMap);
  if (kind == "string") return base.is_string_like();
  if (kind == "date") return base.is(TypeKind::kDate) || base.is(TypeKind::kDate32);
  return kind.empty();
}

bool takes(const Form& form, const std::vector<ExpressionPtr>& args) {
  if (form.parameters.size() != args.size()) return false;
  for (size_t i = 0; i < args.size(); ++i) {
    if (!is_kind(args[i]->type, form.parameters[i].second)) return false;
  }
  return true;
}

}  // namespace

Result<ExpressionPtr> SelectBinder::row_formula(const FormulaRow& row, const sql::Expr& expr) {
  SP_TRY(const std::vector<ExpressionPtr> args, arguments(expr, nullptr));
  for (const char* text : row.forms) {
    const Form form = read_form(text);
    if (!takes(form, args)) continue;
    LambdaFrame names;
    for (size_t i = 0; i < args.size(); ++i) names.emplace_back(form.parameters[i].first, args[i]);
    Result<ExpressionPtr> value = formula(form.text, std::move(names));
    if (value.ok()) return value;
    Error error = std::move(value).error();
    error.span = expr.span;  // the text of the formula is not the author's
    return error;
  }
  return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
              "Number of arguments for function " + expr.name + " doesn't match: passed " +
                  std::to_string(args.size()),
              expr.span, std::string("for example ") + row.example);
}

// Binds SQL in which names stand for expressions that are bound already.
Result<ExpressionPtr> SelectBinder::formula(const std::string& text, LambdaFrame names) {
  SP_TRY(sql::ExprPtr parsed, sql::parse_expression(text));
  formulas_.push_back(std::move(parsed));
  const sql::Expr& expr = *formulas_.back();
  lambdas_.push_back(std::move(names));
  Result<ExpressionPtr> value = expression(expr);
  lambdas_.pop_back();
  return value;
}

// nullIf(a, b) of two types: they are compared as `a = b` compares them, and the value is `a`.
bool SelectBinder::is_mixed_null_if(const FunctionRow& row,
                                    const std::vector<ExpressionPtr>& args) const {
  if (row.name != std::string_view("nullIf") || args.size() != 2) return false;
  const Type a = args[0]->type.base(), b = args[1]->type.base();
  return !(a == b) && !a.is(TypeKind::kNothing) && !b.is(TypeKind::kNothing) && !b.is_string_like();
}

Result<ExpressionPtr> SelectBinder::mixed_null_if(const std::vector<ExpressionPtr>& args,
                                                  Span span) {
  SP_TRY(ExpressionPtr equal, binder_.call("equals", {args[0], args[1]}, span));
  const ExpressionPtr null = binder_.constant(literal_image(sql::NullLiteral{}), span);
  SP_TRY(ExpressionPtr value, binder_.call("if", {std::move(equal), null, args[0]}, span));
  std::vector<Argument> seen;
  for (const ExpressionPtr& arg : args)
    seen.push_back({.type = arg->type, .is_constant = binder_.folded(arg) != nullptr});
  return binder_.explicit_cast(value, restore_low_cardinality(value->type, seen), span);
}

// toInt8OrDefault(x, d) of a NULL is the default.
Result<ExpressionPtr> SelectBinder::default_for_null(const ExpressionPtr& value,
                                                     const std::vector<ExpressionPtr>& args,
                                                     Span span) {
  const Type type = value->type.base();
  ExpressionPtr otherwise = args.back();
  if (args.size() == 1 || !(otherwise->type == type)) {
    auto zero =
        binder_.explicit_cast(binder_.constant_u64(0, Type::of(TypeKind::kUInt8)), type, span);
    if (!zero) return value;  // no number
    otherwise = std::move(*zero);
  }
  return binder_.call("ifNull", {value, std::move(otherwise)}, span);
}

// Blocks are nothing that a query sees here: both count the rows of the result, in its order.
Result<ExpressionPtr> SelectBinder::row_number_call(const sql::Expr& expr) {
  if (!expr.args.empty())
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch, expr.name + " takes no arguments",
                expr.span);
  sql::Expr call;
  call.kind = sql::ExprKind::kFunction;
  call.name = "row_number";
  call.span = expr.span;
  call.over = std::make_unique<sql::WindowSpec>();
  SP_TRY(ExpressionPtr number, window_function(call));
  const Type type = Type::of(TypeKind::kUInt64);
  SP_TRY(number, binder_.call("minus", {number, binder_.constant_u64(1, type)}, expr.span));
  return binder_.cast(number, type, expr.span);
}

// neighbor(x, offset[, default]) and runningDifference(x): rows of the result in its order, as
// row_number_call(); a window function written around the arguments.
std::optional<Result<ExpressionPtr>> SelectBinder::neighbour_call(const sql::Expr& expr) {
  const bool neighbour = expr.name == "neighbor";
  const bool from_first = expr.name == "runningDifferenceStartingWithFirstValue";
  if (!neighbour && !from_first && expr.name != "runningDifference") return std::nullopt;
  const size_t count = expr.args.size();
  if (neighbour ? count < 2 || count > 3 : count != 1) {
    return Error(fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                      "Number of arguments for function " + expr.name + " doesn't match: passed " +
                          std::to_string(count),
                      expr.span));
  }
  const auto text = [&](size_t i) { return "(" + sql::print(*expr.args[i]) + ")"; };
  const std::string frame = " OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)";
  std::string written;
  if (neighbour) {
    const sql::Expr& offset = *expr.args[1];
    const auto* back = std::get_if<int64_t>(&offset.literal);
    const auto* ahead = std::get_if<uint64_t>(&offset.literal);
    if (offset.kind != sql::ExprKind::kLiteral || (back == nullptr && ahead == nullptr)) {
      return Error(fail(ErrorCode::kNotImplemented, "neighbor takes a constant offset", offset.span,
                        "lagInFrame and leadInFrame take expressions"));
    }
    const std::string rows = back != nullptr ? std::to_string(-*back) : std::to_string(*ahead);
    written = (back != nullptr ? "lagInFrame(" : "leadInFrame(") + text(0) + ", " + rows +
              (count > 2 ? ", " + text(2) : "") + ")" + frame;
  } else {
    written =
        text(0) + " - lagInFrame(" + text(0) + ", 1, " + (from_first ? "0" : text(0)) + ")" + frame;
  }
  auto parsed = sql::parse_expression(written);
  if (!parsed.ok()) return std::move(parsed).error();
  formulas_.push_back(std::move(*parsed));
  Result<ExpressionPtr> value = expression(*formulas_.back());
  if (value.ok()) return value;
  Error error = std::move(value).error();
  error.span = expr.span;
  return error;
}

Result<ExpressionPtr> SelectBinder::get_subcolumn(const sql::Expr& expr) {
  SP_TRY(std::vector<ExpressionPtr> args, arguments(expr, nullptr));
  if (args.size() != 2)
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "getSubcolumn takes a value and the name of a subcolumn", expr.span);
  SP_TRY(const std::string path,
         constant_text(binder_, args[1], "The name of a subcolumn", expr.span));
  ExpressionPtr value = args[0];
  for (size_t begin = 0; begin <= path.size();) {
    const size_t dot = std::min(path.find('.', begin), path.size());
    SP_TRY(value, subcolumn(value, path.substr(begin, dot - begin), expr.span));
    begin = dot + 1;
  }
  return value;
}

// One part of a subcolumn's name. Below an array it is taken of every element.
Result<ExpressionPtr> SelectBinder::subcolumn(const ExpressionPtr& value, const std::string& name,
                                              Span span) {
  const Type base = value->type.base();
  const auto unknown = [&] {
    return fail(ErrorCode::kIllegalColumn,
                "There is no subcolumn " + name + " in type " + value->type.name(), span);
  };
  if (name == "null" && value->type.can_be_null()) return binder_.call("isNull", {value}, span);
  if (base.is(TypeKind::kString) && name == "size") return binder_.call("length", {value}, span);
  if (base.is(TypeKind::kMap) && (name == "keys" || name == "values"))
    return binder_.call(name == "keys" ? "mapKeys" : "mapValues", {value}, span);
  if ((base.is(TypeKind::kMap) || base.is(TypeKind::kArray)) && name == "size0")
    return binder_.call("length", {value}, span);
  if (base.is(TypeKind::kTuple)) {
    auto element =
        binder_.call("tupleElement",
                     {value, binder_.constant(literal_image(sql::LiteralValue(name)), span)}, span);
    return element ? std::move(element) : Result<ExpressionPtr>(unknown());
  }
  if (!base.is(TypeKind::kArray)) return unknown();
  std::string inner = name;
  if (name.size() == 5 && name.starts_with("size") && name[4] >= '1' && name[4] <= '9')
    inner[4] = static_cast<char>(name[4] - 1);
  auto each = std::make_shared<Expression>();
  each->kind = Expression::Kind::kLambda;
  each->span = span;
  each->lambda_types = {base.element()};
  each->lambda_columns = {binder_.new_column()};
  auto part =
      subcolumn(make_column(each->lambda_columns[0], "element", base.element()), inner, span);
  if (!part) return unknown();
  each->type = Type::lambda(each->lambda_types, (*part)->type);
  each->args = {*part};
  return binder_.call("arrayMap", {std::move(each), value}, span);
}

// Sums, key by key; keys in order. A pair of arrays stands for a map too.
Result<ExpressionPtr> SelectBinder::map_sum(const sql::Expr& expr) {
  SP_TRY(std::vector<ExpressionPtr> args, arguments(expr, nullptr));
  const auto wrong = [&](const std::string& what) {
    return fail(ErrorCode::kIllegalTypeOfArgument, what, expr.span);
  };
  if (args.size() < 2)
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                expr.name + " accepts at least two maps or map tuples", expr.span);
  const bool arrays = is_map_of_arrays(args[0]->type);
  std::optional<Type> key, sum;
  for (ExpressionPtr& arg : args) {
    if (arrays ? !is_map_of_arrays(arg->type) : !arg->type.is(TypeKind::kMap)) {
      return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                  expr.name + " accepts at least two maps or map tuples, not " + arg->type.name(),
                  expr.span);
    }
    const Type keys = arrays ? arg->type.inner()[0].element() : arg->type.inner()[0];
    const Type values = arrays ? arg->type.inner()[1].element() : arg->type.inner()[1];
    const std::optional<Type> promotes = promoted(values);
    if (!promotes)
      return wrong("Values to be summed are expected to be Numeric, Float or Decimal, not " +
                   values.name());
    if (sum && *sum != *promotes)
      return wrong("All value types in " + expr.name + " should be promotable to " + sum->name() +
                   ", got " + promotes->name());
    if (key && *key != keys)
      return wrong("Expected same " + key->name() + " type for all keys in " + expr.name +
                   ", got " + keys.name());
    sum = promotes;
    key = keys;
    if (arrays) { SP_TRY(arg, formula("mapFromArrays(m.1, m.2)", {{"m", arg}})); }
  }
  const std::string type = sum->name(), operation = expr.name == "mapAdd" ? "plus" : "minus";
  const auto value = [&](const char* of) {
    return std::string("CAST(") + of + "[k] AS " + type + ")";
  };
  ExpressionPtr total = args[0];
  for (size_t i = 1; i < args.size(); ++i) {
    SP_TRY(ExpressionPtr keys,
           formula("arraySort(arrayDistinct(arrayConcat(mapKeys(a), mapKeys(b))))",
                   {{"a", total}, {"b", args[i]}}));
    SP_TRY(total, formula("mapFromArrays(keys, arrayMap(k -> CAST(" + operation + "(" + value("a") +
                              ", " + value("b") + ") AS " + type + "), keys))",
                          {{"a", total}, {"b", args[i]}, {"keys", keys}}));
  }
  if (arrays) return formula("tuple(mapKeys(m), mapValues(m))", {{"m", total}});
  return total;
}

// joinGet('table', 'column', keys...): a correlated subquery over the table's key columns.
Result<ExpressionPtr> SelectBinder::join_get(const sql::Expr& expr) {
  if (expr.args.size() < 3)
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                expr.name + " takes a table, a column and the keys", expr.span);
  std::string database, table;
  if (expr.args[0]->kind == sql::ExprKind::kIdentifier) {
    table = expr.args[0]->parts.back();
    if (expr.args[0]->parts.size() > 1) database = expr.args[0]->parts.front();
  } else {
    SP_TRY(ExpressionPtr name, expression(*expr.args[0]));
    SP_TRY(table, constant_text(binder_, name, "The table of " + expr.name, expr.args[0]->span));
    if (const size_t dot = table.find('.'); dot != std::string::npos) {
      database = table.substr(0, dot);
      table.erase(0, dot + 1);
    }
  }
  SP_TRY(ExpressionPtr named, expression(*expr.args[1]));
  SP_TRY(const std::string column,
         constant_text(binder_, named, "The column of " + expr.name, expr.args[1]->span));
  SP_TRY(const std::optional<Relation> relation, binder_.input().catalog->find(database, table));
  if (!relation || !relation->table) {
    return fail(ErrorCode::kUnknownTable, "Unknown table: " + table, expr.args[0]->span,
                "the first argument names a data source");
  }
  const TableSchema& schema = *relation->table;
  const size_t given = expr.args.size() - 2;
  if (schema.sorting_key.size() != given) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                table + " is joined by " + std::to_string(schema.sorting_key.size()) +
                    " keys, given " + std::to_string(given),
                expr.span, "the keys are those of ENGINE_KEY_COLUMNS, or of the sorting key");
  }
  std::string inner = sql::quote_identifier(column) + " AS __value", condition;
  for (size_t i = 0; i < given; ++i) {
    const std::string name = "__key" + std::to_string(i);
    inner +=
        ", " + sql::quote_identifier(schema.columns[schema.sorting_key[i]].name) + " AS " + name;
    condition += (i == 0 ? "" : " AND ") + name + " = NULL";
  }
  const auto is_column = [&](const TableColumn& one) { return one.name == column; };
  const auto it = std::find_if(schema.columns.begin(), schema.columns.end(), is_column);
  // NULL if there is no row, where the column's type has a NULL.
  const TypeKind kind = it == schema.columns.end() ? TypeKind::kString : it->type.base().kind();
  const std::string first =
      kind == TypeKind::kArray || kind == TypeKind::kMap || kind == TypeKind::kTuple ? "any"
                                                                                     : "anyOrNull";
  const std::string from = (database.empty() ? "" : sql::quote_identifier(database) + ".") +
                           sql::quote_identifier(table);
  SP_TRY(sql::ExprPtr query,
         sql::parse_expression("(SELECT " + first + "(__value) FROM (SELECT " + inner + " FROM " +
                               from + ") WHERE " + condition + ")"));
  // The keys as the author wrote them take the places of the NULLs.
  sql::Expr& where = *query->subquery->select->where;
  for (size_t i = 0; i < given; ++i)
    (given == 1 ? where : *where.args[i]).args[1] = sql::clone(*expr.args[2 + i]);
  query->span = expr.span;
  formulas_.push_back(std::move(query));
  SP_TRY(ExpressionPtr found, scalar_subquery(*formulas_.back()));
  if (expr.name == "joinGetOrNull" || it == schema.columns.end() || it->type.can_be_null())
    return found;
  LiteralImage missing;
  missing.type = it->type.without_low_cardinality();
  auto arena = std::make_shared<Arena>();
  auto bytes = std::make_shared<std::vector<uint8_t>>(slot_layout(missing.type).size);
  default_slot(missing.type, bytes->data(), *arena);
  missing.bytes = std::move(bytes);
  missing.owner = std::move(arena);
  return binder_.call("ifNull", {found, binder_.constant(missing, expr.span)}, expr.span);
}

}  // namespace sp::binding
