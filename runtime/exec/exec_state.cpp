// Error recording of a running query.

#include "runtime/exec/exec_state.h"

namespace sp {

void ExecState::fail(ErrorCode code, std::string message, uint32_t span_id) noexcept {
  bool expected = false;
  if (query->failed.compare_exchange_strong(expected, true)) {
    query->error.code = code;
    query->error.message = std::move(message);
    if (span_id != 0) query->error.span = Span{span_id - 1, span_id};
  }
  query->stop.store(1, std::memory_order_relaxed);
}

void ExecState::fail(ErrorCode code, const char* message, uint32_t span_id) noexcept {
  fail(code, std::string(message), span_id);
}

}  // namespace sp
