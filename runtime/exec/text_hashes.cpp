// Hashing of dictionaries. See text_hashes.h.

#include "runtime/exec/text_hashes.h"

#include <atomic>

#include "runtime/aggregates/uniques_set.h"
#include "runtime/exec/morsel_driver.h"

namespace sp {
namespace {

struct Dictionary {
  const StringRef* texts = nullptr;
  uint64_t size = 0;
};

// The one dictionary of a part's column, or none.
Dictionary dictionary_of(const Part& part, uint32_t column) {
  Dictionary only;
  for (const Segment& segment : part.segments()) {
    const ColumnView& view = segment.columns[column];
    const bool same = only.texts == nullptr || only.texts == view.dictionary;
    if (view.encoding != Encoding::kDictionary || !same) return {};
    only = {view.dictionary, view.dictionary_size};
  }
  return only;
}

TextHashes::Table hashes_of(const Dictionary& dictionary) {
  auto hashes = std::make_shared<std::vector<uint32_t>>(dictionary.size + 1);
  for (uint64_t code = 0; code < dictionary.size; ++code)
    (*hashes)[code] = uniq_hash_of_text(dictionary.texts[code]);
  return hashes;
}

}  // namespace

Result<std::vector<TextHashes::Table>> TextHashes::of(const TableSnapshot& snapshot,
                                                      uint32_t column, WorkerPool& pool) {
  const std::lock_guard lock(mutex_);
  auto& known = columns_[column];
  std::erase_if(known, [](const auto& entry) { return entry.second.part.expired(); });
  std::vector<Table> tables(snapshot.parts.size());
  std::vector<size_t> missing;
  for (size_t i = 0; i < tables.size(); ++i) {
    const auto& part = snapshot.parts[i];
    const auto found = known.find(part.get());
    if (found != known.end()) {
      tables[i] = found->second.table;
      continue;
    }
    SP_TRY_VOID(part->prepare(column));
    missing.push_back(i);
  }
  std::atomic<size_t> next{0};
  pool.run(static_cast<unsigned>(std::min<size_t>(missing.size(), pool.size())), [&](unsigned) {
    for (size_t at = next++; at < missing.size(); at = next++) {
      const Dictionary dictionary = dictionary_of(*snapshot.parts[missing[at]], column);
      if (dictionary.texts != nullptr) tables[missing[at]] = hashes_of(dictionary);
    }
  });
  for (const size_t i : missing)
    known.insert_or_assign(snapshot.parts[i].get(), Known{snapshot.parts[i], tables[i]});
  return tables;
}

}  // namespace sp
