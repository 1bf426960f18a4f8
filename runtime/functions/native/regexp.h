#pragma once
// What the regular-expression functions share: the context with a pattern compiled when binding,
// and its fallback.

#include <algorithm>
#include <array>
#include <memory>

#include "runtime/exec/exec_state.h"
#include "runtime/functions/function.h"
#include "runtime/text/compiled_regexp.h"

namespace sp {

struct RegexpContext : FunctionContext {
  std::shared_ptr<const re2::RE2> regexp;  // null: the pattern is not constant
  std::string literal;                     // the pattern, if it has no special characters
};

/// The regexp of the context, or of `pattern` from the cache; nullptr after failing the query.
const re2::RE2* regexp_of(ExecState& exec, const RegexpContext& context,
                          const StringRef& pattern) noexcept;

/// Compiles the pattern when it is known. Invalid patterns fail with CANNOT_COMPILE_REGEXP.
Result<std::shared_ptr<RegexpContext>> regexp_context(const Argument& pattern,
                                                      bool any_case = false);

/// The whole match and its groups; groups beyond the limit are not looked at.
constexpr int kMostRegexpGroups = 128;
using RegexpGroups = std::array<re2::StringPiece, kMostRegexpGroups>;

inline bool match_regexp(const re2::RE2& regexp, std::string_view text, size_t from,
                         RegexpGroups& groups, int count) {
  return regexp.Match(piece(text), from, text.size(), re2::RE2::UNANCHORED, groups.data(), count);
}
inline int group_count(const re2::RE2& regexp) {
  return std::min(regexp.NumberOfCapturingGroups(), kMostRegexpGroups - 1);
}
inline size_t group_offset(std::string_view text, const re2::StringPiece& group) {
  return static_cast<size_t>(group.data() - text.data());
}

/// Patterns and replacements stand second and third; a pattern known when binding is compiled once,
/// then.
constexpr uint32_t kRegexpMayBeConstant = 0b110u << 16;

}  // namespace sp

/// Declares `regexp` in a body with `exec`, `context` and `pattern`.
#define SP_REGEXP_OR_RETURN(...)                               \
  const re2::RE2* regexp = regexp_of(exec, *context, pattern); \
  if (regexp == nullptr) return __VA_ARGS__
