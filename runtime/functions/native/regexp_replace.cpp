// replaceRegexpOne and replaceRegexpAll, on RE2; groups of the match may stand in the replacement.

#include "runtime/functions/native/regexp.h"
#include "runtime/functions/row_adder.h"
#include "runtime/functions/signature.h"
#include "runtime/functions/string_output.h"

namespace sp {

namespace {

// Replaces matches by `rewrite` with \0..\9 for groups.
void replace(ExecState& exec, const re2::RE2& regexp, const StringRef& text,
             std::string_view rewrite, bool all, StringRef* out) {
  static thread_local std::string buffer;
  buffer.clear();
  RegexpGroups groups;
  const std::string_view source = text.view();
  const int wanted = 1 + std::min(9, group_count(regexp));
  size_t from = 0;
  bool replaced = false;
  if (regexp.pattern().empty()) {  // as in ClickHouse: nothing to find
    *out = text;
    return;
  }
  while (from <= source.size() && match_regexp(regexp, source, from, groups, wanted)) {
    replaced = true;
    const size_t begin = group_offset(source, groups[0]);
    buffer.append(source.substr(from, begin - from));
    for (size_t i = 0; i < rewrite.size(); ++i) {
      const char c = rewrite[i];
      if (c != '\\' || i + 1 == rewrite.size()) {
        buffer += c;
        continue;
      }
      const char next = rewrite[++i];
      if (next >= '0' && next <= '9') {
        const int group = next - '0';
        if (group < wanted && groups[static_cast<size_t>(group)].data() != nullptr) {
          buffer.append(groups[static_cast<size_t>(group)].data(),
                        groups[static_cast<size_t>(group)].size());
        }
      } else {
        if (next != '\\') buffer += '\\';
        buffer += next;
      }
    }
    from = begin + groups[0].size();
    if (groups[0].empty()) {
      if (begin < source.size()) buffer += source[begin];
      from = begin + 1;
    }
    if (!all || (!groups[0].empty() && from >= source.size())) break;
  }
  if (!replaced) {
    *out = text;
    return;
  }
  if (from < source.size()) buffer.append(source.substr(from));
  *out = new_string(exec, buffer);
}

Result<void> check_rewrite(std::string_view rewrite, const re2::RE2& regexp) {
  for (size_t i = 0; i + 1 < rewrite.size(); ++i) {
    if (rewrite[i] != '\\') continue;
    const char next = rewrite[++i];
    if (next >= '0' && next <= '9' && next - '0' > regexp.NumberOfCapturingGroups()) {
      return fail(ErrorCode::kBadArguments,
                  "Substitution '\\" + std::string(1, next) +
                      "' in replacement argument is invalid, regexp has only " +
                      std::to_string(regexp.NumberOfCapturingGroups()) + " capturing groups");
    }
  }
  return {};
}

}  // namespace

extern "C" void sp_replace_regexp_one(ExecState& exec, const RegexpContext* context,
                                      const StringRef& text, const StringRef& pattern,
                                      const StringRef& rewrite, StringRef* out) noexcept {
  *out = StringRef();
  SP_REGEXP_OR_RETURN();
  replace(exec, *regexp, text, rewrite.view(), false, out);
}
extern "C" void sp_replace_regexp_all(ExecState& exec, const RegexpContext* context,
                                      const StringRef& text, const StringRef& pattern,
                                      const StringRef& rewrite, StringRef* out) noexcept {
  *out = StringRef();
  SP_REGEXP_OR_RETURN();
  replace(exec, *regexp, text, rewrite.view(), true, out);
}

namespace {

Resolver replacing(const Symbol& symbol) {
  return
      [=](std::span<const Argument> arguments, const ResolveOptions&) -> Result<ResolvedFunction> {
        SP_TRY(auto resolved, match_form(Form{"sss", string_type(), symbol, false}, arguments));
        auto context = regexp_context(arguments[1]);
        if (!context.ok()) {
          context.error().code = ErrorCode::kBadArguments;
          return std::move(context).error();
        }
        const auto rewrite = arguments[2].constant_text();
        if (rewrite && (*context)->regexp)
          SP_TRY_VOID(check_rewrite(*rewrite, *(*context)->regexp));
        resolved.total = rewrite && (*context)->regexp;
        resolved.context = std::move(*context);
        return resolved;
      };
}

}  // namespace

SP_FUNCTIONS(regexp_replace) {
  const RowAdder add(rows, {.name = "", .constant_arguments = kRegexpMayBeConstant, .resolve = {}});
  add("replaceRegexpOne", 3, RowAdder::Case::kAny, replacing(SP_SYMBOL(sp_replace_regexp_one)),
      "Replaces the first match of `pattern` in `s` by `replacement` (`\\1`: group 1).",
      "SELECT replaceRegexpOne('hello', 'l+', '<\\\\0>')", "he<ll>o");
  add("replaceRegexpAll", 3, RowAdder::Case::kAny, replacing(SP_SYMBOL(sp_replace_regexp_all)),
      "Replaces every match of `pattern` in `s` by `replacement` (`\\1`: group 1).",
      "SELECT replaceRegexpAll('a1b22', '[0-9]+', '#')", "a#b#", {"REGEXP_REPLACE"});
}

}  // namespace sp
