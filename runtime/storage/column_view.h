#pragma once
// ColumnView: one column of one segment as generated code reads it, in place. This is an ABI:
// codegen/steps/scan reads these fields by offset. Model: Data Blocks (Lang et al., SIGMOD 2016):
// cheap, byte-aligned, random access.
//
// Fixed-width values and dictionary codes are read without a branch, whatever their width:
//     uint64 raw = (load_u64(data + row * stride) & mask) + base
// stride 0 with mask 0 is a constant column. Buffers have at least 8 readable bytes past their end.
// Signed values are sign-extended through base (frame of reference: base is the minimum, the
// difference is unsigned). Float32/64 are their bits (stride 4/8, base 0; a constant: stride 0,
// base = bits). 16- and 32-byte values (UUID, Int128...): kWide.

#include <cstdint>

#include "runtime/core/string_ref.h"

namespace sp {

enum class Encoding : uint64_t {
  kFixed = 0,       ///< numbers, dates, Bool, enums: as above
  kDictionary = 1,  ///< strings: `raw` is a code; the value is dictionary[code]
  kString = 2,      ///< strings: offsets u32 at data[row*4], data[row*4+4], relative to heap
  kSerialized =
      3,      ///< Array, Tuple, Map, states: as kString; each value is a serialize_slot() image
  kWide = 4,  ///< values of `stride` bytes, stored plainly
};

struct ColumnView {
  const uint8_t* data = nullptr;          // 0
  uint64_t stride = 0;                    // 8: bytes between rows: 0, 1, 2, 4, 8 (kWide: 16, 32)
  uint64_t mask = 0;                      // 16
  uint64_t base = 0;                      // 24
  const StringRef* dictionary = nullptr;  // 32: kDictionary
  const char* heap = nullptr;             // 40: kString, kSerialized
  const uint8_t* nulls =
      nullptr;  // 48: one byte a row (1 = NULL); null if no row of the segment is NULL
  Encoding encoding = Encoding::kFixed;  // 56
  uint64_t dictionary_size =
      0;  // 64: entries; codes are in [0, size). Sorted ascending by bytes if
  uint64_t dictionary_sorted = 0;  // 72: ... this is 1 (parts on disk)
};
static_assert(sizeof(ColumnView) == 80);

}  // namespace sp
