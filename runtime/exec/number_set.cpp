// NumberSet's growth, merging and strings. See number_set.h.

#include "runtime/exec/number_set.h"

#include <algorithm>
#include <cstring>

#include "runtime/aggregates/flat_set.h"
#include "runtime/aggregates/variadic_hash.h"
#include "runtime/core/hash.h"

namespace sp {
namespace {

static_assert(sizeof(WideSet) == sizeof(NumberSet::wide));
WideSet& wide_of(NumberSet& set) { return *reinterpret_cast<WideSet*>(set.wide); }
const WideSet& wide_of(const NumberSet& set) { return *reinterpret_cast<const WideSet*>(set.wide); }

uint64_t* zeroed(ExecState& exec, uint64_t words) {
  auto* memory = exec.persistent.allocate_array<uint64_t>(words);
  std::memset(memory, 0, words * sizeof(uint64_t));
  return memory;
}

// Inserts number + 1 into the hash set; true if new. There is room.
bool insert(NumberSet& set, uint64_t key) {
  const uint64_t mask = set.capacity - 1;
  uint64_t at = hash_word(key) & mask;
  while (set.slots[at] != 0) {
    if (set.slots[at] == key) return false;
    at = (at + 1) & mask;
  }
  set.slots[at] = key;
  return true;
}

template <class Visit>
void for_each(const NumberSet& set, Visit&& visit) {
  if (set.slots == nullptr) {
    for (uint64_t i = 0; i < set.count; ++i) visit(set.inside[i]);
  } else if (set.is_bitmap != 0) {
    for (uint64_t word = 0; word < set.capacity; ++word) {
      for (uint64_t bits = set.slots[word]; bits != 0; bits &= bits - 1) {
        visit(static_cast<uint32_t>(word * 64 + static_cast<uint64_t>(__builtin_ctzll(bits))));
      }
    }
  } else {
    for (uint64_t i = 0; i < set.capacity; ++i) {
      if (set.slots[i] != 0) visit(static_cast<uint32_t>(set.slots[i] - 1));
    }
  }
}

void grow_bitmap(ExecState& exec, NumberSet& set, uint32_t number) {
  const uint64_t words = std::max<uint64_t>(set.capacity * 2, (uint64_t{number} >> 6) + 1);
  uint64_t* bits = zeroed(exec, words);
  std::memcpy(bits, set.slots, set.capacity * sizeof(uint64_t));
  set.slots = bits;
  set.capacity = words;
}

void become_bitmap(ExecState& exec, NumberSet& set, uint32_t largest) {
  for_each(set, [&](uint32_t number) { largest = std::max(largest, number); });
  const uint64_t words = (uint64_t{largest} >> 6) + 1;
  uint64_t* bits = zeroed(exec, words);
  for_each(set, [&](uint32_t number) { bits[number >> 6] |= uint64_t{1} << (number & 63); });
  set.slots = bits;
  set.capacity = words;
  set.is_bitmap = 1;
}

void grow_table(ExecState& exec, NumberSet& set) {
  NumberSet larger{};
  larger.capacity = set.slots == nullptr ? 16 : set.capacity * 2;
  larger.slots = zeroed(exec, larger.capacity);
  for_each(set, [&](uint32_t number) { insert(larger, uint64_t{number} + 1); });
  set.slots = larger.slots;
  set.capacity = larger.capacity;
}

}  // namespace

void add_number_slow(ExecState& exec, NumberSet& set, uint32_t number) noexcept {
  if (set.is_bitmap != 0) {
    if ((number >> 6) >= set.capacity) grow_bitmap(exec, set, number);
    (void)set.add_to_bitmap(number);
    return;
  }
  if (set.slots == nullptr) {
    for (uint64_t i = 0; i < set.count; ++i) {
      if (set.inside[i] == number) return;
    }
    if (set.count < NumberSet::kInside) {
      set.inside[set.count++] = number;
      return;
    }
    grow_table(exec, set);
  }
  if (set.count >= NumberSet::kBitmapFrom) {
    become_bitmap(exec, set, number);
    (void)set.add_to_bitmap(number);
    return;
  }
  if (set.count * 2 >= set.capacity) grow_table(exec, set);
  set.count += insert(set, uint64_t{number} + 1) ? 1 : 0;
}

}  // namespace sp

using namespace sp;

extern "C" {

void sp_number_set_add_text(ExecState& exec, NumberSet* set, const StringRef& value) noexcept {
  uint64_t words[2];
  string_hash128(value, words);
  wide_of(*set).insert(exec, WideKey{words[0], words[1]});
}

void sp_number_set_merge(ExecState& exec, NumberSet* into, const NumberSet* from) noexcept {
  if (from->is_bitmap != 0 && into->is_bitmap == 0) {
    const NumberSet smaller = *into;
    NumberSet copy = *from;
    copy.slots = zeroed(exec, from->capacity);
    std::memcpy(copy.slots, from->slots, from->capacity * sizeof(uint64_t));
    std::memcpy(copy.wide, smaller.wide, sizeof(copy.wide));
    *into = copy;
    for_each(smaller, [&](uint32_t number) { sp_number_set_add(exec, into, number); });
  } else if (from->is_bitmap != 0) {
    if (from->capacity > into->capacity)
      grow_bitmap(exec, *into, static_cast<uint32_t>(from->capacity * 64 - 1));
    uint64_t count = 0;
    for (uint64_t i = 0; i < into->capacity; ++i) {
      if (i < from->capacity) into->slots[i] |= from->slots[i];
      count += static_cast<uint64_t>(__builtin_popcountll(into->slots[i]));
    }
    into->count = count;
  } else {
    for_each(*from, [&](uint32_t number) { sp_number_set_add(exec, into, number); });
  }
  wide_of(*into).merge(exec, wide_of(*from));
}

uint64_t sp_number_set_finish(const NumberSet* set) noexcept {
  return set->count + wide_of(*set).size;
}
}
