#pragma once
// CountedSet: an open-addressing multiset of keys, for distinct counts over frames that slide
// (SlidingForm in aggregate.h). Zero bytes are an empty one; a place without a count is free. Keys
// that leave close the gap behind them (Knuth, TAOCP 3, 6.4, algorithm R), so no marks of deleted
// keys pile up.

#include <cstring>

#include "runtime/aggregates/flat_set.h"

namespace sp {

template <class Key>
struct CountedSet {
  struct Entry {
    Key key;
    uint64_t count;
  };
  Entry* entries;
  uint64_t size;  // different keys
  uint8_t degree;

  /// Adds the key once more; returns how often it is in the set now.
  uint64_t add(ExecState& exec, const Key& key) noexcept {
    if (__builtin_expect(entries == nullptr || size * 2 >= (uint64_t{1} << degree), 0)) grow(exec);
    Entry& entry = entries[place_of(key)];
    if (entry.count == 0) {
      entry.key = key;
      ++size;
    }
    return ++entry.count;
  }
  /// Takes the key, which is in the set, away once; returns how often it is left.
  uint64_t remove(const Key& key) noexcept {
    const uint64_t at = place_of(key);
    if (--entries[at].count != 0) return entries[at].count;
    --size;
    close(at);
    return 0;
  }
  uint64_t count(const Key& key) const noexcept {
    return entries == nullptr ? 0 : entries[place_of(key)].count;
  }
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (uint64_t i = 0; entries != nullptr && i < (uint64_t{1} << degree); ++i) {
      if (entries[i].count != 0) visit(entries[i].key);
    }
  }

 private:
  static uint64_t hash(const Key& key) noexcept {
    if constexpr (sizeof(Key) <= 8)
      return hash_word(key);
    else
      return FlatSet<Key>::hash(key);
  }
  uint64_t mask() const noexcept { return (uint64_t{1} << degree) - 1; }
  // Of the key, or the free place where it belongs.
  uint64_t place_of(const Key& key) const noexcept {
    uint64_t at = hash(key) & mask();
    while (entries[at].count != 0 && !(entries[at].key == key)) at = (at + 1) & mask();
    return at;
  }
  void close(uint64_t hole) noexcept {
    for (uint64_t next = (hole + 1) & mask(); entries[next].count != 0;
         next = (next + 1) & mask()) {
      const uint64_t home = hash(entries[next].key) & mask();
      if (((next - home) & mask()) < ((next - hole) & mask())) continue;
      entries[hole] = entries[next];
      hole = next;
    }
    entries[hole].count = 0;
  }
  void grow(ExecState& exec) noexcept {
    Entry* const old = entries;
    const uint64_t old_places = old == nullptr ? 0 : uint64_t{1} << degree;
    degree = old == nullptr ? 3 : static_cast<uint8_t>(degree + 1);
    entries = exec.persistent.allocate_array<Entry>(uint64_t{1} << degree);
    std::memset(static_cast<void*>(entries), 0, sizeof(Entry) << degree);
    for (uint64_t i = 0; i < old_places; ++i) {
      if (old[i].count != 0) entries[place_of(old[i].key)] = old[i];
    }
  }
};

}  // namespace sp
