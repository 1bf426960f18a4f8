// The entries of the SQL grammar: text → tokens → tree, the place where grammar failures become
// errors. See parse.h.

#include "lang/sql/parse.h"

#include <algorithm>
#include <array>
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

// ClickHouse's forms, and our own.
const std::vector<std::string_view>& explain_forms() {
  static const std::vector<std::string_view> kForms = {
      "AST",     "SYNTAX", "QUERY TREE", "PLAN", "PIPELINE", "ESTIMATE",
      "ANALYZE", "SHAPE",  "PIPELINES",  "IR",   "ASM",      "TIMINGS"};
  return kForms;
}

// EXPLAIN [AST | SYNTAX | QUERY TREE | PLAN | PIPELINE | ESTIMATE | ...] [setting = value, ...]
// query
void explain_head(Input& in, Build& b, Statement& statement) {
  statement.kind = Statement::Kind::kExplain;
  const uint32_t first = index_of(in);
  std::string& form = statement.explain_form;
  while (peek(in) == Code::kWord && peek(in, b, 1) != Code::kEquals) {
    form += (form.empty() ? "" : " ") + upper(b.source(index_of(in)));
    advance(in);
  }
  const std::vector<std::string_view>& forms = explain_forms();
  if (!form.empty() && std::find(forms.begin(), forms.end(), form) == forms.end()) {
    std::string hint = did_you_mean(form, forms);
    if (hint.empty()) hint = "write EXPLAIN with PLAN, PIPELINE, AST or SYNTAX, or without a word";
    b.stop(fail(ErrorCode::kSyntaxError, "Syntax error: EXPLAIN knows no such form: " + form,
                b.span(first, index_of(in)), hint));
  }
  if (peek(in, b, 1) == Code::kEquals) match_settings(in, b, statement.settings);
}

// Statements that change data or ask about it by other means than a query.
void refuse_other_statements(const Input& in, const Build& b) {
  static constexpr std::array<std::string_view, 27> kOthers = {
      "INSERT", "CREATE", "ALTER",  "DROP",     "DELETE", "UPDATE",   "TRUNCATE",
      "RENAME", "ATTACH", "DETACH", "SET",      "USE",    "OPTIMIZE", "SYSTEM",
      "GRANT",  "REVOKE", "KILL",   "EXCHANGE", "SHOW",   "DESC",     "DESCRIBE",
      "EXISTS", "CHECK",  "BACKUP", "RESTORE",  "UNDROP", "BEGIN"};
  const uint32_t at = index_of(in);
  const Code code = peek(in);
  if (code != Code::kWord && !is_keyword(code)) return;
  const std::string word = upper(b.source(at));
  if (std::find(kOthers.begin(), kOthers.end(), word) == kOthers.end()) return;
  const bool asks = word == "SHOW" || word == "DESC" || word == "DESCRIBE" || word == "EXISTS";
  b.stop(fail(
      ErrorCode::kSyntaxError, "Only SELECT queries are run here. Got: " + word, b.span(at, at + 1),
      asks ? "SELECT from system.tables and system.columns"
      : word == "INSERT"
          ? "send rows to /v0/events or /v0/datasources"
          : "data sources are made and changed by their .datasource files and by /v0/datasources"));
}

void refuse_outfile(const Input& in, const Build& b) {
  if (peek(in) != Code::kInto) return;
  const uint32_t at = index_of(in);
  b.stop(fail(ErrorCode::kNotImplemented, "INTO OUTFILE is not supported",
              b.span(at, at + (is_word(b.source(at + 1), "OUTFILE") ? 2U : 1U)),
              "the answer comes as the response: choose its form with FORMAT, and save it with the "
              "client"));
}

Statement statement_of(Input& in, Build& b) {
  Statement statement;
  if (accept(in, b, Code::kExplain)) explain_head(in, b, statement);
  refuse_other_statements(in, b);
  if (!match_query(in, b)) throw GrammarFailure{};
  statement.query = std::move(b.queries.back());
  b.queries.pop_back();
  refuse_outfile(in, b);
  if (accept(in, b, Code::kFormat)) {
    if (!match_name(in, b)) throw GrammarFailure{};
    statement.format = std::move(b.names.back().text);
    if (accept(in, b, Code::kSettings)) match_settings(in, b, statement.settings);
  }
  need_end(in, b);
  return statement;
}

QueryPtr query_of(Input& in, Build& b) {
  refuse_other_statements(in, b);
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
  if (list.size() == 1 && list[0]->kind == ExprKind::kFunction && list[0]->name == "tuple" &&
      list[0]->alias.empty()) {
    return std::vector<ExprPtr>(std::move(list[0]->args));
  }
  return list;
}

}  // namespace

}  // namespace grammar

namespace {

// Tokenizes and runs one entry; every failure of the grammar ends here.
template <typename Value, Value (*Entry)(grammar::Input&, Build&)>
Result<Value> parse_with(std::string_view text, const ParseLimits& limits,
                         std::vector<Span>* names = nullptr) {
  if (text.size() > limits.max_query_size_bytes) {
    return fail(ErrorCode::kSyntaxError,
                "Syntax error: query is too long: " + std::to_string(text.size()) +
                    " bytes, maximum " + std::to_string(limits.max_query_size_bytes),
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

Result<Statement> parse_statement(std::string_view text, const ParseLimits& limits,
                                  std::vector<Span>* names) {
  return parse_with<Statement, grammar::statement_of>(text, limits, names);
}
Result<QueryPtr> parse_query(std::string_view text, const ParseLimits& limits,
                             std::vector<Span>* names) {
  return parse_with<QueryPtr, grammar::query_of>(text, limits, names);
}
Result<ExprPtr> parse_expression(std::string_view text, const ParseLimits& limits) {
  return parse_with<ExprPtr, grammar::expression_of>(text, limits);
}
Result<std::vector<ExprPtr>> parse_expression_list(std::string_view text,
                                                   const ParseLimits& limits) {
  return parse_with<std::vector<ExprPtr>, grammar::list_of>(text, limits);
}

}  // namespace sp::sql
