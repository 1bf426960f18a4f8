// extractKeyValuePairs: pairs such as `name:neymar, age:31` out of a text, as a map.
// A text is read once: separators between pairs are skipped, a key ends at the key's separator, a
// value at a separator between pairs; both may stand in quotes.

#include "runtime/functions/function.h"
#include "runtime/functions/signature.h"
#include "runtime/functions/string_output.h"

namespace sp {

struct KeyValueContext : FunctionContext {
  char key_end = ':';
  char quote = '"';
  std::string pair_ends = " ,;";
};

extern "C" void sp_key_value_pairs(ExecState& exec, const KeyValueContext* context,
                                   const void* tuple, ArrayRef* out) noexcept {
  const std::string_view text = static_cast<const StringRef*>(tuple)->view();
  const auto ends_pair = [context](char c) {
    return context->pair_ends.find(c) != std::string::npos;
  };
  StringArrayBuilder builder(exec);  // keys and values in turn: the layout of Map(String, String)
  const auto part = [&](size_t begin, size_t end) {
    return new_string(exec, text.substr(begin, end - begin));
  };
  size_t at = 0;
  // The text in quotes that begins at `at`; false if it is not closed.
  const auto quoted = [&](size_t& begin, size_t& end) {
    const size_t close = text.find(context->quote, at + 1);
    if (close == std::string_view::npos) return false;
    begin = at + 1;
    end = close;
    at = close + 1;
    return true;
  };
  while (at < text.size()) {
    if (ends_pair(text[at]) || text[at] == context->key_end) {
      ++at;
      continue;
    }
    size_t begin = at, end = at;
    if (text[at] == context->quote) {
      if (!quoted(begin, end)) break;
    } else {
      while (at < text.size() && text[at] != context->key_end && !ends_pair(text[at])) ++at;
      end = at;
    }
    if (at >= text.size() || text[at] != context->key_end || begin == end) continue;  // no key
    ++at;
    const StringRef key = part(begin, end);
    begin = end = at;
    if (at < text.size() && text[at] == context->quote) {
      if (!quoted(begin, end)) break;
    } else {
      while (at < text.size() && !ends_pair(text[at]) && text[at] != context->quote) ++at;
      end = at;
    }
    builder.add(key);
    builder.add(part(begin, end));
  }
  const ArrayRef all = builder.finish();
  *out = {all.data, all.size / 2};
}

namespace {

Result<ResolvedFunction> key_value_pairs(std::span<const Argument> arguments,
                                         const ResolveOptions&) {
  auto context = std::make_shared<KeyValueContext>();
  const auto text_at = [&](size_t i) -> Result<std::string> {
    const auto text = arguments[i].constant_text();
    if (!text || text->empty() || (i != 2 && text->size() != 1))
      return illegal_argument(arguments, i, "a constant text of one character");
    return std::string(*text);
  };
  if (!arguments[0].type.is_string_like()) return illegal_argument(arguments, 0, "String");
  if (arguments.size() > 1) {
    SP_TRY(const std::string key_end, text_at(1));
    context->key_end = key_end[0];
  }
  if (arguments.size() > 2) { SP_TRY(context->pair_ends, text_at(2)); }
  if (arguments.size() > 3) {
    SP_TRY(const std::string quote, text_at(3));
    context->quote = quote[0];
  }
  return packed_call(Type::map(string_type(), string_type()), SP_SYMBOL(sp_key_value_pairs),
                     argument_types(arguments), context);
}

}  // namespace

SP_FUNCTIONS(key_value_pairs) {
  rows.push_back({.name = "extractKeyValuePairs",
                  .aliases = {"mapFromString", "str_to_map"},
                  .min_arguments = 1,
                  .max_arguments = 4,
                  .constant_arguments = 2 | 4 | 8,
                  .resolve = key_value_pairs,
                  .doc = "Returns the pairs of `s` as a map: keys end at `key_delimiter` (':'), "
                         "pairs at one of `pair_delimiters` (' ,;'); `quote` is '\"'.",
                  .example = "SELECT extractKeyValuePairs('name:neymar, age:31')",
                  .example_result = "{'name':'neymar','age':'31'}"});
}

}  // namespace sp
