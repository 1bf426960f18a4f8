// Prometheus: rows (name, value[, help][, type][, labels][, timestamp]) as the text exposition
// format, version 0.0.4.
// Rows of one metric stand together, its HELP and TYPE in front; metrics in order of their first
// row.

#include <algorithm>
#include <cstring>

#include "runtime/formats/format_rows.h"

namespace sp {

namespace {

class PrometheusWriter final : public ResultWriter {
 public:
  PrometheusWriter(const ResultTable& table, const ResultOptions& options)
      : ResultWriter(table, options) {
    for (size_t i = 0; i < table.names.size(); ++i) {
      if (table.names[i] == "name") name_ = i;
      if (table.names[i] == "value") value_ = i;
      if (table.names[i] == "help") help_ = i;
      if (table.names[i] == "type") type_ = i;
      if (table.names[i] == "labels") labels_ = i;
      if (table.names[i] == "timestamp") timestamp_ = i;
    }
  }

  void write_row(const uint8_t* row, std::string&) override {
    if (name_ == kAbsent || value_ == kAbsent) return;
    const std::string name = text(row, name_);
    auto found = std::find_if(metrics_.begin(), metrics_.end(),
                              [&](const Metric& m) { return m.name == name; });
    if (found == metrics_.end()) {
      metrics_.push_back({name, {}, {}, {}});
      found = metrics_.end() - 1;
    }
    if (found->help.empty() && help_ != kAbsent) found->help = text(row, help_);
    if (found->type.empty() && type_ != kAbsent) found->type = text(row, type_);
    std::string& line = found->lines.emplace_back(name);
    if (labels_ != kAbsent) write_labels(row, line);
    line += ' ';
    line += text(row, value_);
    const std::string timestamp = timestamp_ == kAbsent ? std::string() : text(row, timestamp_);
    if (!timestamp.empty() && timestamp != "0") line += ' ' + timestamp;
  }

  void finish(const ResultStatistics&, std::string& out) override {
    if (name_ == kAbsent || value_ == kAbsent) {
      out += "# Format Prometheus requires the columns `name` and `value`\n";
      return;
    }
    for (const Metric& metric : metrics_) {
      if (!metric.help.empty()) {
        out += "# HELP " + metric.name + ' ';
        for (const char c : metric.help)
          out += c == '\n'   ? std::string("\\n")
                 : c == '\\' ? std::string("\\\\")
                             : std::string(1, c);
        out += '\n';
      }
      if (!metric.type.empty()) out += "# TYPE " + metric.name + ' ' + metric.type + '\n';
      for (const std::string& line : metric.lines) out += line + '\n';
      out += '\n';
    }
  }

 private:
  static constexpr size_t kAbsent = SIZE_MAX;
  struct Metric {
    std::string name, help, type;
    std::vector<std::string> lines;
  };

  std::string text(const uint8_t* row, size_t column) const {
    std::string out;
    if (!cell_is_null(row, column)) write_cell(row, column, TextStyle::kPlain, out);
    return out;
  }

  // A Map(String, String) as {key="value",...}.
  void write_labels(const uint8_t* row, std::string& line) const {
    const Type type = table_.types[labels_].base();
    if (!type.is(TypeKind::kMap)) return;
    ArrayRef map;
    std::memcpy(&map, row + table_.layout.offsets[labels_], sizeof(map));
    if (map.size == 0) return;
    const RowLayout pair = row_layout(type.inner());
    const ValueFormatter& key = value_formatter(type.inner()[0]);
    const ValueFormatter& value = value_formatter(type.inner()[1]);
    line += '{';
    for (uint64_t i = 0; i < map.size; ++i) {
      const auto* entry = static_cast<const uint8_t*>(map.data) + i * pair.size;
      if (i > 0) line += ',';
      key.write(entry + pair.offsets[0], TextStyle::kPlain, line);
      std::string plain;
      value.write(entry + pair.offsets[1], TextStyle::kPlain, plain);
      line += "=\"";
      for (const char c : plain) {
        if (c == '\n')
          line += "\\n";
        else if (c == '"' || c == '\\')
          line += std::string("\\") + c;
        else
          line += c;
      }
      line += '"';
    }
    line += '}';
  }

  size_t name_ = kAbsent, value_ = kAbsent, help_ = kAbsent, type_ = kAbsent, labels_ = kAbsent,
         timestamp_ = kAbsent;
  std::vector<Metric> metrics_;
};

}  // namespace

void add_prometheus_format(std::vector<ResultFormat>& formats) {
  formats.push_back({"Prometheus",
                     {},
                     "text/plain; version=0.0.4; charset=UTF-8",
                     writer_factory<PrometheusWriter>()});
}

}  // namespace sp
