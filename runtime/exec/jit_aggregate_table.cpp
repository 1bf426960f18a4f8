// Entry points of group tables for generated code; also compiled to bitcode, so that the probe and
// the generated keys_equal inline into the pipeline.

#include "runtime/core/hash.h"
#include "runtime/exec/aggregate_table.h"

extern "C" void* sp_aggregate_find(sp::AggregateTable* table, uint64_t hash,
                                   sp::KeysEqual keys_equal, const void* probe,
                                   uint8_t* inserted) noexcept {
  return table->find(hash, keys_equal, probe, inserted);
}

extern "C" void* sp_aggregate_append(sp::AggregateTable* table) noexcept { return table->append(); }

extern "C" void* sp_dense_aggregate_find(sp::DenseAggregateTable* table, uint64_t index,
                                         uint8_t* inserted) noexcept {
  return table->find(index, inserted);
}

extern "C" uint64_t sp_hash_u64(uint64_t seed, uint64_t value) noexcept {
  return sp::hash_combine(seed, sp::hash_word(value));
}

extern "C" uint64_t sp_hash_string(uint64_t seed, const sp::StringRef& value) noexcept {
  return sp::hash_combine(seed, sp::hash_string(value));
}
