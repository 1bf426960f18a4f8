// Fuzzes the datafile grammars: any bytes as each kind of file. Errors must have places in the
// text.

#include "lang/datafile/datafile.h"
#include "runtime/core/check.h"
#include "tests/fuzz/fuzz_target.h"

SP_FUZZ_TARGET(datafile) {
  const std::string text(input);
  for (const sp::Error& error : sp::parse_datasource("f", "f.datasource", text).errors)
    SP_CHECK(error.location.has_value());
  for (const sp::Error& error : sp::parse_pipe("f", "f.pipe", text).errors)
    SP_CHECK(error.location.has_value());
  for (const sp::Error& error : sp::parse_connection("f", "f.connection", text).errors)
    SP_CHECK(error.location.has_value());
}
