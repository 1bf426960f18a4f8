// Lines to rows.

#include "runtime/formats/ndjson_reader.h"

#include <simdjson.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <iterator>
#include <mutex>
#include <optional>

#include "runtime/formats/arriving_body.h"
#include "runtime/formats/event_scanner.h"
#include "runtime/formats/json_columns.h"
#include "runtime/storage/log_record.h"

namespace sp {

namespace dom = simdjson::dom;

Result<JsonPath> parse_json_path(std::string_view text) {
  const auto wrong = [text](size_t at, const char* what) {
    return fail(ErrorCode::kBadArguments,
                std::string("Malformed JSON path: ") + what + ": " + std::string(text),
                Span{static_cast<uint32_t>(at), static_cast<uint32_t>(at + 1)},
                "paths look like `$.user.id`, `$.tags[:]` or `$`");
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
    } else if (text.substr(at).starts_with("['") || text.substr(at).starts_with("[\"") ||
               text.substr(at).starts_with(".['")) {
      at += text[at] == '.' ? 2 : 1;
      const size_t close = text.find(text[at], at + 1);
      if (close == std::string_view::npos || close + 1 >= text.size() || text[close + 1] != ']')
        return wrong(at, "unclosed key");
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

constexpr std::string_view kSpace = " \t\r\n";
constexpr size_t kWorthCutting = 2 << 20;  // a body of this size is read by several threads ...
constexpr size_t kSliceBytes = 256 << 10;  // ... in pieces of this size or more
constexpr size_t kFirstSlice = 1 << 20;
constexpr uint32_t kPlainBlocks = 64;  // blocks until dictionaries are tried again

// Of the piece read last, for each row: bytes of body, and of the texts of columns whose texts
// differ. 0: unknown.
struct Sizes {
  std::atomic<uint32_t> row_bytes{0};
  std::vector<std::atomic<uint32_t>> text_bytes;
};

}  // namespace

// Thread-safe: what `columns` say never changes, and hints are atomic.
struct NdjsonReader::State {
  JsonColumns columns;
  // Columns of strings that nearly all differ: blocks that begin without a dictionary for them.
  mutable std::vector<std::atomic<uint32_t>> plain;
  mutable Sizes sizes;

  std::vector<uint8_t> plain_columns() const {
    std::vector<uint8_t> out(plain.size());
    for (size_t i = 0; i < out.size(); ++i) {
      uint32_t left = plain[i].load(std::memory_order_relaxed);
      out[i] = left > 0;
      if (left > 0) plain[i].compare_exchange_strong(left, left - 1, std::memory_order_relaxed);
    }
    return out;
  }
};

namespace {

// What one event gave: the value of each column, by column index.
struct Found {
  std::vector<dom::element> values;
  std::vector<uint8_t> present;
};

void collect(const PathNode& node, const dom::element& value, Found& found) {
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

// One thread's part of a body.
class Reading {
 public:
  Reading(const JsonColumns& columns, const NdjsonReader::DefaultValue& default_value,
          const std::vector<uint8_t>& plain)
      : columns_(columns.columns),
        converters_(columns.converters),
        root_(columns.root),
        rows_(columns, default_value, plain),
        scanner_(columns, rows_) {
    found_.values.resize(columns_.size());
    found_.present.resize(columns_.size());
  }

  // Makes room for the rows of so much text, by what is known from earlier ones.
  void expect(size_t text_bytes, const Sizes& sizes);
  // Keeps that for later ones.
  void teach(size_t text_bytes, Sizes& sizes) const;

  // Reads all lines of `text`; EventScanner::kPadding bytes after it are readable. `text` ends with
  // a newline, or the byte after it is zero.
  void read_lines(std::string_view text) {
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

  // The same for lines with nothing readable after them: the scanner reads some bytes ahead, so the
  // last ones are read from a copy.
  void read_last_lines(std::string_view text) {
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
    BadRow row;
    row.values.resize(columns_.size());
    row.error_columns.push_back("");
    row.errors.push_back("the line is not valid JSON: " + std::string(line.substr(0, 200)));
    bad.push_back(std::move(row));
  }

  void finish(bool with_image) {
    rows = rows_.rows();
    for (size_t i = 0; i < columns_.size(); ++i)
      plain.push_back(rows_.column(i).turned_plain() ? 1 : 0);
    block = rows_.build();
    if (with_image && block->ok() && rows > 0) image = serialize_block(***block);
  }

  // What came out, after finish().
  size_t rows = 0;
  std::vector<uint8_t> plain;  // columns of strings that nearly all differ
  std::vector<BadRow> bad;
  std::optional<Result<RowBlockPointer>> block;
  std::string image;

 private:
  void add_object(const dom::element& event) {
    if (!event.is_object()) {
      add_malformed(simdjson::minify(event));
      return;
    }
    std::fill(found_.present.begin(), found_.present.end(), 0);
    collect(root_, event, found_);
    const size_t before = rows_.rows();
    bool fits = true;
    for (size_t i = 0; i < columns_.size() && fits; ++i) fits = fill(i);
    if (!fits) {
      rows_.truncate(before);
      bad.push_back(explain());
    }
    rows_.scratch().reset();
  }

  // Appends the column's value; false if it does not fit.
  bool fill(size_t index) {
    if (!found_.present[index] || found_.values[index].is_null()) return rows_.append_absent(index);
    void* slot = rows_.slot();
    if (!convert(index, slot)) return false;
    rows_.column(index).append_slot(slot);
    return true;
  }

  bool convert(size_t index, void* slot) {
    const auto& path = columns_[index].path;
    if (!path->each || path->rest.empty())
      return converters_[index].convert(found_.values[index], slot, rows_.scratch());
    return convert_each(index, slot);
  }

  // `$.items[:].name`: picks the field out of each element, then converts them as one array.
  bool convert_each(size_t index, void* slot) {
    dom::array items;
    if (found_.values[index].get(items) != simdjson::SUCCESS) return false;
    std::string picked = "[";
    for (dom::element item : items) {
      if (picked.size() > 1) picked += ',';
      picked +=
          descend(item, columns_[index].path->rest) ? std::string(simdjson::minify(item)) : "null";
    }
    picked += "]";
    dom::element array;
    simdjson::padded_string padded(picked);
    return each_parser_.parse(padded).get(array) == simdjson::SUCCESS &&
           converters_[index].convert(array, slot, rows_.scratch());
  }

  // Tries every column again to name all that is wrong with the row.
  BadRow explain() {
    BadRow bad;
    bad.values.resize(columns_.size());
    void* slot = rows_.slot();
    for (size_t i = 0; i < columns_.size(); ++i) {
      const bool present = found_.present[i] && !found_.values[i].is_null();
      if (present) bad.values[i] = json_text(found_.values[i]);
      const bool fits = present ? convert(i, slot)
                                : columns_[i].has_default || columns_[i].optional ||
                                      columns_[i].type.can_be_null() || !columns_[i].path;
      if (fits) continue;
      bad.error_columns.push_back(columns_[i].name);
      bad.errors.push_back("value '" + bad.values[i].value_or("null") + "' on column '" +
                           columns_[i].name + "' is not " + columns_[i].type.name());
    }
    return bad;
  }

  const std::vector<JsonColumn>& columns_;
  const std::vector<JsonConverter>& converters_;
  const PathNode& root_;
  RowSink rows_;
  EventScanner scanner_;
  dom::parser parser_, each_parser_;
  std::string buffer_;
  Found found_;
};

constexpr size_t kFewRows = 1000;  // of which no average is taken

void Reading::expect(size_t text_bytes, const Sizes& sizes) {
  const size_t row_bytes = sizes.row_bytes.load(std::memory_order_relaxed);
  if (row_bytes == 0) return;
  const auto with_room = [](size_t size) { return size + size / 16; };
  const size_t rows = with_room(text_bytes / row_bytes);
  for (size_t i = 0; i < columns_.size(); ++i)
    rows_.column(i).expect(rows, rows * sizes.text_bytes[i].load(std::memory_order_relaxed));
}

void Reading::teach(size_t text_bytes, Sizes& sizes) const {
  if (rows < kFewRows || !block->ok()) return;
  sizes.row_bytes.store(static_cast<uint32_t>(std::max<size_t>(1, text_bytes / rows)),
                        std::memory_order_relaxed);
  for (size_t i = 0; i < columns_.size(); ++i) {
    const BlockColumn& column = (**block)->columns[i];
    if (column.form == BlockColumn::Form::kTexts)
      sizes.text_bytes[i].store(static_cast<uint32_t>(column.heap.size() / rows + 1),
                                std::memory_order_relaxed);
  }
}

bool parses(std::string_view text) {
  dom::parser parser;
  dom::element event;
  return parser.parse(simdjson::padded_string(text)).get(event) == simdjson::SUCCESS;
}

// True if the first line is an event of its own.
bool begins_with_event(std::string_view body) {
  const size_t begin = body.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return false;
  const size_t newline = body.find('\n', begin);
  return newline != std::string_view::npos && parses(body.substr(begin, newline - begin));
}

// True if `body` is one JSON text over several lines: its first line is none, the whole is.
bool is_one_event(std::string_view body) {
  const size_t begin = body.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return false;
  const size_t newline = body.find('\n', begin);
  if (newline == std::string_view::npos ||
      body.find_first_not_of(kSpace, newline) == std::string_view::npos)
    return false;
  return !begins_with_event(body) && parses(body);
}

// Cuts a body at line ends into pieces: large ones first, for few of them to join, then smaller
// ones, so that threads end together, and soon after the last byte has arrived. Each thread's first
// piece of a body that is still arriving is small, so that it begins soon. Hands them out in order,
// each once it is there. Thread-safe.
class Pieces {
 public:
  struct Piece {
    size_t index = 0;
    std::string_view text;
    bool padded = false;  // enough bytes follow for the scanner, which reads some ahead
  };

  Pieces(std::string_view body, unsigned threads, ArrivingBody* arriving, size_t before)
      : body_(body),
        share_(size_t{threads} * 2),
        arriving_(arriving),
        before_(before) {}
  // There are no more than these.
  size_t most() const { return std::max<size_t>(1, body_.size() / kSliceBytes); }
  bool one() const { return body_.size() < kWorthCutting; }
  bool broken() const { return broken_; }

  /// The next piece; nullopt after the last, or when the rest will not come.
  std::optional<Piece> next() {
    const std::lock_guard lock(mutex_);
    if (ended_ || broken_) return std::nullopt;
    Piece piece{index_++, {}};
    const size_t left = body_.size() - begin_;
    size_t end = body_.size();
    // What is left over after the last whole slice goes with it.
    if (!one() && left >= 2 * kSliceBytes) {
      const bool at_once = arriving_ != nullptr && piece.index < share_ / 2;
      const size_t share = std::max(kSliceBytes, left / share_);
      const size_t wanted = begin_ + (at_once ? std::min(kFirstSlice, share) : share);
      if (!wait_for(wanted)) return std::nullopt;
      const size_t known = arriving_ == nullptr
                               ? body_.size()
                               : std::min(arriving_->arrived() - before_, body_.size());
      size_t newline = body_.substr(0, known).find('\n', wanted - 1);
      if (newline == std::string_view::npos) {
        if (!wait_for(body_.size())) return std::nullopt;
        newline = body_.find('\n', wanted - 1);
      }
      if (newline != std::string_view::npos) end = newline + 1;
    } else if (!wait_for(end)) {
      return std::nullopt;
    }
    piece.text = body_.substr(begin_, end - begin_);
    begin_ = end;
    piece.padded = body_.size() - end >= EventScanner::kPadding;
    ended_ = end == body_.size();
    return piece;
  }

 private:
  // The scanner looks at some bytes after a piece.
  bool wait_for(size_t end) {
    broken_ = arriving_ != nullptr && !arriving_->wait_for(before_ + end + EventScanner::kPadding);
    return !broken_;
  }

  const std::string_view body_;
  const size_t share_;  // of what is left, a piece is one part in so many
  ArrivingBody* const arriving_;
  const size_t before_;  // bytes before body_ that arrived with it
  std::mutex mutex_;
  size_t index_ = 0, begin_ = 0;
  bool ended_ = false, broken_ = false;
};

}  // namespace

NdjsonReader::NdjsonReader(std::shared_ptr<const TableSchema> schema,
                           std::vector<JsonColumn> columns)
    : state_(std::make_unique<State>()) {
  JsonColumns& all = state_->columns;
  all.schema = std::move(schema);
  all.columns = std::move(columns);
  state_->plain = std::vector<std::atomic<uint32_t>>(all.columns.size());
  state_->sizes.text_bytes = std::vector<std::atomic<uint32_t>>(all.columns.size());
  for (size_t i = 0; i < all.columns.size(); ++i) {
    const JsonColumn& column = all.columns[i];
    all.converters.emplace_back(column.type);
    all.largest_slot = std::max(all.largest_slot, slot_layout(column.type).size);
    if (!column.path) continue;
    PathNode* node = &all.root;
    for (const std::string& key : column.path->keys) node = &node->child(key);
    node->columns.push_back(static_cast<uint32_t>(i));
  }
}

NdjsonReader::~NdjsonReader() = default;
NdjsonReader::NdjsonReader(NdjsonReader&&) noexcept = default;

Result<IngestResult> NdjsonReader::read(std::string_view body, const DefaultValue& default_value,
                                        WorkerPool& pool, bool with_images,
                                        ArrivingBody* arriving) const {
  const auto left = [] {
    return fail(ErrorCode::kCannotReadAllData,
                "The sender left in the middle of the body, or is slow");
  };
  // Enough to see a mark of the encoding and an event of its own.
  constexpr size_t kBeginning = 256 << 10;
  if (arriving != nullptr && !arriving->wait_for(kBeginning)) return left();
  size_t before = 0;
  if (body.starts_with("\xEF\xBB\xBF")) {
    before = 3;
    body.remove_prefix(before);
  }
  std::vector<std::unique_ptr<Reading>> readings;
  const auto new_reading = [&] {
    return std::make_unique<Reading>(state_->columns, default_value, state_->plain_columns());
  };
  const bool many = arriving != nullptr && begins_with_event(body.substr(0, kBeginning - before));
  if (!many && arriving != nullptr && !arriving->wait_for_all()) return left();
  if (!many && is_one_event(body)) {
    // Not NDJSON but one JSON text laid out over several lines, as people type it after curl -d.
    readings.push_back(new_reading());
    dom::element event;
    if (readings.back()->parse(body, event)) readings.back()->add(event);
    readings.back()->finish(with_images);
  } else {
    Pieces pieces(body, pool.size(), arriving, before);
    readings.resize(pieces.most());
    const auto work = [&](unsigned) {
      while (const auto piece = pieces.next()) {
        readings[piece->index] = new_reading();
        Reading& reading = *readings[piece->index];
        reading.expect(piece->text.size(), state_->sizes);
        if (piece->padded)
          reading.read_lines(piece->text);
        else
          reading.read_last_lines(piece->text);
        reading.finish(with_images);
        reading.teach(piece->text.size(), state_->sizes);
      }
    };
    if (pieces.one())
      work(0);
    else
      pool.run(pool.size(), work);
    if (pieces.broken()) return left();
    std::erase(readings, nullptr);
  }
  IngestResult result;
  for (const auto& reading : readings) {
    result.rows += reading->rows;
    std::move(reading->bad.begin(), reading->bad.end(), std::back_inserter(result.bad));
    for (size_t i = 0; i < state_->plain.size(); ++i) {
      if (reading->plain[i] != 0 && state_->plain[i].load(std::memory_order_relaxed) == 0) {
        state_->plain[i].store(kPlainBlocks, std::memory_order_relaxed);
      }
    }
    SP_TRY(RowBlockPointer block, std::move(*reading->block));
    if (block->rows == 0) continue;
    result.blocks.push_back(std::move(block));
    if (with_images) result.images.push_back(std::move(reading->image));
  }
  return result;
}

}  // namespace sp
