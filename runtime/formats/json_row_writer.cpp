// One JSON value a line: JSONEachRow, JSONCompactEachRow and their forms with strings, names and
// types.

#include "runtime/formats/format_rows.h"
#include "runtime/formats/json_row.h"

namespace sp {

namespace {

enum class Header : uint8_t { kNone, kNames, kNamesAndTypes };

class JsonRowWriter final : public ResultWriter {
 public:
  JsonRowWriter(const ResultTable& table, const ResultOptions& options, bool compact, bool strings,
                Header header)
      : ResultWriter(table, options),
        compact_(compact),
        header_(header) {
    JsonLeads leads;
    for (const std::string& name : table.names) {
      append_json_string(keys_.emplace_back(), name);
      leads.text += leads.ends.empty() ? compact ? "[" : "{" : compact ? ", " : ",";
      if (!compact) leads.text += keys_.back() + ":";
      leads.end_one();
    }
    if (!strings) row_.emplace(table_, options_, std::move(leads), compact ? "]\n" : "}\n", 0);
  }

  void begin(std::string& out) override {
    if (header_ == Header::kNone) return;
    write_header(keys_, out);
    if (header_ == Header::kNames) return;
    std::vector<std::string> types;
    for (const Type& type : table_.types) append_json_string(types.emplace_back(), type.name());
    write_header(types, out);
  }

  void write_row(const uint8_t* row, std::string& out) override {
    if (row_) return row_->write(row, out);
    out += compact_ ? '[' : '{';
    for (size_t i = 0; i < column_count(); ++i) {
      if (i > 0) out += compact_ ? ", " : ",";
      if (!compact_) {
        out += keys_[i];
        out += ':';
      }
      write_text(row, i, out);
    }
    out += compact_ ? "]\n" : "}\n";
  }

 private:
  static void write_header(const std::vector<std::string>& texts, std::string& out) {
    out += '[';
    for (size_t i = 0; i < texts.size(); ++i) {
      if (i > 0) out += ", ";
      out += texts[i];
    }
    out += "]\n";
  }
  void write_text(const uint8_t* row, size_t column, std::string& out) {
    text_.clear();
    if (cell_is_null(row, column))
      text_ = kPrettyNull;
    else
      write_cell(row, column, TextStyle::kPlain, text_);
    append_json_string(out, text_);
  }

  bool compact_;
  Header header_;
  std::vector<std::string> keys_;
  std::optional<JsonRow> row_;  // but for values as strings
  std::string text_;
};

}  // namespace

void add_json_row_formats(std::vector<ResultFormat>& formats) {
  constexpr const char* kType = "application/x-ndjson; charset=UTF-8";
  formats.push_back({"JSONEachRow",
                     {"NDJSON", "JSONLines"},
                     kType,
                     writer_factory<JsonRowWriter>(false, false, Header::kNone)});
  formats.push_back(
      {"JSONStringsEachRow", {}, kType, writer_factory<JsonRowWriter>(false, true, Header::kNone)});
  formats.push_back(
      {"JSONCompactEachRow", {}, kType, writer_factory<JsonRowWriter>(true, false, Header::kNone)});
  formats.push_back({"JSONCompactEachRowWithNames",
                     {},
                     kType,
                     writer_factory<JsonRowWriter>(true, false, Header::kNames)});
  formats.push_back({"JSONCompactEachRowWithNamesAndTypes",
                     {},
                     kType,
                     writer_factory<JsonRowWriter>(true, false, Header::kNamesAndTypes)});
  formats.push_back({"JSONCompactStringsEachRow",
                     {},
                     kType,
                     writer_factory<JsonRowWriter>(true, true, Header::kNone)});
}

}  // namespace sp
