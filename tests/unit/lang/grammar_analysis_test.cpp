// Every PEGTL grammar of lang/ makes progress in every loop, by PEGTL's own analysis. What the
// analysis must take on trust, that the SQL grammar's hand-driven rules read something when they
// succeed, is tried at every token of random statements.

#include "lang/grammar_analysis.h"

#include <gtest/gtest.h>

#include "lang/sql/grammar.h"
#include "tests/harness/query_generator.h"

namespace sp {
namespace {

TEST(GrammarAnalysis, EveryGrammarMakesProgress) {
  for (const AnalyzedGrammar& grammar : analyzed_grammars())
    EXPECT_EQ(grammar.problems(), 0U) << grammar.file;
}

using Rule = bool (*)(sql::grammar::Input&, sql::Build&);

// Whether the rule, where it succeeds, has taken a token.
bool takes_a_token(Rule rule, const std::string& text, const sql::TokenList& list, uint32_t at) {
  sql::Build build(text, list, {});
  sql::grammar::Input in(list.codes.data(), list.codes.size(), "");
  sql::grammar::advance(in, at);
  try {
    return !rule(in, build) || sql::grammar::index_of(in) > at;
  } catch (const sql::GrammarFailure&) { return true; }
}

TEST(GrammarAnalysis, HandDrivenRulesReadWhatTheyMatch) {
  using namespace sql::grammar;
  constexpr Rule kRules[] = {&match_expression,    &match_aliased,    &match_column,
                             &match_name,          &match_bare_alias, &match_operand,
                             &match_type,          &match_sort_list,  &match_over,
                             &match_from,          &match_query,      &match_select,
                             &match_literal_value, &match_interval,   &match_special_call};
  tests::QueryGenerator generator(7);
  for (int i = 0; i < 60; ++i) {
    const std::string text = generator.statement();
    const Result<sql::TokenList> list = sql::tokenize(text);
    ASSERT_TRUE(list.ok()) << text;
    for (uint32_t at = 0; at + 1 < list->tokens.size(); ++at) {
      for (const Rule rule : kRules)
        EXPECT_TRUE(takes_a_token(rule, text, *list, at)) << text << " at token " << at;
    }
  }
}

}  // namespace
}  // namespace sp
