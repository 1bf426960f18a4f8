// Brackets, CASE and template blocks to their ends, with one stack. Entry: pair_elements().

#include "lang/format/pairs.h"

#include <utility>

namespace sp::format {
namespace {

using Kind = Element::Kind;
using sql::TokenCode;

bool opens(const Element& element) {
  return !element.opaque &&
         (element.code == TokenCode::kOpenRound || element.code == TokenCode::kOpenSquare ||
          element.code == TokenCode::kOpenCurly);
}
bool closes(const Element& element) {
  return !element.opaque &&
         (element.code == TokenCode::kCloseRound || element.code == TokenCode::kCloseSquare ||
          element.code == TokenCode::kCloseCurly);
}
bool fits(TokenCode open, TokenCode close) {
  return static_cast<int>(close) == static_cast<int>(open) + 1;
}

class Pairer {
 public:
  explicit Pairer(ElementList& elements) : elements_(elements) {}

  void run() {
    for (uint32_t i = 0; i < elements_.size(); ++i) {
      Element& element = elements_[i];
      switch (element.kind) {
        case Kind::kOpen: open_.push_back(i); break;
        case Kind::kMiddle: part(i, false); break;
        case Kind::kClose: part(i, true); break;
        case Kind::kToken: token(i); break;
        default: break;
      }
    }
    while (!open_.empty()) give_up();
  }

 private:
  void token(uint32_t i) {
    Element& element = elements_[i];
    const bool is_case = element.code == TokenCode::kCase && element.is_keyword;
    if (opens(element) || is_case) {
      open_.push_back(i);
    } else if (element.code == TokenCode::kEndWord && element.is_keyword) {
      if (!open_.empty() && elements_[open_.back()].code == TokenCode::kCase &&
          elements_[open_.back()].kind == Kind::kToken)
        pair(i);
    } else if (element.code == TokenCode::kColon) {
      if (!open_.empty() && elements_[open_.back()].kind == Kind::kToken &&
          elements_[open_.back()].code == TokenCode::kOpenCurly)
        element.partner = open_.back();
    } else if (closes(element)) {
      // A CASE without END inside the brackets is none.
      while (!open_.empty() && elements_[open_.back()].kind == Kind::kToken &&
             elements_[open_.back()].code == TokenCode::kCase)
        open_.pop_back();
      if (open_.empty() || elements_[open_.back()].kind != Kind::kToken ||
          !fits(elements_[open_.back()].code, element.code))
        return;
      pair(i);
    }
  }

  void pair(uint32_t i) {
    elements_[open_.back()].partner = i;
    elements_[i].partner = open_.back();
    open_.pop_back();
  }

  // {% else %} or {% end %}: what the branch left open stays so.
  void part(uint32_t i, bool last) {
    while (!open_.empty() && elements_[open_.back()].kind == Kind::kToken) open_.pop_back();
    if (open_.empty()) {
      elements_[i].kind = Kind::kTag;
      return;
    }
    uint32_t& previous = latest_part(open_.back());
    elements_[previous].next_part = i;
    previous = i;
    if (!last) return;
    latest_.pop_back();
    pair(i);
  }

  // The latest part of the block that element `open` begins.
  uint32_t& latest_part(uint32_t open) {
    if (latest_.empty() || latest_.back().first != open) latest_.emplace_back(open, open);
    return latest_.back().second;
  }

  // The innermost open thing has no end.
  void give_up() {
    uint32_t i = open_.back();
    open_.pop_back();
    if (elements_[i].kind != Kind::kOpen) return;
    while (i != kNone) {
      elements_[i].kind = Kind::kTag;
      i = std::exchange(elements_[i].next_part, kNone);
    }
  }

  ElementList& elements_;
  std::vector<uint32_t> open_;
  std::vector<std::pair<uint32_t, uint32_t>>
      latest_;  // of blocks with parts: the block, its latest part
};

}  // namespace

void pair_elements(ElementList& elements) { Pairer(elements).run(); }

}  // namespace sp::format
