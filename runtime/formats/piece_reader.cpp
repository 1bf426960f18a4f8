// Lines of a piece, and the slow road: an event's DOM to one row, or to what is wrong with it.

#include "runtime/formats/piece_reader.h"

#include <algorithm>
#include <cstring>

#include "runtime/storage/log_record.h"

namespace sp {

namespace dom = simdjson::dom;

namespace {

// Follows keys below an element of a `[:]` array.
bool descend(dom::element& value, const std::vector<std::string>& keys) {
  for (const std::string& key : keys) {
    if (value.at_key(key).get(value) != simdjson::SUCCESS) return false;
  }
  return true;
}

}  // namespace

PieceReader::PieceReader(const JsonColumns& columns,
                         const NdjsonReader::DefaultValue& default_value,
                         const std::vector<uint8_t>& plain)
    : columns_(columns),
      rows_(columns, default_value, plain),
      scanner_(columns, rows_),
      values_(columns.columns.size()),
      present_(columns.columns.size()) {}

void PieceReader::read_lines(std::string_view text) {
  const bool utf8 = simdjson::validate_utf8(text.data(), text.size());
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    while (at < end && kSpace.find(*at) != std::string_view::npos) ++at;
    if (at == end) return;
    if (utf8) {
      if (const char* next = scanner_.read(at, end); next != nullptr) {
        at = next;
        continue;
      }
    }
    const auto* newline =
        static_cast<const char*>(std::memchr(at, '\n', static_cast<size_t>(end - at)));
    const char* const line_end = newline == nullptr ? end : newline;
    std::string_view line(at, static_cast<size_t>(line_end - at));
    line = line.substr(0, line.find_last_not_of(kSpace) + 1);
    dom::element event;
    if (parse(line, event))
      add(event);
    else
      add_malformed(line);
    at = newline == nullptr ? end : newline + 1;
  }
}

void PieceReader::read_last_lines(std::string_view text) {
  const size_t newline = text.size() > EventScanner::kPadding
                             ? text.rfind('\n', text.size() - EventScanner::kPadding - 1)
                             : std::string_view::npos;
  const size_t safe = newline == std::string_view::npos ? 0 : newline + 1;
  read_lines(text.substr(0, safe));
  std::string rest(text.substr(safe));
  const size_t size = rest.size();
  rest.append(EventScanner::kPadding, '\0');
  read_lines({rest.data(), size});
}

bool PieceReader::parse(std::string_view text, dom::element& event) {
  buffer_.assign(text);
  buffer_.append(simdjson::SIMDJSON_PADDING, '\0');
  return parser_.parse(buffer_.data(), text.size(), false).get(event) == simdjson::SUCCESS;
}

void PieceReader::read_event(std::string_view text) {
  if (dom::element event; parse(text, event)) add(event);
}

void PieceReader::add(const dom::element& event) {
  if (dom::array events; event.get(events) == simdjson::SUCCESS) {
    for (const dom::element item : events) add_object(item);
  } else {
    add_object(event);
  }
}

void PieceReader::add_malformed(std::string_view line) {
  BadRow row;
  row.values.resize(columns().size());
  row.error_columns.push_back("");
  row.errors.push_back("the line is not valid JSON: " + std::string(line.substr(0, 200)));
  bad.push_back(std::move(row));
}

void PieceReader::finish(bool with_image) {
  rows = rows_.rows();
  for (size_t i = 0; i < columns().size(); ++i)
    plain.push_back(rows_.column(i).turned_plain() ? 1 : 0);
  block = rows_.build();
  if (with_image && block->ok() && rows > 0) image = serialize_block(***block);
}

void PieceReader::collect(const PathNode& node, const dom::element& value) {
  for (const uint32_t column : node.columns) {
    if (present_[column]) continue;  // a repeated key: the first one counts
    values_[column] = value;
    present_[column] = 1;
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
        collect(node.children[index], field.value);
        expected = index + 1 == count ? 0 : index + 1;
        break;
      }
    }
  }
}

void PieceReader::add_object(const dom::element& event) {
  if (!event.is_object()) {
    add_malformed(simdjson::minify(event));
    return;
  }
  std::fill(present_.begin(), present_.end(), 0);
  collect(columns_.root, event);
  const size_t before = rows_.rows();
  bool fits = true;
  for (size_t i = 0; i < columns().size() && fits; ++i) fits = fill(i);
  if (!fits) {
    rows_.truncate(before);
    bad.push_back(explain());
  }
  rows_.scratch().reset();
}

bool PieceReader::fill(size_t index) {
  if (!present_[index] || values_[index].is_null()) return rows_.append_absent(index);
  void* slot = rows_.slot();
  if (!convert(index, slot)) return false;
  rows_.column(index).append_slot(slot);
  return true;
}

bool PieceReader::convert(size_t index, void* slot) {
  const auto& path = columns()[index].path;
  if (!path->each || path->rest.empty())
    return columns_.converters[index].convert(values_[index], slot, rows_.scratch());
  return convert_each(index, slot);
}

// `$.items[:].name`: picks the field out of each element, then converts them as one array.
bool PieceReader::convert_each(size_t index, void* slot) {
  dom::array items;
  if (values_[index].get(items) != simdjson::SUCCESS) return false;
  std::string picked = "[";
  for (dom::element item : items) {
    if (picked.size() > 1) picked += ',';
    picked +=
        descend(item, columns()[index].path->rest) ? std::string(simdjson::minify(item)) : "null";
  }
  picked += "]";
  dom::element array;
  simdjson::padded_string padded(picked);
  return each_parser_.parse(padded).get(array) == simdjson::SUCCESS &&
         columns_.converters[index].convert(array, slot, rows_.scratch());
}

// Tries every column again to name all that is wrong with the row.
BadRow PieceReader::explain() {
  BadRow bad;
  bad.values.resize(columns().size());
  void* slot = rows_.slot();
  for (size_t i = 0; i < columns().size(); ++i) {
    const bool present = present_[i] && !values_[i].is_null();
    if (present) bad.values[i] = json_text(values_[i]);
    const bool fits = present ? convert(i, slot)
                              : columns()[i].has_default || columns()[i].optional ||
                                    columns()[i].type.can_be_null() || !columns()[i].path;
    if (fits) continue;
    bad.error_columns.push_back(columns()[i].name);
    bad.errors.push_back("value '" + bad.values[i].value_or("null") + "' on column '" +
                         columns()[i].name + "' is not " + columns()[i].type.name());
  }
  return bad;
}

}  // namespace sp
