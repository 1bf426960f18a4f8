#pragma once
// SortedValues: a multiset of numbers in order, for quantiles over frames that slide: insertion,
// removal and access by rank. Blocks of at most 512 sorted keys stand in a sorted list: a key's
// block is found by binary search, moving keys within a block is a short memmove, and ranks are
// counted block by block, so all of them are quick up to millions of values. Zero bytes are empty.

#include <algorithm>
#include <cstring>

#include "runtime/aggregates/growing_array.h"
#include "runtime/aggregates/ordered_bits.h"

namespace sp {

template <class T>
struct SortedValues {
  using Bits = OrderedBits<T>;
  using Key = typename Bits::Key;
  static constexpr uint32_t kBlock = 512;  // keys of a block, when there are several
  static constexpr uint32_t kFirst = 16;   // of the first one

  struct Block {
    Key* keys;
    Key last;
    uint32_t count, capacity;
  };
  GrowingArray<Block> blocks;
  GrowingArray<Key*> spare;  // of kBlock keys
  uint64_t size;

  void insert(ExecState& exec, T value) noexcept {
    const Key key = Bits::of(value);
    ++size;
    if (blocks.size == 0)
      blocks.push(exec, {exec.persistent.allocate_array<Key>(kFirst), 0, 0, kFirst});
    uint64_t b = block_of(key);
    if (blocks[b].count == blocks[b].capacity) b = make_room(exec, b, key);
    Block& block = blocks[b];
    Key* const end = block.keys + block.count;
    Key* const at = std::upper_bound(block.keys, end, key);
    std::memmove(at + 1, at, static_cast<size_t>(end - at) * sizeof(Key));
    *at = key;
    block.last = block.keys[block.count++];
  }
  /// `value` is in the set.
  void remove(ExecState& exec, T value) noexcept {
    const Key key = Bits::of(value);
    const uint64_t b = block_of(key);
    Block& block = blocks[b];
    Key* const end = block.keys + block.count;
    Key* const at = std::lower_bound(block.keys, end, key);
    std::memmove(at, at + 1, static_cast<size_t>(end - at - 1) * sizeof(Key));
    --size;
    if (--block.count > 0) block.last = block.keys[block.count - 1];
    if (blocks.size > 1 && block.count <= kBlock / 4) tidy(exec, b);
  }
  /// The value of a rank, from 0 to size - 1.
  T at(uint64_t rank) const noexcept {
    const Block* block = blocks.begin();
    if (rank < size / 2) {
      while (rank >= block->count) rank -= block++->count;
      return Bits::value(block->keys[rank]);
    }
    uint64_t behind = size - rank;  // values from it to the end
    block = blocks.end() - 1;
    while (behind > block->count) behind -= block--->count;
    return Bits::value(block->keys[block->count - behind]);
  }

 private:
  // The first block whose last key is not below `key`, or the last block.
  uint64_t block_of(Key key) const noexcept {
    const Block* const last = blocks.end() - 1;
    return static_cast<uint64_t>(
        std::partition_point(static_cast<const Block*>(blocks.begin()), last,
                             [key](const Block& block) { return block.last < key; }) -
        blocks.begin());
  }
  // Splits the full block, or lets the only one grow; returns the block where `key` belongs.
  uint64_t make_room(ExecState& exec, uint64_t b, Key key) noexcept {
    Block& full = blocks[b];
    if (full.capacity < kBlock) {
      const uint32_t capacity = std::min(kBlock, full.capacity * 4);
      Key* const keys = exec.persistent.allocate_array<Key>(capacity);
      std::memcpy(keys, full.keys, full.count * sizeof(Key));
      full.keys = keys;
      full.capacity = capacity;
      return b;
    }
    Key* const keys =
        spare.size > 0 ? spare[--spare.size] : exec.persistent.allocate_array<Key>(kBlock);
    constexpr uint32_t kHalf = kBlock / 2;
    std::memcpy(keys, full.keys + kHalf, kHalf * sizeof(Key));
    const Block upper{keys, full.last, kHalf, kBlock};
    full.count = kHalf;
    full.last = full.keys[kHalf - 1];
    const bool below = key <= full.last;
    blocks.push(exec, upper);
    std::memmove(static_cast<void*>(&blocks[b + 2]), &blocks[b + 1],
                 (blocks.size - b - 2) * sizeof(Block));
    blocks[b + 1] = upper;
    return below ? b : b + 1;
  }
  // Joins a block that has become small with a neighbour, if that leaves room.
  void tidy(ExecState& exec, uint64_t b) noexcept {
    const auto fits = [&](uint64_t left) {
      return blocks[left].count + blocks[left + 1].count <= kBlock / 2;
    };
    if (b + 1 < blocks.size && fits(b)) return join(exec, b);
    if (b > 0 && fits(b - 1)) return join(exec, b - 1);
    if (blocks[b].count == 0) drop(exec, b);
  }
  void join(ExecState& exec, uint64_t b) noexcept {
    Block &left = blocks[b], &right = blocks[b + 1];
    std::memcpy(left.keys + left.count, right.keys, right.count * sizeof(Key));
    left.count += right.count;
    if (left.count > 0) left.last = left.keys[left.count - 1];
    drop(exec, b + 1);
  }
  void drop(ExecState& exec, uint64_t b) noexcept {
    spare.push(exec, blocks[b].keys);
    std::memmove(static_cast<void*>(&blocks[b]), &blocks[b + 1],
                 (blocks.size - b - 1) * sizeof(Block));
    --blocks.size;
  }
};

}  // namespace sp
