// The table of result formats and the loop over a result. See result_writer.h.

#include <algorithm>
#include <cctype>

#include "runtime/formats/format_rows.h"
#include "runtime/formats/result_writer.h"

namespace sp {

namespace {

const std::vector<ResultFormat>& formats() {
  static const auto* table = [] {
    auto* rows = new std::vector<ResultFormat>();
    add_json_formats(*rows);
    add_json_row_formats(*rows);
    add_delimited_formats(*rows);
    add_pretty_formats(*rows);
    add_text_formats(*rows);
    add_prometheus_format(*rows);
    return rows;
  }();
  return *table;
}

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  });
}

}  // namespace

ResultWriter::ResultWriter(const ResultTable& table, ResultOptions options)
    : table_(table),
      options_(options) {}

void ResultWriter::find_formatters() const {
  formatters_.reserve(table_.types.size());
  for (const Type& type : table_.types) formatters_.push_back(&value_formatter(type));
}

const ResultFormat* find_result_format(std::string_view name) {
  for (const ResultFormat& format : formats()) {
    if (same_name(format.name, name)) return &format;
    for (const char* alias : format.aliases) {
      if (same_name(alias, name)) return &format;
    }
  }
  return nullptr;
}

std::span<const ResultFormat> result_formats() { return formats(); }

Error unknown_result_format(std::string_view name) {
  std::vector<std::string_view> names;
  for (const ResultFormat& format : formats()) {
    names.push_back(format.name);
    names.insert(names.end(), format.aliases.begin(), format.aliases.end());
  }
  return fail(ErrorCode::kUnknownFormat, "Unknown format " + std::string(name), std::nullopt,
              did_you_mean(name, names));
}

std::string write_result(const ResultFormat& format, const ResultTable& table,
                         const ResultStatistics& statistics, const ResultOptions& options) {
  std::string out;
  out.reserve(1024 + std::min<uint64_t>(table.rows * 48 * table.types.size(), 1 << 20));
  const std::unique_ptr<ResultWriter> writer = format.create(table, options);
  writer->begin(out);
  for (const ResultTable::Chunk& chunk : table.chunks)
    writer->write_rows(chunk, 0, chunk.rows, out);
  writer->finish(statistics, out);
  return out;
}

}  // namespace sp
