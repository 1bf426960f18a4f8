// One body: cut into pieces (BodyPieces), read by several threads (PieceReader), put together in
// order.

#include "runtime/formats/ndjson_reader.h"

#include <simdjson.h>

#include <algorithm>
#include <iterator>

#include "runtime/formats/arriving_body.h"
#include "runtime/formats/body_pieces.h"
#include "runtime/formats/json_columns.h"
#include "runtime/formats/piece_reader.h"
#include "runtime/formats/reading_hints.h"

namespace sp {

namespace {

bool parses(std::string_view text) {
  simdjson::dom::parser parser;
  simdjson::dom::element event;
  return parser.parse(simdjson::padded_string(text)).get(event) == simdjson::SUCCESS;
}

// True if the first line is an event of its own.
bool begins_with_event(std::string_view body) {
  const size_t begin = body.find_first_not_of(PieceReader::kSpace);
  if (begin == std::string_view::npos) return false;
  const size_t newline = body.find('\n', begin);
  return newline != std::string_view::npos && parses(body.substr(begin, newline - begin));
}

// True if `body` is one JSON text over several lines: its first line is none, the whole is.
bool is_one_event(std::string_view body) {
  const size_t begin = body.find_first_not_of(PieceReader::kSpace);
  if (begin == std::string_view::npos) return false;
  const size_t newline = body.find('\n', begin);
  if (newline == std::string_view::npos ||
      body.find_first_not_of(PieceReader::kSpace, newline) == std::string_view::npos)
    return false;
  return !begins_with_event(body) && parses(body);
}

}  // namespace

// Thread-safe: the columns never change, the hints are thread-safe.
struct NdjsonReader::State {
  explicit State(size_t column_count) : hints(column_count) {}
  JsonColumns columns;
  mutable ReadingHints hints;
};

NdjsonReader::NdjsonReader(std::shared_ptr<const TableSchema> schema,
                           std::vector<JsonColumn> columns)
    : state_(std::make_unique<State>(columns.size())) {
  JsonColumns& all = state_->columns;
  all.schema = std::move(schema);
  all.columns = std::move(columns);
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
  std::vector<std::unique_ptr<PieceReader>> readings;
  const auto new_reading = [&] {
    return std::make_unique<PieceReader>(state_->columns, default_value,
                                         state_->hints.plain_columns());
  };
  const bool many = arriving != nullptr && begins_with_event(body.substr(0, kBeginning - before));
  if (!many && arriving != nullptr && !arriving->wait_for_all()) return left();
  if (!many && is_one_event(body)) {
    // Not NDJSON but one JSON text laid out over several lines, as people type it after curl -d.
    readings.push_back(new_reading());
    readings.back()->read_event(body);
    readings.back()->finish(with_images);
  } else {
    BodyPieces pieces(body, pool.size(), arriving, before);
    readings.resize(pieces.most());
    const auto work = [&](unsigned) {
      while (const auto piece = pieces.next()) {
        readings[piece->index] = new_reading();
        PieceReader& reading = *readings[piece->index];
        state_->hints.expect(piece->text.size(), reading.sink());
        if (piece->padded)
          reading.read_lines(piece->text);
        else
          reading.read_last_lines(piece->text);
        reading.finish(with_images);
        if (reading.block->ok()) state_->hints.learn(piece->text.size(), ***reading.block);
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
    state_->hints.learn_plain(reading->plain);
    SP_TRY(RowBlockPointer block, std::move(*reading->block));
    if (block->rows == 0) continue;
    result.blocks.push_back(std::move(block));
    if (with_images) result.images.push_back(std::move(reading->image));
  }
  return result;
}

}  // namespace sp
