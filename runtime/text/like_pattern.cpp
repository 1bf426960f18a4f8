// Compiling and matching LIKE patterns.

#include "runtime/text/like_pattern.h"

#include <re2/re2.h>

#include "runtime/text/find_substring.h"

namespace sp {
namespace {

struct Token {
  enum class Kind : uint8_t { kLiteral, kAnyText, kAnyCharacter } kind;
  char byte;
};

// `\%`, `\_` and `\\` are literals; a backslash before anything else stands for itself.
std::vector<Token> tokens_of(std::string_view pattern) {
  std::vector<Token> tokens;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '%') {
      tokens.push_back({Token::Kind::kAnyText, c});
    } else if (c == '_') {
      tokens.push_back({Token::Kind::kAnyCharacter, c});
    } else {
      const bool escapes =
          c == '\\' && i + 1 < pattern.size() &&
          (pattern[i + 1] == '%' || pattern[i + 1] == '_' || pattern[i + 1] == '\\');
      if (escapes) ++i;
      tokens.push_back({Token::Kind::kLiteral, pattern[i]});
    }
  }
  return tokens;
}

std::string regexp_of(const std::vector<Token>& tokens) {
  std::string out = "^", literal;
  const auto flush = [&] {
    out += re2::RE2::QuoteMeta(literal);
    literal.clear();
  };
  for (const Token& token : tokens) {
    if (token.kind == Token::Kind::kLiteral) {
      literal += token.byte;
      continue;
    }
    flush();
    out += token.kind == Token::Kind::kAnyText ? ".*" : ".";
  }
  flush();
  return out + "$";
}

}  // namespace

LikePattern::LikePattern(std::string_view pattern, bool any_case) {
  const std::vector<Token> tokens = tokens_of(pattern);
  bool regexp = any_case;
  for (const Token& token : tokens) regexp |= token.kind == Token::Kind::kAnyCharacter;
  if (regexp) {
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_dot_nl(true);
    options.set_case_sensitive(!any_case);
    regexp_ = std::make_unique<re2::RE2>(regexp_of(tokens), options);
    shape_ = Shape::kRegexp;
    pieces_.emplace_back();
    return;
  }
  std::string literal;
  for (const Token& token : tokens) {
    if (token.kind == Token::Kind::kLiteral) {
      literal += token.byte;
    } else if (!literal.empty()) {
      pieces_.push_back(std::move(literal));
      literal.clear();
    }
  }
  starts_open_ = !tokens.empty() && tokens.front().kind == Token::Kind::kAnyText;
  ends_open_ = !tokens.empty() && tokens.back().kind == Token::Kind::kAnyText;
  if (!literal.empty() || pieces_.empty()) pieces_.push_back(std::move(literal));
  const bool whole = pieces_.size() == 1;
  if (whole && !starts_open_ && !ends_open_) shape_ = Shape::kExact;
  if (whole && !starts_open_ && ends_open_) shape_ = Shape::kPrefix;
  if (whole && starts_open_ && !ends_open_) shape_ = Shape::kSuffix;
  if (whole && starts_open_ && ends_open_) shape_ = Shape::kContains;
}

LikePattern::~LikePattern() = default;

bool LikePattern::matches_pieces(std::string_view text) const noexcept {
  size_t first = 0, last = pieces_.size();
  if (!starts_open_) {
    if (!text.starts_with(pieces_.front())) return false;
    text.remove_prefix(pieces_.front().size());
    ++first;
  }
  if (!ends_open_) {
    if (!text.ends_with(pieces_.back())) return false;
    text.remove_suffix(pieces_.back().size());
    --last;
  }
  size_t from = 0;
  for (size_t i = first; i < last; ++i) {
    const size_t at = find_substring(text, pieces_[i], from);
    if (at == std::string_view::npos) return false;
    from = at + pieces_[i].size();
  }
  return true;
}

bool LikePattern::matches(std::string_view text) const noexcept {
  switch (shape_) {
    case Shape::kExact: return text == literal();
    case Shape::kPrefix: return text.starts_with(literal());
    case Shape::kSuffix: return text.ends_with(literal());
    case Shape::kContains: return find_substring(text, literal()) != std::string_view::npos;
    case Shape::kPieces: return matches_pieces(text);
    case Shape::kRegexp:
      return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *regexp_);
  }
  return false;
}

}  // namespace sp
