// Lines to rows.

#include "runtime/formats/ndjson_reader.h"

#include <simdjson.h>

#include <cstring>

#include "runtime/formats/json_value.h"

namespace sp {

namespace dom = simdjson::dom;

Result<JsonPath> parse_json_path(std::string_view text) {
  const auto wrong = [text](size_t at, const char* what) {
    return fail(ErrorCode::kBadArguments, std::string("Malformed JSON path: ") + what + ": " + std::string(text),
                Span{static_cast<uint32_t>(at), static_cast<uint32_t>(at + 1)}, "paths look like `$.user.id`, `$.tags[:]` or `$`");
  };
  JsonPath path;
  if (text.empty() || text[0] != '$') return wrong(0, "it does not begin with $");
  std::vector<std::string>* keys = &path.keys;
  size_t at = 1;
  while (at < text.size()) {
    if (text.substr(at).starts_with("[:]")) {
      if (path.each) return wrong(at, "a second [:]");
      path.each = true;
      keys = &path.rest;
      at += 3;
    } else if (text.substr(at).starts_with("['") || text.substr(at).starts_with("[\"") || text.substr(at).starts_with(".['")) {
      at += text[at] == '.' ? 2 : 1;
      const size_t close = text.find(text[at], at + 1);
      if (close == std::string_view::npos || close + 1 >= text.size() || text[close + 1] != ']') return wrong(at, "unclosed key");
      keys->emplace_back(text.substr(at + 1, close - at - 1));
      at = close + 2;
    } else if (text[at] == '.') {
      size_t end = at + 1;
      while (end < text.size() && text[end] != '.' && text[end] != '[') ++end;
      if (end == at + 1) return wrong(at, "an empty key");
      keys->emplace_back(text.substr(at + 1, end - at - 1));
      at = end;
    } else {
      return wrong(at, "unexpected character");
    }
  }
  return path;
}

namespace {

// The keys of all paths as a tree: an event is walked once, whatever the number of columns.
struct Node {
  std::string key;
  std::vector<uint32_t> columns;   // whose path ends here
  std::vector<Node> children;

  Node& child(const std::string& name) {
    for (Node& node : children) {
      if (node.key == name) return node;
    }
    children.push_back({name, {}, {}});
    return children.back();
  }
};

constexpr std::string_view kSpace = " \t\r\n";

}  // namespace

struct NdjsonReader::State {
  std::shared_ptr<const TableSchema> schema;
  std::vector<JsonColumn> columns;
  std::vector<JsonConverter> converters;
  Node root;
  uint32_t largest_slot = 0;
};

namespace {

// What one event gave: the value of each column, by column index.
struct Found {
  std::vector<dom::element> values;
  std::vector<uint8_t> present;
};

void collect(const Node& node, const dom::element& value, Found& found) {
  for (const uint32_t column : node.columns) {
    if (found.present[column]) continue;  // a repeated key: the first one counts
    found.values[column] = value;
    found.present[column] = 1;
  }
  if (node.children.empty()) return;
  dom::object object;
  if (value.get(object) != simdjson::SUCCESS) return;
  // Events mostly keep the order of the schema: the search starts at the child after the last hit.
  size_t expected = 0;
  const size_t count = node.children.size();
  for (const auto field : object) {
    for (size_t probe = 0; probe < count; ++probe) {
      const size_t index = expected + probe < count ? expected + probe : expected + probe - count;
      if (node.children[index].key == field.key) {
        collect(node.children[index], field.value, found);
        expected = index + 1 == count ? 0 : index + 1;
        break;
      }
    }
  }
}

// Follows keys below an element of a `[:]` array.
bool descend(dom::element& value, const std::vector<std::string>& keys) {
  for (const std::string& key : keys) {
    if (value.at_key(key).get(value) != simdjson::SUCCESS) return false;
  }
  return true;
}

class Reading {
 public:
  Reading(const std::shared_ptr<const TableSchema>& schema, const std::vector<JsonColumn>& columns, const std::vector<JsonConverter>& converters, const Node& root,
          uint32_t largest_slot, const NdjsonReader::DefaultValue& default_value)
      : columns_(columns), converters_(converters), root_(root), default_value_(default_value), result_{RowBatch(schema), {}} {
    found_.values.resize(columns.size());
    found_.present.resize(columns.size());
    slot_.resize(largest_slot + 16);
  }

  // Parses one JSON text; false if it is none.
  bool parse(std::string_view text, dom::element& event) {
    buffer_.assign(text);
    buffer_.append(simdjson::SIMDJSON_PADDING, '\0');
    return parser_.parse(buffer_.data(), text.size(), false).get(event) == simdjson::SUCCESS;
  }

  void add(const dom::element& event) {
    if (dom::array events; event.get(events) == simdjson::SUCCESS) {
      for (const dom::element item : events) add_object(item);
    } else {
      add_object(event);
    }
  }

  void add_malformed(std::string_view line) {
    BadRow bad;
    bad.values.resize(columns_.size());
    bad.error_columns.push_back("");
    bad.errors.push_back("the line is not valid JSON: " + std::string(line.substr(0, 200)));
    result_.bad.push_back(std::move(bad));
  }

  IngestResult finish() { return std::move(result_); }

 private:
  void add_object(const dom::element& event) {
    if (!event.is_object()) {
      add_malformed(simdjson::minify(event));
      return;
    }
    std::fill(found_.present.begin(), found_.present.end(), 0);
    collect(root_, event, found_);
    size_t filled = 0;
    for (; filled < columns_.size(); ++filled) {
      if (!fill(filled)) break;
    }
    if (filled == columns_.size()) return;
    for (size_t i = 0; i < filled; ++i) result_.rows.column(i).pop();
    result_.bad.push_back(explain());
  }

  // Appends the column's value; false if it does not fit.
  bool fill(size_t index) {
    ColumnBuilder& builder = result_.rows.column(index);
    void* slot = aligned_slot();
    if (found_.present[index] && !found_.values[index].is_null()) {
      if (!convert(index, slot)) return false;
      builder.append(slot);
      return true;
    }
    return fill_absent(index, builder);
  }

  bool fill_absent(size_t index, ColumnBuilder& builder) {
    if (columns_[index].has_default) {
      builder.append(default_value_(index, result_.rows.arena()));
      return true;
    }
    if (!columns_[index].type.can_be_null() && columns_[index].path) return false;
    builder.append_default();
    return true;
  }

  bool convert(size_t index, void* slot) {
    const auto& path = columns_[index].path;
    if (!path->each || path->rest.empty()) return converters_[index].convert(found_.values[index], slot, result_.rows.arena());
    return convert_each(index, slot);
  }

  // `$.items[:].name`: picks the field out of each element, then converts them as one array.
  bool convert_each(size_t index, void* slot) {
    dom::array items;
    if (found_.values[index].get(items) != simdjson::SUCCESS) return false;
    std::string picked = "[";
    for (dom::element item : items) {
      if (picked.size() > 1) picked += ',';
      picked += descend(item, columns_[index].path->rest) ? std::string(simdjson::minify(item)) : "null";
    }
    picked += "]";
    dom::element array;
    simdjson::padded_string padded(picked);
    return each_parser_.parse(padded).get(array) == simdjson::SUCCESS && converters_[index].convert(array, slot, result_.rows.arena());
  }

  // Tries every column again to name all that is wrong with the row.
  BadRow explain() {
    BadRow bad;
    bad.values.resize(columns_.size());
    void* slot = aligned_slot();
    for (size_t i = 0; i < columns_.size(); ++i) {
      const bool present = found_.present[i] && !found_.values[i].is_null();
      if (present) bad.values[i] = json_text(found_.values[i]);
      const bool fits = present ? convert(i, slot)
                                : columns_[i].has_default || columns_[i].type.can_be_null() || !columns_[i].path;
      if (fits) continue;
      bad.error_columns.push_back(columns_[i].name);
      bad.errors.push_back("value '" + bad.values[i].value_or("null") + "' on column '" + columns_[i].name + "' is not " + columns_[i].type.name());
    }
    return bad;
  }

  void* aligned_slot() { return reinterpret_cast<void*>((reinterpret_cast<uintptr_t>(slot_.data()) + 15) & ~uintptr_t{15}); }

  const std::vector<JsonColumn>& columns_;
  const std::vector<JsonConverter>& converters_;
  const Node& root_;
  const NdjsonReader::DefaultValue& default_value_;
  IngestResult result_;
  dom::parser parser_, each_parser_;
  std::string buffer_;
  Found found_;
  std::vector<uint8_t> slot_;
};

}  // namespace

NdjsonReader::NdjsonReader(std::shared_ptr<const TableSchema> schema, std::vector<JsonColumn> columns) : state_(std::make_unique<State>()) {
  state_->schema = std::move(schema);
  state_->columns = std::move(columns);
  for (size_t i = 0; i < state_->columns.size(); ++i) {
    const JsonColumn& column = state_->columns[i];
    state_->converters.emplace_back(column.type);
    state_->largest_slot = std::max(state_->largest_slot, slot_layout(column.type).size);
    if (!column.path) continue;
    Node* node = &state_->root;
    for (const std::string& key : column.path->keys) node = &node->child(key);
    node->columns.push_back(static_cast<uint32_t>(i));
  }
}

NdjsonReader::~NdjsonReader() = default;
NdjsonReader::NdjsonReader(NdjsonReader&&) noexcept = default;

IngestResult NdjsonReader::read(std::string_view body, const DefaultValue& default_value) const {
  Reading reading(state_->schema, state_->columns, state_->converters, state_->root, state_->largest_slot, default_value);
  if (body.starts_with("\xEF\xBB\xBF")) body.remove_prefix(3);
  bool first = true;
  std::string_view rest = body;
  while (!rest.empty()) {
    const size_t newline = rest.find('\n');
    std::string_view line = rest.substr(0, newline);
    rest = newline == std::string_view::npos ? std::string_view() : rest.substr(newline + 1);
    const size_t begin = line.find_first_not_of(kSpace);
    if (begin == std::string_view::npos) continue;
    line = line.substr(begin, line.find_last_not_of(kSpace) - begin + 1);
    dom::element event;
    if (reading.parse(line, event)) {
      reading.add(event);
    } else if (first && reading.parse(body, event)) {
      // Not NDJSON but one JSON text laid out over several lines, as people type it after curl -d.
      reading.add(event);
      return reading.finish();
    } else {
      reading.add_malformed(line);
    }
    first = false;
  }
  return reading.finish();
}

}  // namespace sp
