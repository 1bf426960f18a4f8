// DictionaryBuilder's growth and final sort.

#include "runtime/storage/dictionary_builder.h"

#include <algorithm>
#include <numeric>

namespace sp {

void DictionaryBuilder::grow() {
  const size_t size = places_.empty() ? 64 : places_.size() * 4;
  places_.assign(size, Place{});
  mask_ = size - 1;
  for (uint32_t code = 0; code < entries_.size(); ++code) {
    const uint64_t hash = hash_string(entries_[code]);
    size_t at = hash & mask_;
    while (places_[at].code != kEmpty) at = (at + 1) & mask_;
    places_[at] = {static_cast<uint32_t>(hash >> 32), code};
  }
}

std::vector<uint32_t> DictionaryBuilder::sort() {
  const auto less = [](const StringRef& a, const StringRef& b) { return compare(a, b) < 0; };
  if (std::is_sorted(entries_.begin(), entries_.end(), less)) return {};
  std::vector<uint32_t> order(entries_.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(),
            [&](uint32_t a, uint32_t b) { return less(entries_[a], entries_[b]); });
  std::vector<uint32_t> new_code(order.size());
  std::vector<StringRef> sorted(order.size());
  for (uint32_t i = 0; i < order.size(); ++i) {
    new_code[order[i]] = i;
    sorted[i] = entries_[order[i]];
  }
  entries_ = std::move(sorted);
  places_.clear();
  mask_ = 0;
  return new_code;
}

}  // namespace sp
