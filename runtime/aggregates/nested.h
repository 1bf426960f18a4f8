#pragma once
// Nested: a ResolvedAggregate driven from C++ through its native bodies: what combinators wrap, and
// what merging of AggregateFunction columns in storage uses. Adds what generated code otherwise
// does around the bodies: the flag of null_when_empty behind the state, skipping of NULL arguments,
// packing of arguments.

#include <string>

#include "runtime/aggregates/aggregate.h"
#include "runtime/exec/exec_state.h"

namespace sp {

class Nested {
 public:
  /// `nullable[i]`: the slots given for argument i are Nullable slots; their NULL rows are skipped.
  explicit Nested(ResolvedAggregate aggregate, std::vector<bool> nullable = {});

  const ResolvedAggregate& aggregate() const noexcept { return aggregate_; }
  Type result() const noexcept { return aggregate_.result; }
  uint32_t state_size() const noexcept {
    return state_size_;
  }  ///< with the flag; a multiple of the alignment
  uint32_t state_align() const noexcept { return aggregate_.state_align; }

  void init(void* state) const noexcept;
  /// Adds one row; slots[i] points to argument i (a condition, if any, included and obeyed).
  void add(ExecState& exec, void* state, const void* const* slots) const noexcept;
  /// Adds one row whose arguments lie in a tuple: row_layout(aggregate().arguments), a condition
  /// included and obeyed.
  /// Nothing is checked for NULL.
  void add_packed(ExecState& exec, void* state, const void* row) const noexcept;
  void merge(ExecState& exec, void* into, const void* from) const noexcept;
  /// Writes the result as a slot of result(), NULL included.
  void finish(ExecState& exec, const void* state, void* out) const noexcept;
  bool can_serialize() const noexcept { return static_cast<bool>(aggregate_.serialize); }
  void serialize(const void* state, std::string* out) const noexcept;
  /// Absorbs a serialized state. False: malformed bytes.
  bool deserialize(ExecState& exec, void* state, const StringRef& bytes) const noexcept;

 private:
  void add_slots(ExecState& exec, void* state, const void* const* slots) const noexcept;

  ResolvedAggregate aggregate_;
  std::vector<bool> nullable_;
  std::vector<uint32_t> value_sizes_;  // of each argument without Nullable
  RowLayout packed_;                   // of the packed arguments
  RowLayout all_;                      // of all arguments
  size_t passed_ = 0;                  // arguments passed one by one
  size_t packed_end_ = 0;
  uint32_t flag_offset_ = 0;
  uint32_t state_size_ = 0;
};

}  // namespace sp
