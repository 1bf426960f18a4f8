#pragma once
// Variable-length integers: LEB128, seven bits a byte, low bits first (as in Protocol Buffers and
// LevelDB). Used in slot images, the commit log and the manifest.

#include <cstddef>
#include <cstdint>
#include <string>

namespace sp {

inline void append_varint(std::string& out, uint64_t value) {
  while (value >= 0x80) {
    out += static_cast<char>(static_cast<uint8_t>(value) | 0x80);
    value >>= 7;
  }
  out += static_cast<char>(static_cast<uint8_t>(value));
}

/// Returns the bytes consumed (at most 10), or 0 if the input ends early or overflows 64 bits.
inline size_t read_varint(const char* bytes, size_t size, uint64_t& value) {
  value = 0;
  for (size_t i = 0; i < size && i < 10; ++i) {
    const auto byte = static_cast<uint8_t>(bytes[i]);
    if (i == 9 && byte > 1) return 0;
    value |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
    if (byte < 0x80) return i + 1;
  }
  return 0;
}

}  // namespace sp
