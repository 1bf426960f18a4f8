#pragma once
// SP_CHECK: stops the process on a state that our own code should have made impossible, in Release
// too.
// Never for anything a user, a file or a client can cause: those are Errors.

namespace sp {
/// Prints the failed condition with its place and aborts.
[[noreturn]] void check_failed(const char* condition, const char* file, int line) noexcept;
}  // namespace sp

#define SP_CHECK(condition)                     \
  (__builtin_expect(!!(condition), 1) ? (void)0 \
                                      : ::sp::check_failed(#condition, __FILE__, __LINE__))
