#pragma once
// What array functions know about the elements they handle, and small pieces over slots that they
// share.

#include <cstring>
#include <memory>
#include <vector>

#include "runtime/core/arena.h"
#include "runtime/core/slot.h"
#include "runtime/exec/exec_state.h"
#include "runtime/functions/function.h"

namespace sp {

/// One default value of a type, with what it refers to.
class BlankSlot {
 public:
  explicit BlankSlot(Type type) : words_(slot_layout(type).size / 8 + 1) {
    default_slot(type, words_.data(), arena_);
  }
  const void* data() const { return words_.data(); }

 private:
  std::vector<uint64_t> words_;
  Arena arena_;
};

struct ArrayContext : FunctionContext {
  explicit ArrayContext(Type element);
  const SlotOps* ops;
  uint32_t stride;
  uint32_t align;
  bool plain;                // equal bytes mean equal values: integers, dates, enums
  bool is_string;            // String slots
  uint32_t null_offset = 0;  // of the flag in Nullable elements; 0: not Nullable
  BlankSlot blank;           // one default element
  bool is_null(const void* slot) const {
    return null_offset != 0 && static_cast<const uint8_t*>(slot)[null_offset] != 0;
  }
  bool equal(const void* a, const void* b) const {
    if (plain) {
      switch (stride) {
        case 1: return std::memcmp(a, b, 1) == 0;
        case 2: return std::memcmp(a, b, 2) == 0;
        case 4: return std::memcmp(a, b, 4) == 0;
        case 8: return std::memcmp(a, b, 8) == 0;
        default: break;
      }
    }
    if (is_string) return *static_cast<const StringRef*>(a) == *static_cast<const StringRef*>(b);
    return ops->equal(a, b);
  }
};

inline const char* element_at(const ArrayRef& array, uint32_t stride, uint64_t index) noexcept {
  return static_cast<const char*>(array.data) + index * stride;
}
/// Copies `count` slots of `from`, from `begin` on.
inline void copy_elements(const ArrayContext& context, char* to, const ArrayRef& from,
                          uint64_t begin, uint64_t count) noexcept {
  if (count > 0) std::memcpy(to, element_at(from, context.stride, begin), count * context.stride);
}
/// Allocates room for `count` elements; fails the query above the limit and returns nullptr.
char* new_elements(ExecState& exec, const ArrayContext& context, uint64_t count) noexcept;

/// Checks that argument `index` is an array and returns its element type.
Result<Type> array_element_type(std::span<const Argument> arguments, size_t index);
/// The element type that all arrays among the arguments from `first` on can be cast to.
Result<Type> common_element(std::span<const Argument> arguments, size_t first = 0);
/// The least supertype that keeps Nullable and ignores NULL literals and LowCardinality.
Result<Type> common_type(std::span<const Type> types);
/// Array(element), or the type of `argument` if it has the same layout already.
Type array_cast(Type argument, Type element);

/// A set of slots by value, over memory that outlives it.
class SlotSet {
 public:
  SlotSet(const ArrayContext& context, size_t expected);
  /// Returns the index of the equal slot that was inserted before, or inserts and returns -1.
  int64_t insert(const void* slot, int64_t index);
  /// Returns the index given at insertion, or -1.
  int64_t find(const void* slot) const;

 private:
  struct Entry {
    const void* slot;
    int64_t index;
  };
  size_t position(const void* slot) const;
  const ArrayContext& context_;
  std::vector<Entry> entries_;
  size_t mask_;
  size_t size_ = 0;
};

}  // namespace sp
