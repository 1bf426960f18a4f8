// Log records, column by column: fixed-width slots as they are, strings as lengths then bytes, the rest as slot images.

#include "runtime/storage/log_record.h"

#include <cstring>

#include "runtime/storage/byte_codec.h"
#include "runtime/storage/encoded_column.h"

namespace sp {

namespace {

bool null_at(const ColumnBuilder& column, const ColumnShape& shape, size_t row) {
  return shape.nullable && static_cast<const uint8_t*>(column.slot(row))[shape.width] != 0;
}

void write_strings(const ColumnBuilder& column, const ColumnShape& shape, ByteWriter& out) {
  std::vector<uint32_t> lengths(column.rows());
  const auto text_at = [&](size_t row) { return static_cast<const StringRef*>(column.slot(row)); };
  for (size_t row = 0; row < lengths.size(); ++row) {
    lengths[row] = null_at(column, shape, row) ? 0 : text_at(row)->size;
  }
  out.raw(lengths.data(), lengths.size() * sizeof(uint32_t));
  for (size_t row = 0; row < lengths.size(); ++row) {
    if (lengths[row] > 0) out.raw(text_at(row)->begin(), lengths[row]);
  }
}

void write_column(const ColumnBuilder& column, ByteWriter& out) {
  const ColumnShape shape = column_shape(column.type());
  if (shape.kind == ColumnShape::Kind::kSerialized) {
    std::string image;
    for (size_t row = 0; row < column.rows(); ++row) serialize_slot(column.type(), column.slot(row), image);
    out.text(image);
    return;
  }
  if (!shape.nullable && shape.kind != ColumnShape::Kind::kString) {
    out.raw(column.bytes(), column.rows() * column.layout().size);
    return;
  }
  for (size_t row = 0; row < column.rows() && shape.nullable; ++row) out.flag(null_at(column, shape, row));
  if (shape.kind == ColumnShape::Kind::kString) return write_strings(column, shape, out);
  for (size_t row = 0; row < column.rows(); ++row) out.raw(column.slot(row), shape.width);
}

void read_strings(ByteReader& in, const char* nulls, size_t rows, ColumnBuilder& column, uint8_t* slot) {
  const std::string_view lengths = in.raw(rows * sizeof(uint32_t));
  for (size_t row = 0; row < rows && in.ok(); ++row) {
    uint32_t length;
    std::memcpy(&length, lengths.data() + row * sizeof(length), sizeof(length));
    const StringRef text = column.arena().copy(in.raw(length));
    std::memcpy(slot, &text, sizeof(text));
    if (nulls != nullptr) slot[sizeof(text)] = static_cast<uint8_t>(nulls[row]);
    column.append(slot);
  }
}

bool read_images(ByteReader& in, size_t rows, ColumnBuilder& column, uint8_t* slot) {
  std::string_view image = in.text();
  for (size_t row = 0; row < rows; ++row) {
    const size_t used = deserialize_slot(column.type(), image.data(), image.size(), slot, column.arena());
    if (used == 0) return false;
    image.remove_prefix(used);
    column.append(slot);
  }
  return image.empty();
}

bool read_column(ByteReader& in, size_t rows, ColumnBuilder& column) {
  const ColumnShape shape = column_shape(column.type());
  std::vector<uint8_t> slot(column.layout().size);
  column.reserve(column.rows() + rows);
  if (shape.kind == ColumnShape::Kind::kSerialized) return read_images(in, rows, column, slot.data());
  const char* nulls = shape.nullable ? in.raw(rows).data() : nullptr;
  if (!in.ok()) return false;
  if (shape.kind == ColumnShape::Kind::kString) {
    read_strings(in, nulls, rows, column, slot.data());
    return in.ok();
  }
  const std::string_view values = in.raw(rows * shape.width);
  for (size_t row = 0; row < rows && in.ok(); ++row) {
    std::memcpy(slot.data(), values.data() + row * shape.width, shape.width);
    if (nulls != nullptr) slot[shape.width] = static_cast<uint8_t>(nulls[row]);
    column.append(slot.data());
  }
  return in.ok();
}

Error malformed() { return fail(ErrorCode::kIncorrectData, "Record of the commit log is malformed"); }

}  // namespace

std::string serialize_rows_record(const std::vector<RowBatch>& batches, std::string_view idempotency_key) {
  ByteWriter out;
  out.number(static_cast<uint64_t>(LogRecord::Kind::kRows));
  out.text(idempotency_key);
  out.number(batches.size());
  for (const RowBatch& batch : batches) {
    ByteWriter rows;
    rows.number(batch.rows());
    rows.number(batch.column_count());
    for (size_t i = 0; i < batch.column_count(); ++i) write_column(batch.column(i), rows);
    out.number(batch.schema().id);
    out.text(rows.bytes());
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
      record.tables.push_back({table, in.text()});
    }
  } else {
    return malformed();
  }
  if (!in.ok() || !in.at_end()) return malformed();
  return record;
}

Result<void> append_logged_rows(std::string_view bytes, RowBatch& batch) {
  ByteReader in(bytes);
  const uint64_t rows = in.number();
  const uint64_t columns = in.number();
  if (!in.ok() || columns != batch.column_count() || rows > bytes.size()) return malformed();
  for (size_t i = 0; i < columns; ++i) {
    if (!read_column(in, rows, batch.column(i))) return malformed();
  }
  if (!in.at_end()) return malformed();
  return {};
}

}  // namespace sp
