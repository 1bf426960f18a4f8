// Fuzzes the SQL grammar: any text must parse or fail cleanly; what parses must print to text that parses to an equal tree.
// Built with -DSP_FUZZ=ON by clang.

#include <cstdint>
#include <string>

#include "lang/sql/parse.h"
#include "lang/sql/print.h"
#include "runtime/core/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto statement = sp::sql::parse_statement(text);
  if (!statement.ok()) {
    SP_CHECK(statement.error().span.has_value());
    SP_CHECK(statement.error().span->end <= size);
    return 0;
  }
  const std::string printed = sp::sql::print(statement.value());
  const auto again = sp::sql::parse_statement(printed);
  if (!again.ok()) {
    // A text at the very limit may print longer than the limit.
    SP_CHECK(again.error().code != sp::ErrorCode::kSyntaxError);
    return 0;
  }
  SP_CHECK(sp::sql::print(again.value()) == printed);
  SP_CHECK(sp::sql::dump(*again.value().query) == sp::sql::dump(*statement.value().query));
  return 0;
}
