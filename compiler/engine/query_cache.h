#pragma once
// QueryCache: shapes to compiled queries. Keyed by the query's text with its literals as types, the
// types of its holes and the catalog's key; entries that used a value while binding serve only
// equal values. Single-flight: one caller compiles, the others wait. Least recently used entries go
// when the code outgrows its budget.

#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "compiler/engine/compiled_query.h"
#include "compiler/engine/engine.h"

namespace sp {

/// What identifies a request's query and its values.
struct QueryKey {
  std::string shape;  ///< everything that every entry of the shape shares, the catalog's key too
  std::string_view catalog_key;  ///< of the request, which outlives this
  std::vector<std::string> hole_values;
  std::vector<std::string> literal_values;
};

/// Thread-safe.
class QueryCache {
 public:
  using Make = std::function<Result<std::shared_ptr<CompiledQuery>>()>;

  explicit QueryCache(uint64_t budget_bytes) : budget_bytes_(budget_bytes) {}

  /// Returns the entry for a key, or makes it. `hit` tells which.
  Result<std::shared_ptr<CompiledQuery>> find_or_make(const QueryKey& key, const Make& make,
                                                      bool& hit);
  void forget(const std::string& catalog_key);
  Engine::CacheStatistics statistics() const;

 private:
  struct Entry {
    std::string shape, catalog_key;
    std::vector<std::pair<uint32_t, std::string>> holes, literals;  // values that must be equal
    std::shared_ptr<CompiledQuery> query;
    /// Whether the values fit, of a key whose shape is this one's.
    bool serves(const QueryKey& key) const;
  };
  using Entries = std::list<Entry>;

  std::shared_ptr<CompiledQuery> find(const QueryKey& key);
  void insert(const QueryKey& key, const std::shared_ptr<CompiledQuery>& query);
  void evict();

  mutable std::mutex mutex_;
  std::condition_variable made_;
  Entries entries_;  // most recently used first
  std::unordered_multimap<std::string, Entries::iterator> by_shape_;
  std::unordered_map<std::string, uint32_t> in_flight_;  // by shape
  uint64_t budget_bytes_, hits_ = 0, misses_ = 0;
};

}  // namespace sp
