#pragma once
// What the regular-expression functions share: the context with a pattern compiled when binding,
// and its fallback.

#include <memory>

#include "runtime/exec/exec_state.h"
#include "runtime/functions/function.h"
#include "runtime/text/compiled_regexp.h"

namespace sp {

struct RegexpContext : FunctionContext {
  std::shared_ptr<const re2::RE2> regexp;  // null: the pattern is not constant
  std::string literal;                     // the pattern, if it has no special characters
  std::string rewrite;                     // checked replacement of replaceRegexp, if constant
};

/// The regexp of the context, or of `pattern` from the cache; nullptr after failing the query.
const re2::RE2* regexp_of(ExecState& exec, const RegexpContext& context,
                          const StringRef& pattern) noexcept;

/// Compiles the pattern when it is known. Invalid patterns fail with CANNOT_COMPILE_REGEXP.
Result<std::shared_ptr<RegexpContext>> regexp_context(const Argument& pattern,
                                                      bool any_case = false);

}  // namespace sp
