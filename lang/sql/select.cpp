// One SELECT with its clauses, as PEGTL rules; each clause commits after its first keyword. Entry:
// match_select.
// Order of the clauses: ClickHouse src/Parsers/ParserSelectQuery.cpp.

#include "lang/sql/grammar.h"

#include <tao/pegtl/contrib/analyze.hpp>

#include "lang/grammar_analysis.h"

namespace sp::sql::grammar {

namespace {

// WITH [RECURSIVE] name [(columns)] AS [MATERIALIZED] (query), expr AS name
struct with_name : name {};
struct with_column : name {};
struct with_columns
    : pegtl::if_must<key<Code::kOpenRound>, pegtl::list<with_column, key<Code::kComma>>,
                     key<Code::kCloseRound>> {};
// Decided by looking ahead: a name, perhaps (columns), AS, perhaps MATERIALIZED, and a bracket
// around a query.
bool query_item_follows(const Input& in, const Build& b) {
  uint32_t i = index_of(in) + 1;
  if (b.code(i) == Code::kOpenRound) i = b.token(i).partner + 1;
  if (b.code(i) != Code::kAs) return false;
  if (b.code(i + 1) == Code::kMaterialized) ++i;
  return b.code(i + 1) == Code::kOpenRound && begins_query(b, i + 2);
}
struct query_item_ahead {
  using rule_t = query_item_ahead;
  using subs_t = pegtl::empty_list;
  template <pegtl::apply_mode, pegtl::rewind_mode, template <typename...> class,
            template <typename...> class, typename... States>
  static bool match(Input& in, Build& b, States&&...) {
    return query_item_follows(in, b);
  }
};
struct with_query : pegtl::seq<key<Code::kOpenRound>, query, key<Code::kCloseRound>> {};
struct with_query_item
    : pegtl::if_must<query_item_ahead, with_name, pegtl::opt<with_columns>, key<Code::kAs>,
                     pegtl::opt<key<Code::kMaterialized>>, with_query> {};
bool match_named_expression(Input& in, Build& b) {
  if (!match_aliased(in, b)) return false;
  if (!b.nodes.back().expr->alias.empty()) return true;
  b.expect(index_of(in), Code::kAs);
  throw GrammarFailure{};
}
struct with_expression_item : external<match_named_expression> {};
struct with_item : pegtl::sor<with_query_item, with_expression_item> {};
bool match_recursive_word(Input& in, Build& b) {
  // `recursive` may also be the name: WITH recursive AS (...), WITH recursive (a) AS (...).
  if (peek(in) != Code::kRecursive || peek(in, b, 1) == Code::kAs || query_item_follows(in, b))
    return false;
  advance(in);
  return true;
}
struct recursive_word : external<match_recursive_word> {};
struct with_clause : pegtl::if_must<key<Code::kWith>, pegtl::opt<recursive_word>,
                                    pegtl::list_tail<with_item, key<Code::kComma>>> {};

struct distinct_word : key<Code::kDistinct> {};
struct distinct_on_key : aliased {};
struct distinct_on
    : pegtl::if_must<key<Code::kOn>, key<Code::kOpenRound>,
                     pegtl::list<distinct_on_key, key<Code::kComma>>, key<Code::kCloseRound>> {};
struct distinct_clause
    : pegtl::sor<pegtl::seq<distinct_word, pegtl::opt<distinct_on>>, key<Code::kAll>> {};
// TOP 3, TOP (3): LIMIT in the place where other dialects write it. `top` before anything else is a
// name.
bool match_top(Input& in, Build& b) {
  const uint32_t first = index_of(in);
  if (peek(in) != Code::kWord || b.source(first).size() != 3 || !is_word(b.source(first), "TOP"))
    return false;
  const bool bracketed =
      b.code(first + 1) == Code::kOpenRound && b.code(first + 3) == Code::kCloseRound;
  const uint32_t number = first + (bracketed ? 2 : 1);
  const uint32_t after = number + (bracketed ? 2 : 1);
  const bool with_ties = b.code(after) == Code::kWith && b.code(after + 1) == Code::kTies;
  if (b.code(number) != Code::kNumber || !(with_ties || begins_operand(b, after))) return false;
  b.push(b.node(number_literal(b, number, number, false), 1));
  advance(in, after - first);
  return true;
}
struct top_number : external<match_top> {};
struct top_with_ties : pegtl::if_must<key<Code::kWith>, key<Code::kTies>> {};
struct top_clause : pegtl::seq<top_number, pegtl::opt<top_with_ties>> {};
struct select_column : column {};
struct select_list : pegtl::seq<select_column, pegtl::star<key<Code::kComma>, select_column>,
                                pegtl::opt<key<Code::kComma>>> {};
struct select_clause : pegtl::if_must<key<Code::kSelect>, pegtl::opt<distinct_clause>,
                                      pegtl::opt<top_clause>, select_list> {};

struct from_clause : pegtl::if_must<key<Code::kFrom>, from_body> {};
struct prewhere_condition : aliased {};
struct where_condition : aliased {};
struct prewhere : pegtl::if_must<key<Code::kPrewhere>, prewhere_condition> {};
struct where : pegtl::if_must<key<Code::kWhere>, where_condition> {};

struct group_key : aliased {};
struct group_keys : pegtl::list_must<group_key, key<Code::kComma>> {};
struct bracketed_keys
    : pegtl::if_must<key<Code::kOpenRound>, pegtl::opt<group_keys>, key<Code::kCloseRound>> {};
struct group_all : key<Code::kAll> {};
struct group_rollup : key<Code::kRollup> {};
struct group_cube : key<Code::kCube> {};
struct grouping_set_begin : pegtl::success {};
struct grouping_set_key : aliased {};
struct grouping_set
    : pegtl::seq<
          grouping_set_begin,
          pegtl::sor<pegtl::if_must<key<Code::kOpenRound>,
                                    pegtl::opt<pegtl::list<grouping_set_key, key<Code::kComma>>>,
                                    key<Code::kCloseRound>>,
                     grouping_set_key>> {};
struct grouping_words : pegtl::seq<key<Code::kGrouping>, key<Code::kSets>> {};
struct grouping_sets
    : pegtl::if_must<grouping_words, key<Code::kOpenRound>,
                     pegtl::list<grouping_set, key<Code::kComma>>, key<Code::kCloseRound>> {};
struct with_rollup : pegtl::seq<key<Code::kWith>, key<Code::kRollup>> {};
struct with_cube : pegtl::seq<key<Code::kWith>, key<Code::kCube>> {};
struct with_totals : pegtl::seq<key<Code::kWith>, key<Code::kTotals>> {};
template <typename Word>
struct before_bracket : pegtl::seq<Word, pegtl::at<key<Code::kOpenRound>>> {};
struct group_by
    : pegtl::if_must<
          key<Code::kGroup>, key<Code::kBy>,
          pegtl::sor<group_all, grouping_sets,
                     pegtl::seq<before_bracket<group_rollup>, bracketed_keys>,
                     pegtl::seq<before_bracket<group_cube>, bracketed_keys>, group_keys>> {};
struct group_modifiers : pegtl::star<pegtl::sor<with_rollup, with_cube, with_totals>> {};
struct having_condition : aliased {};
struct having : pegtl::if_must<key<Code::kHaving>, having_condition> {};

struct window_name : name {};
struct window_definition : pegtl::if_must<window_name, key<Code::kAs>, key<Code::kOpenRound>,
                                          window_body, key<Code::kCloseRound>> {};
struct window_clause
    : pegtl::if_must<key<Code::kWindow>, pegtl::list_must<window_definition, key<Code::kComma>>> {};
struct qualify_condition : aliased {};
struct qualify : pegtl::if_must<key<Code::kQualify>, qualify_condition> {};

struct select_body
    : pegtl::seq<pegtl::opt<with_clause>,
                 pegtl::sor<pegtl::seq<select_clause, pegtl::opt<from_clause>>,
                            pegtl::if_must<from_clause, select_clause>>,
                 pegtl::opt<prewhere>, pegtl::opt<where>, pegtl::opt<group_by>, group_modifiers,
                 pegtl::opt<having>, pegtl::opt<window_clause>, pegtl::opt<qualify>> {};

}  // namespace

template <>
struct action<recursive_word> {
  static void apply0(Build&, Select& s) { s.with_recursive = true; }
};
template <>
struct action<with_name> {
  static void apply0(Build& b, Select& s) {
    s.with.emplace_back().name = std::move(b.names.back().text);
    b.names.pop_back();
  }
};
template <>
struct action<with_column> {
  static void apply0(Build& b, Select& s) {
    s.with.back().column_names.push_back(std::move(b.names.back().text));
    b.names.pop_back();
  }
};
template <>
struct action<with_query> {
  static void apply0(Build& b, Select& s) {
    s.with.back().query = std::move(b.queries.back());
    b.queries.pop_back();
    s.with.back().span = s.with.back().query->span;
  }
};
template <>
struct action<with_expression_item> {
  static void apply0(Build& b, Select& s) {
    WithItem& item = s.with.emplace_back();
    item.expr = b.pop().expr;
    item.name = item.expr->alias;
    item.span = item.expr->span;
  }
};
template <>
struct action<distinct_word> {
  static void apply0(Build&, Select& s) { s.distinct = true; }
};
template <>
struct action<distinct_on_key> {
  static void apply0(Build& b, Select& s) { s.distinct_on.push_back(b.pop().expr); }
};
template <>
struct action<top_number> {
  static void apply0(Build& b, Select& s) { s.limit = b.pop().expr; }
};
template <>
struct action<top_with_ties> {
  static void apply0(Build&, Select& s) { s.limit_with_ties = true; }
};
template <>
struct action<select_column> {
  static void apply0(Build& b, Select& s) { s.columns.push_back(b.pop().expr); }
};
template <>
struct action<from_body> {
  static void apply0(Build& b, Select& s) {
    s.from = std::move(b.tables.back());
    b.tables.pop_back();
    s.array_joins = std::move(b.array_joins);
    b.array_joins.clear();
  }
};
template <>
struct action<prewhere_condition> {
  static void apply0(Build& b, Select& s) { s.prewhere = b.pop().expr; }
};
template <>
struct action<where_condition> {
  static void apply0(Build& b, Select& s) { s.where = b.pop().expr; }
};
template <>
struct action<group_key> {
  static void apply0(Build& b, Select& s) {
    if (s.group_by.kind == GroupBy::Kind::kNone) s.group_by.kind = GroupBy::Kind::kPlain;
    s.group_by.keys.push_back(b.pop().expr);
  }
};
template <GroupBy::Kind Kind>
struct take_group_kind {
  static void apply0(Build&, Select& s) { s.group_by.kind = Kind; }
};
template <>
struct action<group_all> : take_group_kind<GroupBy::Kind::kAll> {};
template <>
struct action<before_bracket<group_rollup>> : take_group_kind<GroupBy::Kind::kRollup> {};
template <>
struct action<before_bracket<group_cube>> : take_group_kind<GroupBy::Kind::kCube> {};
template <>
struct action<grouping_words> : take_group_kind<GroupBy::Kind::kGroupingSets> {};
template <>
struct action<with_rollup> : take_group_kind<GroupBy::Kind::kRollup> {};
template <>
struct action<with_cube> : take_group_kind<GroupBy::Kind::kCube> {};
template <>
struct action<grouping_set_begin> {
  static void apply0(Build&, Select& s) { s.group_by.sets.emplace_back(); }
};
template <>
struct action<grouping_set_key> {
  static void apply0(Build& b, Select& s) { s.group_by.sets.back().push_back(b.pop().expr); }
};
template <>
struct action<with_totals> {
  static void apply0(Build&, Select& s) { s.group_by.with_totals = true; }
};
template <>
struct action<having_condition> {
  static void apply0(Build& b, Select& s) { s.having = b.pop().expr; }
};
template <>
struct action<window_name> {
  static void apply0(Build& b, Select& s) {
    s.windows.emplace_back(std::move(b.names.back().text), nullptr);
    b.names.pop_back();
  }
};
template <>
struct action<window_definition> {
  static void apply0(Build& b, Select& s) {
    s.windows.back().second = std::move(b.windows.back());
    b.windows.pop_back();
  }
};
template <>
struct action<qualify_condition> {
  static void apply0(Build& b, Select& s) { s.qualify = b.pop().expr; }
};

bool match_select(Input& in, Build& b) {
  const uint32_t first = index_of(in);
  const Code code = peek(in);
  if (code != Code::kSelect && code != Code::kWith && code != Code::kFrom) {
    b.expect(first, Code::kWantQuery);
    return false;
  }
  auto select = std::make_unique<Select>();
  if (!run<select_body>(in, b, *select)) throw GrammarFailure{};
  match_select_tail(in, b, *select);
  if (select->limit_with_ties && select->order_by.empty()) {
    b.stop(fail(ErrorCode::kWithTiesWithoutOrderBy, "Can not use WITH TIES without ORDER BY",
                select->limit->span, "add ORDER BY: ties are rows that are equal in it"));
  }
  select->span = b.span(first, index_of(in));
  auto query = std::make_unique<Query>();
  query->span = select->span;
  query->select = std::move(select);
  b.queries.push_back(std::move(query));
  return true;
}

}  // namespace sp::sql::grammar

namespace tao::pegtl {
template <typename Name>
struct analyze_traits<Name, sp::sql::grammar::query_item_ahead> : analyze_opt_traits<> {};
}  // namespace tao::pegtl

SP_ANALYZE(sql_select, sql::grammar::select_body)
