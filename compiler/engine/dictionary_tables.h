#pragma once
// DictionaryTables: evaluates expressions over dictionary columns once per entry, for a scan's
// generated code to look up by code. Where many parts share their values, once per value of the
// table.

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "compiler/codegen/program.h"
#include "runtime/exec/key_numbers.h"
#include "runtime/exec/morsel_driver.h"
#include "runtime/storage/column_view.h"

namespace sp {

class DictionaryTables {
 public:
  using Spec = codegen::ScanSpec::DictionaryTable;

  /// Wants table `t` for a segment's dictionary; `*place` is set by evaluate().
  void add(size_t t, const Spec& spec, const ColumnView& view, const uint8_t** place);
  /// The same through the values' numbers in the table: `numbers` maps codes to `texts`.
  void add_numbered(size_t t, const Spec& spec, std::shared_ptr<const KeyNumbers::Texts> texts,
                    std::shared_ptr<const std::vector<uint32_t>> numbers, const uint8_t** place);

  /// Evaluates everything, in parallel. Tables live in the workers' persistent arenas. Errors: the
  /// query's.
  Result<void> evaluate(WorkerPool& pool, std::span<ExecState* const> workers,
                        const std::function<void*(uint32_t)>& function);

 private:
  using Key = std::pair<const void*, size_t>;  // dictionary (or numbers) and table
  struct Job {
    const StringRef* dictionary;
    uint64_t size;
    const Spec* spec;
    uint8_t* out = nullptr;  // size + 1 slots: the last is that of NULL
  };
  struct Work {
    std::vector<Job> jobs;
    const uint8_t* table = nullptr;
  };
  struct Spread {
    std::shared_ptr<const KeyNumbers::Texts> texts;
    std::shared_ptr<const std::vector<uint32_t>> numbers;
    const Spec* spec = nullptr;
    Key work;
    const uint8_t* table = nullptr;
  };
  Work& work_for(const Key& key, const Spec& spec, const StringRef* dictionary, uint64_t size);
  static const uint8_t* joined(const Work& work, Arena& arena);
  const uint8_t* spread(const Spread& one, Arena& arena) const;

  std::map<Key, Work> work_;
  std::map<Key, Spread> spreads_;
  std::vector<std::pair<const uint8_t**, Key>> places_, spread_places_;
};

}  // namespace sp
