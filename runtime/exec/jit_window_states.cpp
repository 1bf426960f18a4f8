// Entry point of WindowStates for generated code; also in the bitcode.

#include "runtime/exec/window_states.h"

extern "C" void* sp_window_states(sp::ExecState& exec, sp::WindowStates* buffer,
                                  uint64_t bytes) noexcept {
  if (bytes > buffer->bytes) {
    buffer->bytes = bytes * 2;
    buffer->states = exec.persistent.allocate(buffer->bytes, 16);
  }
  return buffer->states;
}

extern "C" void sp_window_frame_done(sp::ExecState& frame) noexcept {
  frame.scratch.reset();
  frame.persistent.reset();
}
