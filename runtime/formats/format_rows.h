#pragma once
// The rows of the table of result formats, by the files that add them. See result_writer.h.

#include <vector>

#include "runtime/formats/result_writer.h"

namespace sp {

void add_json_formats(std::vector<ResultFormat>& formats);
void add_json_row_formats(std::vector<ResultFormat>& formats);
void add_delimited_formats(std::vector<ResultFormat>& formats);
void add_pretty_formats(std::vector<ResultFormat>& formats);
void add_text_formats(std::vector<ResultFormat>& formats);
void add_prometheus_format(std::vector<ResultFormat>& formats);

/// A factory of a writer class.
template <class Writer, class... Options>
auto writer_factory(Options... options) {
  return [options...](const ResultTable& table,
                      const ResultOptions& result_options) -> std::unique_ptr<ResultWriter> {
    return std::make_unique<Writer>(table, result_options, options...);
  };
}

/// How NULL shows in JSONStrings, Pretty and Vertical.
inline constexpr std::string_view kPrettyNull = "ᴺᵁᴸᴸ";

}  // namespace sp
