// Morsels of a table scan: parts are prepared, rows that cannot match are left out, and expressions over dictionaries
// are evaluated once per entry where that is less work than once per row.

#include <algorithm>
#include <map>

#include "compiler/engine/execution.h"
#include "compiler/engine/scan_range.h"

namespace sp {
namespace {

using DictionaryCode = void (*)(ExecState*, const StringRef*, uint64_t, uint8_t*);

// A dictionary expression to evaluate.
struct TableJob {
  const StringRef* dictionary;
  uint64_t size;
  uint32_t function;
  uint32_t slot_size;
  const uint8_t** place;   // in the list of every segment that shares it
  uint8_t* out = nullptr;
};

bool is_null(const plan::Expression& value, const uint8_t* slot) {
  return value.type.can_be_null() && slot[slot_layout(value.type.base()).size] != 0;
}

}  // namespace

Result<MorselList> Execution::scan_morsels(const codegen::ScanSpec& scan) {
  const TableSchema& schema = *scan.node->table;
  const auto found = snapshots_.find(schema.name);
  if (found == snapshots_.end()) return fail(ErrorCode::kUnknownTable, "No snapshot of table: " + schema.name);
  const TableSnapshot& snapshot = *found->second;

  std::vector<BoundValue> bounds;
  for (size_t i = 0; i < scan.node->bounds.size(); ++i) {
    const plan::ScanBound& bound = scan.node->bounds[i];
    if (scan.bound_offsets[i] == codegen::kNone) continue;
    const uint8_t* slot = params() + scan.bound_offsets[i];
    if (is_null(*bound.value, slot)) return MorselList();   // compared with NULL: no row matches
    bounds.push_back({bound.table_column, bound.op, slot});
  }

  // Table-wide numbers: for all parts or for none.
  std::vector<KeyNumbers::Maps> numbers(scan.tables.size());
  for (size_t t = 0; t < scan.tables.size(); ++t) {
    if (!scan.tables[t].numbers || settings_.key_numbers == nullptr) continue;
    SP_TRY(numbers[t], settings_.key_numbers->find(schema.id, scan.tables[t].column)->maps_of(snapshot, scan.tables[t].column));
    number_maps_.push_back(numbers[t]);
  }

  struct Piece { const ScanSource* source; uint64_t begin, end; };
  std::vector<Piece> pieces;
  std::map<std::pair<const void*, size_t>, TableJob> jobs;   // by dictionary and table
  std::vector<std::pair<const uint8_t**, std::pair<const void*, size_t>>> places;
  uint64_t rows = 0, bytes = 0;
  for (size_t part_index = 0; part_index < snapshot.parts.size(); ++part_index) {
    const auto& part = snapshot.parts[part_index];
    for (const uint32_t column : scan.columns) SP_TRY_VOID(part->prepare(column));
    for (const BoundValue& bound : bounds) SP_TRY_VOID(part->prepare(bound.column));
    const auto ranges = ranges_to_scan(schema, *part, bounds);
    uint64_t part_rows = 0;
    for (const SegmentRange& range : ranges) part_rows += range.end - range.begin;
    for (const SegmentRange& range : ranges) {
      const Segment& segment = part->segments()[range.segment];
      auto& list = tables_.emplace_back(scan.tables.size());
      sources_.push_back({segment.columns.data(), list.data(), part_rows});
      pieces.push_back({&sources_.back(), range.begin, range.end});
      for (size_t t = 0; t < scan.tables.size(); ++t) {
        if (scan.tables[t].numbers) {
          const auto& maps = numbers[t].parts;
          if (!maps.empty()) list[t] = reinterpret_cast<const uint8_t*>(maps[part_index]->data());
          continue;
        }
        const ColumnView& view = segment.columns[scan.tables[t].column];
        constexpr uint64_t kAlwaysWorth = 64;
        if (view.encoding != Encoding::kDictionary || view.dictionary_size > std::max(kAlwaysWorth, part_rows)) continue;
        const std::pair<const void*, size_t> key(view.dictionary, t);
        jobs.try_emplace(key, TableJob{view.dictionary, view.dictionary_size, scan.tables[t].function,
                                       scan.tables[t].slot_size, nullptr});
        places.emplace_back(&list[t], key);
      }
    }
    rows += part_rows;
    if (part->rows() > 0) {
      for (const uint32_t column : scan.columns) bytes += part->column_bytes(column) * part_rows / part->rows();
    }
  }
  state_.rows_read += rows;
  state_.bytes_read += bytes;

  if (!jobs.empty()) {
    std::vector<TableJob*> list;
    for (auto& [key, job] : jobs) list.push_back(&job);
    MorselList tasks;
    for (TableJob*& job : list) tasks.add(&job, 1, 1);
    SP_TRY_VOID(run_pipeline(pool_, tasks, worker_pointers_, [&](ExecState& exec, const Morsel& task) {
      TableJob& job = **static_cast<TableJob* const*>(task.source);
      job.out = static_cast<uint8_t*>(exec.persistent.allocate((job.size + 1) * job.slot_size, 16));
      reinterpret_cast<DictionaryCode>(function(job.function))(&exec, job.dictionary, job.size, job.out);
    }));
    for (const auto& [place, key] : places) *place = jobs.at(key).out;
  }

  constexpr uint64_t kSmallest = 4096;
  const uint64_t share = rows / (workers_.size() * 4 + 1);
  const uint64_t morsel_rows =
      settings_.morsel_rows != 0 ? settings_.morsel_rows : std::clamp(share, kSmallest, MorselList::kDefaultRows);
  MorselList morsels;
  for (const Piece& piece : pieces) morsels.add(piece.source, piece.end - piece.begin, morsel_rows, piece.begin);
  return morsels;
}

}  // namespace sp
