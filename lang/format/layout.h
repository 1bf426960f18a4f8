#pragma once
// Layout: elements to the printer's operations: clauses on lines of their own, lists, conditions,
// brackets and CASE as groups that break where they do not fit, template statements on lines of
// their own with their bodies indented.
// Entry: lay_out(). The members stand in layout_query.cpp (clauses), layout_list.cpp (lists,
// conditions, operands) and layout_block.cpp (template blocks, comments, brackets).

#include "lang/format/element.h"
#include "lang/format/line_printer.h"

namespace sp::format {

/// Lays out the whole text of a query, or of several with semicolons.
void lay_out(const ElementList& elements, LinePrinter& printer);

/// A half-open range of elements.
struct Range {
  uint32_t begin = 0;
  uint32_t end = 0;
};

class Layout {
 public:
  Layout(const ElementList& elements, LinePrinter& printer)
      : elements_(elements),
        printer_(printer) {}

  /// What a template block stands in, and so what its branches hold.
  enum class Mode : uint8_t { kQuery, kItems, kCase };

  void query(Range range);

 private:
  enum class Clause : uint8_t {
    kNone,
    kExplain,
    kWith,
    kSelect,
    kFrom,
    kJoin,
    kArrayJoin,
    kCondition,
    kList,
    kLimit,
    kOffset,
    kPlain,
    kSet
  };

  // layout_query.cpp
  Clause clause_at(uint32_t i, Clause inside) const;
  bool joins_at(uint32_t i, bool* array) const;
  bool set_operation_at(uint32_t i) const;
  bool follows_sample(uint32_t i) const;
  uint32_t head_end(uint32_t i, Clause clause, uint32_t end) const;
  uint32_t body_end(uint32_t begin, uint32_t end, Clause clause, uint32_t head) const;
  bool belongs_to_body(uint32_t comment, uint32_t next, uint32_t head) const;
  bool clause_follows(uint32_t i, uint32_t end) const;
  bool block_holds_clause(uint32_t open) const;
  bool holds_clause(Range range) const;
  bool holds_query(Range range) const;
  bool holds_window(Range range) const;
  uint32_t clause(uint32_t i, uint32_t end);
  void join_body(Range body);
  void list_body(Range body);

  // layout_list.cpp
  void items(Range range);
  uint32_t item_end(uint32_t begin, uint32_t end) const;
  void expression(Range range);
  void chain(Range range, bool indent_all);
  bool has_break_between(Range range) const;
  bool chain_operators(Range range, bool* has_or) const;
  uint32_t chain_boundary(uint32_t begin, uint32_t end, bool split_and) const;
  void operand(Range range);
  bool breaks_at(uint32_t i) const;

  // layout_block.cpp
  void element(uint32_t i);
  void comment(uint32_t i);
  void tag(uint32_t i);
  uint32_t block(uint32_t i, Mode mode);
  void bracket(uint32_t i);
  void window(Range range);
  void case_expression(uint32_t i);
  void case_parts(Range range);
  bool is_bare_call(Range range) const;
  bool block_has_edge_comma(uint32_t open, bool at_front) const;

  // Elements.
  const Element& at(uint32_t i) const { return elements_[i]; }
  bool is(uint32_t i, sql::TokenCode code) const {
    return i < elements_.size() && elements_[i].kind == Element::Kind::kToken &&
           !elements_[i].opaque && elements_[i].code == code;
  }
  bool is_keyword(uint32_t i, sql::TokenCode code) const {
    return is(i, code) && elements_[i].is_keyword;
  }
  bool is_statement(uint32_t i) const {
    const Element::Kind kind = at(i).kind;
    return kind != Element::Kind::kToken && kind != Element::Kind::kComment;
  }
  bool stands_alone(uint32_t i) const {
    return at(i).kind == Element::Kind::kComment &&
           (at(i).place == Element::Place::kOwnLine || at(i).place == Element::Place::kMargin);
  }
  // The next element of the same level: behind the bracket, CASE or block that begins at i.
  uint32_t after(uint32_t i) const {
    return at(i).partner != kNone && at(i).partner > i ? at(i).partner + 1 : i + 1;
  }
  // The next token behind i, comments left out; `end` if there is none.
  uint32_t next_token(uint32_t i, uint32_t end) const;
  uint32_t previous_token(uint32_t i) const;

  void line() {
    printer_.line();
    previous_ = kNone;
  }
  void soft() {
    printer_.soft();
    previous_ = kNone;
  }
  void hard() {
    printer_.hard();
    previous_ = kNone;
  }
  void space() {
    printer_.space();
    previous_ = kNone;
  }
  // Keeps an empty line of the author's before element i.
  void keep_blank(uint32_t i) {
    if (at(i).newlines_before > 1) printer_.blank();
  }

  static constexpr uint32_t kShort =
      72;  // a subquery, condition or CASE up to this width may stay on one line
  static constexpr uint32_t kMaxDepth = 100;  // brackets nested deeper are printed on one line

  const ElementList& elements_;
  LinePrinter& printer_;
  uint32_t previous_ = kNone;  // the element before the cursor in its line
  uint32_t depth_ = 0;
};

}  // namespace sp::format
