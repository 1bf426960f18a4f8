#pragma once
// Word runs: words that repeat in runs, as the leading sorting key's codes do: a varint of how
// often, doubled; plus one if the word is not one more than that of the run before, and then its
// zigzag difference from it. In part files only; unpack_segment makes words of them again.

#include <cstdint>
#include <string>

namespace sp {

/// The runs of `count` words; empty if they take `limit` bytes or more. The word before the first
/// is 0.
std::string pack_runs(const uint64_t* words, uint32_t count, size_t limit);
/// Writes `count` words of `stride` bytes. False if the runs make no sense: the caller's buffer is
/// not overrun.
bool unpack_runs(const uint8_t* runs, size_t size, uint64_t count, uint32_t stride, uint8_t* out);

}  // namespace sp
