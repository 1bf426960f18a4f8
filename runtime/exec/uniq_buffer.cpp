// Moves a buffer's hashes into the set. See uniq_buffer.h.

#include "runtime/exec/uniq_buffer.h"

extern "C" void sp_uniq_buffer_flush(sp::ExecState& exec, sp::UniqBuffer* buffer,
                                     sp::UniquesSet* state) noexcept {
  for (uint64_t i = 0; i < buffer->count; ++i) state->prefetch(buffer->hashes[i]);
  for (uint64_t i = 0; i < buffer->count; ++i) state->insert(exec, buffer->hashes[i]);
  buffer->count = 0;
}
