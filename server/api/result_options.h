#pragma once
// ClickHouse's output settings as query parameters of a request.

#include "runtime/formats/result_writer.h"
#include "server/http/message.h"

namespace sp {

/// Reads output_format_json_quote_64bit_integers and output_format_json_quote_denormals.
inline ResultOptions result_options(const HttpRequest& request) {
  ResultOptions options;
  const auto flag = [&request](std::string_view name) {
    return request.parameter(name).value_or("0") == "1";
  };
  options.text.json_quote_64bit_integers = flag("output_format_json_quote_64bit_integers");
  options.text.json_quote_denormals = flag("output_format_json_quote_denormals");
  return options;
}

}  // namespace sp
