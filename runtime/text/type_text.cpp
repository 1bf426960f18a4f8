// The tokens of types.

#include "runtime/text/type_text.h"

#include <algorithm>
#include <cctype>

#include "runtime/text/quoted_text.h"

namespace sp {

bool TypeText::is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

void TypeText::skip_space() {
  while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
}

bool TypeText::peek(char c) {
  skip_space();
  return at_ < text_.size() && text_[at_] == c;
}

bool TypeText::take(char c) {
  if (!peek(c)) return false;
  ++at_;
  return true;
}

Result<void> TypeText::expect(char c) {
  if (take(c)) return {};
  return unexpected(std::string("'") + c + "'");
}

std::string_view TypeText::word() {
  skip_space();
  const size_t begin = at_;
  while (at_ < text_.size() && is_word(text_[at_])) ++at_;
  return text_.substr(begin, at_ - begin);
}

bool TypeText::at_integer() {
  skip_space();
  return at_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[at_]));
}

Result<int64_t> TypeText::integer() {
  skip_space();
  const size_t begin = at_;
  if (at_ < text_.size() && (text_[at_] == '-' || text_[at_] == '+')) ++at_;
  while (at_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[at_]))) ++at_;
  std::string digits(text_.substr(begin, at_ - begin));
  if (digits.empty() || !std::isdigit(static_cast<unsigned char>(digits.back())) ||
      digits.size() > 18) {
    at_ = begin;
    return unexpected("a number");
  }
  return static_cast<int64_t>(std::stoll(digits));
}

Result<std::string> TypeText::quoted_text(char quote) {
  if (!peek(quote)) return unexpected(quote == '\'' ? "a string" : "an identifier");
  std::string out;
  const char* at = text_.data() + at_;
  const bool closed = read_quoted_text(at, text_.data() + text_.size(), quote, out);
  at_ = static_cast<size_t>(at - text_.data());
  if (!closed) return unexpected("a closing quote");
  return out;
}

Error TypeText::unexpected(std::string_view wanted) const {
  const auto at = static_cast<uint32_t>(at_);
  return fail(ErrorCode::kSyntaxError,
              "Cannot parse data type: expected " + std::string(wanted) + " at \"" +
                  std::string(text_.substr(at_, 20)) + "\" in: " + std::string(text_),
              Span{at, std::min(at + 1, static_cast<uint32_t>(text_.size()))});
}

}  // namespace sp
