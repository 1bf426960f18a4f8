// Widening copies, for all rows of a block or some. See scan_words.h.

#include "runtime/exec/scan_words.h"

#include <cstring>

#include "runtime/exec/vector_clones.h"

#pragma GCC optimize("O3")  // vectorises loops of unknown length

namespace sp {
namespace {

#define SP_WIDEN(name, From, To)                                                             \
  SP_VECTOR_CLONES void name(const uint8_t* __restrict data, uint64_t rows, uint64_t base,   \
                             void* __restrict out) {                                         \
    const To first = static_cast<To>(base);                                                  \
    To* const words = static_cast<To*>(out);                                                 \
    for (uint64_t i = 0; i < rows; ++i) {                                                    \
      From word;                                                                             \
      __builtin_memcpy(&word, data + i * sizeof(From), sizeof(From));                        \
      words[i] = static_cast<To>(static_cast<To>(word) + first);                             \
    }                                                                                        \
  }                                                                                          \
  void name##_some(const uint8_t* __restrict data, uint64_t rows,                            \
                   const uint16_t* __restrict places, uint64_t base, void* __restrict out) { \
    const To first = static_cast<To>(base);                                                  \
    To* const words = static_cast<To*>(out);                                                 \
    for (uint64_t i = 0; i < rows; ++i) {                                                    \
      From word;                                                                             \
      __builtin_memcpy(&word, data + uint64_t{places[i]} * sizeof(From), sizeof(From));      \
      words[i] = static_cast<To>(static_cast<To>(word) + first);                             \
    }                                                                                        \
  }
#define SP_WIDEN_FROM(from, From)            \
  SP_WIDEN(words_##from##_1, From, uint8_t)  \
  SP_WIDEN(words_##from##_2, From, uint16_t) \
  SP_WIDEN(words_##from##_4, From, uint32_t) \
  SP_WIDEN(words_##from##_8, From, uint64_t)
SP_WIDEN_FROM(1, uint8_t)
SP_WIDEN_FROM(2, uint16_t)
SP_WIDEN_FROM(4, uint32_t)
SP_WIDEN_FROM(8, uint64_t)

using All = void (*)(const uint8_t*, uint64_t, uint64_t, void*);
using Some = void (*)(const uint8_t*, uint64_t, const uint16_t*, uint64_t, void*);

#define SP_ROW(from) {words_##from##_1, words_##from##_2, words_##from##_4, words_##from##_8}
constexpr All kAll[4][4] = {SP_ROW(1), SP_ROW(2), SP_ROW(4), SP_ROW(8)};
#undef SP_ROW
#define SP_ROW(from) \
  {words_##from##_1_some, words_##from##_2_some, words_##from##_4_some, words_##from##_8_some}
constexpr Some kSome[4][4] = {SP_ROW(1), SP_ROW(2), SP_ROW(4), SP_ROW(8)};
#undef SP_ROW

template <class T>
void fill(uint64_t rows, uint64_t value, void* out) {
  for (uint64_t i = 0; i < rows; ++i) static_cast<T*>(out)[i] = static_cast<T>(value);
}

// 1, 2, 4, 8 -> 0, 1, 2, 3
unsigned level(uint64_t width) { return static_cast<unsigned>(__builtin_ctzll(width)); }

// Places ascend from 0: all of the block if the last is in its own place.
bool is_all(const uint16_t* places, uint64_t count) {
  return places == nullptr || count == 0 || places[count - 1] == count - 1;
}

}  // namespace
}  // namespace sp

extern "C" {

const void* sp_scan_words(const sp::ColumnView* view, uint64_t begin, uint64_t count,
                          const uint16_t* places, uint64_t width, void* out) noexcept {
  using namespace sp;
  const uint8_t* const data = view->data + begin * view->stride;
  switch (view->stride) {
    case 1:
    case 2:
    case 4:
    case 8: break;
    default:
      switch (width) {
        case 1: fill<uint8_t>(count, view->base, out); break;
        case 2: fill<uint16_t>(count, view->base, out); break;
        case 4: fill<uint32_t>(count, view->base, out); break;
        default: fill<uint64_t>(count, view->base, out); break;
      }
      return out;
  }
  if (!is_all(places, count)) {
    kSome[level(view->stride)][level(width)](data, count, places, view->base, out);
    return out;
  }
  if (view->stride == width && view->base == 0) return data;
  kAll[level(view->stride)][level(width)](data, count, view->base, out);
  return out;
}

const void* sp_scan_nulls(const sp::ColumnView* view, uint64_t begin, uint64_t count,
                          const uint16_t* places, void* out) noexcept {
  using namespace sp;
  if (view->nulls == nullptr) {
    fill<uint8_t>(count, 0, out);
    return out;
  }
  if (is_all(places, count)) return view->nulls + begin;
  words_1_1_some(view->nulls + begin, count, places, 0, out);
  return out;
}
}
