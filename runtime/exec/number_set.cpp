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
    for (uint64_t word = 0; word < set.capacity * NumberSet::kPageWords; ++word) {
      const uint64_t* page = set.pages[word / NumberSet::kPageWords];
      if (page == nullptr) {
        word += NumberSet::kPageWords - 1;
        continue;
      }
      for (uint64_t bits = page[word % NumberSet::kPageWords]; bits != 0; bits &= bits - 1) {
        visit(static_cast<uint32_t>(word * 64 + static_cast<uint64_t>(__builtin_ctzll(bits))));
      }
    }
  } else {
    for (uint64_t i = 0; i < set.capacity; ++i) {
      if (set.slots[i] != 0) visit(static_cast<uint32_t>(set.slots[i] - 1));
    }
  }
}

// Gives the bitmap the page of index `page`, with all bits unset, if it has none.
uint64_t* page_of(ExecState& exec, NumberSet& set, uint64_t page) {
  if (page >= set.capacity) {
    const uint64_t larger = std::max(set.capacity * 2, page + 1);
    auto** pages = exec.persistent.allocate_array<uint64_t*>(larger);
    std::copy_n(set.pages, set.capacity, pages);
    std::fill(pages + set.capacity, pages + larger, nullptr);
    set.pages = pages;
    set.capacity = larger;
  }
  if (set.pages[page] == nullptr) set.pages[page] = zeroed(exec, NumberSet::kPageWords);
  return set.pages[page];
}

void become_bitmap(ExecState& exec, NumberSet& set) {
  NumberSet bitmap = set;
  bitmap.pages = nullptr;
  bitmap.capacity = bitmap.count = 0;
  bitmap.is_bitmap = 1;
  for_each(set, [&](uint32_t number) {
    page_of(exec, bitmap, number >> NumberSet::kPageBits);
    (void)bitmap.add_to_bitmap(number);
  });
  set = bitmap;
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
    page_of(exec, set, number >> NumberSet::kPageBits);
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
    become_bitmap(exec, set);
    return add_number_slow(exec, set, number);
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
  if (from->is_bitmap != 0) {
    if (into->is_bitmap == 0) become_bitmap(exec, *into);
    for (uint64_t page = 0; page < from->capacity; ++page) {
      const uint64_t* more = from->pages[page];
      if (more == nullptr) continue;
      uint64_t* words = page_of(exec, *into, page);
      uint64_t added = 0;
      for (uint32_t i = 0; i < NumberSet::kPageWords; ++i) {
        added += static_cast<uint64_t>(__builtin_popcountll(more[i] & ~words[i]));
        words[i] |= more[i];
      }
      into->count += added;
    }
  } else {
    for_each(*from, [&](uint32_t number) { sp_number_set_add(exec, into, number); });
  }
  wide_of(*into).merge(exec, wide_of(*from));
}

uint64_t sp_number_set_finish(const NumberSet* set) noexcept {
  return set->count + wide_of(*set).size;
}
}
