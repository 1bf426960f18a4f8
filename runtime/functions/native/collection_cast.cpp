// Arrays element by element, tuples by place or name, maps as arrays of tuples.

#include "runtime/functions/native/collection_cast.h"

#include <algorithm>
#include <cstring>

#include "runtime/core/unaligned.h"

namespace sp {

namespace {

using Cast = std::unique_ptr<const ValueCast>;

// Elements of arrays; also maps, whose elements are tuples.
class ArrayCast final : public ValueCast {
 public:
  ArrayCast(Cast element, Type from, Type to)
      : element_(std::move(element)),
        from_stride_(slot_layout(from).size),
        to_layout_(slot_layout(to)) {}
  bool convert(const void* from, void* to, Arena& arena, ParseError& error) const override {
    const auto source = load<ArrayRef>(from);
    auto* target =
        static_cast<uint8_t*>(arena.allocate(source.size * to_layout_.size, to_layout_.align));
    const auto* at = static_cast<const uint8_t*>(source.data);
    for (uint64_t i = 0; i < source.size; ++i) {
      if (!element_->convert(at + i * from_stride_, target + i * to_layout_.size, arena, error))
        return false;
    }
    store(to, ArrayRef{target, source.size});
    return true;
  }

 private:
  Cast element_;
  uint32_t from_stride_;
  SlotLayout to_layout_;
};

// Tuple to tuple; parts[i] makes element i of the target from element sources[i].
class TupleCast final : public ValueCast {
 public:
  struct Part {
    Cast cast;
    uint32_t from_offset;
    uint32_t to_offset;
  };
  TupleCast(std::vector<Part> parts, Type to)
      : parts_(std::move(parts)),
        size_(slot_layout(to).size) {}
  bool convert(const void* from, void* to, Arena& arena, ParseError& error) const override {
    std::memset(to, 0, size_);
    for (const Part& part : parts_) {
      const bool ok = part.cast->convert(static_cast<const uint8_t*>(from) + part.from_offset,
                                         static_cast<uint8_t*>(to) + part.to_offset, arena, error);
      if (!ok) return false;
    }
    return true;
  }

 private:
  std::vector<Part> parts_;
  uint32_t size_;
};

// (keys, values) to a map.
class ZipCast final : public ValueCast {
 public:
  ZipCast(Cast key, Cast value, Type from, Type to)
      : key_(std::move(key)),
        value_(std::move(value)) {
    from_offsets_ = row_layout(from.inner()).offsets;
    key_stride_ = slot_layout(from.inner()[0].element()).size;
    value_stride_ = slot_layout(from.inner()[1].element()).size;
    to_offsets_ = row_layout(to.inner()).offsets;
    to_layout_ = slot_layout(Type::tuple(to.inner()));
  }
  bool convert(const void* from, void* to, Arena& arena, ParseError& error) const override {
    const auto* bytes = static_cast<const uint8_t*>(from);
    const auto keys = load<ArrayRef>(bytes + from_offsets_[0]);
    const auto values = load<ArrayRef>(bytes + from_offsets_[1]);
    if (keys.size != values.size) {
      return error.set(ErrorCode::kTypeMismatch,
                       "CAST AS Map from tuple requires arrays of equal size");
    }
    auto* target =
        static_cast<uint8_t*>(arena.allocate(keys.size * to_layout_.size, to_layout_.align));
    for (uint64_t i = 0; i < keys.size; ++i) {
      uint8_t* row = target + i * to_layout_.size;
      std::memset(row, 0, to_layout_.size);
      const auto* key = static_cast<const uint8_t*>(keys.data) + i * key_stride_;
      const auto* value = static_cast<const uint8_t*>(values.data) + i * value_stride_;
      if (!key_->convert(key, row + to_offsets_[0], arena, error)) return false;
      if (!value_->convert(value, row + to_offsets_[1], arena, error)) return false;
    }
    store(to, ArrayRef{target, keys.size});
    return true;
  }

 private:
  Cast key_, value_;
  std::vector<uint32_t> from_offsets_, to_offsets_;
  uint32_t key_stride_ = 0, value_stride_ = 0;
  SlotLayout to_layout_;
};

Result<Cast> array_cast(Type from_element, Type to_element, const CastRules& rules) {
  SP_TRY(Cast element, make_value_cast(from_element, to_element, rules));
  return Cast(std::make_unique<ArrayCast>(std::move(element), from_element, to_element));
}

Result<Cast> tuple_cast(Type from, Type to, const CastRules& rules) {
  if (from.inner().size() != to.inner().size()) {
    return fail(ErrorCode::kTypeMismatch,
                "CAST AS Tuple can be performed only between tuple types with the same size: " +
                    from.name() + " and " + to.name());
  }
  const RowLayout from_layout = row_layout(from.inner());
  const RowLayout to_layout = row_layout(to.inner());
  const auto& from_names = from.element_names();
  const auto& to_names = to.element_names();
  std::vector<TupleCast::Part> parts;
  for (size_t i = 0; i < to.inner().size(); ++i) {
    size_t source = i;
    if (!from_names.empty() && !to_names.empty()) {
      // Named on both sides: elements meet by name; one that is missing gets its default.
      const auto found = std::find(from_names.begin(), from_names.end(), to_names[i]);
      if (found == from_names.end()) continue;
      source = static_cast<size_t>(found - from_names.begin());
    }
    SP_TRY(Cast part, make_value_cast(from.inner()[source], to.inner()[i], rules));
    parts.push_back({std::move(part), from_layout.offsets[source], to_layout.offsets[i]});
  }
  return Cast(std::make_unique<TupleCast>(std::move(parts), to));
}

Result<Cast> map_cast(Type from, Type to, const CastRules& rules) {
  const Type pair = Type::tuple(to.inner());
  if (from.is(TypeKind::kMap)) return array_cast(Type::tuple(from.inner()), pair, rules);
  if (from.is(TypeKind::kArray) &&
      (from.element().is(TypeKind::kTuple) || from.element().is(TypeKind::kNothing)))
    return array_cast(from.element(), pair, rules);
  const bool zip = from.is(TypeKind::kTuple) && from.inner().size() == 2 &&
                   from.inner()[0].is(TypeKind::kArray) && from.inner()[1].is(TypeKind::kArray);
  if (!zip) return no_conversion(from, to);
  SP_TRY(Cast key, make_value_cast(from.inner()[0].element(), to.inner()[0], rules));
  SP_TRY(Cast value, make_value_cast(from.inner()[1].element(), to.inner()[1], rules));
  return Cast(std::make_unique<ZipCast>(std::move(key), std::move(value), from, to));
}

}  // namespace

bool is_collection(Type type) {
  return type.is(TypeKind::kArray) || type.is(TypeKind::kMap) || type.is(TypeKind::kTuple);
}

Result<std::unique_ptr<const ValueCast>> make_collection_cast(Type from, Type to,
                                                              const CastRules& rules) {
  if (to.is(TypeKind::kMap)) return map_cast(from, to, rules);
  if (to.is(TypeKind::kArray) && from.is(TypeKind::kArray))
    return array_cast(from.element(), to.element(), rules);
  if (to.is(TypeKind::kArray) && from.is(TypeKind::kMap))
    return array_cast(Type::tuple(from.inner()), to.element(), rules);
  if (to.is(TypeKind::kTuple) && from.is(TypeKind::kTuple)) return tuple_cast(from, to, rules);
  return no_conversion(from, to);
}

}  // namespace sp
