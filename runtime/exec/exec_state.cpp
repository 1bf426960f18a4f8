// Error recording of a running query. Generated code keeps the place (in the query's text) of the
// fallible call that it makes in the worker's first local: see Emitter::call_body.

#include "runtime/exec/exec_state.h"

namespace sp {
namespace {

// Limits concern the query, not the call that happened to be made last.
bool of_the_whole(ErrorCode code) {
  return code == ErrorCode::kTimeoutExceeded || code == ErrorCode::kMemoryLimitExceeded ||
         code == ErrorCode::kQueryWasCancelled;
}

}  // namespace

// A limit is seen by the watching thread too, which must not look at the worker's locals.
void ExecState::fail(ErrorCode code, std::string message, uint32_t span_id) noexcept {
  {
    const std::lock_guard lock(query->failing);
    if (!query->failed.load(std::memory_order_relaxed)) {
      query->error.code = code;
      query->error.message = std::move(message);
      if (span_id != 0) {
        query->error.span = Span{span_id - 1, span_id};
      } else if (!of_the_whole(code) && locals != nullptr) {
        const auto* place = static_cast<const Span*>(locals[0]);
        if (place != nullptr && place->end > place->begin) query->error.span = *place;
      }
      query->failed.store(true, std::memory_order_release);
    }
  }
  query->stop.store(1, std::memory_order_release);
}

void ExecState::fail(ErrorCode code, const char* message, uint32_t span_id) noexcept {
  fail(code, std::string(message), span_id);
}

}  // namespace sp
