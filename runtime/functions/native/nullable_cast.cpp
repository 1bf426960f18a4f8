// NULL on either side of a conversion, and failures that become values.

#include "runtime/functions/native/nullable_cast.h"

#include <cstring>

namespace sp {

namespace {

using Cast = std::unique_ptr<const ValueCast>;

// NULL stays NULL where the target can hold it, and is an error elsewhere.
class FromNullableCast final : public ValueCast {
 public:
  FromNullableCast(Cast inner, Type from, Type to)
      : inner_(std::move(inner)),
        from_flag_(slot_layout(from.base()).size),
        to_flag_(slot_layout(to.base()).size),
        to_size_(slot_layout(to).size),
        to_nullable_(to.can_be_null()) {}
  bool convert(const void* from, void* to, Arena& arena, ParseError& error) const override {
    const bool is_null = static_cast<const uint8_t*>(from)[from_flag_] != 0;
    if (!is_null) return inner_->convert(from, to, arena, error);
    if (!to_nullable_) {
      return error.set(ErrorCode::kCannotInsertNullInOrdinaryColumn,
                       "Cannot convert NULL value to non-Nullable type");
    }
    std::memset(to, 0, to_size_);
    static_cast<uint8_t*>(to)[to_flag_] = 1;
    return true;
  }

 private:
  Cast inner_;
  uint32_t from_flag_, to_flag_, to_size_;
  bool to_nullable_;
};

// The slot of a Nullable begins with its value.
class ToNullableCast final : public ValueCast {
 public:
  ToNullableCast(Cast inner, Type to)
      : inner_(std::move(inner)),
        flag_(slot_layout(to.base()).size),
        size_(slot_layout(to).size) {}
  bool convert(const void* from, void* to, Arena& arena, ParseError& error) const override {
    std::memset(to, 0, size_);
    return inner_->convert(from, to, arena, error);
  }

 private:
  Cast inner_;
  uint32_t flag_, size_;
};

// What fails, and NULL, becomes the fallback.
class LenientCast final : public ValueCast {
 public:
  LenientCast(Cast inner, Type from, Type to, const void* fallback)
      : inner_(std::move(inner)),
        size_(slot_layout(to).size),
        from_flag_(slot_layout(from.base()).size),
        from_nullable_(from.can_be_null()),
        fallback_(size_, 0) {
    if (fallback != nullptr)
      std::memcpy(fallback_.data(), fallback, size_);
    else if (to.can_be_null())
      fallback_[slot_layout(to.base()).size] = 1;
  }
  bool convert(const void* from, void* to, Arena& arena, ParseError&) const override {
    ParseError ignored;
    const bool is_null = from_nullable_ && static_cast<const uint8_t*>(from)[from_flag_] != 0;
    std::memset(to, 0, size_);
    if (is_null || !inner_->convert(from, to, arena, ignored))
      std::memcpy(to, fallback_.data(), size_);
    return true;
  }

 private:
  Cast inner_;
  uint32_t size_, from_flag_;
  bool from_nullable_;
  std::vector<uint8_t> fallback_;
};

}  // namespace

std::unique_ptr<const ValueCast> cast_from_nullable(std::unique_ptr<const ValueCast> inner,
                                                    Type from, Type to) {
  return std::make_unique<FromNullableCast>(std::move(inner), from, to);
}

std::unique_ptr<const ValueCast> cast_to_nullable(std::unique_ptr<const ValueCast> inner, Type to) {
  return std::make_unique<ToNullableCast>(std::move(inner), to);
}

std::unique_ptr<const ValueCast> make_lenient(std::unique_ptr<const ValueCast> cast, Type from,
                                              Type to, const void* fallback) {
  return std::make_unique<LenientCast>(std::move(cast), from, to, fallback);
}

}  // namespace sp
