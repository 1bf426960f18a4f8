// Table functions: numbers, zeros, generateSeries, generateRandom, values, one, null, view.

#include <cctype>
#include <cstring>

#include "compiler/bind/generate_random.h"
#include "compiler/bind/select_binder.h"
#include "lang/sql/parse.h"

namespace sp::binding {

namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

constexpr std::string_view kFunctions[] = {"numbers",
                                           "numbers_mt",
                                           "zeros",
                                           "zeros_mt",
                                           "generateSeries",
                                           "generate_series",
                                           "generateRandom",
                                           "values",
                                           "one",
                                           "null",
                                           "view"};

// Splits "a UInt8, b Array(Tuple(x Int8, y Int8))" at its top-level commas into names and types.
Result<std::vector<TableColumn>> parse_structure(std::string_view text, Span span) {
  std::vector<TableColumn> columns;
  size_t begin = 0;
  int depth = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] == '(') ++depth;
    if (i < text.size() && text[i] == ')') --depth;
    if (i < text.size() && (text[i] != ',' || depth > 0)) continue;
    std::string_view item = text.substr(begin, i - begin);
    begin = i + 1;
    while (!item.empty() && std::isspace(static_cast<unsigned char>(item.front())))
      item.remove_prefix(1);
    while (!item.empty() && std::isspace(static_cast<unsigned char>(item.back())))
      item.remove_suffix(1);
    const size_t space = item.find(' ');
    if (space == std::string_view::npos) {
      return fail(ErrorCode::kSyntaxError, "Cannot read the structure: " + std::string(text), span,
                  "write it as 'name Type, name Type'");
    }
    std::string name(item.substr(0, space));
    if (name.size() > 2 && (name.front() == '`' || name.front() == '"'))
      name = name.substr(1, name.size() - 2);
    auto type = parse_type(item.substr(space + 1));
    if (!type) return at(std::move(type).error(), span);
    columns.push_back({std::move(name), *type});
  }
  return columns;
}

// An argument that is a constant number.
Result<uint64_t> constant_number(Binder& binder, const ExpressionPtr& value, Span span) {
  SP_TRY(const ExpressionPtr number, binder.cast(value, Type::of(TypeKind::kUInt64), span));
  SP_TRY(const void* slot, binder.value_of(number));
  uint64_t out = 0;
  std::memcpy(&out, slot, sizeof(out));
  return out;
}

// generateRandom's arguments to its query.
Result<sql::QueryPtr> random_rows(Binder& binder, const std::vector<ExpressionPtr>& args,
                                  const sql::Expr& call) {
  if (args.empty() || args.size() > 4 || !args[0]->type.is(TypeKind::kString)) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "generateRandom takes a structure, a seed, the longest text and the longest array",
                call.span, "for example: generateRandom('id UInt32, name String', 1, 10, 2)");
  }
  SP_TRY(const void* text, binder.value_of(args[0]));
  SP_TRY(const std::vector<TableColumn> columns,
         parse_structure(static_cast<const StringRef*>(text)->view(), call.span));
  RandomRows rows;
  if (args.size() > 1 && !args[1]->type.can_be_null()) {
    SP_TRY(rows.seed, constant_number(binder, args[1], call.span));
  }
  if (args.size() > 2) { SP_TRY(rows.longest_text, constant_number(binder, args[2], call.span)); }
  if (args.size() > 3) { SP_TRY(rows.longest_array, constant_number(binder, args[3], call.span)); }
  SP_TRY(const std::string query, random_rows_query(columns, rows, call.span));
  return sql::parse_query(query);
}

}  // namespace

NodePtr SelectBinder::numbers(ExpressionPtr from, ExpressionPtr count, ExpressionPtr step,
                              const char* name) {
  NodePtr node = make_node(Node::Kind::kNumbers);
  node->expressions = {std::move(from), std::move(count), std::move(step)};
  node->output = {{binder_.new_column(), name, Type::of(TypeKind::kUInt64)}};
  return node;
}

Result<SelectBinder::FromItem> SelectBinder::table_function(const sql::TableExpr& table) {
  const sql::Expr& call = *table.function;
  const std::string name = lower(call.name);
  const Type uint64 = Type::of(TypeKind::kUInt64);
  if (name == "values") return values_function(table);
  if (name == "view") {
    if (call.args.size() != 1 || !call.args[0]->subquery) {
      return fail(ErrorCode::kBadArguments, "view() takes a SELECT", call.span);
    }
    SP_TRY(NodePtr node, binder_.bind_query(*call.args[0]->subquery, inner_));
    return from_query(std::move(node), table, "");
  }
  if (name == "null") {
    SP_TRY(std::vector<ExpressionPtr> args, arguments(call, nullptr));
    if (args.size() != 1 || !args[0]->type.is(TypeKind::kString)) {
      return fail(ErrorCode::kNumberOfArgumentsDoesntMatch, "null() takes a structure", call.span);
    }
    SP_TRY(const void* text, binder_.value_of(args[0]));
    SP_TRY(std::vector<TableColumn> columns,
           parse_structure(static_cast<const StringRef*>(text)->view(), call.span));
    NodePtr node = make_node(Node::Kind::kValues, nullptr, call.span);
    for (const TableColumn& column : columns)
      node->output.push_back({binder_.new_column(), column.name, column.type});
    return from_query(std::move(node), table, "");
  }
  if (name == "generaterandom") {
    SP_TRY(const std::vector<ExpressionPtr> args, arguments(call, nullptr));
    SP_TRY(const sql::QueryPtr query, random_rows(binder_, args, call));
    SP_TRY(NodePtr node, binder_.bind_query(*query, inner_));
    return from_query(std::move(node), table, "");
  }
  if (name == "one") {
    NodePtr node = make_node(Node::Kind::kProject, make_node(Node::Kind::kOneRow), call.span);
    const Type type = Type::of(TypeKind::kUInt8);
    node->expressions = {binder_.constant_u64(0, type)};
    node->output = {{binder_.new_column(), "dummy", type}};
    return from_query(std::move(node), table, "");
  }
  const bool is_numbers = name == "numbers" || name == "numbers_mt";
  const bool is_zeros = name == "zeros" || name == "zeros_mt";
  const bool is_series = name == "generateseries" || name == "generate_series";
  if (!is_numbers && !is_zeros && !is_series) {
    return fail(ErrorCode::kUnknownFunction, "Unknown table function: " + call.name, call.span,
                did_you_mean(call.name, {std::begin(kFunctions), std::end(kFunctions)}));
  }
  SP_TRY(std::vector<ExpressionPtr> args, arguments(call, nullptr));
  const size_t least = is_series ? 2 : is_zeros ? 1 : 0, most = is_zeros ? 1 : 3;
  if (args.size() < least || args.size() > most) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Table function " + call.name + " does not take " + std::to_string(args.size()) +
                    " arguments",
                call.span);
  }
  for (ExpressionPtr& arg : args) {
    if (!arg->is_constant()) {
      return fail(ErrorCode::kBadArguments, "Arguments of " + call.name + " must be constant",
                  call.span);
    }
    if (!arg->type.base().is_number()) {
      return fail(ErrorCode::kIllegalTypeOfArgument,
                  "Arguments of " + call.name + " must be numbers, not " + arg->type.name(),
                  call.span);
    }
    SP_TRY(arg, binder_.cast(arg, uint64, call.span));
  }
  ExpressionPtr from = binder_.constant_u64(0, uint64),
                count = binder_.constant_u64(UINT64_MAX, uint64),
                step = binder_.constant_u64(1, uint64);
  if (is_series) {
    // From a to b inclusive: (b - a) / step + 1 rows, none if b < a.
    from = args[0];
    if (args.size() == 3) step = args[2];
    SP_TRY(ExpressionPtr width, binder_.call("minus", {args[1], from}, call.span));
    SP_TRY(width, binder_.cast(width, uint64, call.span));
    SP_TRY(ExpressionPtr steps, binder_.call("intDiv", {width, step}, call.span));
    SP_TRY(ExpressionPtr rows,
           binder_.call("plus", {steps, binder_.constant_u64(1, uint64)}, call.span));
    SP_TRY(ExpressionPtr empty, binder_.call("less", {args[1], from}, call.span));
    SP_TRY(count, binder_.call("if", {empty, binder_.constant_u64(0, uint64), rows}, call.span));
  } else if (args.size() == 1) {
    count = args[0];
  } else if (args.size() > 1) {
    from = args[0];
    count = args[1];
    if (args.size() == 3) {
      // numbers(offset, count, step): the numbers of [offset, offset + count) in strides of `step`.
      step = args[2];
      const ExpressionPtr one = binder_.constant_u64(1, uint64);
      SP_TRY(ExpressionPtr less_one, binder_.call("minus", {step, one}, call.span));
      SP_TRY(less_one, binder_.cast(less_one, uint64, call.span));
      SP_TRY(ExpressionPtr rounded, binder_.call("plus", {count, less_one}, call.span));
      SP_TRY(count, binder_.call("intDiv", {rounded, step}, call.span));
    }
  }
  NodePtr node = numbers(std::move(from), std::move(count), std::move(step),
                         is_series ? "generate_series" : "number");
  if (is_zeros) {
    const Type type = Type::of(TypeKind::kUInt8);
    node = make_node(Node::Kind::kProject, std::move(node), call.span);
    node->expressions = {binder_.constant_u64(0, type)};
    node->output = {{binder_.new_column(), "zero", type}};
  }
  return from_query(std::move(node), table, "");
}

// values('a UInt8, b String', (1, 'x'), ...) or values((1, 'x'), ...) with columns c1, c2.
Result<SelectBinder::FromItem> SelectBinder::values_function(const sql::TableExpr& table) {
  const sql::Expr& call = *table.function;
  std::vector<TableColumn> columns;
  size_t first = 0;
  if (!call.args.empty() && call.args[0]->kind == sql::ExprKind::kLiteral && call.args.size() > 1) {
    if (const std::string* text = std::get_if<std::string>(&call.args[0]->literal)) {
      auto parsed = parse_structure(*text, call.args[0]->span);
      if (parsed) {
        columns = std::move(*parsed);
        first = 1;
      }
    }
  }
  std::vector<std::vector<ExpressionPtr>> rows;
  for (size_t i = first; i < call.args.size(); ++i) {
    SP_TRY(ExpressionPtr value, expression(*call.args[i]));
    std::vector<ExpressionPtr> row = {value};
    if (value->type.is(TypeKind::kTuple) &&
        !(columns.size() == 1 && columns[0].type.is(TypeKind::kTuple))) {
      SP_TRY(row, tuple_parts(value, call.span));
    }
    if (!rows.empty() && row.size() != rows[0].size()) {
      return fail(ErrorCode::kBadArguments, "Rows of values() differ in their number of columns",
                  call.args[i]->span);
    }
    for (const ExpressionPtr& cell : row) {
      if (!cell->is_constant())
        return fail(ErrorCode::kBadArguments, "Cells of values() must be constant",
                    call.args[i]->span);
    }
    rows.push_back(std::move(row));
  }
  if (rows.empty())
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch, "values() needs rows", call.span);
  if (columns.empty()) {
    for (size_t c = 0; c < rows[0].size(); ++c) {
      std::vector<Type> types;
      for (const auto& row : rows) types.push_back(row[c]->type);
      auto type = least_supertype(types);
      if (!type) return at(std::move(type).error(), call.span);
      columns.push_back({"c" + std::to_string(c + 1), *type});
    }
  }
  if (columns.size() != rows[0].size()) {
    return fail(ErrorCode::kBadArguments,
                "values() names " + std::to_string(columns.size()) + " columns, its rows have " +
                    std::to_string(rows[0].size()),
                call.span);
  }
  NodePtr node = make_node(Node::Kind::kValues, nullptr, call.span);
  for (auto& row : rows) {
    for (size_t c = 0; c < row.size(); ++c) {
      SP_TRY(row[c], binder_.cast(row[c], columns[c].type, call.span));
    }
    node->rows.push_back(std::move(row));
  }
  for (const TableColumn& column : columns)
    node->output.push_back({binder_.new_column(), column.name, column.type});
  return from_query(std::move(node), table, "");
}

}  // namespace sp::binding
