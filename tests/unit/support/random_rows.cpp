// Random values by type.

#include "tests/unit/support/random_rows.h"

#include <cmath>
#include <cstring>
#include <limits>

namespace sp {

namespace {

StringRef random_text(size_t length, uint64_t domain, Arena& arena, Rng& rng) {
  std::string text = std::to_string(rng.below(domain));
  while (text.size() < length) text += "-and-more";
  text.resize(length);
  return arena.copy(text);
}

StringRef random_string(Arena& arena, Rng& rng) {
  switch (rng.below(6)) {
    case 0: return StringRef();
    case 1: return random_text(3, 10, arena, rng);
    case 2: return random_text(12, 50, arena, rng);
    case 3: return random_text(13, 50, arena, rng);
    case 4: return random_text(90, 1000, arena, rng);
    default: {
      std::string bytes(rng.below(5), '\xff');
      bytes += '\0';
      return arena.copy(bytes);
    }
  }
}

template <class T>
void put_float(void* slot, Rng& rng) {
  T value = static_cast<T>(static_cast<double>(rng.below(1000)) / 8 - 20);
  if (rng.below(20) == 0) value = std::numeric_limits<T>::infinity();
  std::memcpy(slot, &value, sizeof(value));
}

void random_number(void* slot, size_t size, Rng& rng) {
  uint64_t words[4] = {rng.next(), rng.next(), rng.next(), rng.next()};
  if (rng.below(3) != 0) {
    words[0] = rng.below(30);
    words[1] = words[2] = words[3] = 0;
  }
  std::memcpy(slot, words, size);
}

}  // namespace

void random_slot(Type type, void* slot, Arena& arena, Rng& rng) {
  const SlotLayout layout = slot_layout(type);
  std::memset(slot, 0, layout.size);
  switch (type.kind()) {
    case TypeKind::kNullable:
      if (rng.below(4) == 0)
        static_cast<uint8_t*>(slot)[slot_layout(type.element()).size] = 1;
      else
        random_slot(type.element(), slot, arena, rng);
      return;
    case TypeKind::kLowCardinality:
    case TypeKind::kSimpleAggregateFunction: return random_slot(type.element(), slot, arena, rng);
    case TypeKind::kFixedString: {
      const StringRef text = random_text(type.precision(), 100, arena, rng);
      std::memcpy(slot, &text, sizeof(text));
      return;
    }
    case TypeKind::kString:
    case TypeKind::kJson:
    case TypeKind::kAggregateFunction: {
      const StringRef text = random_string(arena, rng);
      std::memcpy(slot, &text, sizeof(text));
      return;
    }
    case TypeKind::kArray:
    case TypeKind::kMap: {
      const Type element = type.is(TypeKind::kMap) ? Type::tuple(type.inner()) : type.element();
      const SlotLayout inner = slot_layout(element);
      ArrayRef array{nullptr, rng.below(4)};
      auto* data = static_cast<char*>(arena.allocate(array.size * inner.size + 1, inner.align));
      for (uint64_t i = 0; i < array.size; ++i)
        random_slot(element, data + i * inner.size, arena, rng);
      array.data = data;
      std::memcpy(slot, &array, sizeof(array));
      return;
    }
    case TypeKind::kTuple: {
      const RowLayout row = row_layout(type.inner());
      for (size_t i = 0; i < row.offsets.size(); ++i) {
        random_slot(type.inner()[i], static_cast<char*>(slot) + row.offsets[i], arena, rng);
      }
      return;
    }
    case TypeKind::kFloat32: return put_float<float>(slot, rng);
    case TypeKind::kFloat64: return put_float<double>(slot, rng);
    case TypeKind::kBool: {
      static_cast<uint8_t*>(slot)[0] = static_cast<uint8_t>(rng.below(2));
      return;
    }
    default: return random_number(slot, layout.size, rng);
  }
}

void append_random_rows(RowBatch& batch, size_t rows, Rng& rng) {
  alignas(8) uint8_t slot[512];
  for (size_t row = 0; row < rows; ++row) {
    for (size_t column = 0; column < batch.column_count(); ++column) {
      random_slot(batch.schema().columns[column].type, slot, batch.arena(), rng);
      batch.column(column).append(slot);
    }
  }
}

}  // namespace sp
