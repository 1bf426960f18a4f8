// Evaluation of expressions per dictionary entry. See dictionary_tables.h.

#include "compiler/engine/dictionary_tables.h"

#include <algorithm>
#include <cstring>

#include "runtime/exec/exec_state.h"

namespace sp {
namespace {

using DictionaryCode = void (*)(ExecState*, const StringRef*, uint64_t, uint8_t*);
constexpr uint64_t kEntriesPerJob = 2048;

}  // namespace

DictionaryTables::Work& DictionaryTables::work_for(const Key& key, const Spec& spec,
                                                   const StringRef* dictionary, uint64_t size) {
  const auto [entry, is_new] = work_.try_emplace(key);
  if (is_new) {
    for (uint64_t at = 0; at == 0 || at < size; at += kEntriesPerJob) {
      entry->second.jobs.push_back({dictionary + at, std::min(kEntriesPerJob, size - at), &spec});
    }
  }
  return entry->second;
}

void DictionaryTables::add(size_t t, const Spec& spec, const ColumnView& view,
                           const uint8_t** place) {
  const Key key(view.dictionary, t);
  work_for(key, spec, view.dictionary, view.dictionary_size);
  places_.emplace_back(place, key);
}

void DictionaryTables::add_numbered(size_t t, const Spec& spec,
                                    std::shared_ptr<const KeyNumbers::Texts> texts,
                                    std::shared_ptr<const std::vector<uint32_t>> numbers,
                                    const uint8_t** place) {
  const Key key(numbers.get(), t);
  const Key work(texts->data(), t);
  work_for(work, spec, texts->data(), texts->size());
  spreads_.try_emplace(key, Spread{std::move(texts), std::move(numbers), &spec, work});
  spread_places_.emplace_back(place, key);
}

// One piece is already the table.
const uint8_t* DictionaryTables::joined(const Work& work, Arena& arena) {
  if (work.jobs.size() == 1) return work.jobs[0].out;
  uint64_t entries = 1;
  for (const Job& job : work.jobs) entries += job.size;
  const uint64_t slot = work.jobs[0].spec->slot_size;
  auto* table = static_cast<uint8_t*>(arena.allocate(entries * slot, 16));
  uint8_t* at = table;
  for (const Job& job : work.jobs) {
    std::memcpy(at, job.out, job.size * slot);
    at += job.size * slot;
  }
  std::memcpy(at, work.jobs.back().out + work.jobs.back().size * slot, slot);
  return table;
}

const uint8_t* DictionaryTables::spread(const Spread& one, Arena& arena) const {
  const uint8_t* const values = work_.at(one.work).table;
  const uint64_t slot = one.spec->slot_size;
  const std::vector<uint32_t>& numbers = *one.numbers;
  auto* table = static_cast<uint8_t*>(arena.allocate(numbers.size() * slot, 16));
  for (size_t code = 0; code + 1 < numbers.size(); ++code) {
    std::memcpy(table + code * slot, values + numbers[code] * slot, slot);
  }
  std::memcpy(table + (numbers.size() - 1) * slot, values + one.texts->size() * slot, slot);
  return table;
}

Result<void> DictionaryTables::evaluate(WorkerPool& pool, std::span<ExecState* const> workers,
                                        const std::function<void*(uint32_t)>& function) {
  MorselList tasks;
  for (auto& [key, one] : work_) {
    for (Job& job : one.jobs) tasks.add(&job, 1, 1);
  }
  if (tasks.size() == 0) return {};
  SP_TRY_VOID(run_pipeline(pool, tasks, workers, [&](ExecState& exec, const Morsel& task) {
    Job& job = *static_cast<Job*>(const_cast<void*>(task.source));
    job.out =
        static_cast<uint8_t*>(exec.persistent.allocate((job.size + 1) * job.spec->slot_size, 16));
    reinterpret_cast<DictionaryCode>(function(job.spec->function))(&exec, job.dictionary, job.size,
                                                                   job.out);
  }));
  Arena& arena = workers[0]->persistent;
  for (auto& [key, one] : work_) one.table = joined(one, arena);
  for (auto& [key, one] : spreads_) one.table = spread(one, arena);
  for (const auto& [place, key] : places_) *place = work_.at(key).table;
  for (const auto& [place, key] : spread_places_) *place = spreads_.at(key).table;
  return {};
}

}  // namespace sp
