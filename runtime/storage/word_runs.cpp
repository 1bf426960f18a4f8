// Run lengths. See word_runs.h.

#include "runtime/storage/word_runs.h"

#include <algorithm>

#include "runtime/core/varint.h"

namespace sp {
namespace {

template <class T>
void fill(uint8_t* out, uint64_t from, uint64_t count, uint64_t word) {
  std::fill_n(reinterpret_cast<T*>(out) + from, count, static_cast<T>(word));
}

}  // namespace

std::string pack_runs(const uint64_t* words, uint32_t count, size_t limit) {
  std::string out;
  uint64_t before = 0;
  for (uint32_t begin = 0; begin < count;) {
    uint32_t end = begin + 1;
    while (end < count && words[end] == words[begin]) ++end;
    const auto step = static_cast<int64_t>(words[begin] - before);
    append_varint(out, uint64_t{end - begin} << 1 | (step != 1 ? 1 : 0));
    if (step != 1)
      append_varint(out, (static_cast<uint64_t>(step) << 1) ^ static_cast<uint64_t>(step >> 63));
    if (out.size() >= limit) return {};
    before = words[begin];
    begin = end;
  }
  return out;
}

bool unpack_runs(const uint8_t* runs, size_t size, uint64_t count, uint32_t stride, uint8_t* out) {
  const char* const bytes = reinterpret_cast<const char*>(runs);
  uint64_t word = 0, row = 0;
  for (size_t at = 0; at < size;) {
    uint64_t length = 0, step = 2;  // zigzag: 1
    const size_t first = read_varint(bytes + at, size - at, length);
    const bool has_step = (length & 1) != 0;
    const size_t second =
        first != 0 && has_step ? read_varint(bytes + at + first, size - at - first, step) : 0;
    length >>= 1;
    if (first == 0 || (has_step && second == 0) || length > count - row) return false;
    at += first + second;
    word += (step >> 1) ^ (0 - (step & 1));
    switch (stride) {
      case 1: fill<uint8_t>(out, row, length, word); break;
      case 2: fill<uint16_t>(out, row, length, word); break;
      case 4: fill<uint32_t>(out, row, length, word); break;
      case 8: fill<uint64_t>(out, row, length, word); break;
      default: return false;
    }
    row += length;
  }
  return row == count;
}

}  // namespace sp
