#pragma once
// UniquesSet: the thinning hash set of `uniq` (BJKST: Bar-Yossef et al., 2002) with exactly
// ClickHouse's parameters, so that counts equal: 32-bit hashes, at most 65,536 kept; beyond that
// only those divisible by a growing power of two.

#include <cmath>
#include <cstring>

#include "runtime/aggregates/bodies.h"
#include "runtime/aggregates/city_hash.h"

namespace sp {

struct UniquesSet {
  static constexpr uint32_t kMaxSize = 1u << 16;
  static constexpr unsigned kSkipBits = 32 - 17;
  static constexpr uint8_t kInitialDegree = 4;

  uint32_t* slots;  // 1 << degree hashes, 0 = free; null before the first insert
  uint32_t size;
  uint8_t degree;
  uint8_t skip;  // only hashes divisible by 2^skip are kept
  uint8_t has_zero;

  /// `hash`: its lower 32 bits count.
  void insert(ExecState& exec, uint64_t hash) noexcept {
    const auto x = static_cast<uint32_t>(hash);
    if (!kept(x)) return;
    insert_kept(exec, x);
  }

  bool kept(uint32_t x) const noexcept { return x == ((x >> skip) << skip); }
  /// Asks for the place that an insert of `x` will look at first.
  void prefetch(uint32_t x) const noexcept {
    if (slots != nullptr) __builtin_prefetch(slots + ((x >> kSkipBits) & mask()));
  }

  void merge(ExecState& exec, const UniquesSet& other) noexcept {
    if (other.skip > skip) {
      skip = other.skip;
      thin(exec);
    }
    if (other.has_zero) insert_kept(exec, 0);
    // Places of neighbours lie close together in both tables: ask for the next ones' while this
    // one's comes.
    constexpr uint64_t kAhead = 32;
    for (uint64_t i = 0; other.slots != nullptr && i < (uint64_t{1} << other.degree); ++i) {
      if (i + kAhead < (uint64_t{1} << other.degree)) prefetch(other.slots[i + kAhead]);
      if (other.slots[i] != 0 && kept(other.slots[i])) insert_kept(exec, other.slots[i]);
    }
  }

  uint64_t count() const noexcept {
    if (skip == 0) return size;
    uint64_t result = static_cast<uint64_t>(size) << skip;
    result +=
        crc32_of(size) & ((uint64_t{1} << skip) - 1);  // so that the power of two does not show
    constexpr uint64_t kAll = uint64_t{1} << 32;
    if (result >= kAll) result = kAll - 1;
    // Corrects for collisions of 32-bit hashes.
    return static_cast<uint64_t>(
        std::round(static_cast<double>(kAll) * (std::log(kAll) - std::log(kAll - result))));
  }

  void write(StateWriter& out) const {
    out.pod(skip);
    out.varint(size);
    if (has_zero) out.pod(uint32_t{0});
    for (uint64_t i = 0; slots != nullptr && i < (uint64_t{1} << degree); ++i) {
      if (slots[i] != 0) out.pod(slots[i]);
    }
  }
  bool read(ExecState& exec, StateReader& in) {
    uint8_t other_skip;
    uint64_t other_size;
    if (!in.pod(other_skip) || other_skip > kSkipBits + 1 || !in.count(other_size, 4)) return false;
    if (other_skip > skip) {
      skip = other_skip;
      thin(exec);
    }
    for (uint64_t i = 0; i < other_size; ++i) {
      uint32_t x;
      if (!in.pod(x)) return false;
      if (kept(x)) insert_kept(exec, x);
    }
    return true;
  }

 private:
  uint32_t mask() const noexcept { return (1u << degree) - 1; }

  void insert_kept(ExecState& exec, uint32_t x) noexcept {
    if (x == 0) {
      size += has_zero == 0;
      has_zero = 1;
    } else {
      if (slots == nullptr) allocate(exec, kInitialDegree);
      uint32_t at = (x >> kSkipBits) & mask();
      while (slots[at] != 0 && slots[at] != x) at = (at + 1) & mask();
      if (slots[at] == x) return;
      slots[at] = x;
      ++size;
    }
    if (slots != nullptr && size > (1u << (degree - 1))) shrink_or_grow(exec);
  }

  void allocate(ExecState& exec, uint8_t new_degree) noexcept {
    degree = new_degree;
    slots = exec.persistent.allocate_array<uint32_t>(uint64_t{1} << degree);
    std::memset(slots, 0, sizeof(uint32_t) << degree);
  }

  void shrink_or_grow(ExecState& exec) noexcept {
    if (size > kMaxSize) {
      while (size > kMaxSize) {
        ++skip;
        thin(exec);
      }
    } else {
      rebuild(exec, static_cast<uint8_t>(degree + 1));
    }
  }

  // Drops what is no longer kept.
  void thin(ExecState& exec) noexcept {
    if (slots != nullptr) rebuild(exec, degree);
  }

  void rebuild(ExecState& exec, uint8_t new_degree) noexcept {
    uint32_t* old = slots;
    const uint64_t old_size = uint64_t{1} << degree;
    // What is kept goes to the front of the old table, or of a copy if the table stays: few
    // branches are left to guess.
    uint64_t count = 0;
    uint32_t* list = new_degree == degree ? exec.scratch.allocate_array<uint32_t>(old_size) : old;
    for (uint64_t i = 0; i < old_size; ++i) {
      const uint32_t x = old[i];
      list[count] = x;
      count += x != 0 && kept(x) ? 1 : 0;
    }
    if (new_degree == degree)
      std::memset(slots, 0, old_size * sizeof(uint32_t));
    else
      allocate(exec, new_degree);
    for (uint64_t i = 0; i < count; ++i) {
      uint32_t at = (list[i] >> kSkipBits) & mask();
      while (slots[at] != 0) at = (at + 1) & mask();
      slots[at] = list[i];
    }
    size = static_cast<uint32_t>(count) + has_zero;
  }
};

/// What `uniq` inserts for a text.
inline uint32_t uniq_hash_of_text(const StringRef& text) noexcept {
  return static_cast<uint32_t>(int_hash64(city_hash64(text.begin(), text.size)));
}

}  // namespace sp
