// like, notLike, ilike, notILike: constant patterns are compiled when binding; the usual shapes
// (prefix, suffix, contains) have bodies of their own that inline into queries, the rest calls
// LikePattern.

#include "runtime/functions/function.h"
#include "runtime/functions/signature.h"
#include "runtime/text/find_substring.h"
#include "runtime/text/like_pattern.h"

namespace sp {

struct LikeContext : FunctionContext {
  std::string literal;                         // of the simple shapes
  std::unique_ptr<const LikePattern> pattern;  // of every constant pattern
};

/// Matches against a pattern that is not known when binding; the last patterns of each thread stay
/// compiled.
bool like_any_pattern(const StringRef& text, const StringRef& pattern, bool any_case) noexcept;

#define SP_LIKE(suffix, negation)                                                                 \
  extern "C" uint8_t sp_like_prefix##suffix(const LikeContext* context, const StringRef& text,    \
                                            const StringRef&) noexcept {                          \
    const std::string& literal = context->literal;                                                \
    return negation(text.size >= literal.size() &&                                                \
                    __builtin_memcmp(text.begin(), literal.data(), literal.size()) == 0);         \
  }                                                                                               \
  extern "C" uint8_t sp_like_suffix##suffix(const LikeContext* context, const StringRef& text,    \
                                            const StringRef&) noexcept {                          \
    const std::string& literal = context->literal;                                                \
    return negation(text.size >= literal.size() &&                                                \
                    __builtin_memcmp(text.begin() + (text.size - literal.size()), literal.data(), \
                                     literal.size()) == 0);                                       \
  }                                                                                               \
  extern "C" uint8_t sp_like_contains##suffix(const LikeContext* context, const StringRef& text,  \
                                              const StringRef&) noexcept {                        \
    return negation(find_substring(text.view(), context->literal) != std::string_view::npos);     \
  }                                                                                               \
  extern "C" uint8_t sp_like_pattern##suffix(const LikeContext* context, const StringRef& text,   \
                                             const StringRef&) noexcept {                         \
    return negation(context->pattern->matches(text.view()));                                      \
  }                                                                                               \
  extern "C" uint8_t sp_like_any##suffix(const StringRef& text,                                   \
                                         const StringRef& pattern) noexcept {                     \
    return negation(like_any_pattern(text, pattern, false));                                      \
  }                                                                                               \
  extern "C" uint8_t sp_ilike_any##suffix(const StringRef& text,                                  \
                                          const StringRef& pattern) noexcept {                    \
    return negation(like_any_pattern(text, pattern, true));                                       \
  }
SP_LIKE(, )
SP_LIKE(_not, !)
#undef SP_LIKE

#ifndef SP_BITCODE

bool like_any_pattern(const StringRef& text, const StringRef& pattern, bool any_case) noexcept {
  struct Compiled {
    std::string text;
    bool any_case = false;
    std::unique_ptr<const LikePattern> pattern;
  };
  static thread_local Compiled last;
  if (last.pattern == nullptr || last.any_case != any_case || last.text != pattern.view()) {
    last = {std::string(pattern.view()), any_case,
            std::make_unique<LikePattern>(pattern.view(), any_case)};
  }
  return last.pattern->matches(text.view());
}

namespace {

Resolver like(bool any_case, bool negated) {
  return [=](std::span<const Argument> arguments,
             const ResolveOptions&) -> Result<ResolvedFunction> {
    for (size_t i = 0; i < 2; ++i) {
      const bool text_like =
          arguments[i].type.is_string_like() || (i == 0 && arguments[i].type.is_enum());
      if (!text_like) return illegal_argument(arguments, i, "String");
    }
    const Type text = arguments[0].type.is_enum() ? string_type() : arguments[0].type;
    const std::vector<Type> casts = {text, arguments[1].type};
    const auto pattern = arguments[1].constant_text();
    if (!pattern) {
      Symbol symbol = any_case ? (negated ? SP_SYMBOL(sp_ilike_any_not) : SP_SYMBOL(sp_ilike_any))
                               : (negated ? SP_SYMBOL(sp_like_any_not) : SP_SYMBOL(sp_like_any));
      return call(uint8_type(), std::move(symbol), casts);
    }
    auto context = std::make_shared<LikeContext>();
    context->pattern = std::make_unique<LikePattern>(*pattern, any_case);
    context->literal = context->pattern->literal();
    Symbol symbol;
    switch (context->pattern->shape()) {
      case LikePattern::Shape::kPrefix:
        symbol = negated ? SP_SYMBOL(sp_like_prefix_not) : SP_SYMBOL(sp_like_prefix);
        break;
      case LikePattern::Shape::kSuffix:
        symbol = negated ? SP_SYMBOL(sp_like_suffix_not) : SP_SYMBOL(sp_like_suffix);
        break;
      case LikePattern::Shape::kContains:
        symbol = negated ? SP_SYMBOL(sp_like_contains_not) : SP_SYMBOL(sp_like_contains);
        break;
      default: symbol = negated ? SP_SYMBOL(sp_like_pattern_not) : SP_SYMBOL(sp_like_pattern);
    }
    return call(uint8_type(), std::move(symbol), casts, context);
  };
}

}  // namespace

SP_FUNCTIONS(like) {
  const auto add = [&](const char* name, bool any_case, bool negated, const char* doc,
                       const char* example, const char* result) {
    rows.push_back({.name = name,
                    .min_arguments = 2,
                    .max_arguments = 2,
                    .resolve = like(any_case, negated),
                    .doc = doc,
                    .example = example,
                    .example_result = result});
  };
  add("like", false, false, "Returns 1 if `s` matches `pattern` (`%` any text, `_` any character).",
      "SELECT like('ClickHouse', 'Click%')", "1");
  add("notLike", false, true, "Returns 1 if `s` does not match `pattern`.",
      "SELECT notLike('ClickHouse', '%x%')", "1");
  add("ilike", true, false, "Returns 1 if `s` matches `pattern`, ignoring case.",
      "SELECT ilike('ClickHouse', 'CLICK%')", "1");
  add("notILike", true, true, "Returns 1 if `s` does not match `pattern`, ignoring case.",
      "SELECT notILike('ClickHouse', '%HOUSE')", "0");
}
#endif

}  // namespace sp
