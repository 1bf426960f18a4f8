#pragma once
// StringRef: the string in flight. 16 bytes: size, the first four bytes, then either the rest (up
// to 12 bytes in all stand inside) or a pointer. Layout after Umbra (Neumann, Freitag: CIDR 2020).
// Generated code and both compilations of the function library agree on this layout.

#include <cstdint>
#include <cstring>
#include <string_view>

namespace sp {

struct StringRef {
  static constexpr uint32_t kInline = 12;

  uint32_t size;
  char prefix[4];  // bytes 0..3; zero-padded, so that two short strings compare as two 64-bit words
  union {
    char tail[8];      // bytes 4..11 when size <= kInline; zero-padded
    const char* data;  // all bytes when size > kInline; owned by an arena, a part or the caller
  };

  StringRef() noexcept : size(0), prefix{0, 0, 0, 0}, data(nullptr) {}
  /// Refers to `text` (not copied when longer than kInline).
  explicit StringRef(std::string_view text) noexcept : StringRef(text.data(), text.size()) {}
  StringRef(const char* bytes, size_t length) noexcept : size(static_cast<uint32_t>(length)) {
    if (length <= kInline) {
      char buffer[kInline] = {};
      if (length > 0) std::memcpy(buffer, bytes, length);
      std::memcpy(prefix, buffer, 4);
      std::memcpy(tail, buffer + 4, 8);
    } else {
      std::memcpy(prefix, bytes, 4);
      data = bytes;
    }
  }

  bool is_inline() const noexcept { return size <= kInline; }
  /// Valid as long as this object (short) or its owner (long) lives.
  const char* begin() const noexcept { return is_inline() ? prefix : data; }
  std::string_view view() const noexcept { return {begin(), size}; }
};
static_assert(sizeof(StringRef) == 16);

inline bool operator==(const StringRef& a, const StringRef& b) noexcept {
  uint64_t a_head, b_head;
  std::memcpy(&a_head, &a, 8);
  std::memcpy(&b_head, &b, 8);
  if (a_head != b_head) return false;  // size or first four bytes differ
  if (a.is_inline()) return std::memcmp(a.tail, b.tail, 8) == 0;
  return a.data == b.data || std::memcmp(a.data, b.data, a.size) == 0;
}

/// Orders by bytes, as ClickHouse does: negative, zero, positive.
inline int compare(const StringRef& a, const StringRef& b) noexcept {
  const uint32_t shared = a.size < b.size ? a.size : b.size;
  const int order = std::memcmp(a.begin(), b.begin(), shared);
  if (order != 0) return order;
  return a.size < b.size ? -1 : a.size > b.size ? 1 : 0;
}

/// The array in flight: `size` elements in slot layout (see slot.h), contiguous. A Map is an array
/// of its (key, value) tuples.
struct ArrayRef {
  const void* data;
  uint64_t size;
};
static_assert(sizeof(ArrayRef) == 16);

/// A nullable value in slot layout: the value (garbage, but initialised, if null), then the flag.
template <class T>
struct Nullable {
  T value;
  uint8_t is_null;
};

}  // namespace sp
