#pragma once
// ExecState: everything that generated code may read, one object per worker thread of a running
// query.
// The first fields are an ABI: generated code addresses them by the offsets asserted below.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "runtime/core/arena.h"
#include "runtime/core/error.h"

namespace sp {

/// State that all workers of one query share: cancellation, deadline, budget and the first error.
struct QueryState {
  explicit QueryState(int64_t memory_limit_bytes = INT64_MAX, MemoryTracker* process = nullptr)
      : memory(memory_limit_bytes, process) {}
  MemoryTracker memory;
  std::atomic<uint32_t> stop{0};    ///< non-zero: every loop leaves at its next check
  int64_t deadline_ns = INT64_MAX;  ///< on the monotonic clock
  std::atomic<uint64_t> rows_read{0};
  std::atomic<uint64_t> bytes_read{0};
  std::mutex failing;               ///< held while the first error is written
  std::atomic<bool> failed{false};  ///< set once `error` stands; it does not change afterwards
  Error error;
};

struct ExecState {
  // --- ABI with generated code ------------------------------------------------------------------
  const std::atomic<uint32_t>* stop = nullptr;  ///< = &query->stop; polled by loops
  const uint8_t* params = nullptr;  ///< parameter slots, in the row layout of CompiledQuery
  void* const* objects = nullptr;   ///< hash tables, buffers, contexts: indexed by object slot
  void** locals = nullptr;          ///< this worker's own objects (its hash table, its buffer)
  // --- for C++ only -----------------------------------------------------------------------------
  QueryState* query = nullptr;
  Arena scratch;     ///< values of the current morsel; reset between morsels
  Arena persistent;  ///< lives until the query's result is written
  int64_t now_ns =
      0;  ///< wall-clock time of the query's start, nanoseconds since the epoch: now(), today()
  uint32_t worker = 0;

  explicit ExecState(QueryState& state)
      : stop(&state.stop),
        query(&state),
        scratch(&state.memory),
        persistent(&state.memory) {}

  /// Records the first error of the query and stops all workers. `span_id` names the place in the
  /// query's text (0 = unknown). Callable from function bodies; never throws.
  void fail(ErrorCode code, const char* message, uint32_t span_id = 0) noexcept;
  void fail(ErrorCode code, std::string message, uint32_t span_id = 0) noexcept;
};

}  // namespace sp
