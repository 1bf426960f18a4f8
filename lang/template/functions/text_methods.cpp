// Methods of strings.

#include <algorithm>
#include <cctype>

#include "lang/template/evaluate.h"
#include "lang/template/function.h"

namespace sp::tmpl {
namespace {

// Evaluates argument `at` (the receiver is operand 0) as a string.
bool text_argument(Evaluator& evaluator, const Expr& call, size_t at, std::string* out) {
  Value value;
  if (!evaluator.evaluate(*call.operands[at], value)) return false;
  if (value.kind == ValueKind::kUndefined) return evaluator.missing(value, call.operands[at]->span);
  if (value.kind != ValueKind::kString) {
    return evaluator.fail(call.operands[at]->span,
                          call.name + "() needs a string, not " + std::string(value.type_name()),
                          "convert it with str(x)");
  }
  *out = std::move(value.text);
  return true;
}

template <bool Upper>
bool change_case(Evaluator& evaluator, const Expr& call, Value& receiver, Value& out) {
  if (!evaluator.expect_count(call, 0, 0)) return false;
  std::string text = receiver.text;
  for (char& c : text)
    c = static_cast<char>(Upper ? std::toupper(static_cast<unsigned char>(c))
                                : std::tolower(static_cast<unsigned char>(c)));
  out = Value::string(std::move(text));
  return true;
}

bool capitalize(Evaluator& evaluator, const Expr& call, Value& receiver, Value& out) {
  if (!change_case<false>(evaluator, call, receiver, out)) return false;
  if (!out.text.empty())
    out.text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(out.text[0])));
  return true;
}

bool split(Evaluator& evaluator, const Expr& call, Value& receiver, Value& out) {
  if (!evaluator.expect_count(call, 0, 2)) return false;
  std::string separator;
  if (call.operands.size() > 1 && !text_argument(evaluator, call, 1, &separator)) return false;
  size_t most = ~size_t{0};
  if (call.operands.size() > 2) {
    Value limit, number;
    if (!evaluator.evaluate(*call.operands[2], limit)) return false;
    if (as_number(limit, &number) && number.integer >= 0)
      most = static_cast<size_t>(number.integer);
  }
  std::vector<Value> items;
  const std::string& text = receiver.text;
  if (separator.empty()) {
    if (call.operands.size() > 1)
      return evaluator.fail(call.span, "Separator of split() is empty",
                            "list(text) gives the characters");
    size_t at = 0;
    while (true) {
      at = std::min(text.find_first_not_of(" \t\r\n", at), text.size());
      if (at == text.size()) break;
      const size_t end = std::min(text.find_first_of(" \t\r\n", at), text.size());
      items.push_back(Value::string(text.substr(at, end - at)));
      at = end;
    }
  } else {
    size_t at = 0;
    while (true) {
      const size_t found = items.size() < most ? text.find(separator, at) : std::string::npos;
      items.push_back(
          Value::string(text.substr(at, found == std::string::npos ? found : found - at)));
      if (found == std::string::npos) break;
      at = found + separator.size();
    }
  }
  if (!evaluator.spend(items.size() + text.size() / 16, call.span)) return false;
  out = Value::make_list(std::move(items));
  return true;
}

template <bool Start>
bool begins_or_ends(Evaluator& evaluator, const Expr& call, Value& receiver, Value& out) {
  if (!evaluator.expect_count(call, 1, 1)) return false;
  std::string part;
  if (!text_argument(evaluator, call, 1, &part)) return false;
  out = Value::boolean(Start ? receiver.text.starts_with(part) : receiver.text.ends_with(part));
  return true;
}

template <bool Left, bool Right>
bool strip(Evaluator& evaluator, const Expr& call, Value& receiver, Value& out) {
  if (!evaluator.expect_count(call, 0, 1)) return false;
  std::string letters = " \t\r\n\v\f";
  if (call.operands.size() > 1 && !text_argument(evaluator, call, 1, &letters)) return false;
  size_t begin = 0, end = receiver.text.size();
  while (Left && begin < end && letters.find(receiver.text[begin]) != std::string::npos) ++begin;
  while (Right && end > begin && letters.find(receiver.text[end - 1]) != std::string::npos) --end;
  out = Value::string(receiver.text.substr(begin, end - begin));
  return true;
}

bool replace(Evaluator& evaluator, const Expr& call, Value& receiver, Value& out) {
  if (!evaluator.expect_count(call, 2, 2)) return false;
  std::string from, to, result;
  if (!text_argument(evaluator, call, 1, &from) || !text_argument(evaluator, call, 2, &to))
    return false;
  if (from.empty())
    return evaluator.fail(call.span, "First argument of replace() is empty",
                          "give the text to replace");
  const std::string& text = receiver.text;
  size_t at = 0;
  while (true) {
    const size_t found = text.find(from, at);
    result.append(text, at, found == std::string::npos ? found : found - at);
    if (found == std::string::npos) break;
    result += to;
    if (!evaluator.check_size(result.size(), call.span) ||
        !evaluator.spend(1 + to.size() / 16, call.span))
      return false;
    at = found + from.size();
  }
  out = Value::string(std::move(result));
  return true;
}

bool join(Evaluator& evaluator, const Expr& call, Value& receiver, Value& out) {
  if (!evaluator.expect_count(call, 1, 1)) return false;
  const std::string separator = receiver.text;
  Value list;
  if (!evaluator.evaluate(*call.operands[1], list)) return false;
  if (list.kind == ValueKind::kUndefined) return evaluator.missing(list, call.operands[1]->span);
  if (!list.is_sequence())
    return evaluator.fail(call.span, "join() needs a list, not " + std::string(list.type_name()),
                          "for example: ','.join(Array(codes))");
  std::string text;
  for (size_t i = 0; i < list.list->items.size(); ++i) {
    if (i > 0) text += separator;
    text += to_text(list.list->items[i]);
    if (!evaluator.check_size(text.size(), call.span) ||
        !evaluator.spend(1 + separator.size() / 16, call.span))
      return false;
  }
  out = Value::string(std::move(text));
  return true;
}

template <bool Count>
bool find_text(Evaluator& evaluator, const Expr& call, Value& receiver, Value& out) {
  if (!evaluator.expect_count(call, 1, 1)) return false;
  std::string part;
  if (!text_argument(evaluator, call, 1, &part) ||
      !evaluator.spend(receiver.text.size() / 16, call.span))
    return false;
  size_t at = receiver.text.find(part);
  if constexpr (!Count) {
    out = Value::number(at == std::string::npos ? -1 : static_cast<__int128>(at));
    return true;
  }
  __int128 count = 0;
  for (; !part.empty() && at != std::string::npos; at = receiver.text.find(part, at + part.size()))
    ++count;
  out = Value::number(count);
  return true;
}

template <int (*Test)(int)>
bool every_byte(Evaluator& evaluator, const Expr& call, Value& receiver, Value& out) {
  if (!evaluator.expect_count(call, 0, 0)) return false;
  out = Value::boolean(!receiver.text.empty() &&
                       std::all_of(receiver.text.begin(), receiver.text.end(),
                                   [](unsigned char c) { return Test(c) != 0; }));
  return true;
}

constexpr ValueKind kText = ValueKind::kString;
constexpr MethodRule kMethods[] = {
    {"split", kText, "The parts between separators.", &split},
    {"startswith", kText, "Whether the text begins with `prefix`.", &begins_or_ends<true>},
    {"endswith", kText, "Whether the text ends with `suffix`.", &begins_or_ends<false>},
    {"lower", kText, "The text in lower case.", &change_case<false>},
    {"upper", kText, "The text in upper case.", &change_case<true>},
    {"capitalize", kText, "The text with a capital first letter.", &capitalize},
    {"strip", kText, "The text without blanks at its ends.", &strip<true, true>},
    {"lstrip", kText, "The text without blanks in front.", &strip<true, false>},
    {"rstrip", kText, "The text without blanks at its end.", &strip<false, true>},
    {"replace", kText, "The text with `from` replaced by `to`.", &replace},
    {"join", kText, "The elements of a list with this text between them.", &join},
    {"find", kText, "Where `part` begins, or -1.", &find_text<false>},
    {"count", kText, "How often `part` occurs.", &find_text<true>},
    {"isdigit", kText, "Whether all characters are digits.", &every_byte<&std::isdigit>},
    {"isnumeric", kText, "Whether all characters are digits.", &every_byte<&std::isdigit>},
    {"isalpha", kText, "Whether all characters are letters.", &every_byte<&std::isalpha>},
    {"isalnum", kText, "Whether all characters are letters or digits.", &every_byte<&std::isalnum>},
};

}  // namespace

std::span<const MethodRule> text_methods() { return kMethods; }

}  // namespace sp::tmpl
