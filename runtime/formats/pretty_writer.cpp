// Tables for people: Pretty, PrettyCompact, PrettySpace, drawn with box characters. Rows are kept
// until the end, because column widths depend on all of them; after 10,000 rows the rest is left
// out, as ClickHouse does.

#include "runtime/formats/format_rows.h"

namespace sp {

namespace {

enum class Box : uint8_t { kFull, kCompact, kSpace };

constexpr uint64_t kMaxRows = 10000;
constexpr size_t kMaxPad = 250;

size_t width_of(std::string_view text) {
  size_t width = 0;
  for (const char c : text) width += (static_cast<uint8_t>(c) & 0xC0U) != 0x80U ? 1 : 0;
  return width;
}

class PrettyWriter final : public ResultWriter {
 public:
  PrettyWriter(const ResultTable& table, const ResultOptions& options, Box box)
      : ResultWriter(table, options),
        box_(box) {
    for (const Type& type : table.types) {
      const Type base = type.base();
      right_.push_back(base.is_number()
                           ? !base.is(TypeKind::kBool)
                           : base.is(TypeKind::kDecimal) || base.is(TypeKind::kInterval));
    }
  }

  void write_row(const uint8_t* row, std::string&) override {
    if (++rows_ > kMaxRows) return;
    cells_.push_back(texts_of(row));
  }

  void finish(const ResultStatistics&, std::string& out) override {
    if (!cells_.empty()) draw(cells_, out);
    if (rows_ > kMaxRows) out += "  Showed first " + std::to_string(kMaxRows) + ".\n";
    if (table_.totals != nullptr) {
      out += "\nTotals:\n";
      draw({texts_of(table_.totals)}, out);
    }
  }

 private:
  using Row = std::vector<std::string>;

  Row texts_of(const uint8_t* row) {
    Row texts(column_count());
    for (size_t i = 0; i < column_count(); ++i) {
      if (cell_is_null(row, i))
        texts[i] = kPrettyNull;
      else
        write_cell(row, i, TextStyle::kPlain, texts[i]);
    }
    return texts;
  }

  static void repeat(std::string& out, std::string_view text, size_t count) {
    for (size_t i = 0; i < count; ++i) out += text;
  }

  void line(const std::vector<size_t>& widths, size_t margin, std::string_view left,
            std::string_view bar, std::string_view cross, std::string_view right,
            std::string& out) const {
    out.append(margin, ' ');
    out += left;
    for (size_t i = 0; i < widths.size(); ++i) {
      if (i > 0) out += cross;
      repeat(out, bar, widths[i] + 2);
    }
    out += right;
    out += '\n';
  }

  void padded(const std::string& text, size_t width, bool right, std::string& out) const {
    const size_t own = width_of(text);
    const size_t pad = width > own ? width - own : 0;
    if (right) out.append(pad, ' ');
    out += text;
    if (!right) out.append(pad, ' ');
  }

  void draw(const std::vector<Row>& rows, std::string& out) const {
    std::vector<size_t> widths;
    for (size_t i = 0; i < column_count(); ++i) {
      size_t width = width_of(table_.names[i]);
      for (const Row& row : rows) width = std::max(width, std::min(width_of(row[i]), kMaxPad));
      widths.push_back(width);
    }
    const size_t digits = std::to_string(rows.size()).size();
    const size_t margin = digits + 2;
    draw_head(widths, margin, out);
    for (size_t r = 0; r < rows.size(); ++r) {
      if (box_ == Box::kFull && r > 0) line(widths, margin, "├", "─", "┼", "┤", out);
      const std::string number = std::to_string(r + 1);
      out.append(digits - number.size(), ' ');
      out += number + ". ";
      for (size_t i = 0; i < widths.size(); ++i) {
        out += box_ == Box::kSpace ? (i == 0 ? " " : "   ") : (i == 0 ? "│ " : " │ ");
        padded(rows[r][i], widths[i], right_[i], out);
      }
      out += box_ == Box::kSpace ? " \n" : " │\n";
    }
    if (box_ != Box::kSpace) line(widths, margin, "└", "─", "┴", "┘", out);
  }

  void draw_head(const std::vector<size_t>& widths, size_t margin, std::string& out) const {
    if (box_ == Box::kFull) {
      line(widths, margin, "┏", "━", "┳", "┓", out);
      out.append(margin, ' ');
      for (size_t i = 0; i < widths.size(); ++i) {
        out += i == 0 ? "┃ " : " ┃ ";
        padded(table_.names[i], widths[i], right_[i], out);
      }
      out += " ┃\n";
      line(widths, margin, "┡", "━", "╇", "┩", out);
      return;
    }
    out.append(margin, ' ');
    for (size_t i = 0; i < widths.size(); ++i) {
      const size_t fill = widths[i] - width_of(table_.names[i]);
      if (box_ == Box::kSpace) {
        out += i == 0 ? " " : "   ";
        // The last name has no spaces behind it.
        if (right_[i]) out.append(fill, ' ');
        out += table_.names[i];
        if (!right_[i] && i + 1 < widths.size()) out.append(fill, ' ');
        continue;
      }
      out += i == 0 ? "┌─" : "─┬─";
      if (right_[i]) repeat(out, "─", fill);
      out += table_.names[i];
      if (!right_[i]) repeat(out, "─", fill);
    }
    out += box_ == Box::kSpace ? "\n\n" : "─┐\n";
  }

  Box box_;
  std::vector<bool> right_;
  uint64_t rows_ = 0;
  std::vector<Row> cells_;
};

}  // namespace

void add_pretty_formats(std::vector<ResultFormat>& formats) {
  constexpr const char* kType = "text/plain; charset=UTF-8";
  formats.push_back({"Pretty",
                     {"PrettyNoEscapes", "PrettyMonoBlock"},
                     kType,
                     writer_factory<PrettyWriter>(Box::kFull)});
  formats.push_back({"PrettyCompact",
                     {"PrettyCompactNoEscapes", "PrettyCompactMonoBlock"},
                     kType,
                     writer_factory<PrettyWriter>(Box::kCompact)});
  formats.push_back(
      {"PrettySpace", {"PrettySpaceNoEscapes"}, kType, writer_factory<PrettyWriter>(Box::kSpace)});
}

}  // namespace sp
