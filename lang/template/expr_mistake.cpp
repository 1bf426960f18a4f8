// Hints for mistakes in template expressions, by the text at the mistake.

#include "lang/template/expr_mistake.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace sp::tmpl {
namespace {

std::string_view word_at(std::string_view text) {
  const size_t begin = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  size_t end = begin;
  while (end < text.size() &&
         (std::isalnum(static_cast<unsigned char>(text[end])) || text[end] == '_'))
    ++end;
  return text.substr(begin, end - begin);
}

constexpr std::pair<std::string_view, std::string_view> kHints[] = {
    {"String is not closed", "close it with the quote that opened it"},
    {"Number is followed", "names do not begin with a digit; text stands in quotes: '7d'"},
    {"Number is too large", "whole numbers have at most 128 bits"},
    {"Closing", "every bracket that is opened is closed inside its tag"},
    {"Comma or closing", "arguments are separated by commas: String(country, 'ES')"},
    {"Only methods", "values have methods, no attributes: filters.get('country')"},
    {"Method name", "for example: text.split(',')"},
    {"Colon expected", "a dict is written {'key': value}"},
    {"`else` expected", "write: value if condition else other"},
    {"Unexpected text", "a tag holds one expression"},
    {"Name expected", "write {% for item in list %} or {% set name = value %}"},
    {"`in` expected", "write {% for item in list %}"},
    {"`=` expected", "write {% set name = value %}"},
    {"Expression is nested", "take a part of it out with {% set name = ... %}"},
    {"Expression expected", "for example: {{ String(country, 'ES') }}"},
};

// What the author may have meant, by the text at the mistake.
std::string hint_at(std::string_view rest, const std::string& message) {
  if (message == "Unknown statement") {
    const std::string_view word = word_at(rest);
    if (word.starts_with("end")) return "every block ends with {% end %}";
    if (word == "import" || word == "from" || word == "module" || word == "include" ||
        word == "extends" || word == "block" || word == "apply" || word == "autoescape" ||
        word == "whitespace") {
      return "this statement of Tornado is not part of pipes";
    }
    if (word == "elseif" || word == "elsif") return "write {% elif condition %}";
    const std::string near =
        did_you_mean(word, {"if", "elif", "else", "end", "for", "while", "set", "comment", "raw",
                            "try", "except", "finally", "break", "continue"});
    return near.empty() || word.empty() ? "statements are if, elif, else, end, for, while, set, "
                                          "comment, raw, try, break, continue"
                                        : near;
  }
  if (message.starts_with("Comprehension"))
    return "fill a list: {% set xs = [] %} {% for x in list %} {% set _ = xs.append(x) %} {% end "
           "%}";
  if (message.starts_with("Template expressions define no functions"))
    return "write the expression where it is used, or {% set name = ... %}";
  if (message.starts_with("Formatted strings")) return "join texts with +: 'a' + str(x)";
  if (rest.starts_with("=")) return "compare with ==";
  if (rest.starts_with("&&")) return "write `and`";
  if (rest.starts_with("||")) return "write `or`";
  if (rest.starts_with("!")) return "write `not`";
  if (rest.starts_with("|")) return "templates have no filters; call a function";
  for (const auto& [begin, hint] : kHints) {
    if (message.starts_with(begin)) return std::string(hint);
  }
  return "expressions are a subset of Python: names, literals, calls, operators";
}

// Python that templates leave out is named as what it is, not as the bracket that the grammar
// expected there.
std::string python_left_out(std::string_view text, size_t at) {
  const std::string_view word = word_at(text.substr(at));
  if (word == "for") return "Comprehensions are not part of templates";
  if (word == "lambda" || word == "def")
    return "Template expressions define no functions: " + std::string(word);
  const bool quote = at < text.size() && (text[at] == '\'' || text[at] == '"');
  if (quote && at > 0 && (text[at - 1] == 'f' || text[at - 1] == 'F'))
    return "Formatted strings are not part of templates";
  return {};
}

}  // namespace

Error expression_mistake(std::string_view text, uint32_t offset, size_t at, std::string message) {
  if (std::string better = python_left_out(text, at);
      !better.empty() && message != "Unknown statement")
    message = std::move(better);
  const std::string_view rest = text.substr(at);
  if (message == "Unknown statement") {
    const std::string_view word = word_at(rest);
    if (word.empty()) message = "Statement expected";
    std::string hint = hint_at(rest, "Unknown statement");
    const auto begin =
        offset + static_cast<uint32_t>(
                     at + (word.empty() ? 0 : static_cast<size_t>(word.data() - rest.data())));
    if (!word.empty()) message += ": " + std::string(word);
    return fail(ErrorCode::kTemplateError, message,
                Span{begin, begin + static_cast<uint32_t>(std::max<size_t>(word.size(), 1))}, hint);
  }
  const auto begin = offset + static_cast<uint32_t>(at);
  const uint32_t end =
      at < text.size()
          ? begin + static_cast<uint32_t>(std::max<size_t>(
                        1, word_at(rest).data() == rest.data() ? word_at(rest).size() : 1))
          : begin;
  return fail(ErrorCode::kTemplateError, message, Span{begin, end}, hint_at(rest, message));
}

}  // namespace sp::tmpl
