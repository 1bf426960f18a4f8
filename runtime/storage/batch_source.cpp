// ColumnSource over a RowBatch: gathers slots through the sort permutation.
// Entry: batch_source().

#include <cstring>
#include <string>

#include "runtime/storage/column_source.h"

namespace sp {

namespace {

class BatchSource final : public ColumnSource {
 public:
  BatchSource(const ColumnBuilder& column, const uint32_t* order, size_t count)
      : shape_(column_shape(column.type())), bytes_(column.bytes()), stride_(column.layout().size),
        order_(order) {
    if (shape_.kind == ColumnShape::Kind::kSerialized) serialize(count);
  }

  void rewind() override { next_ = 0; }

  bool words(uint32_t count, uint64_t* out, uint8_t* nulls) override {
    switch (shape_.width) {
      case 1: shape_.is_signed ? gather<int8_t>(count, out) : gather<uint8_t>(count, out); break;
      case 2: shape_.is_signed ? gather<int16_t>(count, out) : gather<uint16_t>(count, out); break;
      case 4: shape_.is_signed ? gather<int32_t>(count, out) : gather<uint32_t>(count, out); break;
      default: gather<uint64_t>(count, out); break;
    }
    return advance(count, nulls);
  }

  bool wides(uint32_t count, uint8_t* out, uint8_t* nulls) override {
    for (uint32_t i = 0; i < count; ++i) std::memcpy(out + i * shape_.width, slot(i), shape_.width);
    return advance(count, nulls);
  }

  bool strings(uint32_t count, StringRef* out, uint8_t* nulls) override {
    if (shape_.kind == ColumnShape::Kind::kSerialized) {
      for (uint32_t i = 0; i < count; ++i) {
        const size_t begin = image_ends_[next_ + i], end = image_ends_[next_ + i + 1];
        out[i] = StringRef(images_.data() + begin, end - begin);
      }
      return advance(count, nulls);
    }
    for (uint32_t i = 0; i < count; ++i) {
      if (is_null(i)) out[i] = StringRef();
      else std::memcpy(&out[i], slot(i), sizeof(StringRef));
    }
    return advance(count, nulls);
  }

 private:
  const uint8_t* slot(uint32_t i) const { return bytes_ + size_t{order_[next_ + i]} * stride_; }
  bool is_null(uint32_t i) const { return shape_.nullable && slot(i)[shape_.width] != 0; }

  template <class T>
  void gather(uint32_t count, uint64_t* out) const {
    for (uint32_t i = 0; i < count; ++i) {
      T value;
      std::memcpy(&value, slot(i), sizeof(T));
      out[i] = static_cast<uint64_t>(static_cast<int64_t>(value));
    }
  }

  // Fills the null flags of the next rows and steps over them.
  bool advance(uint32_t count, uint8_t* nulls) {
    uint8_t any = 0;
    if (!shape_.nullable) {
      std::memset(nulls, 0, count);
    } else {
      for (uint32_t i = 0; i < count; ++i) {
        nulls[i] = is_null(i) ? 1 : 0;
        any |= nulls[i];
      }
    }
    next_ += count;
    return any != 0;
  }

  void serialize(size_t count) {
    image_ends_.reserve(count + 1);
    image_ends_.push_back(0);
    for (uint32_t i = 0; i < count; ++i) {
      if (!is_null(i)) serialize_slot(shape_.value, slot(i), images_);
      image_ends_.push_back(images_.size());
    }
  }

  const ColumnShape shape_;
  const uint8_t* const bytes_;
  const size_t stride_;
  const uint32_t* const order_;
  size_t next_ = 0;
  std::string images_;
  std::vector<size_t> image_ends_;
};

}  // namespace

std::unique_ptr<ColumnSource> batch_source(const ColumnBuilder& column, const uint32_t* order, size_t count) {
  return std::make_unique<BatchSource>(column, order, count);
}

}  // namespace sp
