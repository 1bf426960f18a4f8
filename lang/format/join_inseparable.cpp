// What must stay together. Entry: join_inseparable().

#include <algorithm>

#include "lang/format/pairs.h"
#include "lang/format/tag_text.h"

namespace sp::format {
namespace {

using Kind = Element::Kind;
using sql::TokenCode;

enum class Class : uint8_t { kWordLike, kSymbol, kNeutral };

Class class_of(const Element& element) {
  if (element.opaque || sql::is_keyword(element.code)) return Class::kWordLike;
  switch (element.code) {
    case TokenCode::kWord:
    case TokenCode::kQuotedName:
    case TokenCode::kNumber:
    case TokenCode::kString: return Class::kWordLike;
    case TokenCode::kComma:
    case TokenCode::kOpenRound:
    case TokenCode::kCloseRound:
    case TokenCode::kOpenSquare:
    case TokenCode::kCloseSquare:
    case TokenCode::kOpenCurly:
    case TokenCode::kCloseCurly:
    case TokenCode::kSemicolon: return Class::kNeutral;
    default: return Class::kSymbol;
  }
}

class Joiner {
 public:
  Joiner(ElementList elements, std::string_view text)
      : in_(std::move(elements)),
        text_(text),
        last_of_(in_.size()) {
    for (size_t i = 0; i < in_.size(); ++i) last_of_[i] = i;
  }

  ElementList run() {
    for (size_t begin = 0; begin < in_.size();) {
      size_t end = begin + 1;
      while (end < in_.size() && in_[end].touches_previous) ++end;
      join_words(begin, end);
      begin = end;
    }
    join_cast_literals();
    ElementList out;
    for (size_t i = 0; i < in_.size(); ++i) {
      size_t last = last_of_[i];
      for (size_t k = i; k <= last; ++k) last = std::max(last, last_of_[k]);
      if (last == i) {
        out.push_back(std::move(in_[i]));
        continue;
      }
      Element joined = in_[i];
      joined.kind = Kind::kToken;
      joined.code = TokenCode::kWord;
      joined.opaque = true;
      joined.is_keyword = false;
      joined.end = in_[last].end;
      joined.text = verbatim_[i]
                        ? std::string(text_.substr(joined.begin, joined.end - joined.begin))
                        : std::string();
      if (!verbatim_[i]) {
        for (size_t k = i; k <= last; ++k) joined.text += in_[k].text;
      }
      out.push_back(std::move(joined));
      i = last;
    }
    return out;
  }

 private:
  void mark(size_t first, size_t last, bool verbatim) {
    last_of_[first] = std::max(last_of_[first], last);
    verbatim_[first] = verbatim;
  }

  // [begin, end): elements that touch one another.
  void join_words(size_t begin, size_t end) {
    size_t token = kNone;
    bool statements = false, middle = false;
    for (size_t i = begin; i < end; ++i) {
      const Element& element = in_[i];
      if (element.kind != Kind::kToken) {
        statements = statements || element.text[0] == '{';
        middle = middle || element.kind == Kind::kMiddle;
        if (element.kind == Kind::kOpen) join_loop(i, end);
        continue;
      }
      if (token != kNone && statements && !middle && class_of(element) == class_of(in_[token]) &&
          class_of(element) != Class::kNeutral) {
        balance(begin, end, token, i);
      }
      token = i;
      statements = middle = false;
    }
  }

  // {% for x in xs %}{{ x }}{% end %}: the turns of a loop touch one another too.
  void join_loop(size_t open, size_t end) {
    const std::string_view word = statement_word(in_[open].text);
    if (word != "for" && word != "while") return;
    size_t depth = 0, words = 0;
    for (size_t i = open; i < end; ++i) {
      if (in_[i].kind == Kind::kOpen) ++depth;
      if (in_[i].kind == Kind::kToken && class_of(in_[i]) == Class::kNeutral) return;
      words += in_[i].kind == Kind::kToken;
      if (in_[i].kind == Kind::kClose && --depth == 0) {
        if (words > 0) mark(open, i, false);
        return;
      }
    }
  }

  // Joins [first, last] with what it takes of its surroundings to hold whole blocks; leaves all as
  // it is if that fails.
  void balance(size_t begin, size_t end, size_t first, size_t last) {
    for (;;) {
      size_t open = 0;
      bool starts_inside = false;
      for (size_t i = first; i <= last; ++i) {
        if (in_[i].kind == Kind::kOpen) ++open;
        if ((in_[i].kind == Kind::kClose || in_[i].kind == Kind::kMiddle) && open == 0)
          starts_inside = true;
        if (in_[i].kind == Kind::kClose && open > 0) --open;
        if (in_[i].kind == Kind::kToken && class_of(in_[i]) == Class::kNeutral) return;
        if (in_[i].kind == Kind::kComment && in_[i].text[0] != '{') return;
      }
      if (starts_inside) {
        if (first == begin) return;
        --first;
      } else if (open > 0) {
        if (last + 1 == end) return;
        ++last;
      } else {
        return mark(first, last, false);
      }
    }
  }

  bool is_operand_end(size_t i) const {
    const Element& element = in_[i];
    if (element.kind != Kind::kToken) return false;
    if (element.code == TokenCode::kCloseRound || element.code == TokenCode::kCloseSquare ||
        element.code == TokenCode::kCloseCurly)
      return true;
    return class_of(element) == Class::kWordLike && !element.is_keyword;
  }

  static bool is_literal(const Element& element) {
    if (element.kind != Kind::kToken || element.opaque) return false;
    switch (element.code) {
      case TokenCode::kNumber:
      case TokenCode::kString:
      case TokenCode::kNull:
      case TokenCode::kTrue:
      case TokenCode::kFalse:
      case TokenCode::kMinus:
      case TokenCode::kComma:
      case TokenCode::kOpenRound:
      case TokenCode::kCloseRound:
      case TokenCode::kOpenSquare:
      case TokenCode::kCloseSquare: return true;
      default: return false;
    }
  }

  // A literal before `::` is cast from its text as written.
  void join_cast_literals() {
    for (size_t i = 1; i < in_.size(); ++i) {
      if (in_[i].kind != Kind::kToken || in_[i].code != TokenCode::kDoubleColon ||
          in_[i - 1].kind != Kind::kToken)
        continue;
      const TokenCode before = in_[i - 1].code;
      if (before == TokenCode::kNumber && i >= 2 && in_[i - 2].code == TokenCode::kMinus &&
          in_[i - 2].kind == Kind::kToken && !in_[i - 1].touches_previous &&
          (i == 2 || !is_operand_end(i - 3))) {
        mark(i - 2, i - 1, true);
      }
      if (before != TokenCode::kCloseRound && before != TokenCode::kCloseSquare) continue;
      size_t depth = 0;
      for (size_t k = i; k-- > 0 && is_literal(in_[k]);) {
        const TokenCode code = in_[k].code;
        if (code == TokenCode::kCloseRound || code == TokenCode::kCloseSquare) ++depth;
        if ((code == TokenCode::kOpenRound || code == TokenCode::kOpenSquare) && --depth == 0) {
          if (k == 0 || !is_operand_end(k - 1)) mark(k, i - 1, true);
          break;
        }
      }
    }
  }

  ElementList in_;
  std::string_view text_;
  std::vector<size_t> last_of_;  // of each element: the last one that it is joined with
  std::vector<bool> verbatim_ = std::vector<bool>(in_.size(), false);
};

}  // namespace

ElementList join_inseparable(ElementList elements, std::string_view text) {
  return Joiner(std::move(elements), text).run();
}

}  // namespace sp::format
