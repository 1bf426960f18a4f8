// The cache of compiled queries. See query_cache.h.

#include "compiler/engine/query_cache.h"

namespace sp {

bool QueryCache::Entry::serves(const QueryKey& key) const {
  for (const auto& [index, value] : holes) {
    if (index >= key.hole_values.size() || key.hole_values[index] != value) return false;
  }
  for (const auto& [index, value] : literals) {
    if (index >= key.literal_values.size() || key.literal_values[index] != value) return false;
  }
  return true;
}

std::shared_ptr<CompiledQuery> QueryCache::find(const QueryKey& key) {
  const auto [begin, end] = by_shape_.equal_range(key.shape);
  for (auto at = begin; at != end; ++at) {
    if (!at->second->serves(key)) continue;
    entries_.splice(entries_.begin(), entries_, at->second);
    return at->second->query;
  }
  return nullptr;
}

Result<std::shared_ptr<CompiledQuery>> QueryCache::find_or_make(const QueryKey& key,
                                                                const Make& make, bool& hit) {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (auto query = find(key)) {
      ++hits_;
      hit = true;
      return query;
    }
    if (in_flight_.emplace(key.shape, 1).second) break;
    made_.wait(lock);
  }
  ++misses_;
  hit = false;
  // Whoever waits for this shape goes on whatever becomes of it, also when memory runs out on the
  // way.
  struct Landing {
    QueryCache& cache;
    std::unique_lock<std::mutex>& lock;
    const std::string& shape;
    ~Landing() {
      if (!lock.owns_lock()) lock.lock();
      cache.in_flight_.erase(shape);
      cache.made_.notify_all();
    }
  } const landing{*this, lock, key.shape};
  lock.unlock();
  auto query = make();
  lock.lock();
  if (query.ok()) insert(key, *query);
  return query;
}

void QueryCache::insert(const QueryKey& key, const std::shared_ptr<CompiledQuery>& query) {
  Entry entry{key.shape, std::string(key.catalog_key), {}, {}, query};
  for (const uint32_t hole : query->plan().specialised_holes) {
    if (hole < key.hole_values.size()) entry.holes.emplace_back(hole, key.hole_values[hole]);
  }
  for (const uint32_t literal : query->plan().specialised_literals) {
    if (literal < key.literal_values.size())
      entry.literals.emplace_back(literal, key.literal_values[literal]);
  }
  entries_.push_front(std::move(entry));
  by_shape_.emplace(key.shape, entries_.begin());
  evict();
}

void QueryCache::evict() {
  uint64_t bytes = 0;
  for (auto at = entries_.begin(); at != entries_.end();) {
    bytes += at->query->code_bytes();
    if (bytes <= budget_bytes_ || at == entries_.begin()) {
      ++at;
      continue;
    }
    const auto [begin, end] = by_shape_.equal_range(at->shape);
    for (auto known = begin; known != end; ++known) {
      if (known->second != at) continue;
      by_shape_.erase(known);
      break;
    }
    bytes -= at->query->code_bytes();
    at = entries_.erase(at);
  }
}

void QueryCache::forget(const std::string& catalog_key) {
  const std::lock_guard lock(mutex_);
  for (auto at = by_shape_.begin(); at != by_shape_.end();) {
    if (at->second->catalog_key != catalog_key) {
      ++at;
      continue;
    }
    entries_.erase(at->second);
    at = by_shape_.erase(at);
  }
}

Engine::CacheStatistics QueryCache::statistics() const {
  const std::lock_guard lock(mutex_);
  Engine::CacheStatistics out;
  out.entries = entries_.size();
  out.hits = hits_;
  out.misses = misses_;
  for (const Entry& entry : entries_) out.code_bytes += entry.query->code_bytes();
  return out;
}

}  // namespace sp
