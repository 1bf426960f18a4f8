#pragma once
// Program: what code generation makes of a plan besides machine code: the list of stages to run one
// after the other, and the objects, per-worker locals, row sets and parameters that the generated
// functions address by number. Free of LLVM: read by compiler/engine's execution.

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "compiler/plan/plan.h"
#include "runtime/core/slot.h"

namespace sp::codegen {

constexpr uint32_t kNone = UINT32_MAX;
/// The first local of every program: the Span of the fallible call being made, read by
/// ExecState::fail.
constexpr uint32_t kPlaceLocal = 0;

/// A place for a column in materialised rows.
struct RowColumn {
  plan::ColumnId id = 0;
  Type type;
  uint32_t offset = 0;
  std::string name;
};

/// A shared object in ExecState::objects.
struct ObjectSpec {
  enum class Kind : uint8_t {
    kPointer,    ///< `pointer`, kept alive by `owner`: function contexts, slot operations
    kJoinTable,  ///< a JoinTable, built by a JoinStage
    kKeyTable,   ///< an AggregateTable of IN's right side, shared for lookups; built by an
                 ///< AggregateStage
    kRowSet,     ///< void** of row set `row_set` and its count: {rows, count}
  };
  Kind kind = Kind::kPointer;
  const void* pointer = nullptr;
  std::shared_ptr<const void> owner;
  uint32_t row_set = kNone;
};

/// A worker's own object in ExecState::locals.
struct LocalSpec {
  enum class Kind : uint8_t {
    kRowBuffer,       ///< RowBuffer of row_size
    kAggregateTable,  ///< AggregateTable of row_size
    kTopN,            ///< TopN of row_size, compare function, limit = limit + offset
    kBytes,  ///< row_size zero bytes, then `initialize` (void(ExecState*, void*)) is called on them
    kGroupCache,  ///< GroupCache: code -> group row, see runtime/exec/scan_source.h
    kOwnState,    ///< ExecState with memory of its own: of a window's frame, of LIMIT BY's keys
  };
  Kind kind = Kind::kRowBuffer;
  uint32_t row_size = 0;
  uint32_t function = kNone;      ///< kTopN: compare; kBytes: initialize or kNone
  uint32_t limit_offset = kNone;  ///< in params: UInt64 slots
  uint32_t skip_offset = kNone;
};

/// A table read by a pipeline: `columns` are those that its code touches.
struct ScanSpec {
  const plan::Node* node = nullptr;
  std::vector<uint32_t> columns;  ///< table columns
  /// Expressions over one dictionary column, evaluated once per entry: void(ExecState*, const
  /// StringRef* dictionary, u64 size, u8* out); entry [size] is that of NULL.
  struct DictionaryTable {
    uint32_t column = 0;  ///< table column
    uint32_t function = kNone;
    uint32_t slot_size = 1;
    /// Instead of an expression's values: the entries' table-wide numbers, the same in the order of
    /// the values (both u32, see key_numbers.h), or their hashes for uniq (u32, see text_hashes.h).
    enum class What : uint8_t { kExpression, kNumbers, kRanks, kHashes };
    What what = What::kExpression;
  };
  std::vector<DictionaryTable> tables;
  /// Conditions that whole blocks of rows are tested by before generated code sees them.
  struct Filter {
    uint32_t column = 0;     ///< table column
    uint32_t table = kNone;  ///< index in `tables`: the condition per dictionary entry; else:
    plan::ScanBound::Op op = plan::ScanBound::Op::kEquals;
    uint32_t value = kNone;  ///< slot in params, of the column's base type
    bool nullable = false;   ///< of the condition per entry
    bool is_signed = false;  ///< the column's numbers
  };
  std::vector<Filter> filters;
  /// The values of a bound: slots in params. kIn: one for each member, or that of the array of
  /// members.
  struct BoundPlaces {
    std::vector<uint32_t> values;
    std::vector<uint32_t> nullable_values;  ///< kIn: of members that may be NULL
    Type element;                           ///< of the array; unset unless the members come as one
  };
  std::vector<BoundPlaces> bound_places;  ///< parallel to node->bounds
};

/// Runs a generated function over its source, morsel by morsel.
struct PipelineStage {
  enum class Source : uint8_t { kScan, kRows, kNumbers, kOnce };
  Source source = Source::kOnce;
  uint32_t function = kNone;  ///< void(ExecState*, const Morsel*)
  uint32_t scan = kNone;
  uint32_t row_set = kNone;
  uint32_t count_offset = kNone;  ///< kNumbers: UInt64 slot in params: how many rows
  std::vector<uint32_t>
      ordered_locals;  ///< row buffers and top-ns that are told each morsel's number
  bool serial = false;
  bool costly_rows = false;  ///< kRows: one of them may be work enough for a thread
  /// Once this per-worker UInt64 (a kBytes local) is non-zero, the source has no more to give:
  /// LIMIT reached.
  uint32_t done_local = kNone;
  std::string text;
};
/// Evaluates hoisted constants into params: void(ExecState*).
struct ConstantsStage {
  uint32_t function = kNone;
};
/// Collects the workers' row buffers.
struct GatherStage {
  uint32_t local = kNone, row_set = kNone;
};
/// Sorts a row set by compare(a, b), or by prefix(row) and then, unless that says all, by compare.
struct SortStage {
  uint32_t row_set = kNone, compare = kNone;
  uint32_t prefix = kNone;
  bool prefix_is_whole = false;
};
/// The first n rows of all workers; where n is large, sorted as by a SortStage.
struct TopNStage {
  uint32_t local = kNone, row_set = kNone;
  uint32_t prefix = kNone;
  bool prefix_is_whole = false;
};
/// WITH TOTALS: one more row, all groups merged.
struct TotalsSpec {
  uint32_t row_set = kNone;    ///< kNone: no totals
  uint32_t init = kNone;       ///< void(ExecState*, void* row), for that row
  uint32_t condition = kNone;  ///< u8(ExecState*, const void* row): groups that join it, if not all
  uint32_t row_size = 0;
};
/// Merges the workers' group tables.
struct AggregateStage {
  uint32_t local = kNone, row_set = kNone, keys_equal = kNone, merge = kNone;
  uint32_t row_size = 0;
  TotalsSpec totals;
  uint32_t object = kNone;  ///< set: keep the merged table there for lookups (IN)
  /// GROUPING SETS with (): over nothing, a row for each of these sets. void(ExecState*, void* row)
  /// makes it but for its number at `set_offset`.
  std::vector<uint32_t> empty_sets;
  uint32_t empty_row = kNone, set_offset = 0;
  bool heavy = false;  ///< states that grow: merging two groups is work enough for a thread
};
/// Merges the workers' single rows.
struct KeylessStage {
  uint32_t local = kNone, row_set = kNone, merge = kNone;
  TotalsSpec totals = {};
};
struct JoinStage {
  uint32_t local = kNone, object = kNone, keys_equal = kNone, asof_compare = kNone;
};
/// Row set of the join's rows that nobody matched.
struct UnmatchedStage {
  uint32_t object = kNone, row_set = kNone;
};
/// Cuts a row set to LIMIT/OFFSET; with_ties keeps rows that compare equal to the last.
struct LimitStage {
  uint32_t row_set = kNone, limit_offset = kNone, skip_offset = kNone, ties_compare = kNone;
  plan::Node::Amount limit_amount = plan::Node::Amount::kRows,
                     skip_amount = plan::Node::Amount::kRows;
};
/// WITH RECURSIVE: the `body` stages that follow run until `produced` is empty; each round's rows
/// go to `result` and are the next round's `working`. Before the first round `working` holds the
/// rows of the first query.
struct RecursionStage {
  uint32_t working = kNone, produced = kNone, result = kNone;
  uint32_t body = 0;
  uint32_t first_local = 0, end_local = 0;  ///< made anew for each round
  uint64_t most_rounds = 0;
  std::string name;
};
/// Calls function(ExecState*, void** rows, u64 begin, u64 end) for each run of rows that
/// `same_partition` (u8(const void*, const void*)) calls equal.
struct WindowStage {
  uint32_t row_set = kNone, same_partition = kNone, function = kNone;
};
/// Copies the only row (or NULLs) of a scalar subquery into params.
struct ScalarStage {
  uint32_t row_set = kNone, offset = 0;
  std::vector<RowColumn> columns;
  Type type;
};
/// ORDER BY ... WITH FILL over sorted rows.
struct FillStage {
  uint32_t row_set = kNone;
  struct Key {
    uint32_t offset = 0;  ///< of the key's slot in the row
    Type type;
    bool descending = false;
    uint32_t from = kNone, to = kNone, step = kNone,
             staleness = kNone;  ///< slots in params; step: Int64, Float64
    std::optional<IntervalUnit> unit, staleness_unit;
    bool enabled = false;
  };
  std::vector<Key> keys;
  uint32_t row_size = 0;
  uint32_t fill_defaults =
      kNone;  ///< void(ExecState*, void* row, const void* previous): all columns
};

/// Work by ranges of the leading sorting-key column: each task visits the rows of its keys in every
/// part, in the order of the partitions, and finishes them: groups and windows are complete within
/// a task, nothing is merged. Where a part is not sorted by a dictionary of the key, the stages run
/// one after the other over everything.
struct KeyRangeStage {
  uint32_t column = kNone;  ///< of the table
  PipelineStage scan;       ///< fills `aggregate.local` or `gather.local`
  AggregateStage aggregate;
  GatherStage gather;
  uint32_t row_size = 0;  ///< of the buffer
  SortStage sort;         ///< where there are no tasks
  /// In tasks rows are put in the keys' order by their ranks: u64 at this offset of the row; then
  /// `order` decides, if any.
  uint32_t rank_offset = kNone;
  uint32_t order = kNone;   ///< int(const void*, const void*)
  bool whole_keys = false;  ///< a partition is all rows of a key
  WindowStage window;
  PipelineStage emit;  ///< over the row set
};

using Stage = std::variant<PipelineStage, ConstantsStage, GatherStage, SortStage, TopNStage,
                           AggregateStage, KeylessStage, JoinStage, UnmatchedStage, LimitStage,
                           WindowStage, ScalarStage, FillStage, RecursionStage, KeyRangeStage>;

struct Program {
  std::vector<Stage> stages;
  std::vector<ObjectSpec> objects;
  std::vector<LocalSpec> locals;
  std::vector<ScanSpec> scans;
  std::vector<std::string> functions;  ///< names in the module, by number
  std::string prefix;                  ///< of all function names
  uint32_t row_sets = 0;
  uint32_t params_size = 0;  ///< parameters, then hoisted constants
  uint32_t result_row_set = kNone;
  uint32_t totals_row_set = kNone;  ///< WITH TOTALS: one row of the result's layout
  RowLayout result_layout;
  bool has_hash_step = false;
};

/// Prints the stages, one a line: explain=pipelines.
std::string print(const Program& program);
std::string print(const Program& program, const Stage& stage);

}  // namespace sp::codegen
