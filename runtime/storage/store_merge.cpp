// Merging: parts of a partition become fewer and larger. Only neighbours in order of arrival are
// merged, the cheapest run first, so that equal keys keep their order and small parts go first.

#include <algorithm>

#include "runtime/core/crash_point.h"
#include "runtime/storage/store_impl.h"

namespace sp {

SP_CRASH_POINT(merge_before_switch, "merge.before_switch");
SP_CRASH_POINT(merge_after_switch, "merge.after_switch");

namespace {

constexpr size_t kPartsPerPartition = 8;
constexpr size_t kFewestMerged = 4;
constexpr uint64_t kLargestMerge = 200'000'000;  // rows

}  // namespace

// The run of 4 to 8 neighbours with the fewest rows a part, of a partition with too many parts.
std::vector<StoreImpl::PartPointer> StoreImpl::choose_merge(uint64_t id) const {
  std::vector<PartPointer> parts;
  {
    const std::lock_guard lock(state_mutex_);
    for (const auto& [name, table] : tables_) {
      if (table.schema->id == id) parts = table.parts;
    }
  }
  for (size_t begin = 0; begin < parts.size();) {
    size_t end = begin;
    while (end < parts.size() && parts[end]->partition() == parts[begin]->partition()) ++end;
    if (end - begin >= kPartsPerPartition) {
      double cheapest = 0;
      size_t from = 0, to = 0;
      for (size_t i = begin; i < end; ++i) {
        uint64_t rows = 0;
        for (size_t j = i; j < end && j - i < kPartsPerPartition; ++j) {
          rows += parts[j]->rows();
          const double cost = static_cast<double>(rows) / static_cast<double>(j - i + 1);
          if (j - i + 1 < kFewestMerged || rows > kLargestMerge || (to != 0 && cost >= cheapest))
            continue;
          cheapest = cost;
          from = i;
          to = j + 1;
        }
      }
      if (to != 0)
        return {parts.begin() + static_cast<ptrdiff_t>(from),
                parts.begin() + static_cast<ptrdiff_t>(to)};
    }
    begin = end;
  }
  return {};
}

Result<void> StoreImpl::merge_parts(uint64_t id, const std::vector<PartPointer>& parts) {
  std::shared_ptr<const TableSchema> schema;
  {
    const std::lock_guard lock(state_mutex_);
    const Table* table = find_state(id);
    if (table == nullptr) return {};
    schema = table->schema;
  }
  SP_TRY(const PartPointer merged, build_part(schema, parts));
  merge_before_switch.pass();
  SP_TRY_VOID(switch_manifest([&](Manifest& manifest) {
    ManifestTable& table = *manifest.find(id);
    std::erase_if(table.parts, [&](const ManifestPart& part) {
      return std::any_of(parts.begin(), parts.end(),
                         [&](const PartPointer& old) { return old->id() == part.id; });
    });
    if (merged) table.parts.push_back(describe(*merged));
  }));
  merge_after_switch.pass();
  const std::lock_guard lock(state_mutex_);
  Table& table = *find_state(id);
  std::erase_if(table.parts, [&](const PartPointer& part) {
    return std::find(parts.begin(), parts.end(), part) != parts.end();
  });
  if (merged) table.parts.push_back(merged);
  sort_parts(table.parts);
  table.changed();
  for (const PartPointer& part : parts) part->image().remove_when_unused();
  return {};
}

Result<bool> StoreImpl::merge_once(uint64_t id) {
  const std::vector<PartPointer> parts = choose_merge(id);
  if (parts.empty()) return false;
  SP_TRY_VOID(merge_parts(id, parts));
  return true;
}

Result<void> StoreImpl::merge_all() {
  SP_TRY_VOID(flush());
  const std::lock_guard lock(merge_mutex_);
  for (const uint64_t id : table_ids()) {
    std::map<int64_t, std::vector<PartPointer>> by_partition;
    {
      const std::lock_guard state(state_mutex_);
      if (const Table* table = find_state(id)) {
        for (const PartPointer& part : table->parts)
          by_partition[part->partition()].push_back(part);
      }
    }
    for (const auto& [partition, parts] : by_partition) {
      if (parts.size() > 1) SP_TRY_VOID(merge_parts(id, parts));
    }
  }
  return {};
}

}  // namespace sp
