#pragma once
// WindowStates: memory for the states of a sliding frame's front rows, one beside the other, or for
// the frames' bounds, used again and again while a partition is walked
// (compiler/codegen/steps/sliding_states.h, window_aggregate.cpp). Zero bytes hold nothing.

#include <cstdint>

#include "runtime/exec/exec_state.h"

namespace sp {

struct WindowStates {
  void* states = nullptr;
  uint64_t bytes = 0;
};

}  // namespace sp

extern "C" {
/// At least `bytes` bytes, aligned to 16; what stood there before is lost. Lives as long as the
/// rows.
void* sp_window_states(sp::ExecState& exec, sp::WindowStates* buffer, uint64_t bytes) noexcept;
/// Gives back the memory that the states of a frame took.
void sp_window_frame_done(sp::ExecState& frame) noexcept;
}
