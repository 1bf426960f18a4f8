#pragma once
// DictionaryBuilder: numbers distinct strings in order of first appearance, by hashing (linear
// probing, codes of 32 bits, half full at most). Used by encode_column; strings are referred to,
// not copied.

#include <cstdint>
#include <vector>

#include "runtime/core/hash.h"
#include "runtime/core/string_ref.h"

namespace sp {

class DictionaryBuilder {
 public:
  /// `ordered`: equal strings come together (the leading sorting key), so no hashing is needed.
  explicit DictionaryBuilder(bool ordered) : ordered_(ordered) {}

  uint32_t code_of(const StringRef& text) {
    return ordered_ ? code_of_ordered(text) : code_of_hashed(text);
  }
  const std::vector<StringRef>& entries() const { return entries_; }
  size_t size() const { return entries_.size(); }
  /// Sum of the entries' lengths.
  uint64_t bytes() const { return bytes_; }

  /// Sorts the entries by bytes; returns the new code of each old code, empty if they were in order
  /// already.
  std::vector<uint32_t> sort();

 private:
  struct Place {
    uint32_t tag = 0;
    uint32_t code = kEmpty;
  };
  static constexpr uint32_t kEmpty = ~0U;

  uint32_t add(const StringRef& text) {
    entries_.push_back(text);
    bytes_ += text.size;
    return static_cast<uint32_t>(entries_.size() - 1);
  }
  uint32_t code_of_ordered(const StringRef& text) {
    if (!entries_.empty() && entries_.back() == text)
      return static_cast<uint32_t>(entries_.size() - 1);
    return add(text);
  }
  uint32_t code_of_hashed(const StringRef& text) {
    if (entries_.size() * 2 >= places_.size()) grow();
    const uint64_t hash = hash_string(text);
    const auto tag = static_cast<uint32_t>(hash >> 32);
    for (size_t at = hash & mask_;; at = (at + 1) & mask_) {
      Place& place = places_[at];
      if (place.code == kEmpty) {
        place = {tag, add(text)};
        return place.code;
      }
      if (place.tag == tag && entries_[place.code] == text) return place.code;
    }
  }
  void grow();

  const bool ordered_;
  std::vector<StringRef> entries_;
  std::vector<Place> places_;
  size_t mask_ = 0;
  uint64_t bytes_ = 0;
};

}  // namespace sp
