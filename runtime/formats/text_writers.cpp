// Small text formats, one class each: Vertical, Values, Markdown, Null.

#include "runtime/formats/format_rows.h"

namespace sp {

namespace {

size_t width_of(std::string_view text) {
  size_t width = 0;
  for (const char c : text) width += (static_cast<uint8_t>(c) & 0xC0U) != 0x80U ? 1 : 0;
  return width;
}

// One value a line, names in front.
class VerticalWriter final : public ResultWriter {
 public:
  VerticalWriter(const ResultTable& table, const ResultOptions& options)
      : ResultWriter(table, options) {
    size_t widest = 0;
    for (const std::string& name : table.names) widest = std::max(widest, width_of(name));
    for (const std::string& name : table.names)
      labels_.push_back(name + ":" + std::string(widest - width_of(name) + 1, ' '));
  }
  void write_row(const uint8_t* row, std::string& out) override {
    if (++rows_ > 1) out += '\n';
    write_block("Row " + std::to_string(rows_) + ":", row, out);
  }
  void finish(const ResultStatistics&, std::string& out) override {
    if (table_.totals == nullptr) return;
    out += "\nTotals:\n";
    for (size_t i = 0; i < 7; ++i) out += "─";
    out += '\n';
    write_fields(table_.totals, out);
  }

 private:
  void write_block(const std::string& title, const uint8_t* row, std::string& out) {
    out += title + '\n';
    for (size_t i = 0; i < title.size(); ++i) out += "─";
    out += '\n';
    write_fields(row, out);
  }
  void write_fields(const uint8_t* row, std::string& out) {
    for (size_t i = 0; i < column_count(); ++i) {
      out += labels_[i];
      if (cell_is_null(row, i))
        out += kPrettyNull;
      else
        write_cell(row, i, TextStyle::kPlain, out);
      out += '\n';
    }
  }
  uint64_t rows_ = 0;
  std::vector<std::string> labels_;
};

// (1,'a'),(2,'b'): what INSERT ... VALUES takes.
class ValuesWriter final : public ResultWriter {
 public:
  using ResultWriter::ResultWriter;
  void write_row(const uint8_t* row, std::string& out) override {
    out += rows_++ > 0 ? ",(" : "(";
    for (size_t i = 0; i < column_count(); ++i) {
      if (i > 0) out += ',';
      write_cell(row, i, TextStyle::kQuoted, out);
    }
    out += ')';
  }

 private:
  uint64_t rows_ = 0;
};

class MarkdownWriter final : public ResultWriter {
 public:
  using ResultWriter::ResultWriter;
  void begin(std::string& out) override {
    out += "| ";
    for (size_t i = 0; i < column_count(); ++i) {
      if (i > 0) out += " | ";
      append_escaped_string(out, table_.names[i]);
    }
    out += " |\n|";
    for (size_t i = 0; i < column_count(); ++i) {
      const Type base = table_.types[i].base();
      const bool right = base.is_number()
                             ? !base.is(TypeKind::kBool)
                             : base.is(TypeKind::kDecimal) || base.is(TypeKind::kInterval);
      out += right ? "-:|" : ":-|";
    }
    out += '\n';
  }
  void write_row(const uint8_t* row, std::string& out) override {
    out += "| ";
    for (size_t i = 0; i < column_count(); ++i) {
      if (i > 0) out += " | ";
      write_cell(row, i, TextStyle::kEscaped, out);
    }
    out += " |\n";
  }
};

class NullWriter final : public ResultWriter {
 public:
  using ResultWriter::ResultWriter;
  void write_row(const uint8_t*, std::string&) override {}
};

}  // namespace

void add_text_formats(std::vector<ResultFormat>& formats) {
  constexpr const char* kType = "text/plain; charset=UTF-8";
  formats.push_back({"Vertical", {}, kType, writer_factory<VerticalWriter>()});
  formats.push_back({"Values", {}, kType, writer_factory<ValuesWriter>()});
  formats.push_back(
      {"Markdown", {}, "text/markdown; charset=UTF-8", writer_factory<MarkdownWriter>()});
  formats.push_back({"Null", {}, kType, writer_factory<NullWriter>()});
}

}  // namespace sp
