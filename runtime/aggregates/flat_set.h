#pragma once
// FlatSet: an open-addressing set of 64- or 128-bit keys for exact aggregates. Zero bytes are an
// empty set; the table lives in an arena and doubles; the key zero is kept aside because zero marks
// a free place.

#include <cstring>

#include "runtime/aggregates/bodies.h"
#include "runtime/core/hash.h"

namespace sp {

struct WideKey {
  uint64_t low, high;
  bool operator==(const WideKey&) const = default;
};

template <class Key>
struct FlatSet {
  Key* slots;
  uint64_t size;  // with the key zero
  uint8_t degree;
  uint8_t has_zero;

  static uint64_t hash(const Key& key) noexcept {
    if constexpr (sizeof(Key) == 8)
      return hash_word(key);
    else
      return key.low;  // already a hash
  }

  /// Returns true if the key is new.
  bool insert(ExecState& exec, const Key& key) noexcept {
    if (key == Key{}) {
      const bool is_new = has_zero == 0;
      size += is_new ? 1 : 0;
      has_zero = 1;
      return is_new;
    }
    if (__builtin_expect(slots == nullptr || size * 2 >= (uint64_t{1} << degree), 0)) grow(exec);
    const uint64_t mask = (uint64_t{1} << degree) - 1;
    uint64_t at = hash(key) & mask;
    while (!(slots[at] == Key{})) {
      if (slots[at] == key) return false;
      at = (at + 1) & mask;
    }
    slots[at] = key;
    ++size;
    return true;
  }

  bool contains(const Key& key) const noexcept {
    if (key == Key{}) return has_zero != 0;
    if (slots == nullptr) return false;
    const uint64_t mask = (uint64_t{1} << degree) - 1;
    uint64_t at = hash(key) & mask;
    while (!(slots[at] == Key{}) && !(slots[at] == key)) at = (at + 1) & mask;
    return slots[at] == key;
  }

  template <class Visit>
  void for_each(Visit&& visit) const {
    if (has_zero) visit(Key{});
    for (uint64_t i = 0; slots != nullptr && i < (uint64_t{1} << degree); ++i) {
      if (!(slots[i] == Key{})) visit(slots[i]);
    }
  }

  void merge(ExecState& exec, const FlatSet& other) {
    other.for_each([&](const Key& key) { insert(exec, key); });
  }
  void write(StateWriter& out) const {
    out.varint(size);
    for_each([&](const Key& key) { out.pod(key); });
  }
  bool read(ExecState& exec, StateReader& in) {
    uint64_t count;
    if (!in.count(count, sizeof(Key))) return false;
    for (uint64_t i = 0; i < count; ++i) {
      Key key;
      if (!in.pod(key)) return false;
      insert(exec, key);
    }
    return true;
  }

 private:
  void grow(ExecState& exec) noexcept {
    Key* old = slots;
    const uint64_t old_size = slots == nullptr ? 0 : uint64_t{1} << degree;
    degree = slots == nullptr ? 3 : static_cast<uint8_t>(degree + 1);
    const uint64_t new_size = uint64_t{1} << degree;
    slots = exec.persistent.allocate_array<Key>(new_size);
    std::memset(static_cast<void*>(slots), 0, new_size * sizeof(Key));
    for (uint64_t i = 0; i < old_size; ++i) {
      if (old[i] == Key{}) continue;
      uint64_t at = hash(old[i]) & (new_size - 1);
      while (!(slots[at] == Key{})) at = (at + 1) & (new_size - 1);
      slots[at] = old[i];
    }
  }
};

using WordSet = FlatSet<uint64_t>;
using WideSet = FlatSet<WideKey>;

}  // namespace sp
