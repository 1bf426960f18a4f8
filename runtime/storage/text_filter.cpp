// Split-block Bloom filters. See text_filter.h.

#include "runtime/storage/text_filter.h"

#include <algorithm>
#include <cstring>

namespace sp {
namespace {

constexpr size_t kWords = 8;
// Odd constants, as Parquet gives them; part of the format.
constexpr uint32_t kSalts[kWords] = {0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d,
                                     0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31};

size_t block_of(uint64_t hash, uint32_t blocks) {
  return static_cast<size_t>(((hash >> 32) * blocks) >> 32);
}
uint32_t bit_of(uint64_t hash, size_t word) {
  return 1U << ((static_cast<uint32_t>(hash) * kSalts[word]) >> 27);
}

}  // namespace

uint32_t append_text_filter(const std::vector<uint64_t>& hashes, std::vector<uint8_t>& out) {
  constexpr size_t kBlockBits = kTextFilterBlockBytes * 8;
  const auto blocks = static_cast<uint32_t>(
      std::max<size_t>(1, (hashes.size() * kTextFilterBits + kBlockBits - 1) / kBlockBits));
  std::vector<uint32_t> words(size_t{blocks} * kWords);
  for (const uint64_t hash : hashes) {
    uint32_t* const block = words.data() + block_of(hash, blocks) * kWords;
    for (size_t i = 0; i < kWords; ++i) block[i] |= bit_of(hash, i);
  }
  const auto* bytes = reinterpret_cast<const uint8_t*>(words.data());
  out.insert(out.end(), bytes, bytes + words.size() * sizeof(uint32_t));
  return blocks;
}

bool text_filter_has(const uint8_t* filter, uint32_t blocks, uint64_t hash) {
  const uint8_t* const block = filter + block_of(hash, blocks) * kTextFilterBlockBytes;
  for (size_t i = 0; i < kWords; ++i) {
    uint32_t word;
    std::memcpy(&word, block + i * sizeof(word), sizeof(word));
    if ((word & bit_of(hash, i)) == 0) return false;
  }
  return true;
}

}  // namespace sp
