#pragma once
// TextPattern: texts of one length that differ only in hexadecimal digits (ids, UUIDs, digests,
// padded numbers): one text as the pattern, and four bits for each digit that varies. Used by the
// commit log and by part files.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/storage/byte_codec.h"

namespace sp {

class TextPattern {
 public:
  static constexpr size_t kLongest = 64;
  TextPattern() = default;
  /// Finds the pattern of `count` texts of `length` bytes each, one after another; none if some
  /// byte that varies is not a lower-case hexadecimal digit (or an upper-case one throughout).
  static std::optional<TextPattern> find(const char* texts, size_t count, size_t length);

  size_t length() const { return pattern_.size(); }
  /// Bytes of a packed text.
  size_t packed_bytes() const { return packed_bytes_; }
  /// Packs and unpacks `count` texts; `packed` has room for eight bytes more, `texts` for sixteen.
  void pack(const char* texts, size_t count, uint8_t* packed) const;
  void unpack(const uint8_t* packed, size_t count, char* texts) const;

  void write(ByteWriter& out) const;
  static std::optional<TextPattern> read(ByteReader& in);

 private:
  struct Run {
    uint8_t begin = 0, digits = 0;
  };
  bool settle();

  std::string pattern_;
  bool upper_case_ = false;
  std::vector<Run> runs_;  // of digits that vary
  size_t packed_bytes_ = 0;
};

}  // namespace sp
