// Entry points of RowBuffer for generated code; also compiled to bitcode.

#include "runtime/exec/exec_state.h"
#include "runtime/exec/row_buffer.h"

extern "C" void* sp_row_buffer_append(sp::RowBuffer* buffer) noexcept { return buffer->append(); }

extern "C" void sp_persist_string(sp::ExecState& exec, sp::StringRef* slot) noexcept {
  if (!slot->is_inline()) *slot = exec.persistent.copy(slot->view());
}
