#pragma once
// ByteWriter and ByteReader: the fields of every structure on disk (part footers, log records,
// manifests): varints, 64-bit words, length-prefixed strings. The reader checks every length and
// remembers failure, so callers read all fields and ask once.

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "runtime/core/varint.h"

namespace sp {

class ByteWriter {
 public:
  void number(uint64_t value) { append_varint(bytes_, value); }
  void signed_number(int64_t value) {  // zigzag
    number((static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63));
  }
  void word(uint64_t value) { raw(&value, sizeof(value)); }
  void flag(bool value) { bytes_ += value ? '\1' : '\0'; }
  void byte(uint8_t value) { bytes_ += static_cast<char>(value); }
  void text(std::string_view value) {
    number(value.size());
    bytes_.append(value);
  }
  void raw(const void* bytes, size_t size) { bytes_.append(static_cast<const char*>(bytes), size); }
  std::string& bytes() { return bytes_; }

 private:
  std::string bytes_;
};

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}
  uint64_t number() {
    uint64_t value = 0;
    const size_t used = read_varint(bytes_.data(), bytes_.size(), value);
    if (used == 0) return fail();
    bytes_.remove_prefix(used);
    return value;
  }
  int64_t signed_number() {
    const uint64_t value = number();
    return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
  }
  uint64_t word() {
    uint64_t value = 0;
    const std::string_view bytes = raw(sizeof(value));
    if (!bytes.empty()) std::memcpy(&value, bytes.data(), sizeof(value));
    return value;
  }
  bool flag() {
    const std::string_view byte = raw(1);
    return !byte.empty() && byte[0] != 0;
  }
  uint8_t byte() {
    const std::string_view byte = raw(1);
    return byte.empty() ? uint8_t{0} : static_cast<uint8_t>(byte[0]);
  }
  /// The next byte, not taken; 0 at the end.
  uint8_t peek() const { return bytes_.empty() ? uint8_t{0} : static_cast<uint8_t>(bytes_[0]); }
  std::string_view text() { return raw(number()); }
  std::string_view raw(uint64_t size) {
    if (size > bytes_.size()) {
      fail();
      return {};
    }
    const std::string_view out = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return out;
  }
  /// Reads a count of items that take at least `item_bytes` each.
  uint64_t count(size_t item_bytes = 1) {
    const uint64_t value = number();
    return value <= bytes_.size() / item_bytes ? value : fail();
  }
  bool ok() const { return ok_; }
  bool at_end() const { return bytes_.empty(); }
  size_t left() const { return bytes_.size(); }

 private:
  uint64_t fail() {
    ok_ = false;
    bytes_ = {};
    return 0;
  }
  std::string_view bytes_;
  bool ok_ = true;
};

}  // namespace sp
