#pragma once
// AggregateStates: the states of a list of aggregate calls inside a row: their places, and the code
// that initialises, updates, merges and finishes them. Used by GROUP BY and by windows.

#include "compiler/codegen/query_compiler.h"

namespace sp::codegen {

class RegisterStates;

class AggregateStates {
 public:
  AggregateStates() = default;
  /// Places states (and one flag byte for each that may stay empty) from `begin` on.
  /// `numbered`: all rows come from one scan, so that values of its columns may be counted by
  /// number.
  AggregateStates(const std::vector<plan::AggregateCall>& calls, uint32_t begin,
                  bool numbered = false);
  /// The sliding form of one aggregate, alone in its row: update() lets the current row enter, or
  /// leave. Of a row's two objects either may finish it.
  static AggregateStates sliding(const std::vector<plan::AggregateCall>& call, bool leaves);

  uint32_t row_size() const { return row_size_; }
  bool order_matters() const;
  /// Some states own memory that grows with their values.
  bool grow() const;
  /// The states hold all that they know: they may be copied as bytes.
  bool flat() const;
  /// Calls init on the states of a zeroed row.
  void init(QueryCompiler& c, llvm::Value* row) const;
  /// Adds the current row of the scope; states that `registers` holds are updated there.
  void update(QueryCompiler& c, llvm::Value* row, const RegisterStates* registers = nullptr) const;
  /// Defines the output columns: finish(state), on first use.
  void define(QueryCompiler& c, llvm::Value* row) const;
  SqlValue finish(QueryCompiler& c, size_t index, llvm::Value* row) const;
  /// void(state, row): init for every state; kNone if all start as zeros.
  uint32_t init_function(QueryCompiler& c) const;
  /// void(state, into, from).
  uint32_t merge_function(QueryCompiler& c) const;
  /// Merges the states of one row into those of another; `from` stays as it is.
  void merge_rows(QueryCompiler& c, llvm::Value* into, llvm::Value* from) const;

 private:
  friend class RegisterStates;
  struct Place {
    const plan::AggregateCall* call = nullptr;
    ResolvedAggregate function;
    bool distinct = false;  // the state is a NumberSet
    uint32_t filter =
        kNone;  // a NumberSet of the values added so far: repeated ones are not added again
    uint32_t buffer = kNone;  // a UniqBuffer in front of uniq of a text
    uint32_t offset = 0;
    uint32_t flag = kNone;
    int step = 0;  // of sliding forms: the flag is a number of rows, and each row adds this to it
    uint32_t size = 8;
  };
  void add(QueryCompiler& c, const Place& place, llvm::Value* row, llvm::Value* state,
           llvm::Value* flag) const;
  void note_added(QueryCompiler& c, const Place& place, llvm::Value* flag) const;
  void merge(QueryCompiler& c, const Place& place, llvm::Value* into_state, llvm::Value* into_flag,
             llvm::Value* from_state, llvm::Value* from_flag) const;

  // Distinct texts of a scan's column, by what the column knows of its values (counted_texts.cpp).
  // Gives such a call its state, or what it needs beside it from `at` on; returns what is free
  // then.
  static uint32_t count_by_codes(Place& place, uint32_t at);
  static void count_by_number(Place& place);
  void add_distinct(QueryCompiler& c, const Place& place, llvm::Value* state,
                    const SqlValue& value) const;
  void add_hash(QueryCompiler& c, const Place& place, llvm::Value* row, llvm::Value* state,
                const std::function<void()>& by_text) const;
  void if_new(QueryCompiler& c, const Place& place, llvm::Value* row,
              const std::function<void()>& body) const;
  void flush(QueryCompiler& c, const Place& place, llvm::Value* row) const;

  std::vector<Place> places_;
  uint32_t row_size_ = 0;
};

/// Small states of an aggregation without keys: kept in the function's frame while a morsel runs
/// (in registers, after optimization), merged into the worker's row at its end.
class RegisterStates {
 public:
  void setup(QueryCompiler& c, const AggregateStates& states);
  void teardown(QueryCompiler& c, const AggregateStates& states, llvm::Value* row) const;
  llvm::Value* state(size_t index) const { return states_[index]; }
  llvm::Value* flag(size_t index) const { return flags_[index]; }

 private:
  std::vector<llvm::Value*> states_, flags_;  // null: kept in the row
};

}  // namespace sp::codegen
