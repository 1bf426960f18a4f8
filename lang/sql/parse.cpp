// The entries of the SQL grammar: text → tokens → tree, the place where grammar failures become errors. See parse.h.

#include "lang/sql/parse.h"

#include <cctype>

#include "lang/sql/grammar.h"

namespace sp::sql {

namespace grammar {

namespace {

void need_end(Input& in, Build& b) {
  while (peek(in) == Code::kSemicolon) advance(in);
  if (peek(in) == Code::kEnd) return;
  b.expect(index_of(in), Code::kEnd);
  throw GrammarFailure{};
}

std::string upper(std::string_view word) {
  std::string out(word);
  for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

// EXPLAIN [AST | SYNTAX | QUERY TREE | PLAN | PIPELINE | ESTIMATE] [setting = value, ...] query
void explain_head(Input& in, Build& b, Statement& statement) {
  statement.kind = Statement::Kind::kExplain;
  while (peek(in) == Code::kWord && peek(in, b, 1) != Code::kEquals) {
    if (!statement.explain_form.empty()) statement.explain_form += ' ';
    statement.explain_form += upper(b.source(index_of(in)));
    advance(in);
  }
  if (peek(in, b, 1) == Code::kEquals) match_settings(in, b, statement.settings);
}

Statement statement_of(Input& in, Build& b) {
  Statement statement;
  if (accept(in, b, Code::kExplain)) explain_head(in, b, statement);
  if (!match_query(in, b)) throw GrammarFailure{};
  statement.query = std::move(b.queries.back());
  b.queries.pop_back();
  if (accept(in, b, Code::kFormat)) {
    if (!match_name(in, b)) throw GrammarFailure{};
    statement.format = std::move(b.names.back().text);
    if (accept(in, b, Code::kSettings)) match_settings(in, b, statement.settings);
  }
  need_end(in, b);
  return statement;
}

QueryPtr query_of(Input& in, Build& b) {
  if (!match_query(in, b)) throw GrammarFailure{};
  need_end(in, b);
  return std::move(b.queries.back());
}

ExprPtr expression_of(Input& in, Build& b) {
  if (!match_aliased(in, b)) throw GrammarFailure{};
  need_end(in, b);
  return b.pop().expr;
}

// A list, its outer brackets optional: `(a, b)` and `tuple()` are lists too.
std::vector<ExprPtr> list_of(Input& in, Build& b) {
  std::vector<ExprPtr> list;
  if (peek(in) == Code::kEnd) return list;
  do {
    if (!match_aliased(in, b)) throw GrammarFailure{};
    list.push_back(b.pop().expr);
  } while (accept(in, b, Code::kComma));
  need_end(in, b);
  if (list.size() == 1 && list[0]->kind == ExprKind::kFunction && list[0]->name == "tuple" && list[0]->alias.empty()) {
    return std::vector<ExprPtr>(std::move(list[0]->args));
  }
  return list;
}

}  // namespace

}  // namespace grammar

namespace {

// Tokenizes and runs one entry; every failure of the grammar ends here.
template <typename Value, Value (*Entry)(grammar::Input&, Build&)>
Result<Value> parse_with(std::string_view text, const ParseLimits& limits, std::vector<Span>* names = nullptr) {
  if (text.size() > limits.max_query_size_bytes) {
    return fail(ErrorCode::kSyntaxError, "Syntax error: query is too long: " + std::to_string(text.size()) + " bytes, maximum " +
                                             std::to_string(limits.max_query_size_bytes),
                Span{0, 0});
  }
  SP_TRY(const TokenList list, tokenize(text, limits.max_depth));
  grammar::Input in(list.codes.data(), list.codes.size(), "");
  Build build(text, list, limits);
  build.names_noted = names;
  try {
    return Entry(in, build);
  } catch (GrammarFailure& failure) {
    if (failure.error) return std::move(*failure.error);
    return syntax_error(build);
  }
}

}  // namespace

Result<Statement> parse_statement(std::string_view text, const ParseLimits& limits, std::vector<Span>* names) {
  return parse_with<Statement, grammar::statement_of>(text, limits, names);
}
Result<QueryPtr> parse_query(std::string_view text, const ParseLimits& limits, std::vector<Span>* names) {
  return parse_with<QueryPtr, grammar::query_of>(text, limits, names);
}
Result<ExprPtr> parse_expression(std::string_view text, const ParseLimits& limits) {
  return parse_with<ExprPtr, grammar::expression_of>(text, limits);
}
Result<std::vector<ExprPtr>> parse_expression_list(std::string_view text, const ParseLimits& limits) {
  return parse_with<std::vector<ExprPtr>, grammar::list_of>(text, limits);
}

}  // namespace sp::sql
