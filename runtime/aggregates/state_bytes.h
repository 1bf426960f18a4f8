#pragma once
// StateWriter and StateReader: the byte image of aggregate states (-State columns, commit log).
// Little-endian, numbers at their width, lengths as varints. A reader checks every bound: malformed
// bytes make it fail, never crash.

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace sp {

class StateWriter {
 public:
  explicit StateWriter(std::string& out) : out_(out) {}
  template <class T>
  void pod(const T& value) {
    out_.append(reinterpret_cast<const char*>(&value), sizeof(T));
  }
  void varint(uint64_t value) {
    for (; value >= 0x80; value >>= 7) out_ += static_cast<char>(value | 0x80);
    out_ += static_cast<char>(value);
  }
  void bytes(std::string_view text) {
    varint(text.size());
    out_.append(text);
  }
  std::string& text() { return out_; }

 private:
  std::string& out_;
};

class StateReader {
 public:
  explicit StateReader(std::string_view bytes)
      : at_(bytes.data()),
        end_(bytes.data() + bytes.size()) {}
  template <class T>
  bool pod(T& value) {
    if (remaining() < sizeof(T)) return false;
    std::memcpy(&value, at_, sizeof(T));
    at_ += sizeof(T);
    return true;
  }
  bool varint(uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 64 && at_ < end_; shift += 7) {
      const auto byte = static_cast<uint8_t>(*at_++);
      value |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }
  /// Reads a count of items that take at least `item_bytes` each: false if they cannot all be
  /// there.
  bool count(uint64_t& value, size_t item_bytes = 1) {
    return varint(value) && value <= remaining() / item_bytes;
  }
  bool bytes(std::string_view& text) {
    uint64_t size;
    if (!varint(size) || size > remaining()) return false;
    text = {at_, size};
    at_ += size;
    return true;
  }
  const char* at() const { return at_; }
  size_t remaining() const { return static_cast<size_t>(end_ - at_); }
  void skip(size_t size) { at_ += size; }

 private:
  const char* at_;
  const char* end_;
};

}  // namespace sp
