#pragma once
// The logical plan: a tree of relational operators over typed expressions, between binder and
// pipelines. Each node lists its output columns by id. Built by compiler/bind, rewritten by
// compiler/plan/rules, read by compiler/codegen.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/plan/expression.h"
#include "compiler/plan/sample.h"
#include "lang/sql/ast.h"
#include "runtime/aggregates/aggregate.h"
#include "runtime/storage/table.h"

namespace sp::plan {

struct OutputColumn {
  ColumnId id = 0;
  std::string name;  ///< as the author sees it
  Type type;
};

struct SortKey {
  ExpressionPtr expression;
  bool descending = false;
  bool nulls_first = false;  ///< resolved: ClickHouse's default is NULLS LAST in both directions;
                             ///< NaN goes with NULLs
};

/// What is known of a stream's order: rows come sorted by these columns (a prefix of the sorting
/// key), per part and partition or over the whole stream.
struct Ordering {
  std::vector<ColumnId> columns;
  bool global = false;  ///< false: within each part only
};

struct Node;
using NodePtr = std::unique_ptr<Node>;

struct AggregateCall {
  ResolvedAggregate function;
  std::vector<ExpressionPtr> args;  ///< condition last when function.has_condition
  ColumnId output = 0;
  std::string name;  ///< column name: "sumIf(x, c)"
};

/// One bound of a frame: an offset parameter for PRECEDING/FOLLOWING.
struct FrameBound {
  sql::FrameBound::Kind kind = sql::FrameBound::Kind::kUnboundedPreceding;
  ExpressionPtr offset;
};
struct WindowFunction {
  enum class Kind : uint8_t {
    kAggregate,
    kRowNumber,
    kRank,
    kDenseRank,
    kPercentRank,
    kCumeDist,
    kNtile,
    kLag,
    kLead,
    kLagInFrame,
    kLeadInFrame,
    kFirstValue,
    kLastValue,
    kNthValue
  };
  Kind kind = Kind::kAggregate;
  ResolvedAggregate aggregate;  ///< kAggregate
  std::vector<ExpressionPtr> args;
  sql::WindowFrame::Unit unit = sql::WindowFrame::Unit::kRange;
  FrameBound begin, end;
  ColumnId output = 0;
  Type type;
  std::string name;
};

/// A predicate that storage can use to skip segments: column `op` constant.
struct ScanBound {
  enum class Op : uint8_t { kEquals, kLess, kLessOrEquals, kGreater, kGreaterOrEquals, kIn };
  uint32_t table_column = 0;  ///< index in the table's schema
  Op op = Op::kEquals;
  ExpressionPtr value;  ///< constant, of the column's base type (kIn: unused)
  uint32_t set = 0;     ///< kIn
};

/// Everything of a node but its inputs: copyable.
struct Operator {
  enum class Kind : uint8_t {
    kScan,       ///< a table: table, columns read, bounds
    kOneRow,     ///< SELECT without FROM
    kNumbers,    ///< numbers(from, count, step): args
    kValues,     ///< values(...): rows of constant expressions
    kFilter,     ///< predicate
    kProject,    ///< expressions -> output (parallel); passes nothing else
    kAggregate,  ///< keys, aggregates
    kDistinct,   ///< on all output columns, or on `keys`
    kSort,       ///< sort_keys; limit if only the first n (+ offset) rows are needed
    kLimit,      ///< limit, offset, with_ties (then sort_keys are those of the input), by keys
    kJoin,
    kArrayJoin,
    kWindow,
    kUnion,  ///< all inputs; output column i from column i of each input (types already equal)
    kIntersect,
    kExcept,
    kFill,       ///< ORDER BY ... WITH FILL
    kRecursive,  ///< inputs[0], then inputs[1] over and over: its kWorkingTable yields what the
                 ///< round before yielded
    kWorkingTable,
    kTotals,  ///< the row of totals of the aggregation numbered `totals`
  };
  Kind kind = Kind::kOneRow;
  std::vector<OutputColumn> output;
  Ordering ordering;  ///< of the output, as derived by plan/ordering
  Span span;

  // kScan: output[i] is table column scan_columns[i]
  std::shared_ptr<const TableSchema> table;
  std::vector<uint32_t> scan_columns;
  std::vector<ScanBound> bounds;
  bool final = false;

  std::vector<ExpressionPtr>
      expressions;                  // kProject; kNumbers: from, count, step; kArrayJoin: arrays
  ExpressionPtr predicate;          // kFilter; kJoin: residual condition over both sides
  bool having = false;              // kFilter: HAVING of the aggregation WITH TOTALS below
  std::vector<ExpressionPtr> keys;  // kAggregate (outputs first in `output`), kDistinct, LIMIT BY
  std::vector<AggregateCall> aggregates;
  bool with_totals = false;
  /// WITH TOTALS whose row reaches the result: its number, also of the kTotals that reads it, and
  /// the condition on its outputs of the groups that join it. Set by derive_totals.
  std::optional<uint32_t> totals;
  ExpressionPtr totals_condition;
  enum class Grouping : uint8_t { kPlain, kRollup, kCube, kSets };
  Grouping grouping = Grouping::kPlain;
  std::vector<std::vector<uint32_t>> grouping_sets;  // indexes into keys
  std::optional<ColumnId> set_output;  // UInt64: which grouping set a row belongs to, from 0
  std::vector<SortKey> sort_keys;      // kSort, kLimit with ties, kWindow's ORDER BY
  ExpressionPtr limit, offset;  // constant expressions (UInt64 or Int64 negative not allowed)
  bool with_ties = false;
  /// What the numbers of LIMIT and OFFSET count: rows from the front, or (negative) from the end,
  /// or parts of all rows.
  enum class Amount : uint8_t { kRows, kFromEnd, kFraction };
  Amount limit_amount = Amount::kRows, offset_amount = Amount::kRows;
  // kJoin: inputs[0] left, inputs[1] right
  sql::JoinKind join = sql::JoinKind::kInner;
  sql::JoinStrictness strictness = sql::JoinStrictness::kAll;
  std::vector<ExpressionPtr> left_keys,
      right_keys;  // of equal types, pairwise; ASOF: the last pair is the inequality
  std::vector<uint8_t> null_safe;  // parallel to the keys, or empty: NULL equals NULL in this one
  ScanBound::Op asof_op = ScanBound::Op::kGreaterOrEquals;
  // kWindow
  std::vector<ExpressionPtr> partition_by;
  std::vector<WindowFunction>
      window_functions;  // all of one window; outputs appended after the input's columns
  // kArrayJoin: expressions[i] unrolled into array_outputs[i]; other columns pass
  bool left_array_join = false;
  std::vector<OutputColumn> array_outputs;
  // kValues
  std::vector<std::vector<ExpressionPtr>> rows;
  // kFill: one per sort key; null members: not given
  struct Fill {
    ExpressionPtr from, to, step, staleness;
    std::optional<IntervalUnit> step_unit, staleness_unit;
    bool enabled = false;
  };
  std::vector<Fill> fills;
  std::vector<std::pair<ColumnId, ExpressionPtr>> interpolate;
  // kRecursive, kWorkingTable: which recursion, and how many rounds it may take
  uint32_t recursion = 0;
  uint64_t most_rounds = 0;
  std::string table_name;
};

struct Node : Operator {
  std::vector<NodePtr> inputs;
};

/// One constant of the plan, read at run time from ExecState::params.
struct Parameter {
  enum class Source : uint8_t {
    kHole,     ///< value of hole `index` of the request
    kLiteral,  ///< literal `index` of the text (lifted: another value may come with the same shape)
    kConstant,  ///< `constant`: fixed by the plan (folded, specialised)
    kSubquery,  ///< the scalar result of Plan::subqueries[index], or its tuple
    kSample,    ///< `sample_field` of Plan::samples[index]
  };
  Source source = Source::kConstant;
  Type type;
  uint32_t index = 0;
  std::shared_ptr<const std::vector<uint8_t>> constant =
      nullptr;  ///< a slot image; strings point into `owner`
  std::shared_ptr<const void> owner = nullptr;
  uint32_t offset = 0;  ///< in ExecState::params, set when the plan is finished
  enum class SampleField : uint8_t { kFirst, kLast, kFactor };
  SampleField sample_field = SampleField::kFirst;
};

/// The right side of IN: constant tuples, or the rows of a subplan.
struct SetDefinition {
  std::vector<Type> types;  ///< of its columns (= of the IN's args after casting)
  std::vector<std::vector<ExpressionPtr>> rows;  ///< constant expressions
  ExpressionPtr array;                           ///< a constant Array parameter (IN {p:Array(T)})
  NodePtr subplan;                               ///< or null
};

struct Plan {
  NodePtr root;                           ///< output in the order of the SELECT list
  NodePtr totals;                         ///< as the root, of its row of totals; or null
  std::vector<std::string> column_names;  ///< as in `meta`
  std::vector<Type> column_types;         ///< as in `meta`, with LowCardinality
  std::vector<Parameter> parameters;
  uint32_t parameters_size = 0;
  std::vector<SetDefinition> sets;
  std::vector<NodePtr> subqueries;  ///< scalar; run before the root, in order
  std::vector<Sample> samples;      ///< of SAMPLE clauses
  ColumnId next_column = 0;
  /// Holes and literals whose value was used while binding: the compiled query serves only equal
  /// values.
  std::vector<uint32_t> specialised_holes, specialised_literals;
  std::vector<std::string> warnings;
};

/// Prints the tree, one node a line, for explain=plan and plan tests.
std::string print(const Plan& plan);
std::string print(const Node& node, uint32_t indent = 0);

}  // namespace sp::plan
