// The end of a SELECT: ORDER BY, INTERPOLATE, LIMIT BY, LIMIT, OFFSET, FETCH, SETTINGS. Entry:
// match_select_tail.

#include "lang/sql/grammar.h"

#include <tao/pegtl/contrib/analyze.hpp>

#include "lang/grammar_analysis.h"

namespace sp::sql::grammar {

namespace {

struct TailState {
  Select& select;
  ExprPtr first, second;  // LIMIT first [, second] or LIMIT first OFFSET second
  bool comma = false;
};

struct order_all_word : key<Code::kAll> {};
struct order_all_descending : key<Code::kDesc, Code::kDescending> {};
struct order_all_nulls_first : key<Code::kFirst> {};
struct order_all_nulls_last : key<Code::kLast> {};
struct order_all
    : pegtl::seq<order_all_word,
                 pegtl::opt<pegtl::sor<key<Code::kAsc, Code::kAscending>, order_all_descending>>,
                 pegtl::opt<pegtl::if_must<
                     key<Code::kNulls>, pegtl::sor<order_all_nulls_first, order_all_nulls_last>>>> {
};
struct query_order : sort_list {};
struct interpolated_name : name {};
struct interpolated_value : expression {};
struct interpolate_item
    : pegtl::seq<interpolated_name,
                 pegtl::opt<pegtl::if_must<key<Code::kAs>, interpolated_value>>> {};
struct interpolate_word : key<Code::kInterpolate> {};
struct interpolate
    : pegtl::seq<interpolate_word,
                 pegtl::opt<pegtl::if_must<
                     key<Code::kOpenRound>,
                     pegtl::opt<pegtl::list_must<interpolate_item, key<Code::kComma>>>,
                     key<Code::kCloseRound>>>> {};
struct order_by
    : pegtl::if_must<key<Code::kOrder>, key<Code::kBy>, pegtl::sor<order_all, query_order>> {};

struct limit_first : expression {};
struct limit_second : expression {};
struct limit_comma : key<Code::kComma> {};
struct limit_numbers
    : pegtl::seq<limit_first,
                 pegtl::opt<pegtl::sor<pegtl::if_must<limit_comma, limit_second>,
                                       pegtl::if_must<key<Code::kOffset>, limit_second>>>> {};
struct limit_by_word : key<Code::kBy> {};
struct limit_by_key : aliased {};
struct limit_by_all : key<Code::kAll> {};
struct limit_by
    : pegtl::if_must<limit_by_word,
                     pegtl::sor<limit_by_all, pegtl::list_must<limit_by_key, key<Code::kComma>>>> {
};
struct with_ties : pegtl::if_must<key<Code::kWith>, key<Code::kTies>> {};
struct limit_end : pegtl::success {};
struct limit : pegtl::if_must<key<Code::kLimit>, limit_numbers,
                              pegtl::sor<limit_by, pegtl::seq<limit_end, pegtl::opt<with_ties>>>> {
};

struct offset_value : expression {};
struct fetch_value : expression {};
struct fetch
    : pegtl::if_must<key<Code::kFetch>, key<Code::kFirst, Code::kNext>, fetch_value,
                     key<Code::kRow, Code::kRows>, pegtl::sor<key<Code::kOnly>, with_ties>> {};
struct offset
    : pegtl::if_must<key<Code::kOffset>, offset_value, pegtl::opt<key<Code::kRow, Code::kRows>>> {};

struct setting_name : name {};
struct setting_more : name {};
struct setting_value : literal_value {};
struct setting_item
    : pegtl::seq<setting_name, pegtl::star<pegtl::if_must<key<Code::kDot>, setting_more>>,
                 pegtl::opt<pegtl::if_must<key<Code::kEquals>, setting_value>>> {};
struct setting_items : pegtl::list_must<setting_item, key<Code::kComma>> {};

struct tail
    : pegtl::seq<pegtl::opt<pegtl::seq<order_by, pegtl::opt<interpolate>>>, pegtl::opt<limit>,
                 pegtl::opt<limit>, pegtl::opt<offset>, pegtl::opt<fetch>> {};

SortItem& all_item(TailState& state) { return state.select.order_by.back(); }

}  // namespace

template <>
struct action<order_all_word> {
  static void apply0(Build& b, TailState& state) {
    state.select.order_by_all = true;
    SortItem& item = state.select.order_by.emplace_back();
    item.expr = b.make(ExprKind::kIdentifier, 0, 0);
    item.expr->parts = {"ALL"};
  }
};
template <>
struct action<order_all_descending> {
  static void apply0(Build&, TailState& state) { all_item(state).descending = true; }
};
template <>
struct action<order_all_nulls_first> {
  static void apply0(Build&, TailState& state) { all_item(state).nulls = SortItem::Nulls::kFirst; }
};
template <>
struct action<order_all_nulls_last> {
  static void apply0(Build&, TailState& state) { all_item(state).nulls = SortItem::Nulls::kLast; }
};
template <>
struct action<query_order> {
  static void apply0(Build& b, TailState& state) {
    state.select.order_by = std::move(b.sort_lists.back());
    b.sort_lists.pop_back();
  }
};
template <>
struct action<interpolate_word> {
  static void apply0(Build&, TailState& state) { state.select.has_interpolate = true; }
};
template <>
struct action<interpolated_name> {
  static void apply0(Build& b, TailState& state) {
    state.select.interpolate.emplace_back().column = std::move(b.names.back().text);
    b.names.pop_back();
  }
};
template <>
struct action<interpolated_value> {
  static void apply0(Build& b, TailState& state) {
    state.select.interpolate.back().expr = b.pop().expr;
  }
};
template <>
struct action<limit_first> {
  static void apply0(Build& b, TailState& state) {
    state.first = b.pop().expr;
    state.second = nullptr;
    state.comma = false;
  }
};
template <>
struct action<limit_second> {
  static void apply0(Build& b, TailState& state) { state.second = b.pop().expr; }
};
template <>
struct action<limit_comma> {
  static void apply0(Build&, TailState& state) { state.comma = true; }
};
template <>
struct action<limit_by_word> {
  static void apply0(Build& b, TailState& state) {
    if (state.select.limit_by) {
      b.stop(fail(ErrorCode::kSyntaxError, "Syntax error: LIMIT BY stands twice", state.first->span,
                  "keep one of them"));
    }
    LimitBy& limit_by = state.select.limit_by.emplace();
    if (state.comma) state.first.swap(state.second);
    limit_by.limit = std::move(state.first);
    limit_by.offset = std::move(state.second);
  }
};
template <>
struct action<limit_by_all> {
  static void apply0(Build&, TailState& state) { state.select.limit_by->all = true; }
};
template <>
struct action<limit_by_key> {
  static void apply0(Build& b, TailState& state) {
    state.select.limit_by->keys.push_back(b.pop().expr);
  }
};
template <>
struct action<limit_end> {
  static void apply0(Build& b, TailState& state) {
    if (state.select.limit) {
      b.stop(fail(ErrorCode::kSyntaxError, "Syntax error: LIMIT stands twice", state.first->span,
                  "keep one of them"));
    }
    if (state.comma) state.first.swap(state.second);
    state.select.limit = std::move(state.first);
    state.select.offset = std::move(state.second);
  }
};
template <>
struct action<with_ties> {
  static void apply0(Build&, TailState& state) { state.select.limit_with_ties = true; }
};
template <>
struct action<offset_value> {
  static void apply0(Build& b, TailState& state) {
    Node node = b.pop();
    if (state.select.offset) {
      b.stop(fail(ErrorCode::kSyntaxError, "Syntax error: OFFSET stands twice", node.expr->span,
                  "keep one of them"));
    }
    state.select.offset = std::move(node.expr);
  }
};
template <>
struct action<fetch_value> {
  static void apply0(Build& b, TailState& state) {
    Node node = b.pop();
    if (state.select.order_by.empty()) {
      b.stop(fail(ErrorCode::kOffsetFetchWithoutOrderBy,
                  "Can not use OFFSET FETCH clause without ORDER BY", node.expr->span));
    }
    if (state.select.limit) {
      b.stop(fail(ErrorCode::kSyntaxError, "Syntax error: FETCH and LIMIT stand together",
                  node.expr->span, "keep one of them"));
    }
    state.select.limit = std::move(node.expr);
  }
};
template <>
struct action<setting_name> {
  static void apply0(Build& b, std::vector<Setting>& settings) {
    settings.push_back(
        {std::move(b.names.back().text), true});  // a setting without value is switched on
    b.names.pop_back();
  }
};
template <>
struct action<setting_more> {
  static void apply0(Build& b, std::vector<Setting>& settings) {
    settings.back().name += "." + b.names.back().text;
    b.names.pop_back();
  }
};
template <>
struct action<setting_value> {
  static void apply0(Build& b, std::vector<Setting>& settings) {
    settings.back().value = std::move(b.pop().expr->literal);
  }
};

void match_settings(Input& in, Build& b, std::vector<Setting>& settings) {
  if (!run<setting_items>(in, b, settings)) throw GrammarFailure{};
}

void match_select_tail(Input& in, Build& b, Select& select) {
  TailState state{select, nullptr, nullptr, false};
  if (!run<tail>(in, b, state)) throw GrammarFailure{};
  if (accept(in, b, Code::kSettings)) match_settings(in, b, select.settings);
}

}  // namespace sp::sql::grammar

SP_ANALYZE(sql_select_tail, sql::grammar::tail, sql::grammar::setting_items)
