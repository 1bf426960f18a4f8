// Dropping: Replacing, Collapsing, VersionedCollapsing.

#include "runtime/storage/merge_rules.h"

#include <algorithm>
#include <map>

#include "runtime/storage/column_source.h"
#include "runtime/storage/key_rank.h"
#include "runtime/storage/merge_order.h"

namespace sp {

namespace {

using Engine = TableSchema::Engine;

// A column of integers or times, a word a row, in an order in which words compare as values do;
// empty for no column.
std::vector<uint64_t> ranks_of(const MergedRows& rows, int32_t column) {
  std::vector<uint64_t> out;
  if (column < 0) return out;
  const auto index = static_cast<uint32_t>(column);
  const ColumnShape shape = column_shape(rows.schema.columns[index].type);
  if (shape.kind != ColumnShape::Kind::kWord) return out;
  out.resize(rows.order.size());
  std::vector<uint8_t> nulls(out.size());
  const auto source = merge_source(rows.parts, index, shape, rows.order);
  constexpr size_t kBlock = 65536;
  for (size_t done = 0; done < out.size(); done += kBlock) {
    source->words(static_cast<uint32_t>(std::min(kBlock, out.size() - done)), out.data() + done,
                  nulls.data() + done);
  }
  for (size_t i = 0; i < out.size(); ++i) out[i] = nulls[i] != 0 ? 0 : ordered_word(out[i], shape);
  return out;
}

// The last row with the largest version stays.
void replace(size_t begin, size_t end, const std::vector<uint64_t>& versions,
             const std::vector<uint64_t>& deleted, bool final, std::vector<uint8_t>& keep) {
  size_t best = begin;
  for (size_t i = begin; i < end; ++i) {
    if (versions.empty() || versions[i] >= versions[best]) best = i;
  }
  if (!final || deleted.empty() || deleted[best] == 0) keep[best] = 1;
}

// Signs: 1 is a state, -1 takes it back. What stays is the first to be taken back and the last that
// stands.
void collapse(size_t begin, size_t end, const std::vector<uint8_t>& positive, bool final,
              std::vector<uint8_t>& keep) {
  size_t states = 0, cancels = 0, first_cancel = end, last_state = end;
  for (size_t i = begin; i < end; ++i) {
    if (positive[i] != 0) {
      ++states;
      last_state = i;
    } else if (cancels++ == 0) {
      first_cancel = i;
    }
  }
  if (states == cancels && positive[end - 1] == 0) return;
  if (states <= cancels && !final) keep[first_cancel] = 1;
  if (states >= cancels) keep[last_state] = 1;
}

// Pairs of opposite signs and one version cancel each other.
void collapse_versions(size_t begin, size_t end, const std::vector<uint8_t>& positive,
                       const std::vector<uint64_t>& versions, std::vector<uint8_t>& keep) {
  std::map<uint64_t, std::vector<size_t>> left;
  for (size_t i = begin; i < end; ++i) {
    std::vector<size_t>& same = left[versions.empty() ? 0 : versions[i]];
    if (same.empty() || positive[same.back()] == positive[i])
      same.push_back(i);
    else
      same.pop_back();
  }
  for (const auto& [version, same] : left) {
    for (const size_t row : same) keep[row] = 1;
  }
}

}  // namespace

bool drops_rows(const TableSchema& schema) {
  if (!schema.whole_sorting_key) return false;
  if (schema.engine == Engine::kReplacing) return true;
  return (schema.engine == Engine::kCollapsing || schema.engine == Engine::kVersionedCollapsing) &&
         schema.sign_column >= 0;
}

bool combines_rows(const TableSchema& schema) {
  return schema.whole_sorting_key &&
         (schema.engine == Engine::kSumming || schema.engine == Engine::kAggregating);
}

uint64_t drop_rows(MergedRows& rows, bool final) {
  const TableSchema& schema = rows.schema;
  const std::vector<uint64_t> versions = ranks_of(rows, schema.version_column);
  const std::vector<uint64_t> deleted = ranks_of(rows, schema.deleted_column);
  std::vector<uint8_t> positive;
  if (schema.sign_column >= 0) {
    const ColumnShape shape =
        column_shape(schema.columns[static_cast<size_t>(schema.sign_column)].type);
    for (const uint64_t sign : ranks_of(rows, schema.sign_column))
      positive.push_back(sign > ordered_word(0, shape) ? 1 : 0);
  }
  std::vector<uint8_t> keep(rows.order.size(), 0);
  for (size_t begin = 0, end; begin < keep.size(); begin = end) {
    for (end = begin + 1; end < keep.size() && rows.new_key[end] == 0; ++end) {}
    if (schema.engine == Engine::kReplacing)
      replace(begin, end, versions, deleted, final, keep);
    else if (schema.engine == Engine::kCollapsing)
      collapse(begin, end, positive, final, keep);
    else
      collapse_versions(begin, end, positive, versions, keep);
  }
  uint64_t kept = 0;
  for (size_t i = 0; i < keep.size(); ++i) {
    kept += keep[i];
    if (keep[i] == 0) rows.order[i] |= kDroppedRow;
  }
  return kept;
}

}  // namespace sp
