#pragma once
// Build: the state of one parse at the grammar's second level. It holds the tokens, the value
// stacks on which rules leave what they matched, the limits, and the furthest position reached with
// what was expected there (for the error message).
// One parse, one Build; not shared between threads.

#include <bitset>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lang/sql/ast.h"
#include "lang/sql/parse.h"
#include "lang/sql/token.h"

namespace sp::sql {

/// An expression and the height of its tree, which the depth limit bounds.
struct Node {
  ExprPtr expr;
  uint32_t depth = 1;
};

inline std::vector<Node> nodes_of(Node first, Node second) {
  std::vector<Node> nodes;
  nodes.reserve(2);
  nodes.push_back(std::move(first));
  nodes.push_back(std::move(second));
  return nodes;
}
/// From the beginning of `left` to the end of `right`.
inline Span joined(const Node& left, const Node& right) {
  return {left.expr->span.begin, right.expr->span.end};
}

struct Name {
  std::string text;
  bool quoted = false;
};

/// Thrown where the grammar cannot go on, and caught in parse.cpp. Without `error` the message is
/// made from the furthest expectations.
struct GrammarFailure {
  std::optional<Error> error;
};

class Build {
 public:
  Build(std::string_view text, const TokenList& list, const ParseLimits& limits)
      : text_(text),
        list_(list),
        limits_(limits) {}

  // Tokens. Indices past the end mean the last token, kEnd.
  TokenCode code(uint32_t index) const {
    return static_cast<TokenCode>(
        list_.codes[index < list_.codes.size() ? index : list_.codes.size() - 1]);
  }
  const Token& token(uint32_t index) const {
    return list_.tokens[index < list_.tokens.size() ? index : list_.tokens.size() - 1];
  }
  std::string_view source(uint32_t index) const {
    return text_.substr(token(index).begin, token(index).end - token(index).begin);
  }
  /// The bytes of tokens [first, end).
  Span span(uint32_t first, uint32_t end) const {
    return {token(first).begin, end > first ? token(end - 1).end : token(first).end};
  }
  std::string_view text() const { return text_; }
  /// True if the two tokens touch, without blanks or comments between.
  bool adjacent(uint32_t left, uint32_t right) const {
    return token(left).end == token(right).begin;
  }

  /// Notes that `what` would have been accepted at token `at`.
  void expect(uint32_t at, TokenCode what) {
    if (at < furthest_) return;
    if (at > furthest_) {
      furthest_ = at;
      expected_.reset();
    }
    expected_.set(static_cast<size_t>(what));
  }
  uint32_t furthest() const { return furthest_; }
  const std::bitset<256>& expected() const { return expected_; }

  /// Makes a node over tokens [first, end); counts it against max_elements.
  ExprPtr make(ExprKind kind, uint32_t first, uint32_t end);
  /// Makes a call with the given arguments; depth is one more than the deepest.
  Node call(std::string name, std::vector<Node> args, Span span, Spelling spelling);
  /// Wraps a finished expression: checks the height limit. Every node pushed goes through here.
  Node node(ExprPtr expr, uint32_t depth);
  void push(Node node) { nodes.push_back(std::move(node)); }
  Node pop() {
    Node node = std::move(nodes.back());
    nodes.pop_back();
    return node;
  }
  /// Copies a subtree within the element budget (x BETWEEN a AND b needs x twice).
  ExprPtr copy(const Expr& expr);
  [[noreturn]] void stop(Error error) const { throw GrammarFailure{std::move(error)}; }

  /// Notes that token `index` was read as a name (or as part of a type), whatever keyword it
  /// spells.
  void note_name(uint32_t index) const {
    if (names_noted != nullptr) names_noted->push_back({token(index).begin, token(index).end});
  }
  std::vector<Span>* names_noted = nullptr;  ///< where note_name() writes; for the formatter

  // Value stacks.
  std::vector<Node> nodes;
  std::vector<Name> names;
  std::vector<std::string> types;
  std::vector<QueryPtr> queries;
  std::vector<TableExprPtr> tables;
  std::vector<ArrayJoin> array_joins;  ///< of the FROM clause just read
  std::vector<std::unique_ptr<WindowSpec>> windows;
  std::vector<std::vector<SortItem>> sort_lists;

  uint32_t query_depth = 0;     ///< greatest height pushed in the query being read
  uint32_t subquery_depth = 0;  ///< that of the query just read: its node is one higher

 private:
  friend class Nesting;
  std::string_view text_;
  const TokenList& list_;
  ParseLimits limits_;
  uint32_t nesting_ = 0;
  uint32_t elements_ = 0;
  uint32_t furthest_ = 0;
  std::bitset<256> expected_;
};

/// Counts open constructs (brackets, subqueries, operands) while it lives; TOO_DEEP_RECURSION past
/// max_depth, long before the machine stack ends.
class Nesting {
 public:
  Nesting(Build& build, uint32_t at, uint32_t weight = 1);
  ~Nesting() { build_.nesting_ -= weight_; }
  Nesting(const Nesting&) = delete;
  Nesting& operator=(const Nesting&) = delete;

 private:
  Build& build_;
  uint32_t weight_;
};

/// Turns the furthest expectations into a SYNTAX_ERROR with span, found token and hint
/// (syntax_error.cpp).
Error syntax_error(const Build& build);

}  // namespace sp::sql
