// Numbering of dictionary values. See key_numbers.h.

#include "runtime/exec/key_numbers.h"

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
    if (entries_[at].hash == hash && texts_[entries_[at].number - 1] == text) return entries_[at].number - 1;
  }
  texts_.push_back(arena_.copy(text.view()));
  entries_[at] = {hash, static_cast<uint32_t>(texts_.size())};
  return static_cast<uint32_t>(texts_.size() - 1);
}

std::shared_ptr<const std::vector<uint32_t>> KeyNumbers::number_part(const StringRef* dictionary, uint64_t size) {
  auto numbers = std::make_shared<std::vector<uint32_t>>();
  numbers->reserve(size + 1);
  for (uint64_t code = 0; code < size; ++code) numbers->push_back(number_of(dictionary[code], hash_string(dictionary[code])));
  numbers->push_back(0);   // NULL: masked by whoever asks
  return numbers;
}

Result<KeyNumbers::Maps> KeyNumbers::maps_of(const TableSnapshot& snapshot, uint32_t column) {
  Maps maps;
  const std::lock_guard lock(mutex_);
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
  std::erase_if(parts_, [](const auto& entry) { return entry.second.part.expired(); });
  maps.size = texts_.size();
  return maps;
}

std::shared_ptr<KeyNumbers> KeyNumberCache::find(uint64_t table_id, uint32_t column) {
  const std::lock_guard lock(mutex_);
  auto& numbers = columns_[table_id << 16 | column];
  if (!numbers) numbers = std::make_shared<KeyNumbers>();
  return numbers;
}

}  // namespace sp
