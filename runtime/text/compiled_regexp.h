#pragma once
// CompiledRegexp: an RE2 with ClickHouse's options, and a small per-thread cache for patterns that
// are not known when a query is bound.

#include <re2/re2.h>

#include <memory>
#include <string>
#include <string_view>

#include "runtime/core/error.h"

namespace sp {

/// Compiles a pattern: `.` matches newlines, errors are not logged.
Result<std::shared_ptr<const re2::RE2>> compile_regexp(std::string_view pattern,
                                                       bool any_case = false);

/// Returns the compiled pattern from this thread's cache, or nullptr (with `message` set) if it is
/// invalid.
const re2::RE2* cached_regexp(std::string_view pattern, std::string& message);

inline re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace sp
