// Morsels of a table scan: parts are prepared, rows that cannot match are left out, and expressions
// over dictionaries are evaluated once per entry where that is less work than once per row.

#include <algorithm>

#include "compiler/engine/dictionary_tables.h"
#include "compiler/engine/execution.h"
#include "compiler/engine/scan_filters.h"
#include "compiler/engine/scan_range.h"
#include "runtime/core/hash.h"

namespace sp {
namespace {

using What = codegen::ScanSpec::DictionaryTable::What;

// Fewer rows than this, of a table much larger, are read without any table over dictionaries.
constexpr uint64_t kFewRows = 4096;
// Values shared by many parts are worth numbering if there are this many entries, and not yet too
// many.
constexpr uint64_t kFewestNumbered = 4096, kMostNumbered = 1 << 20;

struct PartRanges {
  size_t part = 0;  // index in the snapshot
  uint64_t rows = 0;
  std::vector<SegmentRange> ranges;
};

bool is_null(const plan::Expression& value, const uint8_t* slot) {
  return value.type.can_be_null() && slot[slot_layout(value.type.base()).size] != 0;
}

// The members of IN that are not NULL, ascending; duplicates do not matter.
std::vector<const void*> members_of(const codegen::ScanSpec::BoundPlaces& places,
                                    const uint8_t* params, Type column) {
  std::vector<const void*> members;
  const size_t null_at = slot_layout(column).size;
  if (places.element == Type()) {
    for (const uint32_t offset : places.values) members.push_back(params + offset);
    for (const uint32_t offset : places.nullable_values) {
      if (params[offset + null_at] == 0) members.push_back(params + offset);
    }
  } else {
    const auto* array = reinterpret_cast<const ArrayRef*>(params + places.values[0]);
    const size_t size = slot_layout(places.element).size;
    const bool nullable = places.element.can_be_null();
    for (uint64_t i = 0; i < array->size; ++i) {
      const uint8_t* slot = static_cast<const uint8_t*>(array->data) + i * size;
      if (!nullable || slot[null_at] == 0) members.push_back(slot);
    }
  }
  const SlotOps& ops = slot_ops(column);
  std::sort(members.begin(), members.end(),
            [&](const void* a, const void* b) { return ops.compare(a, b) < 0; });
  return members;
}

void add_text_hashes(BoundValue& bound) {
  const auto add = [&](const void* slot) {
    const auto* text = static_cast<const StringRef*>(slot);
    bound.text_hashes.push_back(hash_bytes(text->begin(), text->size));
  };
  if (bound.op == plan::ScanBound::Op::kEquals) add(bound.value);
  if (bound.op != plan::ScanBound::Op::kIn) return;
  for (const void* member : bound.members) add(member);
}

}  // namespace

// Numbers for an expression over a dictionary column, if the parts' dictionaries repeat each
// other's values.
Result<KeyNumbers::Maps> Execution::numbers_for_table(const TableSnapshot& snapshot,
                                                      uint32_t column) {
  if (settings_.key_numbers == nullptr || snapshot.parts.size() < 3) return KeyNumbers::Maps{};
  uint64_t entries = 0;
  for (const auto& part : snapshot.parts) {
    SP_TRY_VOID(part->prepare(column));
    if (!part->segments().empty()) entries += part->segments()[0].columns[column].dictionary_size;
  }
  if (entries < kFewestNumbered || entries > kMostNumbered) return KeyNumbers::Maps{};
  SP_TRY(KeyNumbers::Maps maps,
         settings_.key_numbers->find(snapshot.schema->id, column)->maps_of(snapshot, column));
  if (maps.size * 2 > entries) return KeyNumbers::Maps{};
  return maps;
}

// Table-wide numbers and hashes, by index of the scan's tables: for all parts or for none.
Result<std::vector<KeyNumbers::Maps>> Execution::number_maps(const codegen::ScanSpec& scan,
                                                             const TableSnapshot& snapshot,
                                                             bool few) {
  std::vector<KeyNumbers::Maps> numbers(scan.tables.size());
  for (size_t t = 0; t < scan.tables.size() && !few; ++t) {
    const uint32_t column = scan.tables[t].column;
    if (scan.tables[t].what == What::kExpression) {
      SP_TRY(numbers[t], numbers_for_table(snapshot, column));
      continue;
    }
    if (scan.tables[t].what == What::kHashes) {
      if (settings_.text_hashes == nullptr) continue;
      SP_TRY(numbers[t].parts, settings_.text_hashes->of(snapshot, column, pool_));
    } else if (settings_.key_numbers != nullptr) {
      const auto known = settings_.key_numbers->find(snapshot.schema->id, column);
      SP_TRY(numbers[t], scan.tables[t].what == What::kRanks ? known->ranks_of(snapshot, column)
                                                             : known->maps_of(snapshot, column));
    }
    number_maps_.push_back(numbers[t]);
  }
  return numbers;
}

// The conditions that some rows of the segment may fail.
void Execution::set_filters(const codegen::ScanSpec& scan, const Segment& segment,
                            ScanSource& source) {
  std::vector<ScanFilter>& list = filters_.emplace_back();
  for (const codegen::ScanSpec::Filter& filter : scan.filters) {
    ScanFilter prepared;
    const uint8_t* value = filter.value == codegen::kNone ? nullptr : params() + filter.value;
    const uint8_t* const* table =
        filter.table == codegen::kNone ? nullptr : source.tables + filter.table;
    if (prepare_filter(filter, scan.node->table->columns[filter.column].type, segment, value, table,
                       prepared))
      list.push_back(prepared);
  }
  source.filters = list.data();
  source.filter_count = list.size();
}

// FINAL reads another set of parts; it is kept until the query ends.
Result<std::shared_ptr<const TableSnapshot>> Execution::snapshot_of(const plan::Node& scan) {
  const auto found = snapshots_.find(scan.table->name);
  if (found == snapshots_.end())
    return fail(ErrorCode::kUnknownTable, "No snapshot of table: " + scan.table->name);
  if (!scan.final || settings_.finals == nullptr) return found->second;
  SP_TRY(std::shared_ptr<const TableSnapshot> final, settings_.finals->of(found->second));
  finals_.push_back(final);
  return final;
}

Result<std::vector<Execution::ScanPiece>> Execution::scan_pieces(const codegen::ScanSpec& scan) {
  const TableSchema& schema = *scan.node->table;
  SP_TRY(const std::shared_ptr<const TableSnapshot> pinned, snapshot_of(*scan.node));
  const TableSnapshot& snapshot = *pinned;

  std::vector<BoundValue> bounds;
  for (size_t i = 0; i < scan.node->bounds.size(); ++i) {
    const plan::ScanBound& bound = scan.node->bounds[i];
    const auto& places = scan.bound_places[i];
    if (places.values.empty() && places.nullable_values.empty()) continue;
    const Type column = schema.columns[bound.table_column].type.base();
    BoundValue& value = bounds.emplace_back();
    value.column = bound.table_column;
    value.op = bound.op;
    if (bound.op == plan::ScanBound::Op::kIn) {
      value.members = members_of(places, params(), column);
    } else {
      const uint8_t* slot = params() + places.values[0];
      if (is_null(*bound.value, slot))
        return std::vector<ScanPiece>();  // compared with NULL: no row matches
      value.value = slot;
    }
    if (column.is(TypeKind::kString)) add_text_hashes(value);
  }

  std::vector<PartRanges> parts;
  uint64_t rows = 0;
  for (size_t i = 0; i < snapshot.parts.size(); ++i) {
    const auto& part = snapshot.parts[i];
    // Skipping needs the leading key's values and the footer; a part that is skipped is not read at
    // all.
    for (const BoundValue& bound : bounds) {
      if (!schema.sorting_key.empty() && bound.column == schema.sorting_key[0])
        SP_TRY_VOID(part->prepare(bound.column));
    }
    PartRanges one{i, 0, ranges_to_scan(schema, *part, bounds, segments_)};
    for (const SegmentRange& range : one.ranges) one.rows += range.end - range.begin;
    rows += one.rows;
    if (one.rows > 0) parts.push_back(std::move(one));
  }
  // A handful of rows of a large table: whatever is done once per dictionary costs more than those
  // rows.
  const bool few = rows < kFewRows && snapshot.rows > kFewRows * 16;
  SP_TRY(const std::vector<KeyNumbers::Maps> numbers, number_maps(scan, snapshot, few));

  std::vector<ScanPiece> pieces;
  DictionaryTables tables;
  uint64_t bytes = 0;
  for (const PartRanges& one : parts) {
    const auto& part = snapshot.parts[one.part];
    for (const uint32_t column : scan.columns) SP_TRY_VOID(part->prepare(column));
    for (const auto& filter : scan.filters) SP_TRY_VOID(part->prepare(filter.column));
    const uint64_t segment_rows = part->segments().front().rows;
    for (const SegmentRange& range : one.ranges) {
      const Segment& segment = part->segments()[range.segment];
      auto& list = tables_.emplace_back(scan.tables.size());
      ScanSource& source = sources_.emplace_back();
      source.columns = segment.columns.data();
      source.tables = list.data();
      source.part_rows = one.rows;
      set_filters(scan, segment, source);
      pieces.push_back({&source, range.begin, range.end, one.part, range.segment * segment_rows});
      for (size_t t = 0; t < scan.tables.size() && !few; ++t) {
        if (scan.tables[t].what != What::kExpression) {
          const auto& maps = numbers[t].parts;
          if (!maps.empty() && maps[one.part])
            list[t] = reinterpret_cast<const uint8_t*>(maps[one.part]->data());
          continue;
        }
        const ColumnView& view = segment.columns[scan.tables[t].column];
        constexpr uint64_t kAlwaysWorth = 64;
        if (view.encoding != Encoding::kDictionary ||
            view.dictionary_size > std::max(kAlwaysWorth, one.rows))
          continue;
        const auto& maps = numbers[t];
        if (maps.parts.empty())
          tables.add(t, scan.tables[t], view, &list[t]);
        else
          tables.add_numbered(t, scan.tables[t], maps.texts, maps.parts[one.part], &list[t]);
      }
    }
    for (const uint32_t column : scan.columns)
      bytes += part->column_bytes(column) * one.rows / part->rows();
  }
  state_.bytes_read += bytes;

  SP_TRY_VOID(
      tables.evaluate(pool_, worker_pointers_, [this](uint32_t index) { return function(index); }));
  return pieces;
}

Result<std::vector<Execution::ScanPiece>> Execution::take_pieces(const codegen::ScanSpec& scan) {
  const auto known = known_pieces_.find(&scan);
  if (known == known_pieces_.end()) return scan_pieces(scan);
  std::vector<ScanPiece> pieces = std::move(known->second);
  known_pieces_.erase(known);
  return pieces;
}

Result<MorselList> Execution::scan_morsels(const codegen::ScanSpec& scan) {
  SP_TRY(const std::vector<ScanPiece> pieces, take_pieces(scan));
  uint64_t rows = 0;
  for (const ScanPiece& piece : pieces) rows += piece.end - piece.begin;
  constexpr uint64_t kSmallest = 4096;
  const uint64_t share = rows / (workers_.size() * 4 + 1);
  const uint64_t morsel_rows = settings_.morsel_rows != 0
                                   ? settings_.morsel_rows
                                   : std::clamp(share, kSmallest, MorselList::kDefaultRows);
  MorselList morsels;
  for (const ScanPiece& piece : pieces)
    morsels.add(piece.source, piece.end - piece.begin, morsel_rows, piece.begin);
  return morsels;
}

}  // namespace sp
