#pragma once
// The SQL syntax tree, as ClickHouse's parser shapes it: operators are already function calls under
// ClickHouse's names (a + b is plus(a, b); x BETWEEN a AND b is and(greaterOrEquals(x, a),
// lessOrEquals(x, b)); CASE is multiIf or caseWithExpression; arr[i] is arrayElement; t.1 is
// tupleElement), so later stages see one form.
// `spelling` remembers how the author wrote it, for printing. Nothing is resolved here. Trees are
// owned from the top by unique_ptr and immutable once parsed, except by rewriting passes that own
// them.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "runtime/core/error.h"

namespace sp::sql {

struct Expr;
struct Query;
struct Select;
using ExprPtr = std::unique_ptr<Expr>;
using QueryPtr = std::unique_ptr<Query>;

/// A literal as written. Integers without sign that fit are UInt64; a minus before one belongs to
/// it (Int64); larger ones are BigInteger with their digits kept. true/false are Bool. Arrays and
/// tuples are function calls.
struct NullLiteral {
  bool operator==(const NullLiteral&) const = default;
};
struct BigInteger {
  std::string digits;
  bool operator==(const BigInteger&) const = default;
};
using LiteralValue =
    std::variant<NullLiteral, bool, uint64_t, int64_t, double, std::string, BigInteger>;

enum class ExprKind : uint8_t {
  kLiteral,     ///< literal
  kIdentifier,  ///< parts: a, t.a, db.t.a
  kParameter,   ///< {name:Type}: name, type_text. Template holes arrive so. {name:Identifier} is a
                ///< kIdentifier (or kStar, or a table) with name_parameters
  kFunction,    ///< name, parameters (quantile(0.9)), args; distinct, filter, over...
  kCast,  ///< args[0] to type_text; spelling kDoubleColon or kCast. CAST(x, 'T') too when T is a
          ///< literal
  kInterval,  ///< INTERVAL args[0] unit (name = "DAY", upper case singular)
  kLambda,    ///< lambda_params -> args[0]
  kSubquery,  ///< (SELECT ...) as a value or as the right side of IN
  kStar,      ///< *, t.* (parts = qualifier), with `transformers`
  kColumns,   ///< COLUMNS('regex') or COLUMNS(a, b): literal or args; with `transformers`
};

/// How an expression was written, where the tree alone does not tell.
enum class Spelling : uint8_t {
  kCall,
  kOperator,
  kBetween,
  kCase,
  kDoubleColon,
  kCast,
  kTuple,
  kArray,
  kMap,
  kSubscript,
  kDot,
  kIs,
  kExtract,
  kTrim,
  kSubstring,
  kPosition,
  kDateLiteral,
  kTernary,
  kExists,
  kOverlay
};

struct SortItem;
/// One bound of a window frame.
struct FrameBound {
  enum class Kind : uint8_t {
    kUnboundedPreceding,
    kPreceding,
    kCurrentRow,
    kFollowing,
    kUnboundedFollowing
  };
  Kind kind = Kind::kUnboundedPreceding;
  ExprPtr offset;  // for kPreceding, kFollowing
};
struct WindowFrame {
  enum class Unit : uint8_t { kRows, kRange, kGroups };
  Unit unit = Unit::kRange;
  FrameBound begin;
  FrameBound end;  // CURRENT ROW if not written
};
/// OVER (...) or WINDOW name AS (...). `base_name` refers to a named window (OVER w, or (w ORDER BY
/// x)).
struct WindowSpec {
  std::string base_name;
  std::vector<ExprPtr> partition_by;
  std::vector<SortItem> order_by;
  std::optional<WindowFrame> frame;
  Span span;
};

/// `* EXCEPT (a, b)`, `* REPLACE (x AS a)`, `* APPLY f` / `APPLY (x -> f(x))`.
struct StarTransformer {
  enum class Kind : uint8_t { kExcept, kReplace, kApply };
  Kind kind = Kind::kExcept;
  std::vector<std::string> names;  // EXCEPT; for REPLACE the replaced names, parallel to exprs
  std::vector<ExprPtr>
      exprs;  // REPLACE: expressions; APPLY: one lambda or one function call without args
  std::string except_regex;  // EXCEPT('regex')
  std::string prefix;        // APPLY (f, 'prefix'): of the columns' names
  bool strict = false;       // EXCEPT STRICT, REPLACE STRICT: the names must exist
};

/// A part of a name that a query parameter gives: {name:Identifier}. Its place in `parts` is empty
/// until the binder fills it.
struct NameParameter {
  uint32_t part = 0;
  std::string name;
  Span span;
};

struct Expr {
  ExprKind kind = ExprKind::kLiteral;
  Spelling spelling = Spelling::kCall;
  Span span;          // in the parsed text
  std::string alias;  // `AS x`; allowed anywhere
  bool alias_quoted = false;
  bool parenthesized = false;  // the author wrote (expr)

  LiteralValue literal;  // kLiteral; kColumns with a regex
  std::string name;      // kFunction (as written), kInterval (unit), kParameter (name)
  std::string
      type_text;  // kCast, kParameter; an array or tuple literal before `::`: its text as written
  std::vector<std::string> parts;              // kIdentifier, kStar
  std::vector<NameParameter> name_parameters;  // of `parts`, in their order
  std::vector<ExprPtr> parameters;             // kFunction: f(parameters)(args)
  bool has_parameters = false;                 // distinguishes f()(x) from f(x)
  std::vector<ExprPtr> args;  // kFunction, kCast, kInterval, kLambda (body), kColumns
  bool distinct = false;      // kFunction: f(DISTINCT x)
  ExprPtr filter;             // kFunction: FILTER (WHERE ...)
  std::unique_ptr<WindowSpec> over;
  enum class NullTreatment : uint8_t { kDefault, kRespectNulls, kIgnoreNulls };
  NullTreatment null_treatment = NullTreatment::kDefault;
  std::vector<std::string> lambda_params;
  QueryPtr subquery;
  std::vector<StarTransformer> transformers;
};

struct FillSpec {
  ExprPtr from, to, step, staleness;
};
struct SortItem {
  ExprPtr expr;
  bool descending = false;
  enum class Nulls : uint8_t { kDefault, kFirst, kLast };
  Nulls nulls = Nulls::kDefault;
  std::string collate;
  std::unique_ptr<FillSpec> fill;  // WITH FILL
};
struct InterpolateItem {
  std::string column;
  ExprPtr expr;  // null: the column itself
};

/// `WITH name [(columns)] AS [MATERIALIZED] (query)` or `WITH expr AS name` (then `expr` is set,
/// name = its alias).
struct WithItem {
  std::string name;
  std::vector<std::string> column_names;
  QueryPtr query;
  ExprPtr expr;
  Span span;
};

enum class JoinKind : uint8_t { kInner, kLeft, kRight, kFull, kCross, kComma, kPaste };
enum class JoinStrictness : uint8_t { kDefault, kAny, kAll, kAsof, kSemi, kAnti };

struct ArrayJoin {
  bool left = false;
  std::vector<ExprPtr> exprs;
  Span span;
};

struct TableExpr;
using TableExprPtr = std::unique_ptr<TableExpr>;
/// A FROM item: a table, table function, subquery, a join of two, or (kArrayJoin) an ARRAY JOIN
/// over `left` that a join follows; those at the end of FROM are in Select::array_joins.
struct TableExpr {
  enum class Kind : uint8_t { kTable, kFunction, kSubquery, kJoin, kArrayJoin };
  Kind kind = Kind::kTable;
  Span span;
  std::string alias;
  std::vector<std::string> column_aliases;     // (SELECT ...) AS t (a, b)
  std::vector<std::string> parts;              // kTable: [db,] name
  std::vector<NameParameter> name_parameters;  // of `parts`: {db:Identifier}.{name:Identifier}
  ExprPtr function;                            // kFunction: a kFunction expression
  QueryPtr subquery;
  bool final = false;
  ExprPtr sample, sample_offset;  // SAMPLE ratio [OFFSET ratio]
  // kJoin
  TableExprPtr left, right;
  JoinKind join = JoinKind::kInner;
  JoinStrictness strictness = JoinStrictness::kDefault;
  bool global = false;
  bool natural = false;  // USING all columns that both sides have
  ExprPtr on;
  std::vector<ExprPtr> using_columns;
  ArrayJoin array_join;  // kArrayJoin
};

struct GroupBy {
  enum class Kind : uint8_t { kNone, kPlain, kAll, kRollup, kCube, kGroupingSets };
  Kind kind = Kind::kNone;
  std::vector<ExprPtr> keys;               // kPlain, kRollup, kCube
  std::vector<std::vector<ExprPtr>> sets;  // kGroupingSets
  bool with_totals = false;
};

struct LimitBy {
  ExprPtr limit, offset;
  std::vector<ExprPtr> keys;
  bool all = false;  // BY ALL: every selected column that is no aggregate
};

struct Setting {
  std::string name;
  LiteralValue value;
};

struct Select {
  Span span;
  std::vector<WithItem> with;
  bool with_recursive = false;
  bool distinct = false;
  std::vector<ExprPtr> distinct_on;
  std::vector<ExprPtr> columns;
  TableExprPtr from;  // null: SELECT without FROM (one row)
  std::vector<ArrayJoin> array_joins;
  ExprPtr prewhere, where;
  GroupBy group_by;
  ExprPtr having;
  std::vector<std::pair<std::string, std::unique_ptr<WindowSpec>>> windows;
  ExprPtr qualify;
  std::vector<SortItem> order_by;
  bool order_by_all = false;  // then order_by holds one item: the identifier ALL with its direction
  bool has_interpolate = false;
  std::vector<InterpolateItem> interpolate;
  std::optional<LimitBy> limit_by;
  ExprPtr limit, offset;
  bool limit_with_ties = false;
  std::vector<Setting> settings;
};

/// A query: one SELECT, or set operations over queries. `left op right` trees with ClickHouse's
/// precedence (INTERSECT binds tighter).
struct Query {
  enum class Kind : uint8_t {
    kSelect,
    kUnionAll,
    kUnionDistinct,
    kIntersect,
    kIntersectDistinct,
    kExcept,
    kExceptDistinct
  };
  Kind kind = Kind::kSelect;
  Span span;
  std::unique_ptr<Select> select;  // kSelect
  QueryPtr left, right;            // otherwise
};

/// A whole statement as sent to /v0/sql or typed at the REPL.
struct Statement {
  enum class Kind : uint8_t { kSelect, kExplain };
  Kind kind = Kind::kSelect;
  std::string explain_form;  // EXPLAIN [AST|PLAN|PIPELINE|SYNTAX|...]: upper case; "" if none
  QueryPtr query;
  std::string format;             // FORMAT name; "" if absent
  std::vector<Setting> settings;  // SETTINGS after the last SELECT
};

}  // namespace sp::sql
