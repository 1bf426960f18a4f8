// Byte images of slots: what the commit log, serialized columns and -State values hold.
//   fixed-width values: their little-endian bytes; Nothing and the empty tuple: one zero byte
//   strings: varint length, bytes; arrays and maps: varint count, elements; tuples: elements in
//       turn
//   Nullable: one flag byte, then the value unless NULL
// Entry: serialize_slot(), deserialize_slot(). Reading checks every length: the bytes may come from
// a damaged file.

#include <cstring>

#include "runtime/core/arena.h"
#include "runtime/core/slot.h"
#include "runtime/core/varint.h"

namespace sp {

namespace {

// How a type is written, once its wrappers are off.
enum class Image : uint8_t { kFixed, kString, kArray, kTuple, kNullable };

Type unwrapped(Type type) {
  while (type.is_low_cardinality() || type.is(TypeKind::kSimpleAggregateFunction))
    type = type.element();
  return type;
}

Image image_of(Type type) {
  switch (type.kind()) {
    case TypeKind::kString:
    case TypeKind::kFixedString:
    case TypeKind::kJson:
    case TypeKind::kAggregateFunction: return Image::kString;
    case TypeKind::kArray:
    case TypeKind::kMap: return Image::kArray;
    case TypeKind::kTuple: return type.inner().empty() ? Image::kFixed : Image::kTuple;
    case TypeKind::kNullable: return Image::kNullable;
    default: return Image::kFixed;
  }
}

Type element_of(Type array) {
  return array.is(TypeKind::kMap) ? Type::tuple({array.inner()[0], array.inner()[1]})
                                  : array.element();
}

}  // namespace

void serialize_slot(Type wrapped, const void* slot, std::string& out) {
  const Type type = unwrapped(wrapped);
  const char* bytes = static_cast<const char*>(slot);
  switch (image_of(type)) {
    case Image::kFixed:
      if (type.is(TypeKind::kTuple))
        out += '\0';
      else
        out.append(bytes, slot_layout(type).size);
      return;
    case Image::kString: {
      StringRef text;
      std::memcpy(&text, slot, sizeof(text));
      append_varint(out, text.size);
      out.append(text.begin(), text.size);
      return;
    }
    case Image::kArray: {
      ArrayRef array;
      std::memcpy(&array, slot, sizeof(array));
      append_varint(out, array.size);
      const Type element = element_of(type);
      const uint32_t stride = slot_layout(element).size;
      const char* at = static_cast<const char*>(array.data);
      for (uint64_t i = 0; i < array.size; ++i) serialize_slot(element, at + i * stride, out);
      return;
    }
    case Image::kTuple: {
      const RowLayout row = row_layout(type.inner());
      for (size_t i = 0; i < row.offsets.size(); ++i) {
        serialize_slot(type.inner()[i], bytes + row.offsets[i], out);
      }
      return;
    }
    case Image::kNullable: {
      const uint8_t is_null = static_cast<uint8_t>(bytes[slot_layout(type.element()).size]) != 0;
      out += static_cast<char>(is_null);
      if (is_null == 0) serialize_slot(type.element(), slot, out);
      return;
    }
  }
}

namespace {

// Reads a length-prefixed array; every element takes at least one byte, which bounds the count.
size_t deserialize_array(Type element, const char* bytes, size_t size, void* slot, Arena& arena) {
  uint64_t count = 0;
  size_t at = read_varint(bytes, size, count);
  if (at == 0 || count > size - at) return 0;
  const SlotLayout layout = slot_layout(element);
  ArrayRef array{nullptr, count};
  if (count > 0) {
    auto* data = static_cast<char*>(arena.allocate(count * layout.size, layout.align));
    for (uint64_t i = 0; i < count; ++i) {
      const size_t used =
          deserialize_slot(element, bytes + at, size - at, data + i * layout.size, arena);
      if (used == 0) return 0;
      at += used;
    }
    array.data = data;
  }
  std::memcpy(slot, &array, sizeof(array));
  return at;
}

size_t deserialize_tuple(Type type, const char* bytes, size_t size, void* slot, Arena& arena) {
  const RowLayout row = row_layout(type.inner());
  std::memset(slot, 0, row.size);
  size_t at = 0;
  for (size_t i = 0; i < row.offsets.size(); ++i) {
    const size_t used = deserialize_slot(type.inner()[i], bytes + at, size - at,
                                         static_cast<char*>(slot) + row.offsets[i], arena);
    if (used == 0) return 0;
    at += used;
  }
  return at;
}

}  // namespace

size_t deserialize_slot(Type wrapped, const char* bytes, size_t size, void* slot, Arena& arena) {
  const Type type = unwrapped(wrapped);
  switch (image_of(type)) {
    case Image::kFixed: {
      const uint32_t width = slot_layout(type).size;
      if (size < width) return 0;
      std::memcpy(slot, bytes, width);
      return width;
    }
    case Image::kString: {
      uint64_t length = 0;
      const size_t at = read_varint(bytes, size, length);
      if (at == 0 || length > size - at || length > UINT32_MAX) return 0;
      const StringRef text = arena.copy({bytes + at, length});
      std::memcpy(slot, &text, sizeof(text));
      return at + length;
    }
    case Image::kArray: return deserialize_array(element_of(type), bytes, size, slot, arena);
    case Image::kTuple: return deserialize_tuple(type, bytes, size, slot, arena);
    case Image::kNullable: {
      const SlotLayout layout = slot_layout(type);
      if (size == 0 || static_cast<uint8_t>(bytes[0]) > 1) return 0;
      std::memset(slot, 0, layout.size);
      size_t used = 1;
      if (bytes[0] == 0) {
        const size_t value = deserialize_slot(type.element(), bytes + 1, size - 1, slot, arena);
        if (value == 0) return 0;
        used += value;
      }
      static_cast<char*>(slot)[slot_layout(type.element()).size] = bytes[0];
      return used;
    }
  }
  return 0;
}

}  // namespace sp
