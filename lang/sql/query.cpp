// Set operations over SELECTs: UNION, EXCEPT from left to right, INTERSECT binding tighter. Entry:
// match_query.
// Source of the precedence: ClickHouse SelectIntersectExceptQueryVisitor.

#include <algorithm>

#include <tao/pegtl/contrib/analyze.hpp>

#include "lang/grammar_analysis.h"
#include "lang/sql/grammar.h"

namespace sp::sql::grammar {

namespace {

constexpr uint32_t kQueryWeight = 4;  // nested queries take more machine stack than nested brackets

struct all_word : key<Code::kAll> {};
struct distinct_word : key<Code::kDistinct> {};
struct set_mode : pegtl::opt<pegtl::sor<all_word, distinct_word>> {};

enum class Mode : uint8_t { kNone, kAll, kDistinct };

}  // namespace

template <>
struct action<all_word> {
  static void apply0(Build&, Mode& mode) { mode = Mode::kAll; }
};
template <>
struct action<distinct_word> {
  static void apply0(Build&, Mode& mode) { mode = Mode::kDistinct; }
};

namespace {

Mode read_mode(Input& in, Build& b) {
  Mode mode = Mode::kNone;
  if (!run<set_mode>(in, b, mode)) throw GrammarFailure{};
  return mode;
}

// A SELECT, or a query in brackets.
QueryPtr query_primary(Input& in, Build& b) {
  if (peek(in) == Code::kOpenRound) {
    const Nesting nesting(b, index_of(in));
    advance(in);
    if (!match_query(in, b)) throw GrammarFailure{};
    need(in, b, Code::kCloseRound);
  } else if (!match_select(in, b)) {
    throw GrammarFailure{};
  }
  QueryPtr query = std::move(b.queries.back());
  b.queries.pop_back();
  return query;
}

QueryPtr combine(Query::Kind kind, QueryPtr left, QueryPtr right) {
  auto query = std::make_unique<Query>();
  query->kind = kind;
  query->span = {left->span.begin, right->span.end};
  query->left = std::move(left);
  query->right = std::move(right);
  return query;
}

QueryPtr intersections(Input& in, Build& b) {
  QueryPtr query = query_primary(in, b);
  for (uint32_t count = 0; peek(in) == Code::kIntersect; ++count) {
    const Nesting height(b, index_of(in), count);
    advance(in);
    const Mode mode = read_mode(in, b);
    query =
        combine(mode == Mode::kDistinct ? Query::Kind::kIntersectDistinct : Query::Kind::kIntersect,
                std::move(query), query_primary(in, b));
  }
  return query;
}

Query::Kind union_kind(const Build& b, Mode mode, uint32_t at) {
  if (mode == Mode::kNone) {
    b.stop(fail(ErrorCode::kExpectedAllOrDistinct,
                "Expected ALL or DISTINCT in SelectWithUnion query", b.span(at, at + 1),
                "write UNION ALL, or UNION DISTINCT to drop duplicates"));
  }
  return mode == Mode::kAll ? Query::Kind::kUnionAll : Query::Kind::kUnionDistinct;
}

QueryPtr unions(Input& in, Build& b) {
  QueryPtr query = intersections(in, b);
  for (uint32_t count = 0; peek(in) == Code::kUnion || peek(in) == Code::kExcept; ++count) {
    const Nesting height(b, index_of(in), count);
    const uint32_t at = index_of(in);
    const bool is_union = peek(in) == Code::kUnion;
    advance(in);
    const Mode mode = read_mode(in, b);
    const Query::Kind kind = is_union                  ? union_kind(b, mode, at)
                             : mode == Mode::kDistinct ? Query::Kind::kExceptDistinct
                                                       : Query::Kind::kExcept;
    query = combine(kind, std::move(query), intersections(in, b));
  }
  b.expect(index_of(in), Code::kUnion);
  return query;
}

}  // namespace

bool begins_query(const Build& b, uint32_t index) {
  // A bracket begins a query if, after all the brackets, a query begins, and none of them is an
  // operand of anything.
  constexpr uint32_t kMostBrackets = 64;
  for (uint32_t brackets = 0; b.code(index) == Code::kOpenRound && brackets < kMostBrackets;
       ++brackets, ++index) {
    switch (b.code(b.token(index).partner + 1)) {
      case Code::kCloseRound:
      case Code::kUnion:
      case Code::kExcept:
      case Code::kIntersect:
      case Code::kEnd:
      case Code::kSemicolon: break;
      default: return false;
    }
  }
  const Code next = b.code(index + 1);
  switch (b.code(index)) {
    case Code::kSelect: return true;
    case Code::kFrom:
    case Code::kWith:
      return next == Code::kWord || next == Code::kQuotedName || next == Code::kOpenRound ||
             next == Code::kNumber || next == Code::kString || next == Code::kMinus ||
             next == Code::kOpenSquare || next == Code::kOpenCurly ||
             (is_keyword(next) && next != Code::kFrom && next != Code::kAs);
    default: return false;
  }
}

bool match_query(Input& in, Build& b) {
  const uint32_t first = index_of(in);
  if (!begins_query(b, first) && peek(in) != Code::kOpenRound) {
    b.expect(first, Code::kWantQuery);
    return false;
  }
  const Nesting nesting(b, first, kQueryWeight);
  const uint32_t outer_depth = b.query_depth;
  b.query_depth = 0;
  QueryPtr query = unions(in, b);
  query->span = b.span(first, index_of(in));
  b.queries.push_back(std::move(query));
  b.subquery_depth = b.query_depth + 1;
  b.query_depth = std::max(outer_depth, b.subquery_depth);
  return true;
}

}  // namespace sp::sql::grammar

SP_ANALYZE(sql_query, sql::grammar::set_mode)
