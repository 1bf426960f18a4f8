// The out-of-line half of runtime/core/hash.h: XXH3.

#include "runtime/core/hash.h"

#include <xxhash.h>

namespace sp {

uint64_t hash_bytes(const void* bytes, size_t size) noexcept { return XXH3_64bits(bytes, size); }

}  // namespace sp
