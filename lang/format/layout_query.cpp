// Clauses: where they begin and end, and how each kind is broken. Entries: lay_out(),
// Layout::query().

#include "lang/format/layout.h"

namespace sp::format {

using Kind = Element::Kind;
using sql::TokenCode;

uint32_t Layout::next_token(uint32_t i, uint32_t end) const {
  for (++i; i < end && at(i).kind == Kind::kComment;) ++i;
  return i;
}

uint32_t Layout::previous_token(uint32_t i) const {
  while (i-- > 0) {
    if (at(i).kind != Kind::kComment) return i;
  }
  return kNone;
}

// [GLOBAL] [ANY | ALL | ASOF | SEMI | ANTI] [LEFT | ...] [OUTER] [ARRAY] JOIN
bool Layout::joins_at(uint32_t i, bool* array) const {
  const auto size = static_cast<uint32_t>(elements_.size());
  for (uint32_t words = 0; words < 6 && i < size && at(i).kind == Kind::kToken && at(i).is_keyword;
       ++words, i = next_token(i, size)) {
    switch (at(i).code) {
      case TokenCode::kJoin: return true;
      case TokenCode::kArray: *array = true; break;
      case TokenCode::kGlobal:
      case TokenCode::kLocal:
      case TokenCode::kAny:
      case TokenCode::kAll:
      case TokenCode::kAsof:
      case TokenCode::kSemi:
      case TokenCode::kAnti:
      case TokenCode::kLeft:
      case TokenCode::kRight:
      case TokenCode::kInner:
      case TokenCode::kFull:
      case TokenCode::kCross:
      case TokenCode::kPaste:
      case TokenCode::kOuter: break;
      default: return false;
    }
  }
  return false;
}

// EXCEPT and INTERSECT between queries; EXCEPT after a star names columns.
bool Layout::set_operation_at(uint32_t i) const {
  const auto size = static_cast<uint32_t>(elements_.size());
  if (is(i, TokenCode::kIntersect) || is(i, TokenCode::kUnion)) return true;
  const uint32_t next = next_token(i, size);
  if (next >= size) return false;
  if (is_keyword(next, TokenCode::kSelect) || is_keyword(next, TokenCode::kAll) ||
      is_keyword(next, TokenCode::kDistinct) || is_keyword(next, TokenCode::kWith)) {
    return true;
  }
  return is(next, TokenCode::kOpenRound) && at(next).partner != kNone &&
         holds_query({next + 1, at(next).partner});
}

// SAMPLE 1 / 10 OFFSET 1 / 2
bool Layout::follows_sample(uint32_t i) const {
  for (uint32_t k = previous_token(i); k != kNone; k = previous_token(k)) {
    if (is_keyword(k, TokenCode::kSample)) return true;
    if (!is(k, TokenCode::kNumber) && !is(k, TokenCode::kSlash)) return false;
  }
  return false;
}

// The clause that begins at i, inside a clause of another kind.
Layout::Clause Layout::clause_at(uint32_t i, Clause inside) const {
  const auto size = static_cast<uint32_t>(elements_.size());
  if (at(i).kind != Kind::kToken || at(i).opaque || !at(i).is_keyword) return Clause::kNone;
  const uint32_t before = previous_token(i);
  const uint32_t next = next_token(i, size);
  const bool by = next < size && is(next, TokenCode::kBy);
  bool array = false;
  switch (at(i).code) {
    case TokenCode::kExplain: return Clause::kExplain;
    case TokenCode::kSelect: return Clause::kSelect;
    case TokenCode::kWith: {
      const bool modifier =
          next < size && (is(next, TokenCode::kFill) || is(next, TokenCode::kTies) ||
                          is(next, TokenCode::kTotals) || is(next, TokenCode::kRollup) ||
                          is(next, TokenCode::kCube));
      return modifier ? Clause::kNone : Clause::kWith;
    }
    case TokenCode::kFrom: {
      const bool distinct_from = before != kNone && is_keyword(before, TokenCode::kDistinct) &&
                                 previous_token(before) != kNone &&
                                 (is(previous_token(before), TokenCode::kIs) ||
                                  is(previous_token(before), TokenCode::kNot));
      const bool fill = before != kNone && is_keyword(before, TokenCode::kFill);
      return distinct_from || fill ? Clause::kNone : Clause::kFrom;
    }
    case TokenCode::kWhere:
    case TokenCode::kPrewhere:
    case TokenCode::kHaving:
    case TokenCode::kQualify: return Clause::kCondition;
    case TokenCode::kGroup:
    case TokenCode::kOrder: return by ? Clause::kList : Clause::kNone;
    case TokenCode::kWindow:
    case TokenCode::kSettings: return Clause::kList;
    case TokenCode::kLimit: return Clause::kLimit;
    case TokenCode::kOffset:
      return inside == Clause::kLimit || follows_sample(i) ? Clause::kNone : Clause::kOffset;
    case TokenCode::kFetch:
      return inside == Clause::kLimit || inside == Clause::kOffset ? Clause::kNone
                                                                   : Clause::kOffset;
    case TokenCode::kFormat: return Clause::kPlain;
    case TokenCode::kUnion:
    case TokenCode::kIntersect:
    case TokenCode::kExcept: return set_operation_at(i) ? Clause::kSet : Clause::kNone;
    default: break;
  }
  if (!joins_at(i, &array)) return Clause::kNone;
  return array ? Clause::kArrayJoin : Clause::kJoin;
}

uint32_t Layout::head_end(uint32_t i, Clause clause, uint32_t end) const {
  const auto take = [&](uint32_t from, TokenCode code) {
    const uint32_t next = next_token(from, end);
    return next < end && is(next, code) && at(next).is_keyword ? next : from;
  };
  switch (clause) {
    case Clause::kWith: return take(i, TokenCode::kRecursive) + 1;
    case Clause::kSelect: {
      uint32_t last = take(take(i, TokenCode::kDistinct), TokenCode::kAll);
      if (last != i && take(last, TokenCode::kOn) != last) {
        last = take(last, TokenCode::kOn);
        const uint32_t open = next_token(last, end);
        if (open < end && is(open, TokenCode::kOpenRound) && at(open).partner != kNone)
          last = at(open).partner;
      }
      return last + 1;
    }
    case Clause::kJoin:
    case Clause::kArrayJoin: {
      while (!is(i, TokenCode::kJoin)) i = next_token(i, end);
      return i + 1;
    }
    case Clause::kSet: return take(take(i, TokenCode::kAll), TokenCode::kDistinct) + 1;
    case Clause::kList: return take(i, TokenCode::kBy) + 1;
    case Clause::kNone: return i;
    default: return i + 1;
  }
}

bool Layout::holds_clause(Range range) const {
  for (uint32_t i = range.begin; i < range.end; i = after(i)) {
    if (clause_at(i, Clause::kNone) != Clause::kNone) return true;
    if (at(i).kind == Kind::kOpen && block_holds_clause(i)) return true;
  }
  return false;
}

bool Layout::block_holds_clause(uint32_t open) const {
  for (uint32_t part = open; at(part).next_part != kNone; part = at(part).next_part) {
    if (holds_clause({part + 1, at(part).next_part})) return true;
  }
  return false;
}

// True if a range, the inside of brackets, is a query: it begins with SELECT or WITH, perhaps
// inside more brackets.
bool Layout::holds_query(Range range) const {
  for (uint32_t i = range.begin; i < range.end; i = after(i)) {
    if (at(i).kind == Kind::kComment || at(i).kind == Kind::kTag) continue;
    if (at(i).kind == Kind::kOpen) {
      if (block_holds_clause(i)) return true;
      continue;
    }
    const Clause clause = clause_at(i, Clause::kNone);
    if (clause == Clause::kSelect || clause == Clause::kWith || clause == Clause::kFrom)
      return true;
    const uint32_t close = at(i).partner;
    if (!is(i, TokenCode::kOpenRound) || close == kNone || !holds_query({i + 1, close}))
      return false;
    const uint32_t next = next_token(close, range.end);
    return next < range.end && clause_at(next, Clause::kNone) == Clause::kSet;
  }
  return false;
}

bool Layout::holds_window(Range range) const {
  for (uint32_t i = range.begin; i < range.end; i = after(i)) {
    const uint32_t next = next_token(i, range.end);
    if ((is_keyword(i, TokenCode::kPartition) || is_keyword(i, TokenCode::kOrder)) &&
        next < range.end && is(next, TokenCode::kBy))
      return true;
    if (is_keyword(i, TokenCode::kRows) || is_keyword(i, TokenCode::kRange) ||
        is_keyword(i, TokenCode::kGroups))
      return true;
    if (i > range.begin && at(i).kind == Kind::kToken) return false;
  }
  return false;
}

// True if, behind tags and comments from i on, a clause or the end comes.
bool Layout::clause_follows(uint32_t i, uint32_t end) const {
  for (; i < end; i = after(i)) {
    if (at(i).kind == Kind::kComment || at(i).kind == Kind::kTag) continue;
    if (at(i).kind == Kind::kOpen) return block_holds_clause(i);
    return clause_at(i, Clause::kNone) != Clause::kNone || is(i, TokenCode::kSemicolon);
  }
  return true;
}

// A comment at a clause's end belongs to it if it is indented deeper than what follows, or than the
// clause's own head.
bool Layout::belongs_to_body(uint32_t comment, uint32_t next, uint32_t head) const {
  if (next < elements_.size() && at(next).newlines_before > 0 && at(next).kind == Kind::kToken &&
      !is(next, TokenCode::kCloseRound)) {
    return at(comment).column > at(next).column;
  }
  const bool head_begins_line = head == 0 || at(head).newlines_before > 0;
  return head_begins_line && at(comment).column > at(head).column;
}

uint32_t Layout::body_end(uint32_t begin, uint32_t end, Clause clause, uint32_t head) const {
  if (clause == Clause::kSet || clause == Clause::kExplain) {
    uint32_t i = begin;
    if (clause == Clause::kExplain) {
      while (i < end && clause_at(i, Clause::kNone) == Clause::kNone &&
             !is(i, TokenCode::kOpenRound))
        i = after(i);
    }
    return i;
  }
  uint32_t i = begin;
  for (; i < end; i = after(i)) {
    if (is(i, TokenCode::kSemicolon)) break;
    if (i > head && clause_at(i, clause) != Clause::kNone) break;
    if (at(i).kind == Kind::kOpen &&
        (block_holds_clause(i) || (at(i).partner == at(i).next_part &&
                                   next_token(i, end) == at(i).partner && clause_follows(i, end))))
      break;
    if (at(i).kind == Kind::kTag && clause_follows(i, end)) break;
  }
  while (i > begin && stands_alone(i - 1) && !belongs_to_body(i - 1, i, head)) --i;
  return i;
}

void Layout::query(Range range) {
  bool fresh = true;
  for (uint32_t i = range.begin; i < range.end;) {
    const Element& e = at(i);
    if (is(i, TokenCode::kSemicolon)) {
      printer_.sticking_text(";");
      if (++i < range.end) printer_.blank();
      previous_ = kNone;
      fresh = true;
      continue;
    }
    if (e.kind == Kind::kComment && !stands_alone(i)) {
      comment(i++);
      fresh = e.place == Element::Place::kInline;
      continue;
    }
    if (!fresh) {
      line();
      keep_blank(i);
    }
    fresh = false;
    if (e.kind == Kind::kComment) {
      comment(i++);
    } else if (e.kind == Kind::kOpen && clause_follows(i, range.end)) {
      i = block(i, Mode::kQuery);
    } else if (e.kind == Kind::kTag || e.kind == Kind::kMiddle || e.kind == Kind::kClose) {
      tag(i++);
    } else {
      i = clause(i, range.end);
    }
  }
}

uint32_t Layout::clause(uint32_t i, uint32_t end) {
  const Clause kind = clause_at(i, Clause::kNone);
  const uint32_t head = head_end(i, kind, end);
  const Range body{head, std::max(head, body_end(head, end, kind, i))};
  if (kind == Clause::kNone) {
    // What continues a clause from outside a template branch, or a query in brackets; at least one
    // element is taken.
    const Range rest{i, std::max(body.end, after(i))};
    items(rest);
    return rest.end;
  }
  const bool group = kind == Clause::kCondition;
  if (group) printer_.open_group(kShort);
  for (uint32_t k = i; k < head; k = k == i ? k + 1 : after(k)) {
    if (is(k, TokenCode::kOpenRound) && at(k).partner != kNone)
      bracket(k);
    else if (at(k).kind == Kind::kComment)
      comment(k);
    else
      element(k);
  }
  if (body.begin < body.end) {
    switch (kind) {
      case Clause::kWith:
      case Clause::kSelect:
      case Clause::kFrom:
      case Clause::kArrayJoin:
      case Clause::kList: list_body(body); break;
      case Clause::kJoin: join_body(body); break;
      default: space(); chain(body, true);
    }
  }
  if (group) printer_.close_group();
  return body.end;
}

// A list on the clause's line if it fits, else one item a line.
void Layout::list_body(Range body) {
  bool single = true;
  for (uint32_t i = body.begin; i < body.end; i = after(i)) {
    single = single && !is(i, TokenCode::kComma) && !is_statement(i) &&
             !(i == body.begin && at(i).kind == Kind::kComment) &&
             !(stands_alone(i) && after(i) >= body.end);
  }
  if (single) {
    space();
    return expression(body);
  }
  printer_.open_group();
  printer_.indent();
  line();
  items(body);
  printer_.dedent();
  printer_.close_group();
}

// JOIN table ON condition: the condition goes to a line of its own if it does not fit.
void Layout::join_body(Range body) {
  uint32_t on = body.begin;
  while (on < body.end && !is_keyword(on, TokenCode::kOn) && !is_keyword(on, TokenCode::kUsing))
    on = after(on);
  space();
  chain({body.begin, on}, true);
  if (on == body.end) return;
  printer_.indent();
  printer_.open_group();
  line();
  element(on);
  space();
  chain({on + 1, body.end}, true);
  printer_.close_group();
  printer_.dedent();
}

void lay_out(const ElementList& elements, LinePrinter& printer) {
  printer.open_group(0);
  printer.hard();
  Layout(elements, printer).query({0, static_cast<uint32_t>(elements.size())});
  printer.close_group();
}

}  // namespace sp::format
