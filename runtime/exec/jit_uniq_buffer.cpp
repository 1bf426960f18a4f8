// Entry point of UniqBuffer for generated code; also in the bitcode, so that it inlines.

#include "runtime/exec/uniq_buffer.h"

extern "C" void sp_uniq_buffer_add(sp::ExecState& exec, sp::UniqBuffer* buffer,
                                   sp::UniquesSet* state, uint32_t hash) noexcept {
  const uint64_t key = uint64_t{hash} + 1;
  if (buffer->last == key) return;
  buffer->last = key;
  if (!state->kept(hash)) return;
  buffer->hashes[buffer->count++] = hash;
  if (buffer->count == sp::UniqBuffer::kSize) sp_uniq_buffer_flush(exec, buffer, state);
}
