#pragma once
// Output of string functions: bytes and arrays in the morsel's scratch arena, with the limits that
// keep one value from taking all memory. Used by the bodies of runtime/functions.

#include <string>
#include <string_view>

#include "runtime/core/string_ref.h"
#include "runtime/exec/exec_state.h"

namespace sp {

/// The longest string that a function builds (ClickHouse's limit for padded and repeated strings is
/// near).
inline constexpr size_t kLargestString = size_t{1} << 30;

/// Room for `size` bytes that live as long as the morsel.
inline char* new_bytes(ExecState& exec, size_t size) noexcept {
  return static_cast<char*>(exec.scratch.allocate(size, 1));
}
/// Copies `text` into the scratch arena.
inline StringRef new_string(ExecState& exec, std::string_view text) noexcept {
  return exec.scratch.copy(text);
}

/// Refers to `part` of `whole`: no copy for long parts (they live where the whole lives).
inline StringRef sub_string(const StringRef& whole, size_t offset, size_t length) noexcept {
  return StringRef(whole.begin() + offset, length);
}

/// Grows an array of strings in the scratch arena. The pointer stays valid until the morsel ends.
class StringArrayBuilder {
 public:
  explicit StringArrayBuilder(ExecState& exec) noexcept : exec_(exec) {}
  void add(StringRef value) noexcept {
    if (size_ == capacity_) grow();
    items_[size_++] = value;
  }
  /// Adds text that outlives the morsel's values (a part of an argument).
  void add(const char* begin, size_t length) noexcept { add(StringRef(begin, length)); }
  uint64_t size() const noexcept { return size_; }
  ArrayRef finish() const noexcept { return {items_, size_}; }

 private:
  void grow() noexcept {
    const size_t capacity = capacity_ == 0 ? 8 : capacity_ * 2;
    auto* items = exec_.scratch.allocate_array<StringRef>(capacity);
    if (size_ > 0) std::memcpy(static_cast<void*>(items), items_, size_ * sizeof(StringRef));
    items_ = items;
    capacity_ = capacity;
  }
  ExecState& exec_;
  StringRef* items_ = nullptr;
  size_t size_ = 0, capacity_ = 0;
};

}  // namespace sp
