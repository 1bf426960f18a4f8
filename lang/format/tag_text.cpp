// Tokens of template expressions (Python's) and the blanks between them.

#include "lang/format/tag_text.h"

#include <algorithm>
#include <cctype>
#include <vector>

#include "lang/source/trimmed.h"

namespace sp::format {
namespace {

struct Token {
  enum class Kind : uint8_t {
    kWord,
    kKeyword,
    kNumber,
    kString,
    kOpen,
    kClose,
    kComma,
    kDot,
    kColon,
    kOperator
  };
  Kind kind;
  std::string_view text;
};
using Kind = Token::Kind;

bool is_blank(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }
bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' ||
         (static_cast<unsigned char>(c) & 0x80U) != 0;
}

// Words after which an operand begins, so that a minus there is a sign and a bracket no call.
bool is_keyword(std::string_view word) {
  static constexpr std::string_view kWords[] = {
      "and", "or", "not", "in", "is", "if", "else", "elif", "for", "while", "set", "raw", "lambda"};
  return std::find(std::begin(kWords), std::end(kWords), word) != std::end(kWords);
}

size_t string_end(std::string_view text, size_t at) {
  const char quote = text[at];
  const bool is_long = text.substr(at, 3) == std::string(3, quote);
  const std::string closing(is_long ? 3 : 1, quote);
  for (at += closing.size(); at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text.substr(at, closing.size()) == closing) {
      return at + closing.size();
    }
  }
  return text.size();
}

size_t number_end(std::string_view text, size_t at) {
  const bool hex = text.substr(at, 2) == "0x" || text.substr(at, 2) == "0X";
  for (; at < text.size(); ++at) {
    const bool sign = (text[at] == '+' || text[at] == '-') && !hex &&
                      (text[at - 1] == 'e' || text[at - 1] == 'E');
    if (!is_word(text[at]) && text[at] != '.' && !sign) break;
  }
  return at;
}

size_t operator_size(std::string_view rest) {
  for (const std::string_view three : {"//="}) {
    if (rest.starts_with(three)) return 3;
  }
  for (const std::string_view two :
       {"==", "!=", "<=", ">=", "<>", "**", "//", "+=", "-=", "*=", "/=", "%="}) {
    if (rest.starts_with(two)) return 2;
  }
  return 1;
}

std::vector<Token> tokens_of(std::string_view text) {
  std::vector<Token> out;
  size_t at = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (is_blank(c)) {
      ++at;
      continue;
    }
    const size_t begin = at;
    Kind kind = Kind::kOperator;
    const bool prefixed = at + 1 < text.size() && (text[at + 1] == '\'' || text[at + 1] == '"') &&
                          std::string_view("rRuUbB").find(c) != std::string_view::npos;
    if (c == '\'' || c == '"' || prefixed) {
      kind = Kind::kString;
      at = string_end(text, prefixed ? at + 1 : at);
    } else if (std::isdigit(static_cast<unsigned char>(c)) != 0 ||
               (c == '.' && at + 1 < text.size() &&
                std::isdigit(static_cast<unsigned char>(text[at + 1])) != 0)) {
      kind = Kind::kNumber;
      at = number_end(text, at);
    } else if (is_word(c)) {
      while (at < text.size() && is_word(text[at])) ++at;
      kind = is_keyword(text.substr(begin, at - begin)) ? Kind::kKeyword : Kind::kWord;
    } else {
      kind = c == '(' || c == '[' || c == '{'   ? Kind::kOpen
             : c == ')' || c == ']' || c == '}' ? Kind::kClose
             : c == ','                         ? Kind::kComma
             : c == '.'                         ? Kind::kDot
             : c == ':'                         ? Kind::kColon
                                                : Kind::kOperator;
      at += kind == Kind::kOperator ? operator_size(text.substr(at)) : 1;
    }
    out.push_back({kind, text.substr(begin, at - begin)});
  }
  return out;
}

bool ends_operand(const Token& token) {
  return token.kind == Kind::kWord || token.kind == Kind::kNumber || token.kind == Kind::kString ||
         token.kind == Kind::kClose;
}

// Writes the tokens; the brackets open at the cursor tell what `=` and `:` mean.
class Writer {
 public:
  std::string write(const std::vector<Token>& tokens) {
    for (size_t i = 0; i < tokens.size(); ++i) {
      if (i > 0 && blank_between(tokens, i)) out_ += ' ';
      out_ += tokens[i].text;
      note(tokens, i);
    }
    return std::move(out_);
  }

 private:
  void note(const std::vector<Token>& tokens, size_t i) {
    const Token& token = tokens[i];
    if (token.kind == Kind::kOpen) open_ += token.text[0];
    if (token.kind == Kind::kClose && !open_.empty()) open_.pop_back();
    const bool operand_before = i > 0 && ends_operand(tokens[i - 1]);
    sign_ = (token.text == "-" || token.text == "+") && !operand_before;
  }

  bool blank_between(const std::vector<Token>& tokens, size_t i) const {
    const Token& left = tokens[i - 1];
    const Token& right = tokens[i];
    if (sign_ && right.text != left.text) return false;
    if (left.kind == Kind::kOpen || right.kind == Kind::kClose || right.kind == Kind::kComma)
      return false;
    if (left.kind == Kind::kDot ||
        (right.kind == Kind::kDot && left.kind != Kind::kKeyword && left.kind != Kind::kNumber))
      return false;
    if (right.kind == Kind::kColon) return false;
    if (left.kind == Kind::kColon) return open_.empty() || open_.back() != '[';
    if (left.text == "=" || right.text == "=") return open_.empty();
    if (right.kind == Kind::kOpen) return right.text == "{" || !ends_operand(left);
    return true;
  }

  std::string out_;
  std::string open_;
  bool sign_ = false;
};

}  // namespace

std::string_view statement_word(std::string_view tag) {
  if (!tag.starts_with("{%")) return {};
  std::string_view inside = trimmed(tag.substr(2));
  size_t size = 0;
  while (size < inside.size() && is_word(inside[size])) ++size;
  return inside.substr(0, size);
}

std::string normal_tag(std::string_view tag) {
  if (tag.size() < 4) return std::string(tag);
  const std::string_view open = tag.substr(0, 2);
  const std::string_view close = tag.substr(tag.size() - 2);
  const std::string_view inside = trimmed(tag.substr(2, tag.size() - 4));
  const bool comment = open == "{#" || statement_word(tag) == "comment";
  const std::string text = comment ? std::string(inside) : Writer().write(tokens_of(inside));
  std::string out(open);
  out += ' ';
  if (!text.empty()) out += text + ' ';
  return out += close;
}

}  // namespace sp::format
