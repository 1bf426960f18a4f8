// Segment skipping and bisection. See scan_range.h.

#include "compiler/engine/scan_range.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

namespace sp {
namespace {

using Op = plan::ScanBound::Op;

// The slot of a fixed-width or string value in a column; `slot` has 32 bytes.
void read_value(const ColumnView& view, uint64_t row, void* slot) {
  if (view.encoding == Encoding::kString) {
    uint32_t ends[2];
    std::memcpy(ends, view.data + row * 4, sizeof(ends));
    const StringRef text(view.heap + ends[0], ends[1] - ends[0]);
    std::memcpy(slot, &text, sizeof(text));
    return;
  }
  if (view.encoding == Encoding::kWide) {
    std::memcpy(slot, view.data + row * view.stride, view.stride);
    return;
  }
  uint64_t raw = 0;
  std::memcpy(&raw, view.data + row * view.stride, sizeof(raw));
  raw = (raw & view.mask) + view.base;
  if (view.encoding == Encoding::kDictionary)
    std::memcpy(slot, view.dictionary + raw, sizeof(StringRef));
  else
    std::memcpy(slot, &raw, sizeof(raw));
}

// Segments of a part by rows counted over all of them: all but the last have as many rows as the
// first (EncodedPart).
class Segments {
 public:
  explicit Segments(const Part& part)
      : list_(part.segments()),
        rows_(part.rows()),
        each_(list_.empty() ? 1 : list_.front().rows) {}
  uint64_t rows() const { return rows_; }
  size_t count() const { return list_.size(); }
  const Segment& operator[](size_t index) const { return list_[index]; }
  // The last one for rows past the end.
  size_t of_row(uint64_t row) const {
    return std::min<size_t>(static_cast<size_t>(row / each_), list_.size() - 1);
  }
  uint64_t begin_of(size_t index) const { return index * each_; }
  uint64_t end_of(size_t index) const { return begin_of(index) + list_[index].rows; }

 private:
  const std::vector<Segment>& list_;
  const uint64_t rows_, each_;
};

// First row whose value is not less (`after`: greater) than `value`.
uint64_t bisect(const Segments& segments, uint32_t column, const SlotOps& ops, const void* value,
                bool after) {
  const auto below = [&](uint64_t row) {
    const size_t segment = segments.of_row(row);
    alignas(16) uint8_t slot[32];
    read_value(segments[segment].columns[column], row - segments.begin_of(segment), slot);
    const int order = ops.compare(slot, value);
    return after ? order <= 0 : order < 0;
  };
  uint64_t low = 0, high = segments.rows();
  while (low < high) {
    const uint64_t middle = (low + high) / 2;
    if (below(middle))
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

uint64_t code_at(const ColumnView& view, uint64_t row) {
  uint64_t raw = 0;
  std::memcpy(&raw, view.data + row * view.stride, sizeof(raw));
  return (raw & view.mask) + view.base;
}

// First entry of a sorted dictionary that is not less than `value`.
uint64_t first_code(const ColumnView& dictionary, const StringRef& value) {
  uint64_t low = 0, high = dictionary.dictionary_size;
  while (low < high) {
    const uint64_t middle = (low + high) / 2;
    if (compare(dictionary.dictionary[middle], value) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

// First row in [from, end) of the part whose code is not less than `code`: the segment is found by
// the codes that segments begin with. `near` rows are looked at by doubling steps first: a key's
// rows are few.
uint64_t bisect_codes(const Segments& segments, uint32_t column, uint64_t code, uint64_t from,
                      bool near) {
  size_t segment = segments.of_row(from), last = segments.count();
  while (segment + 1 < last) {
    // The last segment that begins below the code holds the place, or ends right before it.
    const size_t middle = near ? segment + 1 : segment + (last - segment) / 2;
    if (code_at(segments[middle].columns[column], 0) < code)
      segment = middle;
    else
      last = middle;
  }
  const ColumnView& view = segments[segment].columns[column];
  const uint64_t begin = segments.begin_of(segment);
  uint64_t low = from > begin ? from - begin : 0, high = segments[segment].rows;
  for (uint64_t step = 1; near && low + step < high; step *= 2) {
    if (code_at(view, low + step) >= code) {
      high = low + step;
      break;
    }
    low += step;
  }
  while (low < high) {
    const uint64_t middle = (low + high) / 2;
    if (code_at(view, middle) < code)
      low = middle + 1;
    else
      high = middle;
  }
  return begin + low;
}

bool may_match(const ColumnRange& range, Type base, const BoundValue& bound) {
  if (!range.known) return true;
  alignas(16) uint8_t low[32] = {}, high[32] = {};
  const auto place = [&](const std::string& bytes, uint8_t* slot) {
    if (base.is_string_like()) {
      const StringRef text{std::string_view(bytes)};
      std::memcpy(slot, &text, sizeof(text));
    } else {
      bytes.copy(reinterpret_cast<char*>(slot), 32);
    }
  };
  place(range.min_bytes, low);
  place(range.max_bytes, high);
  const SlotOps& ops = slot_ops(base);
  const int from_low = bound.op == Op::kIn ? 0 : ops.compare(bound.value, low);
  const int from_high = bound.op == Op::kIn ? 0 : ops.compare(bound.value, high);
  switch (bound.op) {
    case Op::kEquals: return from_low >= 0 && from_high <= 0;
    case Op::kLess: return from_low > 0;
    case Op::kLessOrEquals: return from_low >= 0;
    case Op::kGreater: return from_high < 0 || (from_high == 0 && range.max_truncated);
    case Op::kGreaterOrEquals: return from_high <= 0;
    case Op::kIn: {
      const auto first =
          std::partition_point(bound.members.begin(), bound.members.end(),
                               [&](const void* member) { return ops.compare(member, low) < 0; });
      return first != bound.members.end() && ops.compare(*first, high) <= 0;
    }
  }
  return true;
}

bool can_compare(Type type) {
  const Type base = type.base();
  return !base.is_float() && slot_layout(base).size <= 32 && !base.is(TypeKind::kArray) &&
         !base.is(TypeKind::kMap) && !base.is(TypeKind::kTuple) &&
         !base.is(TypeKind::kAggregateFunction) && !base.is(TypeKind::kJson);
}

// Rows of the part, counted over all segments.
struct Rows {
  uint64_t begin = 0, end = 0;
};

// Finds rows by values of the leading key column.
class LeadingKey {
 public:
  LeadingKey(uint32_t column, Type type, const Segments& segments)
      : segments_(segments),
        column_(column),
        type_(type) {
    // One dictionary serves all segments of a column.
    const ColumnView& view = segments[0].columns[column];
    if (type_.is(TypeKind::kString) && view.encoding == Encoding::kDictionary &&
        view.dictionary_sorted == 1)
      dictionary_ = &view;
  }

  // Leaves the rows that the bound lets through.
  void narrow(const BoundValue& bound, Rows& rows) const {
    switch (bound.op) {
      case Op::kEquals: rows = equal_to(bound.value, rows); return;
      case Op::kGreaterOrEquals:
        rows.begin = std::max(rows.begin, find(bound.value, false));
        return;
      case Op::kGreater: rows.begin = std::max(rows.begin, find(bound.value, true)); return;
      case Op::kLessOrEquals: rows.end = std::min(rows.end, find(bound.value, true)); return;
      case Op::kLess: rows.end = std::min(rows.end, find(bound.value, false)); return;
      case Op::kIn: return;
    }
  }
  // The rows of each member of IN, ascending.
  std::vector<Rows> of_members(const BoundValue& bound, const Rows& within) const {
    std::vector<Rows> out;
    for (const void* member : bound.members) {
      const Rows rows = equal_to(member, within);
      if (rows.begin >= rows.end) continue;
      if (!out.empty() && rows.begin <= out.back().end)
        out.back().end = std::max(out.back().end, rows.end);
      else
        out.push_back(rows);
    }
    return out;
  }

 private:
  // First row whose value is not less (`after`: greater) than `value`.
  uint64_t find(const void* value, bool after) const {
    if (dictionary_ == nullptr) return bisect(segments_, column_, slot_ops(type_), value, after);
    const auto [code, present] = code_of(value);
    return bisect_codes(segments_, column_, code + (after && present ? 1 : 0), 0, false);
  }
  Rows equal_to(const void* value, const Rows& within) const {
    if (within.begin >= within.end) return within;
    if (dictionary_ == nullptr)
      return {std::max(within.begin, find(value, false)), std::min(within.end, find(value, true))};
    const auto [code, present] = code_of(value);
    if (!present) return {within.begin, within.begin};
    const uint64_t begin = bisect_codes(segments_, column_, code, within.begin, false);
    return {begin, std::min(within.end, bisect_codes(segments_, column_, code + 1, begin, true))};
  }
  // The first code whose text is not less, and whether it is this one's.
  std::pair<uint64_t, bool> code_of(const void* value) const {
    const auto& text = *static_cast<const StringRef*>(value);
    const uint64_t code = first_code(*dictionary_, text);
    return {code, code < dictionary_->dictionary_size &&
                      compare(dictionary_->dictionary[code], text) == 0};
  }

  const Segments& segments_;
  const uint32_t column_;
  const Type type_;
  const ColumnView* dictionary_ = nullptr;
};

bool is_leading_key(const TableSchema& schema, uint32_t column) {
  if (schema.sorting_key.empty() || schema.sorting_key[0] != column) return false;
  const Type type = schema.columns[column].type;
  return !type.can_be_null() && can_compare(type);
}

// Each member is searched for, which takes as long as going through some hundred rows. Others than
// these are left to the segments' ranges.
bool worth_finding(const BoundValue& bound, const Segments& segments) {
  constexpr uint64_t kFew = 256, kRowsOfSearch = 512;
  const uint64_t members = bound.members.size();
  return members <= kFew || members * kRowsOfSearch <= segments.rows();
}

std::vector<Rows> rows_by_key(const TableSchema& schema, const Segments& segments,
                              const std::vector<BoundValue>& bounds) {
  Rows all{0, segments.rows()};
  const BoundValue* members = nullptr;
  std::optional<LeadingKey> key;
  for (const BoundValue& bound : bounds) {
    if (!is_leading_key(schema, bound.column)) continue;
    if (!key) key.emplace(bound.column, schema.columns[bound.column].type.base(), segments);
    if (bound.op != Op::kIn)
      key->narrow(bound, all);
    else if (members == nullptr && worth_finding(bound, segments))
      members = &bound;
  }
  if (all.begin >= all.end) return {};
  return members == nullptr ? std::vector<Rows>{all} : key->of_members(*members, all);
}

bool may_have_text(const Part& part, size_t segment, const BoundValue& bound) {
  if (bound.text_hashes.empty()) return true;
  return std::any_of(bound.text_hashes.begin(), bound.text_hashes.end(), [&](uint64_t hash) {
    return part.may_have_text(bound.column, segment, hash);
  });
}

enum class Verdict : uint8_t { kRead, kOutOfRange, kFiltered };

// Whether rows of a segment that the leading key lets through may satisfy the other bounds, which
// `tested` holds.
Verdict judge(const TableSchema& schema, const Part& part, size_t index,
              const std::vector<const BoundValue*>& tested) {
  const Segment& segment = part.segments()[index];
  for (const BoundValue* bound : tested) {
    const Type type = schema.columns[bound->column].type;
    if (bound->column < segment.ranges.size() && can_compare(type) &&
        !may_match(segment.ranges[bound->column], type.base(), *bound))
      return Verdict::kOutOfRange;
  }
  for (const BoundValue* bound : tested) {
    if (!may_have_text(part, index, *bound)) return Verdict::kFiltered;
  }
  return Verdict::kRead;
}

}  // namespace

std::vector<SegmentRange> ranges_to_scan(const TableSchema& schema, const Part& part,
                                         const std::vector<BoundValue>& bounds,
                                         SegmentCounts& counts) {
  std::vector<SegmentRange> ranges;
  const Segments segments(part);
  counts.all += segments.count();
  uint64_t out_of_range = segments.count();
  if (segments.count() == 0) return ranges;
  const std::vector<Rows> wanted = rows_by_key(schema, segments, bounds);
  std::vector<const BoundValue*> tested;
  for (const BoundValue& bound : bounds) {
    // The rows of the leading key are known exactly; but of several IN only the first was used.
    if (!is_leading_key(schema, bound.column) || bound.op == Op::kIn) tested.push_back(&bound);
  }
  size_t judged = segments.count();
  Verdict verdict = Verdict::kRead;
  for (const Rows& rows : wanted) {
    for (size_t i = segments.of_row(rows.begin); i < segments.count(); ++i) {
      const uint64_t begin = segments.begin_of(i);
      if (begin >= rows.end) break;
      if (i != judged) {
        judged = i;
        verdict = judge(schema, part, i, tested);
        if (verdict != Verdict::kOutOfRange) --out_of_range;
        if (verdict == Verdict::kFiltered) ++counts.by_filter;
      }
      if (verdict != Verdict::kRead) continue;
      ranges.push_back({static_cast<uint32_t>(i), std::max(rows.begin, begin) - begin,
                        std::min(rows.end, segments.end_of(i)) - begin});
    }
  }
  counts.by_range += out_of_range;
  return ranges;
}

}  // namespace sp
