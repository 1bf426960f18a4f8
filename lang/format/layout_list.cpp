// Lists, conditions and operands. Entries: Layout::items(), Layout::expression(), Layout::chain().

#include "lang/format/layout.h"
#include "lang/format/spacing.h"

namespace sp::format {

using Kind = Element::Kind;
using sql::TokenCode;

// The end of the item that begins here: a comma, or a template block that brings one.
uint32_t Layout::item_end(uint32_t begin, uint32_t end) const {
  for (uint32_t i = begin; i < end; i = after(i)) {
    if (is(i, TokenCode::kComma)) return i;
    if (at(i).kind == Kind::kOpen) {
      if (i > begin && block_has_edge_comma(i, true)) return i;
      if (block_has_edge_comma(i, false)) return after(i);
    }
  }
  return end;
}

void Layout::items(Range range) {
  bool fresh = true;
  for (uint32_t i = range.begin; i < range.end;) {
    const Element& e = at(i);
    if (e.kind == Kind::kComment && e.place == Element::Place::kTrailing) {
      comment(i++);
      continue;
    }
    if (!fresh) {
      line();
      keep_blank(i);
    }
    fresh = false;
    if (stands_alone(i)) {
      comment(i++);
      continue;
    }
    if (is_statement(i)) {
      if (e.kind == Kind::kOpen)
        i = block(i, Mode::kItems);
      else
        tag(i++);
      const uint32_t next =
          i < range.end && at(i).kind == Kind::kComment ? next_token(i, range.end) : i;
      if (next == i && i < range.end && is(i, TokenCode::kComma)) {
        printer_.sticking_text(",");
        ++i;
      }
      continue;
    }
    if (is(i, TokenCode::kComma)) {  // one that leads, in a template branch
      element(i++);
      space();
      fresh = true;
      continue;
    }
    const uint32_t end = item_end(i, range.end);
    // Comments on lines of their own behind the item come after its comma.
    uint32_t last = end;
    while (last > i + 1 && stands_alone(last - 1)) --last;
    expression({i, last});
    i = last;
    if (end < range.end && is(end, TokenCode::kComma)) {
      printer_.sticking_text(",");
      for (; i < end; ++i) {
        line();
        keep_blank(i);
        comment(i);
      }
      i = end + 1;
    }
  }
}

// True if a template statement, or a comment that needs a line of its own, stands in the range's
// own level.
bool Layout::has_break_between(Range range) const {
  for (uint32_t i = range.begin; i < range.end; i = after(i)) {
    if (is_statement(i) || stands_alone(i)) return true;
  }
  return false;
}

bool Layout::chain_operators(Range range, bool* has_or) const {
  bool any = false;
  uint32_t between = 0;
  for (uint32_t i = range.begin; i < range.end; i = after(i)) {
    if (is_keyword(i, TokenCode::kBetween)) ++between;
    if (is_keyword(i, TokenCode::kOr)) any = *has_or = true;
    if (is_keyword(i, TokenCode::kAnd)) {
      if (between > 0)
        --between;
      else
        any = true;
    }
  }
  return any;
}

void Layout::expression(Range range) {
  bool has_or = false;
  if (has_break_between(range) || chain_operators(range, &has_or)) {
    chain(range, false);
  } else {
    operand(range);
  }
}

// Where the operand that begins here ends: at the next OR (or AND), template statement or comment
// of its own line.
uint32_t Layout::chain_boundary(uint32_t begin, uint32_t end, bool split_and) const {
  uint32_t between = 0;
  for (uint32_t i = begin; i < end; i = after(i)) {
    if (is_statement(i) || stands_alone(i)) return i;
    if (is_keyword(i, TokenCode::kBetween)) ++between;
    if (is_keyword(i, TokenCode::kOr) && i > begin) return i;
    if (is_keyword(i, TokenCode::kAnd)) {
      if (between > 0)
        --between;
      else if (split_and && i > begin)
        return i;
    }
  }
  return end;
}

// a AND b OR c, with template statements between: on one line if short, else one condition a line.
void Layout::chain(Range range, bool indent_all) {
  bool has_or = false;
  chain_operators(range, &has_or);
  const bool broken = has_break_between(range);
  const bool split_and = !has_or || broken;
  const auto is_operator = [&](uint32_t i) {
    return is_keyword(i, TokenCode::kOr) || (split_and && is_keyword(i, TokenCode::kAnd));
  };
  bool indented = false;
  const auto indent = [&] {
    if (!indented) printer_.indent();
    indented = true;
  };
  printer_.open_group(kShort);
  if (range.begin < range.end && indent_all && at(range.begin).kind != Kind::kToken) indent();
  const bool flush =
      range.begin < range.end &&
      (is_operator(range.begin) || is_statement(range.begin) || stands_alone(range.begin));
  for (uint32_t i = range.begin; i < range.end;) {
    if (i > range.begin && !flush) indent();
    if (is_statement(i)) {
      hard();
      keep_blank(i);
      if (at(i).kind == Kind::kOpen) {
        i = block(i, Mode::kItems);
      } else {
        tag(i++);
      }
      continue;
    }
    if (stands_alone(i)) {
      keep_blank(i);
      comment(i++);
      continue;
    }
    if (is_operator(i)) {
      // Comments behind the operator come before it, so that it stands with its operand.
      uint32_t next = i + 1;
      for (; next < range.end && at(next).kind == Kind::kComment &&
             at(next).place != Element::Place::kInline;
           ++next)
        comment(next);
      if (i > range.begin) {
        line();
        keep_blank(i);
      }
      element(i);
      space();
      i = chain_boundary(next, range.end, split_and);
      if (i > next) {
        if (has_or && !broken)
          expression({next, i});
        else
          operand({next, i});
      }
      continue;
    }
    const uint32_t begin = i;
    i = std::max(chain_boundary(begin, range.end, split_and), begin + 1);
    if (has_or && !broken)
      expression({begin, i});
    else
      operand({begin, i});
  }
  if (indented) printer_.dedent();
  printer_.close_group();
}

// Operators before which an operand that is too long may break.
bool Layout::breaks_at(uint32_t i) const {
  if (at(i).kind != Kind::kToken || at(i).opaque) return false;
  switch (at(i).code) {
    case TokenCode::kConcat:
    case TokenCode::kQuestion: return true;
    case TokenCode::kColon: return at(i).partner == kNone && i > 0 && !is(i - 1, TokenCode::kDot);
    case TokenCode::kPlus:
    case TokenCode::kMinus:
      return is_binary_operator(elements_, i) && !(i > 0 && is(i - 1, TokenCode::kDot));
    default: return false;
  }
}

void Layout::operand(Range range) {
  bool breaks = false;
  for (uint32_t i = range.begin; i < range.end; i = after(i))
    breaks = breaks || (i > range.begin && breaks_at(i));
  const uint32_t group_limit = LinePrinter::kWidth;
  if (breaks) printer_.open_group(group_limit);
  bool indented = false;
  for (uint32_t i = range.begin; i < range.end; i = after(i)) {
    if (breaks && i > range.begin && breaks_at(i)) {
      if (!indented) printer_.indent();
      indented = true;
      line();
    }
    const Element& e = at(i);
    if (e.kind == Kind::kComment) {
      comment(i);
    } else if (is(i, TokenCode::kComma)) {
      printer_.sticking_text(",");
      previous_ = i;
    } else if (is_keyword(i, TokenCode::kCase) && e.partner != kNone) {
      case_expression(i);
    } else if (e.kind == Kind::kToken && e.partner != kNone && e.partner > i) {
      bracket(i);
    } else if (is_statement(i)) {
      if (e.kind == Kind::kOpen)
        block(i, Mode::kItems);
      else
        tag(i);
    } else {
      element(i);
    }
  }
  if (indented) printer_.dedent();
  if (breaks) printer_.close_group();
}

}  // namespace sp::format
