// The default way from strings to codes.

#include "runtime/storage/column_source.h"

#include <algorithm>
#include <array>

namespace sp {

bool ColumnSource::codes(uint32_t count, DictionaryBuilder& dictionary, uint32_t* out,
                         uint8_t* nulls) {
  std::array<StringRef, 1024> block;
  bool any_null = false;
  uint32_t last = 0;
  for (uint32_t done = 0; done < count;) {
    const uint32_t size = std::min<uint32_t>(block.size(), count - done);
    any_null |= strings(size, block.data(), nulls + done);
    for (uint32_t i = 0; i < size; ++i) {
      if (nulls[done + i] == 0) last = dictionary.code_of(block[i]);
      out[done + i] = last;
    }
    done += size;
  }
  return any_null;
}

}  // namespace sp
