// Rows as JSON. See json_row.h.

#include "runtime/formats/json_row.h"

#include <charconv>
#include <cstring>

#include "runtime/text/put_scalar.h"

namespace sp {
namespace {

constexpr size_t kBufferBytes = 8192;
constexpr size_t kScalarRoom = 32;  // any integer, any time in quotes

template <class T>
T load(const uint8_t* slot) {
  T value;
  std::memcpy(&value, slot, sizeof(T));
  return value;
}

uint64_t load_unsigned(const uint8_t* slot, uint32_t size) {
  switch (size) {
    case 1: return load<uint8_t>(slot);
    case 2: return load<uint16_t>(slot);
    case 4: return load<uint32_t>(slot);
    default: return load<uint64_t>(slot);
  }
}

int64_t load_signed(const uint8_t* slot, uint32_t size) {
  switch (size) {
    case 1: return load<int8_t>(slot);
    case 2: return load<int16_t>(slot);
    case 4: return load<int32_t>(slot);
    default: return load<int64_t>(slot);
  }
}

}  // namespace

JsonRow::JsonRow(const ResultTable& table, const ResultOptions& options, JsonLeads leads,
                 std::string_view tail, uint32_t pretty_indent)
    : options_(options),
      leads_(std::move(leads.text)),
      tail_(tail),
      pretty_indent_(pretty_indent),
      buffer_bytes_(kBufferBytes),
      buffer_(std::make_unique_for_overwrite<char[]>(kBufferBytes)),
      at_(buffer_.get()) {
  cells_.reserve(table.types.size());
  for (size_t i = 0; i < table.types.size(); ++i) {
    const Type base = table.types[i].base();
    Cell cell{Kind::kOther,
              table.types[i].can_be_null(),
              table.layout.offsets[i],
              slot_layout(base).size,
              nullptr,
              nullptr,
              i == 0 ? 0 : leads.ends[i - 1],
              0};
    cell.lead_size = leads.ends[i] - cell.lead_begin;
    switch (base.kind()) {
      case TypeKind::kString: cell.kind = Kind::kText; break;
      case TypeKind::kUInt8:
      case TypeKind::kUInt16:
      case TypeKind::kUInt32: cell.kind = Kind::kUnsigned; break;
      case TypeKind::kInt8:
      case TypeKind::kInt16:
      case TypeKind::kInt32: cell.kind = Kind::kSigned; break;
      case TypeKind::kUInt64:
        cell.kind = options.text.json_quote_64bit_integers ? Kind::kOther : Kind::kUnsigned;
        break;
      case TypeKind::kInt64:
        cell.kind = options.text.json_quote_64bit_integers ? Kind::kOther : Kind::kSigned;
        break;
      case TypeKind::kDateTime:
        cell.kind = Kind::kDateTime;
        cell.zone = TimeZone::find(base.timezone());
        if (cell.zone == nullptr) cell.zone = &TimeZone::utc();
        break;
      default: break;
    }
    if (cell.kind == Kind::kOther) cell.formatter = &value_formatter(table.types[i]);
    cells_.push_back(cell);
  }
}

void JsonRow::flush(std::string& out) {
  out.append(buffer_.get(), at_);
  at_ = buffer_.get();
}

// Where `bytes` more may be written.
char* JsonRow::room(size_t bytes, std::string& out) {
  if (static_cast<size_t>(buffer_.get() + buffer_bytes_ - at_) >= bytes) return at_;
  flush(out);
  if (buffer_bytes_ < bytes) {
    buffer_ = std::make_unique_for_overwrite<char[]>(bytes);
    buffer_bytes_ = bytes;
    at_ = buffer_.get();
  }
  return at_;
}

void JsonRow::write(const uint8_t* row, std::string& out) {
  for (const Cell& cell : cells_) {
    const uint8_t* const slot = row + cell.offset;
    char* to = room(cell.lead_size + kScalarRoom, out);
    std::memcpy(to, leads_.data() + cell.lead_begin, cell.lead_size);
    to = at_ += cell.lead_size;
    if (cell.nullable && slot[cell.size] != 0 && cell.kind != Kind::kOther) {
      std::memcpy(to, "null", 4);
      at_ += 4;
      continue;
    }
    switch (cell.kind) {
      case Kind::kText: {
        const std::string_view text = reinterpret_cast<const StringRef*>(slot)->view();
        constexpr size_t kLong = 1024;
        if (text.size() > kLong) {
          flush(out);
          append_json_string(out, text);
        } else {
          at_ = put_json_string(room(json_string_room(text.size()), out), text);
        }
        break;
      }
      case Kind::kUnsigned:
        at_ = std::to_chars(to, to + kScalarRoom, load_unsigned(slot, cell.size)).ptr;
        break;
      case Kind::kSigned:
        at_ = std::to_chars(to, to + kScalarRoom, load_signed(slot, cell.size)).ptr;
        break;
      case Kind::kDateTime:
        *to++ = '"';
        to = put_datetime(to, load<uint32_t>(slot), *cell.zone);
        *to++ = '"';
        at_ = to;
        break;
      case Kind::kOther:
        flush(out);
        if (pretty_indent_ > 0)
          cell.formatter->write_pretty_json(slot, pretty_indent_, out, options_.text);
        else
          cell.formatter->write(slot, TextStyle::kJson, out, options_.text);
        break;
    }
  }
  std::memcpy(room(tail_.size(), out), tail_.data(), tail_.size());
  at_ += tail_.size();
  flush(out);
}

}  // namespace sp
