// The FROM clause: tables, table functions, subqueries, and their joins. Entry: match_from, after
// the keyword; it leaves one table tree in Build::tables and the ARRAY JOINs in Build::array_joins.

#include "lang/sql/grammar.h"

#include <tao/pegtl/contrib/analyze.hpp>

#include "lang/grammar_analysis.h"

namespace sp::sql::grammar {

namespace {

// A number, or a fraction of two: 0.1, 1/10.
bool match_ratio(Input& in, Build& b) {
  const uint32_t first = index_of(in);
  if (!match_expression(in, b)) return false;
  const auto is_number = [](const Expr& e) {
    return e.kind == ExprKind::kParameter ||
           (e.kind == ExprKind::kLiteral && !std::holds_alternative<std::string>(e.literal));
  };
  const Expr& ratio = *b.nodes.back().expr;
  const bool fraction = ratio.kind == ExprKind::kFunction && ratio.name == "divide" &&
                        is_number(*ratio.args[0]) && is_number(*ratio.args[1]);
  if (is_number(ratio) || fraction) return true;
  b.stop(fail(ErrorCode::kSyntaxError, "Syntax error: SAMPLE takes a number or a fraction",
              b.span(first, index_of(in)), "write SAMPLE 0.1 or SAMPLE 1/10"));
}

// What stands after a table: [AS alias [(columns)]] [FINAL] [SAMPLE n [OFFSET m]]
struct table_alias : pegtl::sor<pegtl::if_must<key<Code::kAs>, name>, bare_alias> {};
struct column_alias : name {};
struct column_aliases
    : pegtl::if_must<key<Code::kOpenRound>, pegtl::list_must<column_alias, key<Code::kComma>>,
                     key<Code::kCloseRound>> {};
struct final_word : key<Code::kFinal> {};
struct sample_ratio : external<match_ratio> {};
struct sample_offset : external<match_ratio> {};
struct sample : pegtl::if_must<key<Code::kSample>, sample_ratio,
                               pegtl::opt<pegtl::if_must<key<Code::kOffset>, sample_offset>>> {};
struct table_suffix : pegtl::seq<pegtl::opt<pegtl::seq<table_alias, pegtl::opt<column_aliases>>>,
                                 pegtl::opt<final_word>, pegtl::opt<sample>> {};

// The words of a join in either order: ANY LEFT JOIN, LEFT ANY JOIN, GLOBAL ASOF LEFT OUTER JOIN.
struct join_global : key<Code::kGlobal> {};
struct join_natural : key<Code::kNatural> {};
struct join_paste : key<Code::kPaste> {};
struct join_any : key<Code::kAny> {};
struct join_all : key<Code::kAll> {};
struct join_asof : key<Code::kAsof> {};
struct join_semi : key<Code::kSemi> {};
struct join_anti : key<Code::kAnti> {};
struct strictness : pegtl::sor<join_any, join_all, join_asof, join_semi, join_anti> {};
struct join_inner : key<Code::kInner> {};
struct join_cross : key<Code::kCross> {};
struct join_left : key<Code::kLeft> {};
struct join_right : key<Code::kRight> {};
struct join_full : key<Code::kFull> {};
struct join_kind
    : pegtl::sor<
          join_inner, join_cross, join_paste,
          pegtl::seq<pegtl::sor<join_left, join_right, join_full>, pegtl::opt<key<Code::kOuter>>>> {
};
struct join_words
    : pegtl::seq<pegtl::opt<join_global>, pegtl::opt<join_natural>, pegtl::opt<strictness>,
                 pegtl::opt<join_kind>, pegtl::opt<strictness>, pegtl::must<key<Code::kJoin>>> {};

struct on_condition : expression {};
struct using_column : aliased {};
struct using_columns
    : pegtl::sor<
          pegtl::if_must<key<Code::kOpenRound>, pegtl::list_must<using_column, key<Code::kComma>>,
                         key<Code::kCloseRound>>,
          pegtl::list_must<using_column, key<Code::kComma>>> {};
struct join_condition : pegtl::sor<pegtl::if_must<key<Code::kOn>, on_condition>,
                                   pegtl::if_must<key<Code::kUsing>, using_columns>> {};

struct JoinState {
  TableExpr join;
  bool kind_given = false;
};

void set_kind(JoinState& state, JoinKind kind) {
  state.join.join = kind;
  state.kind_given = true;
}

}  // namespace

template <>
struct action<table_alias> {
  static void apply0(Build& b, TableExpr& table) {
    table.alias = std::move(b.names.back().text);
    b.names.pop_back();
  }
};
template <>
struct action<column_alias> {
  static void apply0(Build& b, TableExpr& table) {
    table.column_aliases.push_back(std::move(b.names.back().text));
    b.names.pop_back();
  }
};
template <>
struct action<final_word> {
  static void apply0(Build&, TableExpr& table) { table.final = true; }
};
template <>
struct action<sample_ratio> {
  static void apply0(Build& b, TableExpr& table) { table.sample = b.pop().expr; }
};
template <>
struct action<sample_offset> {
  static void apply0(Build& b, TableExpr& table) { table.sample_offset = b.pop().expr; }
};

template <>
struct action<join_global> {
  static void apply0(Build&, JoinState& state) { state.join.global = true; }
};
template <>
struct action<join_natural> {
  static void apply0(Build&, JoinState& state) { state.join.natural = true; }
};
template <JoinStrictness Strictness>
struct take_strictness {
  static void apply0(Build&, JoinState& state) { state.join.strictness = Strictness; }
};
template <>
struct action<join_any> : take_strictness<JoinStrictness::kAny> {};
template <>
struct action<join_all> : take_strictness<JoinStrictness::kAll> {};
template <>
struct action<join_asof> : take_strictness<JoinStrictness::kAsof> {};
template <>
struct action<join_semi> : take_strictness<JoinStrictness::kSemi> {};
template <>
struct action<join_anti> : take_strictness<JoinStrictness::kAnti> {};
template <JoinKind Kind>
struct take_kind {
  static void apply0(Build&, JoinState& state) { set_kind(state, Kind); }
};
template <>
struct action<join_inner> : take_kind<JoinKind::kInner> {};
template <>
struct action<join_cross> : take_kind<JoinKind::kCross> {};
template <>
struct action<join_paste> : take_kind<JoinKind::kPaste> {};
template <>
struct action<join_left> : take_kind<JoinKind::kLeft> {};
template <>
struct action<join_right> : take_kind<JoinKind::kRight> {};
template <>
struct action<join_full> : take_kind<JoinKind::kFull> {};
template <>
struct action<on_condition> {
  static void apply0(Build& b, JoinState& state) { state.join.on = b.pop().expr; }
};
template <>
struct action<using_column> {
  static void apply0(Build& b, JoinState& state) {
    state.join.using_columns.push_back(b.pop().expr);
  }
};

namespace {

TableExprPtr joined_tables(Input& in, Build& b, std::vector<ArrayJoin>* array_joins);

bool is_name_token(Code code) {
  return code == Code::kWord || code == Code::kQuotedName || is_keyword(code);
}

TableExprPtr subquery_table(Input& in, Build& b) {
  advance(in);
  if (!match_query(in, b)) throw GrammarFailure{};
  need(in, b, Code::kCloseRound);
  auto table = std::make_unique<TableExpr>();
  table->kind = TableExpr::Kind::kSubquery;
  table->subquery = std::move(b.queries.back());
  b.queries.pop_back();
  return table;
}

bool begins_values(const Build& b, uint32_t index) {
  return b.code(index) == Code::kWord && is_word(b.source(index), "VALUES") &&
         b.code(index + 1) == Code::kOpenRound;
}

// (VALUES (1, 'a'), (2, 'b')) is (SELECT * FROM values((1, 'a'), (2, 'b'))).
TableExprPtr values_table(Input& in, Build& b) {
  const uint32_t first = index_of(in);
  advance(in, 2);
  std::vector<Node> rows;
  do {
    need_expression(in, b);
    rows.push_back(b.pop());
  } while (accept(in, b, Code::kComma));
  need(in, b, Code::kCloseRound);
  const Span span = b.span(first, index_of(in));
  auto select = std::make_unique<Select>();
  select->span = span;
  select->columns.push_back(b.make(ExprKind::kStar, first, index_of(in)));
  select->from = std::make_unique<TableExpr>();
  select->from->kind = TableExpr::Kind::kFunction;
  select->from->span = span;
  select->from->function = b.call("values", std::move(rows), span, Spelling::kCall).expr;
  auto table = std::make_unique<TableExpr>();
  table->kind = TableExpr::Kind::kSubquery;
  table->subquery = std::make_unique<Query>();
  table->subquery->span = span;
  table->subquery->select = std::move(select);
  return table;
}

TableExprPtr named_table(Input& in, Build& b) {
  auto table = std::make_unique<TableExpr>();
  if (peek(in) == Code::kString) {  // FROM 'name'
    table->parts.push_back(string_value(b, index_of(in)));
    advance(in);
    return table;
  }
  CompoundName name;
  do {
    if (!match_name_part(in, b, name)) throw GrammarFailure{};
  } while (name.parts.size() < 3 && accept(in, b, Code::kDot));
  table->parts = std::move(name.parts);
  table->name_parameters = std::move(name.parameters);
  return table;
}

TableExprPtr table_primary(Input& in, Build& b) {
  const uint32_t first = index_of(in);
  const Code code = peek(in);
  if (code == Code::kOpenRound) {
    const Nesting nesting(b, first);
    if (begins_query(b, first + 1)) return subquery_table(in, b);
    if (begins_values(b, first + 1)) return values_table(in, b);
    advance(in);
    TableExprPtr table = joined_tables(in, b, nullptr);
    need(in, b, Code::kCloseRound);
    return table;
  }
  if (begins_parameter(b, first)) return named_table(in, b);
  if (code == Code::kString && b.source(first).size() > 2) return named_table(in, b);
  const bool clause = is_clause_keyword(code) && code != Code::kFinal;
  if (!is_name_token(code) ||
      (clause && peek(in, b, 1) != Code::kOpenRound && peek(in, b, 1) != Code::kDot)) {
    b.expect(first, Code::kWantTable);
    throw GrammarFailure{};
  }
  if (peek(in, b, 1) != Code::kOpenRound) return named_table(in, b);
  auto table = std::make_unique<TableExpr>();
  table->kind = TableExpr::Kind::kFunction;
  if (!match_call(in, b)) throw GrammarFailure{};
  table->function = b.pop().expr;
  return table;
}

TableExprPtr table_with_suffix(Input& in, Build& b) {
  const uint32_t first = index_of(in);
  TableExprPtr table = table_primary(in, b);
  if (table->kind != TableExpr::Kind::kJoin && !run<table_suffix>(in, b, *table))
    throw GrammarFailure{};
  table->span = b.span(first, index_of(in));
  return table;
}

bool begins_join(Code code) {
  switch (code) {
    case Code::kJoin:
    case Code::kGlobal:
    case Code::kAny:
    case Code::kAll:
    case Code::kAsof:
    case Code::kSemi:
    case Code::kAnti:
    case Code::kInner:
    case Code::kCross:
    case Code::kNatural:
    case Code::kPaste:
    case Code::kLeft:
    case Code::kRight:
    case Code::kFull: return true;
    default: return false;
  }
}

// [LEFT | INNER] ARRAY JOIN a AS x, b
bool match_array_join(Input& in, Build& b, std::vector<ArrayJoin>& array_joins) {
  const uint32_t first = index_of(in);
  const bool prefixed =
      (peek(in) == Code::kLeft || peek(in) == Code::kInner) && peek(in, b, 1) == Code::kArray;
  if (!prefixed && !(peek(in) == Code::kArray && peek(in, b, 1) == Code::kJoin)) return false;
  ArrayJoin join;
  join.left = peek(in) == Code::kLeft;
  advance(in, prefixed ? 2 : 1);
  need(in, b, Code::kJoin);
  do {
    if (!match_aliased(in, b)) throw GrammarFailure{};
    join.exprs.push_back(b.pop().expr);
  } while (accept(in, b, Code::kComma));
  join.span = b.span(first, index_of(in));
  array_joins.push_back(std::move(join));
  return true;
}

// Which words go together, as ClickHouse has it.
void check_join_words(Build& b, const TableExpr& join, uint32_t first, uint32_t end) {
  const auto refuse = [&](const char* message, const char* hint) {
    b.stop(fail(ErrorCode::kSyntaxError, std::string("Syntax error: ") + message,
                b.span(first, end), hint));
  };
  const bool half =
      join.strictness == JoinStrictness::kSemi || join.strictness == JoinStrictness::kAnti;
  const bool sided = join.join == JoinKind::kLeft || join.join == JoinKind::kRight;
  if (half && !sided)
    refuse("SEMI and ANTI JOIN are LEFT or RIGHT", "write LEFT SEMI JOIN or LEFT ANTI JOIN");
  const bool unconditional = join.join == JoinKind::kCross || join.join == JoinKind::kPaste;
  if (unconditional && join.strictness != JoinStrictness::kDefault) {
    refuse("CROSS and PASTE JOIN take no ANY, ALL, ASOF, SEMI or ANTI", "remove the word");
  }
  if (join.natural && (unconditional || join.strictness != JoinStrictness::kDefault)) {
    refuse("NATURAL goes with INNER, LEFT, RIGHT and FULL JOIN only",
           "name the columns: USING (a, b)");
  }
}

TableExprPtr joined_pair(Input& in, Build& b, TableExprPtr left) {
  JoinState state;
  if (accept(in, b, Code::kComma)) {
    state.join.join = JoinKind::kComma;
  } else {
    const uint32_t first = index_of(in);
    if (!run<join_words>(in, b, state)) throw GrammarFailure{};
    const bool half = state.join.strictness == JoinStrictness::kSemi ||
                      state.join.strictness == JoinStrictness::kAnti;
    if (half && !state.kind_given) state.join.join = JoinKind::kLeft;
    check_join_words(b, state.join, first, index_of(in));
  }
  state.join.kind = TableExpr::Kind::kJoin;
  state.join.left = std::move(left);
  state.join.right = table_with_suffix(in, b);
  const bool conditional = !state.join.natural && state.join.join != JoinKind::kComma &&
                           state.join.join != JoinKind::kCross &&
                           state.join.join != JoinKind::kPaste;
  if (conditional && !run<join_condition>(in, b, state)) throw GrammarFailure{};
  state.join.span = {state.join.left->span.begin, b.token(index_of(in) - 1).end};
  return std::make_unique<TableExpr>(std::move(state.join));
}

// ARRAY JOINs before a join belong to its left side.
TableExprPtr unrolled(TableExprPtr table, std::vector<ArrayJoin>& array_joins) {
  for (ArrayJoin& array_join : array_joins) {
    auto join = std::make_unique<TableExpr>();
    join->kind = TableExpr::Kind::kArrayJoin;
    join->span = {table->span.begin, array_join.span.end};
    join->left = std::move(table);
    join->array_join = std::move(array_join);
    table = std::move(join);
  }
  array_joins.clear();
  return table;
}

// Joins are taken from left to right, commas among them, as ClickHouse does. Brackets admit no
// ARRAY JOIN (null).
TableExprPtr joined_tables(Input& in, Build& b, std::vector<ArrayJoin>* array_joins) {
  TableExprPtr table = table_with_suffix(in, b);
  for (uint32_t joins = 0;; ++joins) {
    const Nesting height(b, index_of(in),
                         joins / 4);  // the tree leans to the left: bound its height too
    if (array_joins != nullptr && match_array_join(in, b, *array_joins)) continue;
    if (!begins_join(peek(in)) && peek(in) != Code::kComma) {
      b.expect(index_of(in), Code::kJoin);
      return table;
    }
    if (array_joins != nullptr) table = unrolled(std::move(table), *array_joins);
    table = joined_pair(in, b, std::move(table));
  }
}

}  // namespace

bool match_from(Input& in, Build& b) {
  std::vector<ArrayJoin> array_joins;
  b.tables.push_back(joined_tables(in, b, &array_joins));
  b.array_joins = std::move(array_joins);
  return true;
}

}  // namespace sp::sql::grammar

SP_ANALYZE(sql_from, sql::grammar::table_suffix, sql::grammar::join_words,
           sql::grammar::join_condition)
