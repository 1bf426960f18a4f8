// libFuzzer target of the datafile grammars: any bytes as each kind of file. Errors must have places in the text.

#include <cstddef>
#include <cstdint>
#include <string>

#include "lang/datafile/datafile.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const sp::Error& error : sp::parse_datasource("f", "f.datasource", text).errors) SP_CHECK(error.location.has_value());
  for (const sp::Error& error : sp::parse_pipe("f", "f.pipe", text).errors) SP_CHECK(error.location.has_value());
  for (const sp::Error& error : sp::parse_connection("f", "f.connection", text).errors) SP_CHECK(error.location.has_value());
  return 0;
}
