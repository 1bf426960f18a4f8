// Numbering of dictionary values. See key_numbers.h.

#include "runtime/exec/key_numbers.h"

#include <algorithm>

#include "runtime/core/hash.h"

namespace sp {

void KeyNumbers::grow() {
  std::vector<Entry> larger(entries_.empty() ? 1024 : entries_.size() * 2);
  const uint64_t mask = larger.size() - 1;
  for (const Entry& entry : entries_) {
    if (entry.number == 0) continue;
    uint64_t at = entry.hash & mask;
    while (larger[at].number != 0) at = (at + 1) & mask;
    larger[at] = entry;
  }
  entries_ = std::move(larger);
}

uint32_t KeyNumbers::number_of(const StringRef& text, uint64_t hash) {
  if (texts_.size() * 2 >= entries_.size()) grow();
  const uint64_t mask = entries_.size() - 1;
  uint64_t at = hash & mask;
  for (; entries_[at].number != 0; at = (at + 1) & mask) {
    if (entries_[at].hash == hash && texts_[entries_[at].number - 1] == text)
      return entries_[at].number - 1;
  }
  texts_.push_back(arena_.copy(text.view()));
  entries_[at] = {hash, static_cast<uint32_t>(texts_.size())};
  return static_cast<uint32_t>(texts_.size() - 1);
}

std::shared_ptr<const std::vector<uint32_t>> KeyNumbers::number_part(const StringRef* dictionary,
                                                                     uint64_t size) {
  auto numbers = std::make_shared<std::vector<uint32_t>>();
  numbers->reserve(size + 1);
  for (uint64_t code = 0; code < size; ++code)
    numbers->push_back(number_of(dictionary[code], hash_string(dictionary[code])));
  numbers->push_back(0);  // NULL: masked by whoever asks
  return numbers;
}

Result<KeyNumbers::Maps> KeyNumbers::maps_of(const TableSnapshot& snapshot, uint32_t column) {
  const std::lock_guard lock(mutex_);
  return maps_locked(snapshot, column);
}

Result<KeyNumbers::Maps> KeyNumbers::ranks_of(const TableSnapshot& snapshot, uint32_t column) {
  const std::lock_guard lock(mutex_);
  SP_TRY(Maps maps, maps_locked(snapshot, column));
  for (const auto& part : snapshot.parts) {
    for (const Segment& segment : part->segments()) {
      if (segment.columns[column].dictionary_sorted != 1) return Maps{};
    }
  }
  if (maps.parts.empty()) return maps;
  if (rank_of_.size() != texts_.size()) {
    std::vector<uint32_t> order(texts_.size());
    for (uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(),
              [&](uint32_t a, uint32_t b) { return compare(texts_[a], texts_[b]) < 0; });
    rank_of_.resize(order.size());
    for (uint32_t i = 0; i < order.size(); ++i) rank_of_[order[i]] = i;
    ranked_.clear();
  }
  for (auto& numbers : maps.parts) {
    auto& ranks = ranked_[numbers.get()];
    if (!ranks) {
      auto made = std::make_shared<std::vector<uint32_t>>();
      made->reserve(numbers->size());
      for (size_t i = 0; i + 1 < numbers->size(); ++i) made->push_back(rank_of_[(*numbers)[i]]);
      made->push_back(0);
      ranks = std::move(made);
    }
    numbers = ranks;
  }
  return maps;
}

Result<KeyNumbers::Maps> KeyNumbers::maps_locked(const TableSnapshot& snapshot, uint32_t column) {
  Maps maps;
  for (const auto& part : snapshot.parts) {
    const auto known = parts_.find(part.get());
    if (known != parts_.end() && known->second.part.lock() == part) {
      maps.parts.push_back(known->second.numbers);
      continue;
    }
    SP_TRY_VOID(part->prepare(column));
    const StringRef* dictionary = nullptr;
    uint64_t size = 0;
    for (const Segment& segment : part->segments()) {
      const ColumnView& view = segment.columns[column];
      const bool same = dictionary == nullptr || dictionary == view.dictionary;
      if (view.encoding != Encoding::kDictionary || !same) return Maps{};
      dictionary = view.dictionary;
      size = view.dictionary_size;
    }
    auto numbers = number_part(dictionary, size);
    parts_.insert_or_assign(part.get(), Known{part, numbers});
    maps.parts.push_back(std::move(numbers));
  }
  std::erase_if(parts_, [&](const auto& entry) {
    if (!entry.second.part.expired()) return false;
    ranked_.erase(entry.second.numbers.get());
    return true;
  });
  maps.size = texts_.size();
  if (!shared_texts_ || shared_texts_->size() != texts_.size())
    shared_texts_ = std::make_shared<const Texts>(texts_);
  maps.texts = shared_texts_;
  return maps;
}

std::shared_ptr<KeyNumbers> KeyNumberCache::find(uint64_t table_id, uint32_t column) {
  const std::lock_guard lock(mutex_);
  auto& numbers = columns_[table_id << 16 | column];
  if (!numbers) numbers = std::make_shared<KeyNumbers>();
  return numbers;
}

}  // namespace sp
