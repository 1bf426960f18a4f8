// regexpPosition (REGEXP_INSTR): where a regular expression matches. Positions count bytes from 1;
// 0 says that there is no match. As in ClickHouse an empty match is none, but of the empty pattern.

#include "runtime/functions/native/conversion_arguments.h"
#include "runtime/functions/native/regexp.h"
#include "runtime/functions/row_adder.h"
#include "runtime/functions/signature.h"

namespace sp {

namespace {

bool check(ExecState& exec, bool fits, const char* argument) noexcept {
  if (fits) return true;
  exec.fail(ErrorCode::kBadArguments,
            std::string("Argument '") + argument + "' of function regexpPosition is out of range");
  return false;
}

uint64_t position_of(const re2::RE2& regexp, std::string_view text, uint64_t start,
                     uint64_t occurrence, bool behind) {
  if (start > text.size() + 1) return 0;
  if (regexp.pattern().empty()) {
    const uint64_t at = start + occurrence - 1;
    return at <= text.size() + 1 ? at : 0;
  }
  re2::StringPiece match;
  size_t from = start - 1;
  for (uint64_t i = 0; i < occurrence; ++i) {
    const bool met = regexp.Match(piece(text), from, text.size(), re2::RE2::UNANCHORED, &match, 1);
    if (!met || match.empty()) return 0;
    from = static_cast<size_t>(match.data() - text.data()) + match.size();
  }
  return (behind ? from : from - match.size()) + 1;
}

}  // namespace

extern "C" uint64_t sp_regexp_position_all(ExecState& exec, const RegexpContext* context,
                                           const StringRef& text, const StringRef& pattern,
                                           int64_t start, int64_t occurrence,
                                           int64_t behind) noexcept {
  const re2::RE2* regexp = regexp_of(exec, *context, pattern);
  if (regexp == nullptr || !check(exec, start >= 1, "position") ||
      !check(exec, occurrence >= 1, "occurrence") ||
      !check(exec, behind == 0 || behind == 1, "return_option")) {
    return 0;
  }
  return position_of(*regexp, text.view(), static_cast<uint64_t>(start),
                     static_cast<uint64_t>(occurrence), behind == 1);
}
extern "C" uint64_t sp_regexp_position(ExecState& exec, const RegexpContext* context,
                                       const StringRef& text, const StringRef& pattern) noexcept {
  return sp_regexp_position_all(exec, context, text, pattern, 1, 1, 0);
}
extern "C" uint64_t sp_regexp_position_from(ExecState& exec, const RegexpContext* context,
                                            const StringRef& text, const StringRef& pattern,
                                            int64_t start) noexcept {
  return sp_regexp_position_all(exec, context, text, pattern, start, 1, 0);
}
extern "C" uint64_t sp_regexp_position_nth(ExecState& exec, const RegexpContext* context,
                                           const StringRef& text, const StringRef& pattern,
                                           int64_t start, int64_t occurrence) noexcept {
  return sp_regexp_position_all(exec, context, text, pattern, start, occurrence, 0);
}

namespace {

Result<ResolvedFunction> resolve_position(std::span<const Argument> arguments,
                                          const ResolveOptions& options) {
  static const Resolver forms =
      overloads({{"ss", uint64_type(), SP_SYMBOL(sp_regexp_position), false},
                 {"ssi", uint64_type(), SP_SYMBOL(sp_regexp_position_from), false},
                 {"ssii", uint64_type(), SP_SYMBOL(sp_regexp_position_nth), false},
                 {"ssiii", uint64_type(), SP_SYMBOL(sp_regexp_position_all), false}});
  if (!arguments[0].type.is(TypeKind::kString)) return illegal_argument(arguments, 0, "String");
  SP_TRY(ResolvedFunction resolved, forms(arguments, options));
  SP_TRY(resolved.context, regexp_context(arguments[1]));
  return resolved;
}

}  // namespace

SP_FUNCTIONS(regexp_position) {
  constexpr uint32_t kPatternIsConstant = 0b10;
  const RowAdder add(rows, {.name = "", .constant_arguments = kPatternIsConstant, .resolve = {}});
  add("regexpPosition", 2, 5, RowAdder::Case::kExact, resolve_position,
      "Returns where `pattern` matches `s`, in bytes from 1; 0 if it does not. Behind `start` (1), "
      "the match of number `occurrence` (1); 1 as the last argument asks for the byte behind it.",
      "SELECT regexpPosition('hello world', 'o', 1, 2)", "8", {"regexpInstr", "regexp_instr"});
}

}  // namespace sp
