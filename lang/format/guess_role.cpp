// Words in branches that no probe parsed: keyword or name? Their neighbours tell, as far as the
// grammar's rules for names go (lang/sql/names.cpp). Entry: guess_role().

#include "lang/format/probe.h"

namespace sp::format {
namespace {

using sql::TokenCode;

class Guess {
 public:
  Guess(const ElementList& elements, uint32_t i) : elements_(elements), at_(i) {
    uint32_t before = i;
    while (before > 0 && elements[before - 1].kind == Element::Kind::kComment) --before;
    before_ = before == 0 ? kNone : before - 1;
    for (next_ = i + 1; next_ < elements.size() && elements[next_].kind == Element::Kind::kComment;)
      ++next_;
  }

  bool is_keyword() const {
    if (is(before_, TokenCode::kAs) || is(before_, TokenCode::kDot) ||
        is(before_, TokenCode::kOver) || is(before_, TokenCode::kOpenCurly))
      return false;
    if (is(next_, TokenCode::kDot) || is(next_, TokenCode::kArrow)) return false;
    switch (code()) {
      case TokenCode::kSelect:
      case TokenCode::kWhere:
      case TokenCode::kPrewhere:
      case TokenCode::kHaving:
      case TokenCode::kFrom:
      case TokenCode::kUnion:
      case TokenCode::kJoin:
      case TokenCode::kUsing:
      case TokenCode::kAs:
      case TokenCode::kOn:
      case TokenCode::kWhen:
      case TokenCode::kThen:
      case TokenCode::kElse:
      case TokenCode::kQualify:
      case TokenCode::kNull: return code() == TokenCode::kNull || !in_name_list();
      case TokenCode::kGroup:
      case TokenCode::kOrder:
      case TokenCode::kPartition: return is(next_, TokenCode::kBy);
      case TokenCode::kBy:
        return after_operand() || is(before_, TokenCode::kGroup) ||
               is(before_, TokenCode::kOrder) || is(before_, TokenCode::kPartition);
      case TokenCode::kAnd:
      case TokenCode::kOr:
        return (after_operand() || (at_branch_start() && !is_call())) && begins_operand();
      case TokenCode::kIn:
      case TokenCode::kIs:
      case TokenCode::kLike:
      case TokenCode::kIlike:
      case TokenCode::kBetween:
      case TokenCode::kLimit:
      case TokenCode::kOffset: return (after_operand() || at_branch_start()) && begins_operand();
      case TokenCode::kNot:
        return begins_operand() || is(next_, TokenCode::kIn) || is(next_, TokenCode::kLike) ||
               is(next_, TokenCode::kIlike) || is(next_, TokenCode::kBetween) ||
               is(next_, TokenCode::kNull);
      case TokenCode::kDistinct: return is(before_, TokenCode::kSelect) && begins_operand();
      case TokenCode::kCase: return is(next_, TokenCode::kWhen);
      case TokenCode::kEndWord: return after_operand() && open_cases() > 0;
      case TokenCode::kInterval:
        return is(next_, TokenCode::kNumber) ||
               (next_ < elements_.size() && elements_[next_].opaque);
      default: return joins();
    }
  }

 private:
  TokenCode code() const { return elements_[at_].code; }
  bool is_token(uint32_t i) const {
    return i < elements_.size() && elements_[i].kind == Element::Kind::kToken;
  }
  bool is(uint32_t i, TokenCode code) const {
    return is_token(i) && !elements_[i].opaque && elements_[i].code == code;
  }

  bool after_operand() const {
    if (!is_token(before_)) return false;
    const Element& before = elements_[before_];
    if (before.opaque) return true;
    switch (before.code) {
      case TokenCode::kWord:
      case TokenCode::kQuotedName:
      case TokenCode::kNumber:
      case TokenCode::kString:
      case TokenCode::kCloseRound:
      case TokenCode::kCloseSquare:
      case TokenCode::kCloseCurly:
      case TokenCode::kStar:
      case TokenCode::kNull:
      case TokenCode::kEndWord: return true;
      default: return sql::is_keyword(before.code) && !before.is_keyword;
    }
  }

  // * EXCEPT (from, order): names like any other.
  bool in_name_list() const {
    return is(next_, TokenCode::kComma) || is(next_, TokenCode::kCloseRound) ||
           is(next_, TokenCode::kCloseSquare);
  }
  bool is_call() const {
    return is(next_, TokenCode::kOpenRound) && elements_[next_].touches_previous;
  }

  // {% if x %} AND ...
  bool at_branch_start() const { return before_ != kNone && !is_token(before_); }

  bool begins_operand() const {
    if (!is_token(next_))
      return next_ < elements_.size() && elements_[next_].kind == Element::Kind::kOpen;
    const Element& next = elements_[next_];
    if (next.opaque) return true;
    switch (next.code) {
      case TokenCode::kWord:
      case TokenCode::kQuotedName:
      case TokenCode::kNumber:
      case TokenCode::kString:
      case TokenCode::kOpenRound:
      case TokenCode::kOpenSquare:
      case TokenCode::kOpenCurly:
      case TokenCode::kStar:
      case TokenCode::kMinus:
      case TokenCode::kNot:
      case TokenCode::kNull:
      case TokenCode::kCase: return true;
      default: return false;
    }
  }

  size_t open_cases() const {
    size_t open = 0;
    for (uint32_t i = 0; i < at_; ++i) {
      if (is(i, TokenCode::kCase) && elements_[i].is_keyword) ++open;
      if (is(i, TokenCode::kEndWord) && elements_[i].is_keyword && open > 0) --open;
    }
    return open;
  }

  // The words before JOIN.
  bool joins() const {
    uint32_t i = at_;
    for (uint32_t words = 0; words < 5 && is_token(i); ++words, ++i) {
      switch (elements_[i].code) {
        case TokenCode::kJoin: return words > 0;
        case TokenCode::kLeft:
        case TokenCode::kRight:
        case TokenCode::kFull:
        case TokenCode::kInner:
        case TokenCode::kCross:
        case TokenCode::kOuter:
        case TokenCode::kAny:
        case TokenCode::kAll:
        case TokenCode::kSemi:
        case TokenCode::kAnti:
        case TokenCode::kAsof:
        case TokenCode::kArray:
        case TokenCode::kGlobal: break;
        default: return false;
      }
      if (code() == TokenCode::kAll && is(before_, TokenCode::kUnion)) return true;
    }
    return false;
  }

  const ElementList& elements_;
  uint32_t at_;
  uint32_t before_ = kNone;
  uint32_t next_ = kNone;
};

}  // namespace

void guess_role(ElementList& elements, uint32_t i) {
  Element& element = elements[i];
  element.is_keyword = Guess(elements, i).is_keyword();
}

}  // namespace sp::format
