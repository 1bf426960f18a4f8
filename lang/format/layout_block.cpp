// Single elements, comments, template blocks, brackets and CASE.

#include "lang/format/layout.h"
#include "lang/format/spacing.h"

namespace sp::format {

using Kind = Element::Kind;
using Place = Element::Place;
using sql::TokenCode;

void Layout::element(uint32_t i) {
  if (previous_ != kNone && blank_between(elements_, previous_, i)) printer_.space();
  printer_.text(spelled(elements_, i));
  previous_ = i;
}

void Layout::comment(uint32_t i) {
  const Element& e = at(i);
  switch (e.place) {
    case Place::kInline: return element(i);
    case Place::kTrailing: printer_.trailing_comment(e.text); break;
    case Place::kOwnLine:
    case Place::kMargin: printer_.own_comment(e.text, e.place == Place::kMargin); break;
  }
  previous_ = kNone;
}

// A template statement on a line of its own.
void Layout::tag(uint32_t i) {
  hard();
  printer_.text(at(i).text);
  hard();
}

// {% if %} ... {% end %} with its branches indented; returns the element behind it.
uint32_t Layout::block(uint32_t i, Mode mode) {
  tag(i);
  for (uint32_t part = i; at(part).next_part != kNone; part = at(part).next_part) {
    const Range branch{part + 1, at(part).next_part};
    printer_.indent();
    switch (mode) {
      case Mode::kQuery: query(branch); break;
      case Mode::kItems: items(branch); break;
      case Mode::kCase: case_parts(branch); break;
    }
    printer_.dedent();
    tag(branch.end);
  }
  return at(i).partner + 1;
}

// True if a branch of the block begins (or ends) with a comma.
bool Layout::block_has_edge_comma(uint32_t open, bool at_front) const {
  for (uint32_t part = open; at(part).next_part != kNone; part = at(part).next_part) {
    const Range branch{part + 1, at(part).next_part};
    uint32_t edge = kNone;
    for (uint32_t i = branch.begin; i < branch.end; i = after(i)) {
      if (at(i).kind == Kind::kComment || at(i).kind == Kind::kTag) continue;
      edge = i;
      if (at_front) break;
    }
    if (edge == kNone) continue;
    if (is(edge, TokenCode::kComma)) return true;
    if (at(edge).kind == Kind::kOpen && block_has_edge_comma(edge, at_front)) return true;
  }
  return false;
}

// One token, f(...) or CASE ... END alone: it shares the brackets' lines instead of being indented
// once more.
bool Layout::is_bare_call(Range range) const {
  if (range.begin == range.end) return false;
  if (range.begin + 1 == range.end && at(range.begin).kind == Kind::kToken) return true;
  uint32_t last = range.begin;
  for (uint32_t i = range.begin; i < range.end; i = after(i)) {
    const Element& e = at(i);
    const bool group = e.kind == Kind::kToken && e.partner != kNone && e.partner > i;
    const bool word = e.kind == Kind::kToken &&
                      (e.opaque || e.code == TokenCode::kWord || e.code == TokenCode::kQuotedName ||
                       e.code == TokenCode::kDot || (sql::is_keyword(e.code) && !e.is_keyword));
    if (!group && !word) return false;
    if (is_keyword(i, TokenCode::kCase) && i != range.begin) return false;
    if (i > range.begin && blank_between(elements_, i - 1, i)) return false;
    last = i;
  }
  return after(last) == range.end && after(last) > last + 1;
}

void Layout::bracket(uint32_t i) {
  const uint32_t close = at(i).partner;
  const Range inside{i + 1, close};
  element(i);
  if (inside.begin == inside.end) return element(close);
  if (depth_ >= kMaxDepth) {
    for (uint32_t k = inside.begin; k < close; ++k) {
      if (at(k).kind == Kind::kComment)
        comment(k);
      else
        element(k);
    }
    return element(close);
  }
  ++depth_;
  const bool query_inside = !is(i, TokenCode::kOpenCurly) && holds_query(inside);
  const bool window_inside = !query_inside && is(i, TokenCode::kOpenRound) && holds_window(inside);
  if (!query_inside && !window_inside && is_bare_call(inside)) {
    operand(inside);
  } else {
    printer_.open_group(query_inside || window_inside ? kShort : LinePrinter::kWidth);
    printer_.indent();
    soft();
    if (blank_between(elements_, i, i + 1)) printer_.space();
    if (query_inside)
      query(inside);
    else if (window_inside)
      window(inside);
    else
      items(inside);
    printer_.dedent();
    soft();
    printer_.close_group();
  }
  --depth_;
  previous_ = kNone;
  element(close);
}

// PARTITION BY ... ORDER BY ... ROWS ...: a line each if they do not fit.
void Layout::window(Range range) {
  uint32_t begin = range.begin;
  for (uint32_t i = range.begin; i < range.end; i = after(i)) {
    const uint32_t next = next_token(i, range.end);
    const bool by = (is_keyword(i, TokenCode::kPartition) || is_keyword(i, TokenCode::kOrder)) &&
                    next < range.end && is(next, TokenCode::kBy);
    if (i == begin || !(by || is_keyword(i, TokenCode::kRows) || is_keyword(i, TokenCode::kRange) ||
                        is_keyword(i, TokenCode::kGroups)))
      continue;
    chain({begin, i}, true);
    line();
    begin = i;
  }
  chain({begin, range.end}, true);
}

void Layout::case_expression(uint32_t i) {
  const uint32_t end = at(i).partner;
  if (depth_ >= kMaxDepth) {
    for (uint32_t k = i; k <= end; ++k) {
      if (at(k).kind == Kind::kComment)
        comment(k);
      else
        element(k);
    }
    return;
  }
  ++depth_;
  printer_.open_group(kShort);
  element(i);
  printer_.indent();
  case_parts({i + 1, end});
  printer_.dedent();
  line();
  element(end);
  printer_.close_group();
  --depth_;
}

// WHEN ... THEN ..., ELSE ..., each on a line of its own if the CASE breaks.
void Layout::case_parts(Range range) {
  for (uint32_t i = range.begin; i < range.end;) {
    if (is_statement(i)) {
      hard();
      keep_blank(i);
      if (at(i).kind == Kind::kOpen)
        i = block(i, Mode::kCase);
      else
        tag(i++);
      continue;
    }
    if (at(i).kind == Kind::kComment) {
      comment(i++);
      continue;
    }
    if (is_keyword(i, TokenCode::kWhen) || is_keyword(i, TokenCode::kElse)) {
      line();
      keep_blank(i);
      element(i++);
    } else if (is_keyword(i, TokenCode::kThen)) {
      element(i++);
    }
    uint32_t end = i;
    while (end < range.end && !is_statement(end) && !is_keyword(end, TokenCode::kWhen) &&
           !is_keyword(end, TokenCode::kThen) && !is_keyword(end, TokenCode::kElse) &&
           !stands_alone(end)) {
      end = after(end);
    }
    if (end > i) {
      if (previous_ != kNone) space();
      expression({i, end});
      i = end;
    }
  }
}

}  // namespace sp::format
