// Log records, column by column: slots, texts, or codes and their dictionary, as blocks have them,
// packed where that is cheap: disks are slower than this.

#include "runtime/storage/log_record.h"

#include <lz4.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "runtime/storage/byte_codec.h"
#include "runtime/storage/text_pattern.h"

namespace sp {

namespace {

using Form = BlockColumn::Form;

// What a column's first byte says.
constexpr uint8_t kFormBits = 0x0f;
constexpr uint8_t kHasNulls = 0x10;
constexpr uint8_t kEqualLengths = 0x20;  // texts: one length in place of the ends
constexpr uint8_t kPattern = 0x40;       // texts of equal lengths: packed by a TextPattern

// What a buffer's first byte says.
enum class Packing : uint8_t { kPlain = 0, kLz4 = 1, kNarrow = 2 };
constexpr size_t kWorthPacking = 512;

void write_plain(const void* bytes, size_t size, ByteWriter& out) {
  out.byte(static_cast<uint8_t>(Packing::kPlain));
  out.raw(bytes, size);
}

// LZ4 where that saves an eighth.
void write_packed(const void* bytes, size_t size, ByteWriter& out) {
  if (size < kWorthPacking || size > LZ4_MAX_INPUT_SIZE) return write_plain(bytes, size, out);
  Buffer<char> packed(static_cast<size_t>(LZ4_compressBound(static_cast<int>(size))));
  const int used = LZ4_compress_fast(static_cast<const char*>(bytes), packed.data(),
                                     static_cast<int>(size), static_cast<int>(packed.size()), 2);
  if (used <= 0 || static_cast<size_t>(used) > size - size / 8)
    return write_plain(bytes, size, out);
  out.byte(static_cast<uint8_t>(Packing::kLz4));
  out.text({packed.data(), static_cast<size_t>(used)});
}

template <class From, class To>
void write_narrowed(const uint8_t* bytes, size_t count, From low, ByteWriter& out) {
  const size_t at = out.bytes().size();
  out.bytes().resize(at + count * sizeof(To));
  char* to = out.bytes().data() + at;
  for (size_t i = 0; i < count; ++i) {
    From value;
    std::memcpy(&value, bytes + i * sizeof(From), sizeof(From));
    const To narrow = static_cast<To>(value - low);
    std::memcpy(to + i * sizeof(To), &narrow, sizeof(To));
  }
}

// Integers in the fewest bytes that hold their differences from the smallest.
template <class From>
bool write_narrow(const uint8_t* bytes, size_t count, ByteWriter& out) {
  From low = static_cast<From>(~From{0}), high = 0;
  for (size_t i = 0; i < count; ++i) {
    From value;
    std::memcpy(&value, bytes + i * sizeof(From), sizeof(From));
    low = std::min(low, value);
    high = std::max(high, value);
  }
  const uint64_t spread = high - low;
  const uint8_t width = spread == 0            ? 0
                        : spread <= UINT8_MAX  ? 1
                        : spread <= UINT16_MAX ? 2
                        : spread <= UINT32_MAX ? 4
                                               : 8;
  if (width >= sizeof(From)) return false;
  out.byte(static_cast<uint8_t>(Packing::kNarrow));
  out.byte(width);
  out.number(low);
  if (width == 1) write_narrowed<From, uint8_t>(bytes, count, low, out);
  if (width == 2) write_narrowed<From, uint16_t>(bytes, count, low, out);
  if (width == 4) write_narrowed<From, uint32_t>(bytes, count, low, out);
  return true;
}

void write_slots(const BlockColumn& column, size_t rows, uint32_t width, ByteWriter& out) {
  const uint8_t* bytes = column.data.data();
  if (rows * width >= kWorthPacking) {
    if (width == 2 && write_narrow<uint16_t>(bytes, rows, out)) return;
    if (width == 4 && write_narrow<uint32_t>(bytes, rows, out)) return;
    if (width == 8 && write_narrow<uint64_t>(bytes, rows, out)) return;
    if (width >= 8) return write_packed(bytes, rows * width, out);
  }
  write_plain(bytes, rows * width, out);
}

void write_texts(const BlockColumn& column, ByteWriter& out, bool equal_lengths,
                 const std::optional<TextPattern>& pattern) {
  out.number(column.ends.size());
  if (pattern) {
    pattern->write(out);
    Buffer<uint8_t> packed(pattern->packed_bytes() * column.ends.size() + 8);
    pattern->pack(column.heap.data(), column.ends.size(), packed.data());
    out.raw(packed.data(), packed.size() - 8);
    return;
  }
  if (equal_lengths)
    out.number(column.ends.front());
  else
    out.raw(column.ends.data(), column.ends.size() * sizeof(uint32_t));
  out.number(column.heap.size());
  write_packed(column.heap.data(), column.heap.size(), out);
}

bool have_equal_lengths(const BlockColumn& column) {
  if (column.ends.empty() ||
      uint64_t{column.ends.front()} * column.ends.size() != column.heap.size())
    return false;
  for (size_t i = 0; i < column.ends.size(); ++i) {
    if (column.ends[i] != (i + 1) * column.ends.front()) return false;
  }
  return true;
}

void write_column(const BlockColumn& column, size_t rows, uint32_t width, ByteWriter& out) {
  const bool equal_lengths = have_equal_lengths(column);
  std::optional<TextPattern> pattern;
  if (equal_lengths && column.heap.size() >= kWorthPacking) {
    pattern = TextPattern::find(column.heap.data(), column.ends.size(), column.ends.front());
  }
  out.byte(static_cast<uint8_t>(static_cast<uint8_t>(column.form) |
                                (column.nulls.empty() ? 0 : kHasNulls) |
                                (equal_lengths ? kEqualLengths : 0) | (pattern ? kPattern : 0)));
  out.raw(column.nulls.data(), column.nulls.size());
  switch (column.form) {
    case Form::kSlots: return write_slots(column, rows, width, out);
    case Form::kTexts: return write_texts(column, out, equal_lengths, pattern);
    case Form::kCodes:
      out.byte(column.code_width);
      out.raw(column.data.data(), rows * column.code_width);
      return write_texts(column, out, equal_lengths, pattern);
  }
}

// Reads a buffer of `size` bytes that is plain or LZ4.
bool read_packed(ByteReader& in, size_t size, char* to) {
  const auto packing = static_cast<Packing>(in.byte());
  const std::string_view bytes = packing == Packing::kLz4 ? in.text() : in.raw(size);
  if (!in.ok() || packing == Packing::kNarrow) return false;
  if (packing == Packing::kPlain) {
    if (size != 0) std::memcpy(to, bytes.data(), size);
    return true;
  }
  return size <= LZ4_MAX_INPUT_SIZE &&
         LZ4_decompress_safe(bytes.data(), to, static_cast<int>(bytes.size()),
                             static_cast<int>(size)) == static_cast<int>(size);
}

template <class To>
bool read_narrow(ByteReader& in, size_t count, uint8_t* to) {
  static constexpr uint64_t kMasks[5] = {0, 0xff, 0xffff, 0, 0xffffffff};
  const uint8_t width = in.byte();
  const uint64_t low = in.number();
  if (!in.ok() || width >= sizeof(To) || width == 3) return false;
  const std::string_view bytes = in.raw(count * width);
  if (!in.ok()) return false;
  for (size_t i = 0; i < count; ++i) {
    uint64_t value = 0;
    std::memcpy(&value, bytes.data() + i * width, width);
    const To wide = static_cast<To>((value & kMasks[width]) + low);
    std::memcpy(to + i * sizeof(To), &wide, sizeof(To));
  }
  return true;
}

bool read_slots(ByteReader& in, size_t rows, uint32_t width, BlockColumn& column) {
  if (in.left() == 0) return false;
  column.data.resize(rows * width + 8);
  if (static_cast<Packing>(in.peek()) != Packing::kNarrow) {
    return read_packed(in, rows * width, reinterpret_cast<char*>(column.data.data()));
  }
  in.byte();
  switch (width) {
    case 2: return read_narrow<uint16_t>(in, rows, column.data.data());
    case 4: return read_narrow<uint32_t>(in, rows, column.data.data());
    case 8: return read_narrow<uint64_t>(in, rows, column.data.data());
    default: return false;
  }
}

void set_equal_ends(uint64_t count, uint64_t length, BlockColumn& column) {
  column.ends.resize(count);
  for (uint64_t i = 0; i < count; ++i) column.ends[i] = static_cast<uint32_t>((i + 1) * length);
}

bool read_pattern(ByteReader& in, uint64_t count, BlockColumn& column) {
  const std::optional<TextPattern> pattern = TextPattern::read(in);
  if (!pattern || count * pattern->length() > UINT32_MAX) return false;
  const std::string_view packed = in.raw(count * pattern->packed_bytes());
  if (!in.ok()) return false;
  set_equal_ends(count, pattern->length(), column);
  column.heap.resize(count * pattern->length() + 16);
  pattern->unpack(reinterpret_cast<const uint8_t*>(packed.data()), count, column.heap.data());
  column.heap.resize(count * pattern->length());
  return true;
}

bool read_texts(ByteReader& in, uint8_t head, BlockColumn& column) {
  const bool equal_lengths = (head & kEqualLengths) != 0;
  const uint64_t count = equal_lengths ? in.number() : in.count(sizeof(uint32_t));
  if (!in.ok() || count > UINT32_MAX) return false;
  if ((head & kPattern) != 0) return read_pattern(in, count, column);
  if (equal_lengths) {
    const uint64_t length = in.number();
    if (!in.ok() || length > UINT32_MAX || length * count > UINT32_MAX) return false;
    set_equal_ends(count, length, column);
  } else {
    const std::string_view ends = in.raw(count * sizeof(uint32_t));
    if (!in.ok()) return false;
    column.ends.resize(count);
    std::memcpy(column.ends.data(), ends.data(), ends.size());
    if (!std::is_sorted(column.ends.begin(), column.ends.end())) return false;
  }
  const uint64_t size = in.number();
  if (!in.ok() || size != (count == 0 ? 0 : column.ends.back())) return false;
  column.heap.resize(size);
  return read_packed(in, size, column.heap.data());
}

bool read_codes(ByteReader& in, size_t rows, uint8_t head, BlockColumn& column) {
  column.code_width = in.byte();
  if (column.code_width != 1 && column.code_width != 2 && column.code_width != 4) return false;
  const std::string_view codes = in.raw(rows * column.code_width);
  if (!in.ok()) return false;
  column.data.resize(codes.size() + 8);
  std::memcpy(column.data.data(), codes.data(), codes.size());
  if (!read_texts(in, head, column)) return false;
  for (size_t row = 0; row < rows; ++row) {
    if (column.code(row) >= column.ends.size()) return false;
  }
  return true;
}

bool read_column(ByteReader& in, size_t rows, Type type, BlockColumn& column) {
  const ColumnShape shape = column_shape(type);
  const bool fixed =
      shape.kind == ColumnShape::Kind::kWord || shape.kind == ColumnShape::Kind::kWide;
  const uint8_t head = in.byte();
  column.form = static_cast<Form>(head & kFormBits);
  if ((head & kHasNulls) != 0) {
    const std::string_view nulls = in.raw(rows);
    if (!in.ok() || !shape.nullable) return false;
    column.nulls.assign(nulls.begin(), nulls.end());
  }
  switch (column.form) {
    case Form::kSlots: return fixed && read_slots(in, rows, shape.width, column);
    case Form::kTexts: return !fixed && read_texts(in, head, column) && column.ends.size() == rows;
    case Form::kCodes: return !fixed && read_codes(in, rows, head, column);
  }
  return false;
}

Error malformed() {
  return fail(ErrorCode::kIncorrectData, "Record of the commit log is malformed");
}

}  // namespace

std::string serialize_block(const RowBlock& block) {
  ByteWriter out;
  out.bytes().reserve(1024 + block.bytes());
  out.number(block.schema->id);
  const size_t length_at = out.bytes().size();
  out.word(0);
  out.number(block.rows);
  out.number(block.columns.size());
  for (size_t i = 0; i < block.columns.size(); ++i) {
    write_column(block.columns[i], block.rows, column_shape(block.schema->columns[i].type).width,
                 out);
  }
  const uint64_t length = out.bytes().size() - length_at - sizeof(uint64_t);
  std::memcpy(out.bytes().data() + length_at, &length, sizeof(length));
  return std::move(out.bytes());
}

std::vector<std::string> serialize_rows_record(std::vector<std::string> images,
                                               std::string_view idempotency_key) {
  ByteWriter out;
  out.number(static_cast<uint64_t>(LogRecord::Kind::kRows));
  out.text(idempotency_key);
  out.number(images.size());
  images.insert(images.begin(), std::move(out.bytes()));
  return images;
}

std::string serialize_abort_record(uint64_t commit) {
  ByteWriter out;
  out.number(static_cast<uint64_t>(LogRecord::Kind::kAbort));
  out.number(1);
  out.number(commit);
  return std::move(out.bytes());
}

Result<LogRecord> parse_log_record(std::string_view bytes) {
  ByteReader in(bytes);
  LogRecord record;
  record.kind = static_cast<LogRecord::Kind>(in.number());
  if (record.kind == LogRecord::Kind::kAbort) {
    const uint64_t count = in.count();
    for (uint64_t i = 0; i < count; ++i) record.aborted.push_back(in.number());
  } else if (record.kind == LogRecord::Kind::kRows) {
    record.idempotency_key = in.text();
    const uint64_t count = in.count(2);
    for (uint64_t i = 0; i < count && in.ok(); ++i) {
      const uint64_t table = in.number();
      record.tables.push_back({table, in.raw(in.word())});
    }
  } else {
    return malformed();
  }
  if (!in.ok() || !in.at_end()) return malformed();
  return record;
}

Result<RowBlockPointer> parse_logged_rows(std::string_view bytes,
                                          const std::shared_ptr<const TableSchema>& schema) {
  ByteReader in(bytes);
  auto block = std::make_shared<RowBlock>();
  block->schema = schema;
  block->rows = in.number();
  const uint64_t columns = in.number();
  // A row takes at least a byte in some column, but for rows of empty strings.
  if (!in.ok() || columns != schema->columns.size() || block->rows > UINT32_MAX) return malformed();
  block->columns.resize(columns);
  for (size_t i = 0; i < columns; ++i) {
    if (!read_column(in, block->rows, schema->columns[i].type, block->columns[i]))
      return malformed();
  }
  if (!in.at_end()) return malformed();
  return RowBlockPointer(std::move(block));
}

}  // namespace sp
