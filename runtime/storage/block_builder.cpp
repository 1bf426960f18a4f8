// BlockBuilder: growth, dictionaries given up, slots of any type.

#include "runtime/storage/block_builder.h"

#include <algorithm>

namespace sp {

BlockColumnBuilder::BlockColumnBuilder(Type type, bool plain)
    : type_(type),
      shape_(column_shape(type)),
      coded_(shape_.kind == ColumnShape::Kind::kString && !plain) {
  if (coded_) grow_places();
}

void BlockColumnBuilder::expect(size_t rows, size_t text_bytes) {
  constexpr size_t kRoom = 64, kRoomOfTexts = 4096;
  switch (shape_.kind) {
    case ColumnShape::Kind::kWord:
    case ColumnShape::Kind::kWide: data_.reserve(rows * shape_.width + kRoom); return;
    default:
      if (coded_) return data_.reserve(rows * sizeof(uint32_t) + kRoom);
      ends_.reserve(rows + kRoom);
      heap_.reserve(text_bytes + kRoomOfTexts);
  }
}

// One value always fits: the smallest buffer is larger than any, and room is reserved for whole
// ones.
void BlockColumnBuilder::grow_data() {
  constexpr size_t kLeast = 512, kLargestValue = 32;
  if (data_.capacity() < used_ + kLargestValue)
    return data_.resize(std::max(kLeast, data_.size() * 2));
  grow(data_, kLeast);
}

void BlockColumnBuilder::grow_heap(size_t size) {
  const size_t least = heap_used_ + size + 1024;
  if (heap_.capacity() < least)
    heap_.resize(std::max(heap_.size() * 2, least));
  else
    grow(heap_, least);
  if (heap_used_ + size > UINT32_MAX) {
    overflowed_ = true;
    heap_used_ = ends_used_ = 0;  // the block cannot be built any more; stay in bounds
    std::fill(ends_.begin(), ends_.end(), 0);
  }
}

void BlockColumnBuilder::grow_places() {
  places_.assign(places_.empty() ? 64 : places_.size() * 4, Place{});
  mask_ = places_.size() - 1;
  for (uint32_t code = 0; code < ends_used_; ++code) {
    const uint32_t begin = code == 0 ? 0 : ends_[code - 1];
    const uint64_t hash = hash_text(heap_.data() + begin, ends_[code] - begin);
    size_t at = hash & mask_;
    while (places_[at].code != kEmpty) at = (at + 1) & mask_;
    places_[at] = {static_cast<uint32_t>(hash >> 32), code};
  }
}

void BlockColumnBuilder::append_new(const char* bytes, size_t size, size_t at, uint32_t tag) {
  if (rows_ >= kFewestRows && ends_used_ * 2 > rows_) {
    turn_plain();
    return append_plain(bytes, size);
  }
  const auto code = static_cast<uint32_t>(ends_used_);
  if (heap_used_ + size + 16 > heap_.size()) grow_heap(size);
  std::memcpy(heap_.data() + heap_used_, bytes, size);
  heap_used_ += size;
  push_end();
  places_[at] = {tag, code};
  if (ends_used_ * 2 > places_.size()) grow_places();
  push_code(code);
}

void BlockColumnBuilder::turn_plain() {
  Buffer<char> entries = std::move(heap_);
  Buffer<uint32_t> entry_ends = std::move(ends_);
  const Buffer<uint8_t> codes = std::move(data_);
  const size_t rows = rows_;
  heap_ = {};
  ends_ = {};
  data_ = {};
  places_ = {};
  used_ = heap_used_ = ends_used_ = rows_ = 0;
  coded_ = false;
  for (size_t row = 0; row < rows; ++row) {
    uint32_t code;
    std::memcpy(&code, codes.data() + row * sizeof(code), sizeof(code));
    const uint32_t begin = code == 0 ? 0 : entry_ends[code - 1];
    append_plain(entries.data() + begin, entry_ends[code] - begin);
  }
}

void BlockColumnBuilder::append_null() {
  nulls_.resize(rows_, 0);
  nulls_.push_back(1);
  static constexpr char kZeros[40] = {};
  switch (shape_.kind) {
    case ColumnShape::Kind::kWord:
    case ColumnShape::Kind::kWide:
      if (used_ + shape_.width > data_.size()) grow_data();
      std::memset(data_.data() + used_, 0, shape_.width);
      used_ += shape_.width;
      ++rows_;
      return;
    default: return append_text(kZeros, 0);
  }
}

void BlockColumnBuilder::append_slot(const void* slot) {
  const auto* bytes = static_cast<const uint8_t*>(slot);
  if (shape_.nullable && bytes[shape_.width] != 0) return append_null();
  switch (shape_.kind) {
    case ColumnShape::Kind::kWord:
    case ColumnShape::Kind::kWide:
      if (used_ + shape_.width > data_.size()) grow_data();
      std::memcpy(data_.data() + used_, slot, shape_.width);
      used_ += shape_.width;
      ++rows_;
      return;
    case ColumnShape::Kind::kString: {
      StringRef text;
      std::memcpy(&text, slot, sizeof(text));
      if (text.size <= 24) {  // texts of slots may end where their memory ends
        char padded[40] = {};
        std::memcpy(padded, text.begin(), text.size);
        return append_text(padded, text.size);
      }
      std::string padded(text.view());
      padded.append(16, '\0');
      return append_text(padded.data(), text.size);
    }
    case ColumnShape::Kind::kSerialized: {
      std::string image;
      serialize_slot(shape_.value, slot, image);
      const size_t size = image.size();
      image.append(16, '\0');
      return append_plain(image.data(), size);
    }
  }
}

void BlockColumnBuilder::append_default() {
  if (shape_.nullable) return append_null();
  Arena arena;
  void* slot = arena.allocate(slot_layout(type_).size, 16);
  default_slot(type_, slot, arena);
  append_slot(slot);
}

void BlockColumnBuilder::truncate(size_t rows) {
  if (rows >= rows_) return;
  rows_ = rows;
  if (nulls_.size() > rows) nulls_.resize(rows);
  if (shape_.kind == ColumnShape::Kind::kWord || shape_.kind == ColumnShape::Kind::kWide) {
    used_ = rows * shape_.width;
  } else if (coded_) {
    used_ = rows * sizeof(uint32_t);  // entries that nobody uses any more do no harm
  } else {
    ends_used_ = rows;
    heap_used_ = rows == 0 ? 0 : ends_[rows - 1];
  }
}

BlockColumn BlockColumnBuilder::finish() {
  BlockColumn column;
  const bool fixed =
      shape_.kind == ColumnShape::Kind::kWord || shape_.kind == ColumnShape::Kind::kWide;
  column.form = fixed    ? BlockColumn::Form::kSlots
                : coded_ ? BlockColumn::Form::kCodes
                         : BlockColumn::Form::kTexts;
  if (!nulls_.empty()) {
    nulls_.resize(rows_, 0);
    if (std::find(nulls_.begin(), nulls_.end(), 1) != nulls_.end())
      column.nulls = std::move(nulls_);
  }
  if (coded_) {
    if (ends_used_ == 0) push_end();
    column.code_width = ends_used_ <= 256 ? 1 : ends_used_ <= 65536 ? 2 : 4;
    const auto* codes = reinterpret_cast<const uint32_t*>(data_.data());
    column.data.resize(rows_ * column.code_width + 8);
    if (column.code_width == 1)
      std::transform(codes, codes + rows_, column.data.data(),
                     [](uint32_t code) { return static_cast<uint8_t>(code); });
    else if (column.code_width == 2)
      std::transform(codes, codes + rows_, reinterpret_cast<uint16_t*>(column.data.data()),
                     [](uint32_t code) { return static_cast<uint16_t>(code); });
    else
      std::memcpy(column.data.data(), codes, rows_ * sizeof(uint32_t));
  } else if (fixed) {
    column.data = std::move(data_);
    column.data.resize(used_ + 8);
  }
  if (!fixed) {
    ends_.resize(ends_used_);
    heap_.resize(heap_used_);
    column.ends = std::move(ends_);
    column.heap = std::move(heap_);
  }
  return column;
}

BlockBuilder::BlockBuilder(std::shared_ptr<const TableSchema> schema,
                           const std::vector<uint8_t>& plain)
    : schema_(std::move(schema)) {
  columns_.reserve(schema_->columns.size());
  for (size_t i = 0; i < schema_->columns.size(); ++i) {
    columns_.emplace_back(schema_->columns[i].type, i < plain.size() && plain[i] != 0);
  }
}

Result<RowBlockPointer> BlockBuilder::build() {
  auto block = std::make_shared<RowBlock>();
  block->schema = schema_;
  block->rows = columns_.empty() ? 0 : columns_.front().rows();
  for (size_t i = 0; i < columns_.size(); ++i) {
    BlockColumnBuilder& column = columns_[i];
    if (column.overflowed()) {
      return fail(ErrorCode::kTooLargeStringSize,
                  "Strings of one column of a block exceed 4 GiB: " + schema_->columns[i].name);
    }
    if (column.rows() != block->rows) {
      return fail(ErrorCode::kLogicalError,
                  "Columns of a block differ in length: " + schema_->columns[i].name);
    }
    block->columns.push_back(column.finish());
  }
  return RowBlockPointer(std::move(block));
}

Result<RowBlockPointer> block_of(const RowBatch& batch) {
  BlockBuilder builder(batch.schema_ptr());
  for (size_t i = 0; i < batch.column_count(); ++i) {
    const ColumnBuilder& from = batch.column(i);
    for (size_t row = 0; row < from.rows(); ++row) builder.column(i).append_slot(from.slot(row));
  }
  return builder.build();
}

}  // namespace sp
