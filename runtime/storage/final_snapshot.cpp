// FinalSnapshots: one merge a set of parts.

#include "runtime/storage/final_snapshot.h"

#include <algorithm>
#include <atomic>

#include "runtime/storage/merge_order.h"
#include "runtime/storage/merge_rules.h"
#include "runtime/storage/part_builder.h"

namespace sp {

namespace {

constexpr size_t kMostKept = 8;

// Ids of parts that no file has.
uint64_t next_id() {
  static std::atomic<uint64_t> next{1ULL << 63};
  return next++;
}

using Parts = std::vector<std::shared_ptr<const Part>>;

Result<std::shared_ptr<const Part>> merge(const std::shared_ptr<const TableSchema>& schema,
                                          const Parts& parts, MergeInput::Rule rule) {
  MergeInput input;
  input.schema = schema;
  input.parts = parts;
  input.rule = rule;
  SP_TRY(const std::shared_ptr<PartImage> image, merge_to_memory(input));
  if (image == nullptr) return std::shared_ptr<const Part>();
  return std::shared_ptr<const Part>(std::make_shared<EncodedPart>(next_id(), image, *schema));
}

}  // namespace

Result<std::shared_ptr<const TableSnapshot>> FinalSnapshots::of(
    const std::shared_ptr<const TableSnapshot>& snapshot) {
  if (!drops_rows(*snapshot->schema) && !combines_rows(*snapshot->schema)) return snapshot;
  const std::lock_guard lock(mutex_);
  known_.remove_if([](const Known& known) { return known.from.expired(); });
  for (auto known = known_.begin(); known != known_.end(); ++known) {
    if (known->from.lock() != snapshot) continue;
    known_.splice(known_.begin(), known_, known);
    return known_.front().made;
  }
  SP_TRY(std::shared_ptr<const TableSnapshot> made, make(*snapshot));
  known_.push_front({snapshot, made});
  if (known_.size() > kMostKept) known_.pop_back();
  return made;
}

// Partitions are merged with each other, as ClickHouse does; older rows come first.
Result<std::shared_ptr<const TableSnapshot>> FinalSnapshots::make(const TableSnapshot& snapshot) {
  auto out = std::make_shared<TableSnapshot>();
  out->schema = snapshot.schema;
  Parts parts = snapshot.parts;
  while (parts.size() > kMaxMergeParts) {
    Parts fewer;
    for (size_t begin = 0; begin < parts.size(); begin += kMaxMergeParts) {
      const size_t end = std::min(parts.size(), begin + kMaxMergeParts);
      const Parts some(parts.begin() + static_cast<ptrdiff_t>(begin),
                       parts.begin() + static_cast<ptrdiff_t>(end));
      SP_TRY(std::shared_ptr<const Part> part,
             merge(snapshot.schema, some, MergeInput::Rule::kKeep));
      fewer.push_back(std::move(part));
    }
    parts = std::move(fewer);
  }
  if (parts.empty()) return std::shared_ptr<const TableSnapshot>(out);
  SP_TRY(std::shared_ptr<const Part> part, merge(snapshot.schema, parts, MergeInput::Rule::kFinal));
  if (part) {
    out->rows = part->rows();
    out->parts.push_back(std::move(part));
  }
  return std::shared_ptr<const TableSnapshot>(out);
}

}  // namespace sp
