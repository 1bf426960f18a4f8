// SlotOps of every type: one small class for each shape of slot, built once per type and kept for
// the process.
// Entry: slot_ops(). Order of values is ClickHouse's: UUID as a 128-bit number of its two halves
// (low word first in memory, the text's second half is the high word), IPv6 by bytes, arrays and
// tuples element by element.

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <mutex>
#include <type_traits>
#include <unordered_map>

#include "runtime/core/arena.h"
#include "runtime/core/check.h"
#include "runtime/core/hash.h"
#include "runtime/core/slot.h"
#include "runtime/core/unaligned.h"

namespace sp {

namespace {

// The order of two values of which at least one is absent.
int order_absent(bool a_absent, bool b_absent, SlotOps::Absent absent) noexcept {
  const int last = static_cast<int>(a_absent) - static_cast<int>(b_absent);
  return absent == SlotOps::Absent::kLast ? last : -last;
}

template <class T>
class NumberOps final : public SlotOps {
 public:
  int compare(const void* a, const void* b, Absent absent) const noexcept override {
    const T x = load<T>(a), y = load<T>(b);
    if constexpr (std::is_floating_point_v<T>) {
      const bool x_nan = std::isnan(x), y_nan = std::isnan(y);
      if (x_nan || y_nan) return order_absent(x_nan, y_nan, absent);
    }
    return x < y ? -1 : y < x ? 1 : 0;
  }
  bool equal(const void* a, const void* b) const noexcept override {
    return compare(a, b, Absent::kLast) == 0;
  }
  uint64_t hash(const void* a) const noexcept override {
    T value = load<T>(a);
    if constexpr (std::is_floating_point_v<T>) {
      if (std::isnan(value)) return hash_word(0x7ff8000000000000ULL);
      const double wide = value == 0 ? 0.0 : static_cast<double>(value);  // -0 equals 0
      return hash_word(load<uint64_t>(&wide));
    } else if constexpr (std::is_signed_v<T>) {
      return hash_word(static_cast<uint64_t>(static_cast<int64_t>(value)));
    } else {
      return hash_word(value);
    }
  }
  void copy(void* to, const void* from, Arena&) const noexcept override {
    std::memcpy(to, from, sizeof(T));
  }
};

// Little-endian integers of `Words` 64-bit words.
template <size_t Words, bool Signed>
class WideOps final : public SlotOps {
 public:
  int compare(const void* a, const void* b, Absent) const noexcept override {
    uint64_t x[Words], y[Words];
    std::memcpy(x, a, sizeof(x));
    std::memcpy(y, b, sizeof(y));
    if constexpr (Signed) {
      const auto x_top = static_cast<int64_t>(x[Words - 1]);
      const auto y_top = static_cast<int64_t>(y[Words - 1]);
      if (x_top != y_top) return x_top < y_top ? -1 : 1;
    }
    for (size_t i = Words; i-- > 0;) {
      if (x[i] != y[i]) return x[i] < y[i] ? -1 : 1;
    }
    return 0;
  }
  bool equal(const void* a, const void* b) const noexcept override {
    return std::memcmp(a, b, Words * 8) == 0;
  }
  uint64_t hash(const void* a) const noexcept override {
    uint64_t x[Words];
    std::memcpy(x, a, sizeof(x));
    uint64_t h = hash_word(x[0]);
    for (size_t i = 1; i < Words; ++i) h = hash_combine(h, x[i]);
    return h;
  }
  void copy(void* to, const void* from, Arena&) const noexcept override {
    std::memcpy(to, from, Words * 8);
  }
};

class Ipv6Ops final : public SlotOps {
 public:
  int compare(const void* a, const void* b, Absent) const noexcept override {
    const int order = std::memcmp(a, b, 16);
    return order < 0 ? -1 : order > 0 ? 1 : 0;
  }
  bool equal(const void* a, const void* b) const noexcept override {
    return std::memcmp(a, b, 16) == 0;
  }
  uint64_t hash(const void* a) const noexcept override {
    return hash_combine(hash_word(load<uint64_t>(a)),
                        load<uint64_t>(static_cast<const char*>(a) + 8));
  }
  void copy(void* to, const void* from, Arena&) const noexcept override {
    std::memcpy(to, from, 16);
  }
};

class NothingOps final : public SlotOps {
 public:
  int compare(const void*, const void*, Absent) const noexcept override { return 0; }
  bool equal(const void*, const void*) const noexcept override { return true; }
  uint64_t hash(const void*) const noexcept override { return hash_word(0); }
  void copy(void* to, const void*, Arena&) const noexcept override { std::memset(to, 0, 1); }
};

class StringOps final : public SlotOps {
 public:
  int compare(const void* a, const void* b, Absent) const noexcept override {
    const int order = sp::compare(load<StringRef>(a), load<StringRef>(b));
    return order < 0 ? -1 : order > 0 ? 1 : 0;
  }
  bool equal(const void* a, const void* b) const noexcept override {
    return load<StringRef>(a) == load<StringRef>(b);
  }
  uint64_t hash(const void* a) const noexcept override { return hash_string(load<StringRef>(a)); }
  void copy(void* to, const void* from, Arena& arena) const noexcept override {
    const StringRef text = load<StringRef>(from);
    const StringRef copied = text.is_inline() ? text : arena.copy(text.view());
    std::memcpy(to, &copied, sizeof(copied));
  }
};

class NullableOps final : public SlotOps {
 public:
  explicit NullableOps(const SlotOps& value) : value_(value), flag_(value.layout.size) {}
  int compare(const void* a, const void* b, Absent absent) const noexcept override {
    const bool a_null = is_null(a), b_null = is_null(b);
    if (a_null || b_null) return order_absent(a_null, b_null, absent);
    return value_.compare(a, b, absent);
  }
  bool equal(const void* a, const void* b) const noexcept override {
    const bool a_null = is_null(a), b_null = is_null(b);
    return a_null || b_null ? a_null == b_null : value_.equal(a, b);
  }
  uint64_t hash(const void* a) const noexcept override {
    return is_null(a) ? 0x9e3779b97f4a7c15ULL : value_.hash(a);
  }
  void copy(void* to, const void* from, Arena& arena) const noexcept override {
    std::memset(to, 0, layout.size);
    if (!is_null(from)) value_.copy(to, from, arena);
    static_cast<uint8_t*>(to)[flag_] = is_null(from) ? 1 : 0;
  }

 private:
  bool is_null(const void* slot) const noexcept {
    return static_cast<const uint8_t*>(slot)[flag_] != 0;
  }
  const SlotOps& value_;
  const uint32_t flag_;
};

class ArrayOps final : public SlotOps {
 public:
  explicit ArrayOps(const SlotOps& element) : element_(element) {}
  int compare(const void* a, const void* b, Absent absent) const noexcept override {
    const ArrayRef x = load<ArrayRef>(a), y = load<ArrayRef>(b);
    const uint64_t shared = std::min(x.size, y.size);
    for (uint64_t i = 0; i < shared; ++i) {
      if (const int order = element_.compare(at(x, i), at(y, i), absent); order != 0) return order;
    }
    return x.size < y.size ? -1 : x.size > y.size ? 1 : 0;
  }
  bool equal(const void* a, const void* b) const noexcept override {
    const ArrayRef x = load<ArrayRef>(a), y = load<ArrayRef>(b);
    if (x.size != y.size) return false;
    for (uint64_t i = 0; i < x.size; ++i) {
      if (!element_.equal(at(x, i), at(y, i))) return false;
    }
    return true;
  }
  uint64_t hash(const void* a) const noexcept override {
    const ArrayRef array = load<ArrayRef>(a);
    uint64_t h = hash_word(array.size);
    for (uint64_t i = 0; i < array.size; ++i) h = hash_combine(h, element_.hash(at(array, i)));
    return h;
  }
  void copy(void* to, const void* from, Arena& arena) const noexcept override {
    const ArrayRef source = load<ArrayRef>(from);
    ArrayRef target{nullptr, source.size};
    if (source.size > 0) {
      auto* data = static_cast<char*>(
          arena.allocate(source.size * element_.layout.size, element_.layout.align));
      for (uint64_t i = 0; i < source.size; ++i) {
        element_.copy(data + i * element_.layout.size, at(source, i), arena);
      }
      target.data = data;
    }
    std::memcpy(to, &target, sizeof(target));
  }

 private:
  const char* at(const ArrayRef& array, uint64_t i) const noexcept {
    return static_cast<const char*>(array.data) + i * element_.layout.size;
  }
  const SlotOps& element_;
};

class TupleOps final : public SlotOps {
 public:
  explicit TupleOps(Type tuple) : offsets_(row_layout(tuple.inner()).offsets) {
    for (const Type& element : tuple.inner()) elements_.push_back(&slot_ops(element));
  }
  int compare(const void* a, const void* b, Absent absent) const noexcept override {
    for (size_t i = 0; i < elements_.size(); ++i) {
      if (const int order = elements_[i]->compare(at(a, i), at(b, i), absent); order != 0)
        return order;
    }
    return 0;
  }
  bool equal(const void* a, const void* b) const noexcept override {
    for (size_t i = 0; i < elements_.size(); ++i) {
      if (!elements_[i]->equal(at(a, i), at(b, i))) return false;
    }
    return true;
  }
  uint64_t hash(const void* a) const noexcept override {
    uint64_t h = hash_word(elements_.size());
    for (size_t i = 0; i < elements_.size(); ++i) h = hash_combine(h, elements_[i]->hash(at(a, i)));
    return h;
  }
  void copy(void* to, const void* from, Arena& arena) const noexcept override {
    std::memset(to, 0, layout.size);
    for (size_t i = 0; i < elements_.size(); ++i) {
      elements_[i]->copy(static_cast<char*>(to) + offsets_[i], at(from, i), arena);
    }
  }

 private:
  const char* at(const void* slot, size_t i) const noexcept {
    return static_cast<const char*>(slot) + offsets_[i];
  }
  std::vector<const SlotOps*> elements_;
  std::vector<uint32_t> offsets_;
};

std::unique_ptr<SlotOps> make_ops(Type type);

// A Map is stored as an array of (key, value) tuples.
Type map_entry(Type map) { return Type::tuple({map.inner()[0], map.inner()[1]}); }

std::unique_ptr<SlotOps> make_decimal(uint32_t size) {
  switch (size) {
    case 4: return std::make_unique<NumberOps<int32_t>>();
    case 8: return std::make_unique<NumberOps<int64_t>>();
    case 16: return std::make_unique<WideOps<2, true>>();
    default: return std::make_unique<WideOps<4, true>>();
  }
}

std::unique_ptr<SlotOps> make_ops(Type type) {
  switch (type.kind()) {
    case TypeKind::kNothing:
    case TypeKind::kLambda: return std::make_unique<NothingOps>();
    case TypeKind::kBool:
    case TypeKind::kUInt8: return std::make_unique<NumberOps<uint8_t>>();
    case TypeKind::kInt8:
    case TypeKind::kEnum8: return std::make_unique<NumberOps<int8_t>>();
    case TypeKind::kUInt16:
    case TypeKind::kDate: return std::make_unique<NumberOps<uint16_t>>();
    case TypeKind::kInt16:
    case TypeKind::kEnum16: return std::make_unique<NumberOps<int16_t>>();
    case TypeKind::kUInt32:
    case TypeKind::kDateTime:
    case TypeKind::kIpv4: return std::make_unique<NumberOps<uint32_t>>();
    case TypeKind::kInt32:
    case TypeKind::kDate32: return std::make_unique<NumberOps<int32_t>>();
    case TypeKind::kUInt64: return std::make_unique<NumberOps<uint64_t>>();
    case TypeKind::kInt64:
    case TypeKind::kDateTime64:
    case TypeKind::kInterval: return std::make_unique<NumberOps<int64_t>>();
    case TypeKind::kFloat32: return std::make_unique<NumberOps<float>>();
    case TypeKind::kFloat64: return std::make_unique<NumberOps<double>>();
    case TypeKind::kUInt128:
    case TypeKind::kUuid: return std::make_unique<WideOps<2, false>>();
    case TypeKind::kInt128: return std::make_unique<WideOps<2, true>>();
    case TypeKind::kUInt256: return std::make_unique<WideOps<4, false>>();
    case TypeKind::kInt256: return std::make_unique<WideOps<4, true>>();
    case TypeKind::kIpv6: return std::make_unique<Ipv6Ops>();
    case TypeKind::kDecimal: return make_decimal(slot_layout(type).size);
    case TypeKind::kString:
    case TypeKind::kFixedString:
    case TypeKind::kJson:
    case TypeKind::kAggregateFunction: return std::make_unique<StringOps>();
    case TypeKind::kArray: return std::make_unique<ArrayOps>(slot_ops(type.element()));
    case TypeKind::kMap: return std::make_unique<ArrayOps>(slot_ops(map_entry(type)));
    case TypeKind::kTuple: return std::make_unique<TupleOps>(type);
    case TypeKind::kNullable: return std::make_unique<NullableOps>(slot_ops(type.element()));
    case TypeKind::kLowCardinality:
    case TypeKind::kSimpleAggregateFunction: return make_ops(type.element());
  }
  SP_CHECK(false);
  return nullptr;
}

}  // namespace

const SlotOps& slot_ops(Type type) {
  // Recursive: the operations of a composite type ask for those of its elements while being built.
  static std::recursive_mutex mutex;
  static auto* table = new std::unordered_map<Type, std::unique_ptr<SlotOps>>();
  const std::lock_guard lock(mutex);
  if (const auto found = table->find(type); found != table->end()) return *found->second;
  std::unique_ptr<SlotOps> made = make_ops(type);
  made->type = type;
  made->layout = slot_layout(type);
  return *table->emplace(type, std::move(made)).first->second;
}

}  // namespace sp
