// Block-wise evaluation of scan filters: flags of all rows by vector code, then their places. See
// scan_filter.h.

#include "runtime/exec/scan_filter.h"

#include <cstring>

#include "runtime/exec/scan_source.h"
#include "runtime/exec/vector_clones.h"

#pragma GCC optimize("O3")  // vectorises loops of unknown length

namespace sp {
namespace {

// flags[i] &= (words[i] - low) <= span
#define SP_RANGE(name, T)                                                                         \
  SP_VECTOR_CLONES void name(const uint8_t* data, uint64_t rows, uint64_t low, uint64_t span,     \
                             uint8_t* flags) {                                                    \
    const T from = static_cast<T>(low), width = static_cast<T>(span);                             \
    for (uint64_t i = 0; i < rows; ++i) {                                                         \
      T word;                                                                                     \
      __builtin_memcpy(&word, data + i * sizeof(T), sizeof(T));                                   \
      flags[i] = static_cast<uint8_t>(flags[i] & (static_cast<T>(word - from) <= width ? 1 : 0)); \
    }                                                                                             \
  }
SP_RANGE(range_1, uint8_t)
SP_RANGE(range_2, uint16_t)
SP_RANGE(range_4, uint32_t)
SP_RANGE(range_8, uint64_t)
#undef SP_RANGE

#define SP_REAL(name, T)                                                                         \
  SP_VECTOR_CLONES void name(const uint8_t* data, uint64_t rows, double from, double to,         \
                             uint8_t* flags) {                                                   \
    for (uint64_t i = 0; i < rows; ++i) {                                                        \
      T value;                                                                                   \
      __builtin_memcpy(&value, data + i * sizeof(T), sizeof(T));                                 \
      const double wide = static_cast<double>(value);                                            \
      flags[i] = static_cast<uint8_t>(flags[i] & (wide >= from ? 1 : 0) & (wide <= to ? 1 : 0)); \
    }                                                                                            \
  }
SP_REAL(real_4, float)
SP_REAL(real_8, double)
#undef SP_REAL

SP_VECTOR_CLONES void drop_nulls(const uint8_t* nulls, uint64_t rows, uint8_t* flags) {
  for (uint64_t i = 0; i < rows; ++i)
    flags[i] = static_cast<uint8_t>(flags[i] & (nulls[i] == 0 ? 1 : 0));
}

bool passes(const uint8_t* table, bool nullable, uint64_t code) {
  return nullable ? table[code * 2] != 0 && table[code * 2 + 1] == 0 : table[code] != 0;
}

template <class T>
uint64_t code_at(const uint8_t* data, uint64_t i) {
  T word;
  std::memcpy(&word, data + i * sizeof(T), sizeof(T));
  return word;
}

template <class T>
void by_code(const ScanFilter& filter, uint64_t begin, uint64_t rows, uint8_t* __restrict flags) {
  const ColumnView& view = *filter.view;
  const uint8_t* const data = view.data + begin * sizeof(T);
  const uint8_t* const table = *filter.table;
  const uint8_t* const nulls = view.nulls;
  const uint64_t base = view.base, null_code = view.dictionary_size;
  if (nulls == nullptr && !filter.nullable_entry) {
    const uint8_t* const entries = table + base;
    for (uint64_t i = 0; i < rows; ++i)
      flags[i] = flags[i] & (entries[code_at<T>(data, i)] != 0 ? 1 : 0);
    return;
  }
  for (uint64_t i = 0; i < rows; ++i) {
    const bool null = nulls != nullptr && nulls[begin + i] != 0;
    const uint64_t code = null ? null_code : code_at<T>(data, i) + base;
    flags[i] = flags[i] & (passes(table, filter.nullable_entry, code) ? 1 : 0);
  }
}

void constant_code(const ScanFilter& filter, uint64_t begin, uint64_t rows, uint8_t* flags) {
  const ColumnView& view = *filter.view;
  const bool value = passes(*filter.table, filter.nullable_entry, view.base);
  const bool null =
      view.nulls != nullptr && passes(*filter.table, filter.nullable_entry, view.dictionary_size);
  for (uint64_t i = 0; i < rows; ++i) {
    const bool is_null = view.nulls != nullptr && view.nulls[begin + i] != 0;
    flags[i] = static_cast<uint8_t>(flags[i] & ((is_null ? null : value) ? 1 : 0));
  }
}

void apply(const ScanFilter& filter, uint64_t begin, uint64_t rows, uint8_t* flags) {
  using Kind = ScanFilter::Kind;
  const ColumnView& view = *filter.view;
  if (filter.kind == Kind::kNever) {
    std::memset(flags, 0, rows);
    return;
  }
  if (filter.kind == Kind::kCode) {
    if (*filter.table == nullptr) return;
    switch (view.stride) {
      case 1: return by_code<uint8_t>(filter, begin, rows, flags);
      case 2: return by_code<uint16_t>(filter, begin, rows, flags);
      case 4: return by_code<uint32_t>(filter, begin, rows, flags);
      case 8: return by_code<uint64_t>(filter, begin, rows, flags);
      default: return constant_code(filter, begin, rows, flags);
    }
  }
  if (view.nulls != nullptr) drop_nulls(view.nulls + begin, rows, flags);
  const uint8_t* const data = view.data + begin * view.stride;
  if (filter.kind == Kind::kReal) {
    if (view.stride == 4)
      real_4(data, rows, filter.from, filter.to, flags);
    else
      real_8(data, rows, filter.from, filter.to, flags);
    return;
  }
  switch (view.stride) {
    case 1: return range_1(data, rows, filter.low, filter.span, flags);
    case 2: return range_2(data, rows, filter.low, filter.span, flags);
    case 4: return range_4(data, rows, filter.low, filter.span, flags);
    case 8: return range_8(data, rows, filter.low, filter.span, flags);
    default: return;
  }
}

// The places of the flags that are 1.
uint64_t places_of(const uint8_t* flags, uint64_t rows, uint16_t* places) {
  uint64_t count = 0;
  for (uint64_t i = 0; i < rows; i += 8) {
    uint64_t word;
    std::memcpy(&word, flags + i, sizeof(word));
    if (word == 0) continue;
    for (uint64_t j = 0; j < 8; ++j) {
      places[count] = static_cast<uint16_t>(i + j);
      count += flags[i + j];
    }
  }
  return count;
}

SP_VECTOR_CLONES void all_places(uint64_t rows, uint16_t* places) {
  for (uint64_t i = 0; i < rows; ++i) places[i] = static_cast<uint16_t>(i);
}

}  // namespace
}  // namespace sp

extern "C" uint64_t sp_scan_select(const sp::ScanSource* source, uint64_t begin, uint64_t end,
                                   uint16_t* rows) noexcept {
  using namespace sp;
  const uint64_t count = end - begin;
  if (source->filter_count == 0) {
    all_places(count, rows);
    return count;
  }
  alignas(64) uint8_t flags[kScanBlockRows + 8];
  std::memset(flags, 1, count);
  std::memset(flags + count, 0, 8);
  for (uint64_t i = 0; i < source->filter_count; ++i)
    apply(source->filters[i], begin, count, flags);
  return places_of(flags, count, rows);
}
