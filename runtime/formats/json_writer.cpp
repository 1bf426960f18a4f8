// The JSON documents: JSON, JSONCompact, JSONStrings, JSONCompactStrings. Layout and whitespace are
// ClickHouse's.

#include "runtime/formats/format_rows.h"
#include "runtime/formats/json_row.h"

namespace sp {

namespace {

class JsonWriter final : public ResultWriter {
 public:
  JsonWriter(const ResultTable& table, const ResultOptions& options, bool compact, bool strings)
      : ResultWriter(table, options),
        compact_(compact),
        strings_(strings) {
    if (strings || table.totals != nullptr) make_keys();
    if (!strings)
      row_.emplace(table_, options_, leads(), compact ? "]" : "\n\t\t}", compact ? 0 : 3);
  }

  void begin(std::string& out) override {
    out += "{\n\t\"meta\":\n\t[";
    for (size_t i = 0; i < table_.names.size(); ++i) {
      out += i == 0 ? "\n\t\t{\n\t\t\t\"name\": " : ",\n\t\t{\n\t\t\t\"name\": ";
      append_json_string(out, table_.names[i]);
      out += ",\n\t\t\t\"type\": ";
      append_json_string(out, table_.types[i].name());
      out += "\n\t\t}";
    }
    out += "\n\t],\n\n\t\"data\":\n\t[\n";
  }

  void write_row(const uint8_t* row, std::string& out) override {
    if (rows_++ > 0) out += ",\n";
    if (row_ && !table_.types.empty()) {
      row_->write(row, out);
    } else if (compact_) {
      out += "\t\t";
      write_array(row, out);
    } else {
      out += "\t\t{\n";
      write_fields(row, 3, out);
      out += "\n\t\t}";
    }
  }

  void finish(const ResultStatistics& statistics, std::string& out) override {
    out += "\n\t],\n\n";
    if (table_.totals != nullptr) {
      out += "\t\"totals\":";
      if (compact_) {
        out += ' ';
        write_array(table_.totals, out);
      } else {
        out += "\n\t{\n";
        write_fields(table_.totals, 2, out);
        out += "\n\t}";
      }
      out += ",\n\n";
    }
    out += "\t\"rows\": ";
    append_unsigned64(out, rows_);
    if (table_.rows_before_limit) {
      out += ",\n\n\t\"rows_before_limit_at_least\": ";
      append_unsigned64(out, *table_.rows_before_limit);
    }
    if (options_.write_statistics) {
      out += ",\n\n\t\"statistics\":\n\t{\n\t\t\"elapsed\": ";
      append_float(out, statistics.elapsed_seconds);
      out += ",\n\t\t\"rows_read\": ";
      append_unsigned64(out, statistics.rows_read);
      out += ",\n\t\t\"bytes_read\": ";
      append_unsigned64(out, statistics.bytes_read);
      out += "\n\t}";
    }
    out += "\n}\n";
  }

 private:
  void append_key(const std::string& name, std::string& out) const {
    out += "\t\t\t";
    append_json_string(out, name);
    out += ": ";
  }
  void make_keys() {
    for (const std::string& name : table_.names) append_key(name, keys_.emplace_back());
  }
  JsonLeads leads() const {
    JsonLeads leads;
    constexpr size_t kRoomOfName = 32;
    leads.text.reserve(table_.names.size() * kRoomOfName);
    leads.ends.reserve(table_.names.size());
    for (const std::string& name : table_.names) {
      leads.text += leads.ends.empty() ? compact_ ? "\t\t[" : "\t\t{\n" : compact_ ? ", " : ",\n";
      if (!compact_) append_key(name, leads.text);
      leads.end_one();
    }
    return leads;
  }
  void write_value(const uint8_t* row, size_t column, uint32_t indent, std::string& out) {
    const ValueFormatter& formatter = this->formatter(column);
    const void* slot = row + table_.layout.offsets[column];
    if (strings_) {
      text_.clear();
      if (formatter.is_null(slot))
        text_ = kPrettyNull;
      else
        formatter.write(slot, TextStyle::kPlain, text_, options_.text);
      append_json_string(out, text_);
    } else if (compact_) {
      formatter.write(slot, TextStyle::kJson, out, options_.text);
    } else {
      formatter.write_pretty_json(slot, indent, out, options_.text);
    }
  }
  void write_array(const uint8_t* row, std::string& out) {
    out += '[';
    for (size_t i = 0; i < column_count(); ++i) {
      if (i > 0) out += ", ";
      write_value(row, i, 0, out);
    }
    out += ']';
  }
  void write_fields(const uint8_t* row, uint32_t indent, std::string& out) {
    for (size_t i = 0; i < column_count(); ++i) {
      if (i > 0) out += ",\n";
      // Keys stand ready with three tabs; totals are one level up.
      out.append(keys_[i], 3 - indent, std::string::npos);
      write_value(row, i, indent, out);
    }
  }

  bool compact_, strings_;
  uint64_t rows_ = 0;
  std::vector<std::string> keys_;  // of totals and values as strings
  std::optional<JsonRow> row_;     // but for values as strings
  std::string text_;
};

}  // namespace

void add_json_formats(std::vector<ResultFormat>& formats) {
  constexpr const char* kType = "application/json; charset=UTF-8";
  formats.push_back({"JSON", {}, kType, writer_factory<JsonWriter>(false, false)});
  formats.push_back({"JSONCompact", {}, kType, writer_factory<JsonWriter>(true, false)});
  formats.push_back({"JSONStrings", {}, kType, writer_factory<JsonWriter>(false, true)});
  formats.push_back({"JSONCompactStrings", {}, kType, writer_factory<JsonWriter>(true, true)});
}

}  // namespace sp
