// match, extract, extractAll, extractGroups, extractAllGroups..., regexpExtract, splitByRegexp,
// countMatches, regexpQuoteMeta, on RE2. Constant patterns are compiled once when binding.

#include "runtime/functions/native/regexp.h"

#include "runtime/functions/row_adder.h"
#include "runtime/functions/signature.h"
#include "runtime/functions/string_output.h"
#include "runtime/text/find_substring.h"

namespace sp {

const re2::RE2* regexp_of(ExecState& exec, const RegexpContext& context,
                          const StringRef& pattern) noexcept {
  if (context.regexp != nullptr) return context.regexp.get();
  std::string message;
  const re2::RE2* regexp = cached_regexp(pattern.view(), message);
  if (regexp == nullptr) exec.fail(ErrorCode::kCannotCompileRegexp, message);
  return regexp;
}

Result<std::shared_ptr<RegexpContext>> regexp_context(const Argument& pattern, bool any_case) {
  auto context = std::make_shared<RegexpContext>();
  if (const auto text = pattern.constant_text()) {
    SP_TRY(context->regexp, compile_regexp(*text, any_case));
    if (!any_case && re2::RE2::QuoteMeta(piece(*text)) == *text)
      context->literal = std::string(*text);
  }
  return context;
}

namespace {

StringRef group_text(const StringRef& text, const re2::StringPiece& group) {
  if (group.data() == nullptr) return StringRef();
  return sub_string(text, group_offset(text.view(), group), group.size());
}

// Calls visit(groups) for each non-overlapping match; empty matches step one byte.
template <class Visit>
void for_each_match(const re2::RE2& regexp, std::string_view text, int groups_wanted, Visit visit) {
  RegexpGroups groups;
  size_t from = 0;
  while (from <= text.size() && match_regexp(regexp, text, from, groups, groups_wanted)) {
    const size_t begin = group_offset(text, groups[0]), end = begin + groups[0].size();
    if (groups[0].empty() && begin >= text.size()) break;
    if (!groups[0].empty()) visit(groups);
    from = groups[0].empty() ? end + 1 : end;
  }
}

}  // namespace

extern "C" uint8_t sp_match(ExecState& exec, const RegexpContext* context, const StringRef& text,
                            const StringRef& pattern) noexcept {
  if (!context->literal.empty())
    return find_substring(text.view(), context->literal) != std::string_view::npos;
  SP_REGEXP_OR_RETURN(0);
  return re2::RE2::PartialMatch(piece(text.view()), *regexp);
}
extern "C" void sp_extract(ExecState& exec, const RegexpContext* context, const StringRef& text,
                           const StringRef& pattern, StringRef* out) noexcept {
  *out = StringRef();
  SP_REGEXP_OR_RETURN();
  RegexpGroups groups;
  const int wanted = group_count(*regexp) > 0 ? 2 : 1;
  if (match_regexp(*regexp, text.view(), 0, groups, wanted))
    *out = group_text(text, groups[static_cast<size_t>(wanted - 1)]);
}
extern "C" void sp_extract_all(ExecState& exec, const RegexpContext* context, const StringRef& text,
                               const StringRef& pattern, ArrayRef* out) noexcept {
  *out = {nullptr, 0};
  SP_REGEXP_OR_RETURN();
  StringArrayBuilder builder(exec);
  const int wanted = group_count(*regexp) > 0 ? 2 : 1;
  for_each_match(*regexp, text.view(), wanted, [&](const RegexpGroups& groups) {
    builder.add(group_text(text, groups[static_cast<size_t>(wanted - 1)]));
  });
  *out = builder.finish();
}
extern "C" void sp_extract_groups(ExecState& exec, const RegexpContext* context,
                                  const StringRef& text, const StringRef& pattern,
                                  ArrayRef* out) noexcept {
  *out = {nullptr, 0};
  SP_REGEXP_OR_RETURN();
  RegexpGroups groups;
  const int count = group_count(*regexp);
  StringArrayBuilder builder(exec);
  if (match_regexp(*regexp, text.view(), 0, groups, count + 1)) {
    for (int i = 1; i <= count; ++i) builder.add(group_text(text, groups[static_cast<size_t>(i)]));
  }
  *out = builder.finish();
}
// One array per match.
extern "C" void sp_extract_all_groups_vertical(ExecState& exec, const RegexpContext* context,
                                               const StringRef& text, const StringRef& pattern,
                                               ArrayRef* out) noexcept {
  *out = {nullptr, 0};
  SP_REGEXP_OR_RETURN();
  const int count = group_count(*regexp);
  std::vector<ArrayRef> rows;
  for_each_match(*regexp, text.view(), count + 1, [&](const RegexpGroups& groups) {
    StringArrayBuilder builder(exec);
    for (int i = 1; i <= count; ++i) builder.add(group_text(text, groups[static_cast<size_t>(i)]));
    rows.push_back(builder.finish());
  });
  auto* items = exec.scratch.allocate_array<ArrayRef>(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) items[i] = rows[i];
  *out = {items, rows.size()};
}
// One array per group.
extern "C" void sp_extract_all_groups_horizontal(ExecState& exec, const RegexpContext* context,
                                                 const StringRef& text, const StringRef& pattern,
                                                 ArrayRef* out) noexcept {
  *out = {nullptr, 0};
  SP_REGEXP_OR_RETURN();
  const auto count = static_cast<size_t>(group_count(*regexp));
  std::vector<StringArrayBuilder> builders(count, StringArrayBuilder(exec));
  for_each_match(*regexp, text.view(), static_cast<int>(count) + 1,
                 [&](const RegexpGroups& groups) {
                   for (size_t i = 0; i < count; ++i)
                     builders[i].add(group_text(text, groups[i + 1]));
                 });
  auto* items = exec.scratch.allocate_array<ArrayRef>(count);
  for (size_t i = 0; i < count; ++i) items[i] = builders[i].finish();
  *out = {items, count};
}
extern "C" void sp_regexp_extract(ExecState& exec, const RegexpContext* context,
                                  const StringRef& text, const StringRef& pattern, int64_t index,
                                  StringRef* out) noexcept {
  *out = StringRef();
  SP_REGEXP_OR_RETURN();
  if (index < 0 || index > regexp->NumberOfCapturingGroups() || index >= kMostRegexpGroups) {
    exec.fail(ErrorCode::kArgumentOutOfBound,
              "Index value " + std::to_string(index) + " is out of range, should be in [0, " +
                  std::to_string(regexp->NumberOfCapturingGroups() + 1) + ")");
    return;
  }
  RegexpGroups groups;
  if (match_regexp(*regexp, text.view(), 0, groups, static_cast<int>(index) + 1)) {
    *out = group_text(text, groups[static_cast<size_t>(index)]);
  }
}
extern "C" void sp_regexp_extract_first(ExecState& exec, const RegexpContext* context,
                                        const StringRef& text, const StringRef& pattern,
                                        StringRef* out) noexcept {
  *out = StringRef();
  SP_REGEXP_OR_RETURN();
  const int64_t index = regexp->NumberOfCapturingGroups() > 0 ? 1 : 0;
  sp_regexp_extract(exec, context, text, pattern, index, out);
}
extern "C" uint64_t sp_count_matches(ExecState& exec, const RegexpContext* context,
                                     const StringRef& text, const StringRef& pattern) noexcept {
  SP_REGEXP_OR_RETURN(0);
  uint64_t count = 0;
  for_each_match(*regexp, text.view(), 1, [&](const RegexpGroups&) { ++count; });
  return count;
}
extern "C" void sp_split_by_regexp(ExecState& exec, const RegexpContext* context,
                                   const StringRef& pattern, const StringRef& text, int64_t limit,
                                   ArrayRef* out) noexcept {
  *out = {nullptr, 0};
  SP_REGEXP_OR_RETURN();
  StringArrayBuilder builder(exec);
  const auto most = limit > 0 ? static_cast<uint64_t>(limit) : UINT64_MAX;
  size_t from = 0;
  if (regexp->pattern().empty()) {  // every byte on its own
    for (; from < text.size && builder.size() < most; ++from)
      builder.add(sub_string(text, from, 1));
    *out = builder.finish();
    return;
  }
  bool full = false;
  for_each_match(*regexp, text.view(), 1, [&](const RegexpGroups& groups) {
    full = full || builder.size() >= most;
    if (full) return;
    const size_t begin = group_offset(text.view(), groups[0]);
    builder.add(sub_string(text, from, begin - from));
    from = begin + groups[0].size();
  });
  if (builder.size() < most) builder.add(sub_string(text, from, text.size - from));
  *out = builder.finish();
}
extern "C" void sp_split_by_regexp_all(ExecState& exec, const RegexpContext* context,
                                       const StringRef& pattern, const StringRef& text,
                                       ArrayRef* out) noexcept {
  sp_split_by_regexp(exec, context, pattern, text, 0, out);
}
extern "C" void sp_regexp_quote_meta(ExecState& exec, const StringRef& text,
                                     StringRef* out) noexcept {
  *out = new_string(exec, re2::RE2::QuoteMeta(piece(text.view())));
}

namespace {

// A function whose argument `pattern_index` is a regular expression.
Resolver with_regexp(const char* parameters, Type result, const Symbol& symbol,
                     size_t pattern_index = 1, bool any_case = false) {
  return [=](std::span<const Argument> arguments,
             const ResolveOptions&) -> Result<ResolvedFunction> {
    SP_TRY(auto resolved, match_form(Form{parameters, result, symbol, false}, arguments));
    SP_TRY(auto context, regexp_context(arguments[pattern_index], any_case));
    // Compiled already: nothing is left that can fail. A constant pattern is right for all values
    // or for none: the values may then be any, those of a dictionary too.
    resolved.total = context->regexp != nullptr ||
                     (std::string_view(parameters) == "ss" && arguments[pattern_index].is_constant);
    resolved.context = std::move(context);
    return resolved;
  };
}

}  // namespace

SP_FUNCTIONS(regexp) {
  const Type string = string_type(), strings = string_array_type(), nested = Type::array(strings);
  using enum RowAdder::Case;
  const RowAdder add(rows, {.name = "", .constant_arguments = kRegexpMayBeConstant, .resolve = {}});
  add("match", 2, kExact, with_regexp("ss", uint8_type(), SP_SYMBOL(sp_match)),
      "Returns 1 if the regular expression `pattern` is found in `s`.",
      "SELECT match('ab12', '[0-9]+')", "1", {"REGEXP_MATCHES", "REGEXP"});
  add("extract", 2, kExact, with_regexp("ss", string, SP_SYMBOL(sp_extract)),
      "Returns the first match of `pattern` in `s`, or its first group.",
      "SELECT extract('ab12', '[0-9]+')", "12");
  add("extractAll", 2, kExact, with_regexp("ss", strings, SP_SYMBOL(sp_extract_all)),
      "Returns all matches of `pattern` in `s`, or their first groups.",
      "SELECT extractAll('a1b2', '[0-9]')", "['1','2']");
  add("extractGroups", 2, kExact, with_regexp("ss", strings, SP_SYMBOL(sp_extract_groups)),
      "Returns the groups of the first match of `pattern` in `s`.",
      "SELECT extractGroups('a=1', '(.)=(.)')", "['a','1']");
  add("extractAllGroupsVertical", 2, kExact,
      with_regexp("ss", nested, SP_SYMBOL(sp_extract_all_groups_vertical)),
      "Returns the groups of every match of `pattern` in `s`, one array a match.",
      "SELECT extractAllGroupsVertical('a=1,b=2', '(.)=(.)')", "[['a','1'],['b','2']]",
      {"extractAllGroups"});
  add("extractAllGroupsHorizontal", 2, kExact,
      with_regexp("ss", nested, SP_SYMBOL(sp_extract_all_groups_horizontal)),
      "Returns the groups of every match of `pattern` in `s`, one array a group.",
      "SELECT extractAllGroupsHorizontal('a=1,b=2', '(.)=(.)')", "[['a','b'],['1','2']]");
  rows.push_back(
      {.name = "regexpExtract",
       .aliases = {"REGEXP_EXTRACT", "REGEXP_SUBSTR"},
       .case_insensitive = true,
       .min_arguments = 2,
       .max_arguments = 3,
       .resolve =
           [=](std::span<const Argument> arguments, const ResolveOptions& options) {
             return arguments.size() == 2
                        ? with_regexp("ss", string, SP_SYMBOL(sp_regexp_extract_first))(arguments,
                                                                                        options)
                        : with_regexp("ssi", string, SP_SYMBOL(sp_regexp_extract))(arguments,
                                                                                   options);
           },
       .doc = "Returns group `index` (0: the whole match; default 1 if there is one) of the "
              "first match "
              "of `pattern` in `s`.",
       .example = "SELECT regexpExtract('100-200', '(\\\\d+)-(\\\\d+)', 2)",
       .example_result = "200"});
  add("countMatches", 2, kExact, with_regexp("ss", uint64_type(), SP_SYMBOL(sp_count_matches)),
      "Counts the matches of `pattern` in `s`.", "SELECT countMatches('a1b2', '[0-9]')", "2");
  add("countMatchesCaseInsensitive", 2, kExact,
      with_regexp("ss", uint64_type(), SP_SYMBOL(sp_count_matches), 1, true),
      "Counts the matches of `pattern` in `s`, ignoring case.",
      "SELECT countMatchesCaseInsensitive('AaB', 'a')", "2");
  rows.push_back({.name = "splitByRegexp",
                  .min_arguments = 2,
                  .max_arguments = 3,
                  .resolve =
                      [=](std::span<const Argument> arguments, const ResolveOptions& options) {
                        return arguments.size() == 2
                                   ? with_regexp("ss", strings, SP_SYMBOL(sp_split_by_regexp_all),
                                                 0)(arguments, options)
                                   : with_regexp("ssi", strings, SP_SYMBOL(sp_split_by_regexp), 0)(
                                         arguments, options);
                      },
                  .doc = "Splits `s` at every match of `pattern`.",
                  .example = "SELECT splitByRegexp('[0-9]', 'a1b2c')",
                  .example_result = "['a','b','c']"});
  add("regexpQuoteMeta", 1, kExact, signature("s", string, SP_SYMBOL(sp_regexp_quote_meta)),
      "Escapes the characters of `s` that are special in regular expressions.",
      "SELECT regexpQuoteMeta('a.b')", "a\\\\.b");
}

}  // namespace sp
