// Patterns, decimals, zstd, runs.

#include "runtime/storage/unpack_segment.h"

#include <zstd.h>

#include <cstring>

#include "runtime/storage/word_runs.h"

namespace sp {

namespace {

constexpr size_t kSlack = 16;

void unpack_pattern(const EncodedSegment& segment, const uint8_t* packed, uint64_t rows,
                    std::vector<uint8_t>& out, size_t& heap) {
  const size_t length = segment.pattern.length();
  heap = (rows + 1) * sizeof(uint32_t);
  out.resize(heap + rows * length + kSlack);
  auto* offsets = reinterpret_cast<uint32_t*>(out.data());
  for (uint64_t row = 0; row <= rows; ++row) offsets[row] = static_cast<uint32_t>(row * length);
  segment.pattern.unpack(packed, rows, reinterpret_cast<char*>(out.data() + heap));
}

template <class T>
void unpack_decimals(const EncodedSegment& segment, const uint8_t* packed, uint64_t rows,
                     std::vector<uint8_t>& out) {
  static constexpr double kPowers[] = {1, 10, 100, 1000, 10000};
  static constexpr uint64_t kMasks[9] = {0, 0xff, 0xffff, 0, 0xffffffff, 0, 0, 0, ~0ULL};
  const double power = kPowers[segment.decimals];
  out.resize(rows * sizeof(T) + kSlack);
  for (uint64_t row = 0; row < rows; ++row) {
    uint64_t word;
    std::memcpy(&word, packed + row * segment.stride, sizeof(word));
    const auto integer = static_cast<int64_t>((word & kMasks[segment.stride]) + segment.base);
    const T value = static_cast<T>(static_cast<double>(integer) / power);
    std::memcpy(out.data() + row * sizeof(T), &value, sizeof(T));
  }
}

// The frame's lengths become offsets in place; there is one more offset than lengths, so the bytes
// move up by one.
bool unpack_zstd(const EncodedSegment& segment, const uint8_t* packed, uint64_t rows,
                 std::vector<uint8_t>& out, size_t& heap) {
  heap = (rows + 1) * sizeof(uint32_t);
  out.resize(segment.raw_size + sizeof(uint32_t) + kSlack);
  uint8_t* lengths = out.data() + sizeof(uint32_t);
  const size_t size = ZSTD_decompress(lengths, segment.raw_size, packed, segment.packed_size);
  if (ZSTD_isError(size) != 0U || size != segment.raw_size) return false;
  uint64_t total = 0;
  std::memset(out.data(), 0, sizeof(uint32_t));
  for (uint64_t row = 0; row < rows; ++row) {
    uint32_t length;
    std::memcpy(&length, lengths + row * sizeof(length), sizeof(length));
    total += length;
    const auto end = static_cast<uint32_t>(total);
    std::memcpy(lengths + row * sizeof(end), &end, sizeof(end));
  }
  return total == segment.raw_size - rows * sizeof(uint32_t);
}

}  // namespace

bool unpack_segment(const EncodedSegment& segment, const uint8_t* chunk, uint64_t rows,
                    uint32_t width, std::vector<uint8_t>& out, size_t& heap) {
  const uint8_t* packed = chunk + (segment.data == kNoBuffer ? 0 : segment.data);
  switch (segment.packing) {
    case EncodedSegment::Packing::kPattern:
      unpack_pattern(segment, packed, rows, out, heap);
      return true;
    case EncodedSegment::Packing::kDecimal:
      width == 4 ? unpack_decimals<float>(segment, packed, rows, out)
                 : unpack_decimals<double>(segment, packed, rows, out);
      return true;
    case EncodedSegment::Packing::kZstd: return unpack_zstd(segment, packed, rows, out, heap);
    case EncodedSegment::Packing::kRuns:
      out.resize(rows * segment.stride + kSlack);
      return unpack_runs(packed, segment.packed_size, rows, segment.stride, out.data());
    case EncodedSegment::Packing::kNone: return true;
  }
  return false;
}

}  // namespace sp
