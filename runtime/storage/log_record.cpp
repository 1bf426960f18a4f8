// Log records, column by column, much as blocks lie in memory: slots, texts, or codes and their dictionary.

#include "runtime/storage/log_record.h"

#include <algorithm>
#include <cstring>

#include "runtime/storage/byte_codec.h"

namespace sp {

namespace {

using Form = BlockColumn::Form;

// What a column's first byte says.
constexpr uint8_t kFormBits = 0x0f;
constexpr uint8_t kHasNulls = 0x10;
constexpr uint8_t kEqualLengths = 0x20;  // one length in place of the ends

void write_texts(const BlockColumn& column, ByteWriter& out, bool equal_lengths) {
  out.number(column.ends.size());
  if (equal_lengths) out.number(column.ends.front());
  else out.raw(column.ends.data(), column.ends.size() * sizeof(uint32_t));
  out.text({column.heap.data(), column.heap.size()});
}

bool have_equal_lengths(const BlockColumn& column) {
  if (column.ends.empty() || uint64_t{column.ends.front()} * column.ends.size() != column.heap.size()) return false;
  for (size_t i = 0; i < column.ends.size(); ++i) {
    if (column.ends[i] != (i + 1) * column.ends.front()) return false;
  }
  return true;
}

void write_column(const BlockColumn& column, size_t rows, uint32_t width, ByteWriter& out) {
  const bool equal_lengths = have_equal_lengths(column);
  out.byte(static_cast<uint8_t>(static_cast<uint8_t>(column.form) | (column.nulls.empty() ? 0 : kHasNulls) |
                                (equal_lengths ? kEqualLengths : 0)));
  out.raw(column.nulls.data(), column.nulls.size());
  switch (column.form) {
    case Form::kSlots: out.raw(column.data.data(), rows * width); return;
    case Form::kTexts: write_texts(column, out, equal_lengths); return;
    case Form::kCodes:
      out.byte(column.code_width);
      out.raw(column.data.data(), rows * column.code_width);
      write_texts(column, out, equal_lengths);
      return;
  }
}

bool read_values(ByteReader& in, size_t size, BlockColumn& column) {
  const std::string_view bytes = in.raw(size);
  if (!in.ok()) return false;
  column.data.resize(size + 8);
  std::memcpy(column.data.data(), bytes.data(), size);
  return true;
}

bool read_texts(ByteReader& in, bool equal_lengths, BlockColumn& column) {
  const uint64_t count = equal_lengths ? in.number() : in.count(sizeof(uint32_t));
  if (!in.ok()) return false;
  if (equal_lengths) {
    const uint64_t length = in.number();
    if (!in.ok() || length > UINT32_MAX || count > UINT32_MAX || length * count > UINT32_MAX) return false;
    column.ends.resize(count);
    for (uint64_t i = 0; i < count; ++i) column.ends[i] = static_cast<uint32_t>((i + 1) * length);
  } else {
    const std::string_view ends = in.raw(count * sizeof(uint32_t));
    if (!in.ok()) return false;
    column.ends.resize(count);
    std::memcpy(column.ends.data(), ends.data(), ends.size());
    if (!std::is_sorted(column.ends.begin(), column.ends.end())) return false;
  }
  const std::string_view heap = in.text();
  if (!in.ok() || heap.size() != (count == 0 ? 0 : column.ends.back())) return false;
  column.heap.assign(heap.begin(), heap.end());
  return true;
}

bool read_codes(ByteReader& in, size_t rows, bool equal_lengths, BlockColumn& column) {
  column.code_width = in.byte();
  if (column.code_width != 1 && column.code_width != 2 && column.code_width != 4) return false;
  if (!read_values(in, rows * column.code_width, column) || !read_texts(in, equal_lengths, column)) return false;
  for (size_t row = 0; row < rows; ++row) {
    if (column.code(row) >= column.ends.size()) return false;
  }
  return true;
}

bool read_column(ByteReader& in, size_t rows, Type type, BlockColumn& column) {
  const ColumnShape shape = column_shape(type);
  const bool fixed = shape.kind == ColumnShape::Kind::kWord || shape.kind == ColumnShape::Kind::kWide;
  const uint8_t head = in.byte();
  column.form = static_cast<Form>(head & kFormBits);
  if ((head & kHasNulls) != 0) {
    const std::string_view nulls = in.raw(rows);
    if (!in.ok() || !shape.nullable) return false;
    column.nulls.assign(nulls.begin(), nulls.end());
  }
  const bool equal_lengths = (head & kEqualLengths) != 0;
  switch (column.form) {
    case Form::kSlots: return fixed && read_values(in, rows * shape.width, column);
    case Form::kTexts: return !fixed && read_texts(in, equal_lengths, column) && column.ends.size() == rows;
    case Form::kCodes: return !fixed && read_codes(in, rows, equal_lengths, column);
  }
  return false;
}

Error malformed() { return fail(ErrorCode::kIncorrectData, "Record of the commit log is malformed"); }

}  // namespace

std::string serialize_rows_record(const std::vector<RowBlockPointer>& blocks, std::string_view idempotency_key) {
  ByteWriter out;
  size_t size = 1024 + idempotency_key.size();
  for (const RowBlockPointer& block : blocks) size += block->bytes();
  out.bytes().reserve(size);
  out.number(static_cast<uint64_t>(LogRecord::Kind::kRows));
  out.text(idempotency_key);
  out.number(blocks.size());
  for (const RowBlockPointer& block : blocks) {
    out.number(block->schema->id);
    const size_t length_at = out.bytes().size();
    out.word(0);
    out.number(block->rows);
    out.number(block->columns.size());
    for (size_t i = 0; i < block->columns.size(); ++i) {
      write_column(block->columns[i], block->rows, column_shape(block->schema->columns[i].type).width, out);
    }
    const uint64_t length = out.bytes().size() - length_at - sizeof(uint64_t);
    std::memcpy(out.bytes().data() + length_at, &length, sizeof(length));
  }
  return std::move(out.bytes());
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

Result<RowBlockPointer> parse_logged_rows(std::string_view bytes, const std::shared_ptr<const TableSchema>& schema) {
  ByteReader in(bytes);
  auto block = std::make_shared<RowBlock>();
  block->schema = schema;
  block->rows = in.number();
  const uint64_t columns = in.number();
  // A row takes at least a byte in some column, but for rows of empty strings.
  if (!in.ok() || columns != schema->columns.size() || block->rows > UINT32_MAX) return malformed();
  block->columns.resize(columns);
  for (size_t i = 0; i < columns; ++i) {
    if (!read_column(in, block->rows, schema->columns[i].type, block->columns[i])) return malformed();
  }
  if (!in.at_end()) return malformed();
  return RowBlockPointer(std::move(block));
}

}  // namespace sp
