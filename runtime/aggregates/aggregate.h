#pragma once
// The aggregate library's contract. An aggregate is a state struct with add/merge/finish (extern
// "C" bodies, compiled natively and to bitcode like functions) and one row. Combinators (-If,
// -Array, -State, ...) are written once, over this contract.
//
// Bodies (ExecState& and const AggregateContext* optional, as for functions):
//   void init(State*)                                   absent: the state starts as zero bytes
//   void add([ExecState&,] [const Ctx*,] State*, args...)
//     args: numbers by value, others by pointer to slot
//   void merge([ExecState&,] [const Ctx*,] State* into, const State* from)
//     both in the same query's arenas
//   R/void finish([ExecState&,] [const Ctx*,] const State*, [Out*])
//   void serialize([const Ctx*,] const State*, std::string* out)
//   bool deserialize([ExecState&,] [const Ctx*,] State*, const StringRef&)
// States live in arenas: no destructor is ever called, so a growing state allocates from
// ExecState::persistent.
// A state may move (memcpy) before it is first added to, not after.
// deserialize absorbs: it merges the stored state into the given one (a fresh one: restores it).
// Scalars of at most 8 bytes (also Enum, Decimal32/64, Interval, IPv4) pass by value when the
// Symbol says so; where its AbiType is kPointer, pass the address of the value's slot, whatever the
// type. In `init` and in an `add` without arguments the state is the last parameter, so
// Symbol::has_out is set: ignore it for these two.

#include "runtime/functions/function.h"

namespace sp {

/// Constant data of one aggregate call (levels of quantiles, element operations, limits).
using AggregateContext = FunctionContext;

/// How an aggregate follows the frame of a window: a state of its own that rows enter at the
/// frame's end and leave at its begin, in the same order. The answers are those of a plain state
/// that only the frame's rows were added to. Bodies as above, over zero bytes to begin with:
///   void enter([ExecState&,] [const Ctx*,] State*, args...)
///   void leave([ExecState&,] [const Ctx*,] State*, args...)    the arguments of the oldest row
///   R/void finish([ExecState&,] [const Ctx*,] const State*, [Out*])
/// Texts and arrays that arguments point to live as long as the rows; their slots do not.
struct SlidingForm {
  uint32_t state_size = 0;  ///< 0: the aggregate has none
  Symbol enter, leave, finish;
  /// What a result points to lives as long as the rows, and never changes.
  bool stable_result = false;
  /// `finish` costs less than that of the plain state: of use to frames that only grow, too.
  bool for_growing = false;
  explicit operator bool() const { return state_size != 0; }
};

/// What resolving an aggregate call yields.
struct ResolvedAggregate {
  std::string name;  ///< as called, with combinators: for plans and messages
  Type result;
  std::vector<Type>
      arguments;  ///< the binder casts each argument to this; Nullable stripped when skip_nulls
  uint32_t state_size = 8;
  uint32_t state_align = 8;
  Symbol init;  ///< empty: zero bytes
  Symbol add;
  Symbol merge;
  Symbol finish;
  Symbol serialize, deserialize;  ///< empty: the state cannot be stored
  std::shared_ptr<const AggregateContext> context;
  /// Rows with NULL in any argument are skipped by generated code before add (ClickHouse's
  /// default).
  bool skip_nulls = true;
  /// The result is NULL when no row was added: generated code keeps one extra flag per state. Set
  /// when an argument is Nullable and the function is not of the count/uniq kind; finish then still
  /// writes the plain type.
  bool null_when_empty = false;
  /// -If: the last argument is a condition (UInt8); generated code branches on it and does not pass
  /// it to add.
  bool has_condition = false;
  /// Arguments from this index on (the condition excepted) are not passed one by one: generated
  /// code stores them into an alloca laid out by row_layout(their types) and passes one pointer to
  /// it as the last argument of add. Variadic aggregates (windowFunnel, uniqExact(a, b)) and
  /// combinators use it. kNotPacked: none.
  static constexpr uint32_t kNotPacked = UINT32_MAX;
  uint32_t pack_from = kNotPacked;
  /// add(x) twice with the same state is commutative: rows may come in any order. False:
  /// groupArray, first_value, ...
  bool order_matters = false;
  SlidingForm sliding;
};

/// The aggregate over its sliding form, whose `add` lets a row enter, or leave.
inline ResolvedAggregate sliding(const ResolvedAggregate& aggregate, bool leaves) {
  ResolvedAggregate moved = aggregate;
  moved.state_size = aggregate.sliding.state_size;
  moved.state_align = 8;
  moved.init = {};
  moved.add = leaves ? aggregate.sliding.leave : aggregate.sliding.enter;
  moved.finish = aggregate.sliding.finish;
  moved.merge = moved.serialize = moved.deserialize = {};
  return moved;
}

/// How many of the (packed) arguments add takes. Fewer than `arguments` has: the rest only decide
/// whether the row is skipped for NULL (count(x)).
inline size_t add_argument_count(const ResolvedAggregate& aggregate) {
  return aggregate.add.arguments.size() + (aggregate.add.has_out ? 1 : 0) - 1;
}

using AggregateResolver = std::function<Result<ResolvedAggregate>(
    std::span<const Argument> parameters, std::span<const Argument> arguments,
    const ResolveOptions&)>;

struct AggregateRow {
  const char* name;
  std::vector<const char*> aliases = {};
  bool case_insensitive = false;
  AggregateResolver
      resolve;  ///< arguments come with LowCardinality stripped, Nullable stripped if skip_nulls
  bool skip_nulls = true;
  bool never_null = false;   ///< count, uniq...: result stays non-Nullable over Nullable arguments
  bool window_only = false;  ///< row_number, rank, lagInFrame...: named here so that they are known
  const char* doc = "";
  const char* example = "";
  const char* example_result = "";
};

class AggregateRegistry {
 public:
  AggregateRegistry();
  /// Finds the base row of a name, combinators taken off the end: ("sumIf") → sum. nullptr if
  /// unknown.
  const AggregateRow* find(std::string_view name) const;
  /// Resolves a name with combinators over typed arguments and literal parameters. Errors: 63 with
  /// a suggestion, 42, 43, 133.
  Result<ResolvedAggregate> resolve(std::string_view name, std::span<const Argument> parameters,
                                    std::span<const Argument> arguments,
                                    const ResolveOptions& options) const;
  const std::vector<std::string_view>& names() const { return names_; }
  const std::vector<const AggregateRow*>& rows() const { return rows_; }

 private:
  std::vector<const AggregateRow*> rows_;
  std::vector<std::string_view> names_;
};

#define SP_AGGREGATES(family)                                                                  \
  static void sp_aggregates_##family(std::vector<::sp::AggregateRow>& rows);                   \
  static const ::sp::AggregateFamily sp_aggregate_registrar_##family(&sp_aggregates_##family); \
  static void sp_aggregates_##family(std::vector<::sp::AggregateRow>& rows)

class AggregateFamily {
 public:
  using Fill = void (*)(std::vector<AggregateRow>&);
  explicit AggregateFamily(Fill fill) : fill_(fill), next_(head_) { head_ = this; }
  static const AggregateFamily* first() { return head_; }
  const AggregateFamily* next() const { return next_; }
  Fill fill() const { return fill_; }

 private:
  Fill fill_;
  const AggregateFamily* next_;
  static const AggregateFamily* head_;
};

}  // namespace sp
