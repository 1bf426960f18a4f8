#pragma once
// ByteSink: where encoders write: memory for head blocks, a file for parts (part_file). Errors are
// kept until asked for, so that encoders need not check every write.

#include <cstdint>
#include <cstring>
#include <vector>

namespace sp {

class ByteSink {
 public:
  virtual ~ByteSink() = default;
  virtual void append(const void* bytes, size_t size) = 0;
  /// Bytes appended since the chunk began.
  uint64_t position() const { return position_; }

  /// Starts a buffer: pads to a multiple of 8 and returns its offset.
  uint64_t begin_buffer() {
    static constexpr char kZeros[16] = {};
    if (position_ % 8 != 0) append(kZeros, 8 - position_ % 8);
    return position_;
  }
  /// Ends a buffer: 8 readable bytes past its end.
  void end_buffer() {
    static constexpr char kZeros[16] = {};
    append(kZeros, 8);
  }
  uint64_t write_buffer(const void* bytes, size_t size) {
    const uint64_t at = begin_buffer();
    append(bytes, size);
    end_buffer();
    return at;
  }

 protected:
  uint64_t position_ = 0;
};

class MemorySink final : public ByteSink {
 public:
  void append(const void* bytes, size_t size) override {
    const auto* first = static_cast<const uint8_t*>(bytes);
    bytes_.insert(bytes_.end(), first, first + size);
    position_ += size;
  }
  std::vector<uint8_t> take() { return std::move(bytes_); }

 private:
  std::vector<uint8_t> bytes_;
};

}  // namespace sp
