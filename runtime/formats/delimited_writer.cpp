// Values between delimiters: CSV, TabSeparated and its raw form, each with or without names and
// types.

#include "runtime/formats/format_rows.h"

namespace sp {

namespace {

enum class Header : uint8_t { kNone, kNames, kNamesAndTypes };

class DelimitedWriter final : public ResultWriter {
 public:
  DelimitedWriter(const ResultTable& table, const ResultOptions& options, TextStyle style,
                  Header header)
      : ResultWriter(table, options),
        style_(style),
        delimiter_(style == TextStyle::kCsv ? ',' : '\t'),
        header_(header) {}

  void begin(std::string& out) override {
    if (header_ == Header::kNone) return;
    bool first = true;
    for (size_t i = 0; i < column_count(); ++i)
      write_header(table_.names[i], table_.types[i], false, first, out);
    out += '\n';
    if (header_ == Header::kNames) return;
    first = true;
    for (size_t i = 0; i < column_count(); ++i)
      write_header(table_.names[i], table_.types[i], true, first, out);
    out += '\n';
  }

  void write_row(const uint8_t* row, std::string& out) override {
    for (size_t i = 0; i < column_count(); ++i) {
      if (i > 0) out += delimiter_;
      if (style_ == TextStyle::kPlain && cell_is_null(row, i))
        out += "\\N";
      else
        write_cell(row, i, style_, out);
    }
    out += '\n';
  }

  void finish(const ResultStatistics&, std::string& out) override {
    if (table_.totals == nullptr) return;
    out += '\n';
    write_row(table_.totals, out);
  }

 private:
  // In CSV a tuple stands in several columns, and so do its names.
  void write_header(const std::string& name, Type type, bool types, bool& first, std::string& out) {
    if (style_ == TextStyle::kCsv && options_.text.csv_tuple_as_columns &&
        type.is(TypeKind::kTuple)) {
      for (size_t i = 0; i < type.inner().size(); ++i) {
        const bool named = !type.element_names().empty();
        const std::string part = named ? type.element_names()[i] : std::to_string(i + 1);
        write_header(name + "." + part, type.inner()[i], types, first, out);
      }
      return;
    }
    if (!first) out += delimiter_;
    first = false;
    const std::string& text = types ? type.name() : name;
    if (style_ == TextStyle::kCsv)
      append_csv_string(out, text);
    else if (style_ == TextStyle::kEscaped)
      append_escaped_string(out, text);
    else
      out += text;
  }

  TextStyle style_;
  char delimiter_;
  Header header_;
};

}  // namespace

void add_delimited_formats(std::vector<ResultFormat>& formats) {
  constexpr const char* kCsv = "text/csv; charset=UTF-8; header=absent";
  constexpr const char* kCsvNames = "text/csv; charset=UTF-8; header=present";
  constexpr const char* kTsv = "text/tab-separated-values; charset=UTF-8";
  const auto csv = [](Header header) {
    return writer_factory<DelimitedWriter>(TextStyle::kCsv, header);
  };
  const auto tsv = [](Header header) {
    return writer_factory<DelimitedWriter>(TextStyle::kEscaped, header);
  };
  const auto raw = [](Header header) {
    return writer_factory<DelimitedWriter>(TextStyle::kPlain, header);
  };
  formats.push_back({"CSV", {}, kCsv, csv(Header::kNone)});
  formats.push_back({"CSVWithNames", {}, kCsvNames, csv(Header::kNames)});
  formats.push_back({"CSVWithNamesAndTypes", {}, kCsvNames, csv(Header::kNamesAndTypes)});
  formats.push_back({"TabSeparated", {"TSV"}, kTsv, tsv(Header::kNone)});
  formats.push_back({"TabSeparatedWithNames", {"TSVWithNames"}, kTsv, tsv(Header::kNames)});
  formats.push_back({"TabSeparatedWithNamesAndTypes",
                     {"TSVWithNamesAndTypes"},
                     kTsv,
                     tsv(Header::kNamesAndTypes)});
  formats.push_back({"TabSeparatedRaw", {"TSVRaw", "Raw"}, kTsv, raw(Header::kNone)});
  formats.push_back({"TabSeparatedRawWithNames", {"TSVRawWithNames"}, kTsv, raw(Header::kNames)});
}

}  // namespace sp
