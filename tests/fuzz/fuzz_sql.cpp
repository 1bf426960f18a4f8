// Fuzzes the SQL grammar: any text must parse or fail cleanly; what parses must print to text that
// parses to an equal tree.

#include "lang/sql/parse.h"
#include "lang/sql/print.h"
#include "runtime/core/check.h"
#include "tests/fuzz/fuzz_target.h"

SP_FUZZ_TARGET(sql) {
  const auto statement = sp::sql::parse_statement(input);
  if (!statement.ok()) {
    SP_CHECK(statement.error().span.has_value());
    SP_CHECK(statement.error().span->end <= input.size());
    return;
  }
  const std::string printed = sp::sql::print(statement.value());
  const auto again = sp::sql::parse_statement(printed);
  if (!again.ok()) {
    // A text at the very limit may print longer than the limit.
    SP_CHECK(again.error().code != sp::ErrorCode::kSyntaxError);
    return;
  }
  SP_CHECK(sp::sql::print(again.value()) == printed);
  SP_CHECK(sp::sql::dump(*again.value().query) == sp::sql::dump(*statement.value().query));
}
