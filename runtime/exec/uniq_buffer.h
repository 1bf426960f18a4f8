#pragma once
// UniqBuffer: stands before a uniq state in a group's row and collects hashes of texts, so that
// they go into the set in batches: the set is larger than the near caches, and the misses of a
// batch overlap. Zero bytes are an empty buffer.

#include <cstdint>

#include "runtime/aggregates/uniques_set.h"

namespace sp {

struct UniqBuffer {
  static constexpr uint64_t kSize = 32;

  uint64_t last = 0;  ///< the hash that came last, + 1: rows of one key follow each other
  uint64_t count = 0;
  uint32_t hashes[kSize] = {};
};

}  // namespace sp

extern "C" {
void sp_uniq_buffer_add(sp::ExecState& exec, sp::UniqBuffer* buffer, sp::UniquesSet* state,
                        uint32_t hash) noexcept;
/// Must come before the state is merged or finished.
void sp_uniq_buffer_flush(sp::ExecState& exec, sp::UniqBuffer* buffer,
                          sp::UniquesSet* state) noexcept;
}
