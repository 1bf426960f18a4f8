// sp_print_sql: SQL statements from standard input, separated by NUL bytes, parsed and printed
// back, for tests/oracle/grammar.mjs.
// For each statement one line: "+" and its canonical text, or "-", the error's code and its
// message; then a NUL byte.
//   sp_print_sql --generate SEED COUNT    prints random statements instead, one a line
//                                         (query_generator.h)

#include <iostream>
#include <string>

#include "lang/sql/parse.h"
#include "lang/sql/print.h"
#include "tests/harness/query_generator.h"

namespace {

std::string answer(const std::string& text) {
  const sp::Result<sp::sql::Statement> statement = sp::sql::parse_statement(text);
  if (statement.ok()) return "+" + sp::sql::print(statement.value());
  return "-" + std::to_string(static_cast<int>(statement.error().code)) + " " +
         statement.error().message;
}

}  // namespace

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  if (argc == 4 && std::string(argv[1]) == "--generate") {
    sp::tests::QueryGenerator generator(std::stoull(argv[2]));
    for (int64_t left = std::stoll(argv[3]); left > 0; --left)
      std::cout << generator.statement() << '\n';
    return 0;
  }
  for (std::string text; std::getline(std::cin, text, '\0');) std::cout << answer(text) << '\0';
}
