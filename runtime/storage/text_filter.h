#pragma once
// Text filters: split-block Bloom filters (Putze, Sanders, Singler: Cache-, Hash- and
// Space-Efficient Bloom Filters, 2007; the layout of Apache Parquet) over the texts of one segment:
// blocks of 256 bits, one bit in each of a block's eight words. Made by encode_strings for part
// files, asked by scans for `column = 'text'` and IN. Hashes are hash_bytes() of the text.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sp {

inline constexpr size_t kTextFilterBlockBytes = 32;
/// About one in forty texts that are absent seems to be there.
inline constexpr size_t kTextFilterBits = 8;  ///< of the filter for each text

/// Appends the filter of `hashes` (duplicates cost space only) to `out`; the number of its blocks.
uint32_t append_text_filter(const std::vector<uint64_t>& hashes, std::vector<uint8_t>& out);
/// False if no text with this hash was added. `blocks` is at least 1.
bool text_filter_has(const uint8_t* filter, uint32_t blocks, uint64_t hash);

}  // namespace sp
