// Segment skipping and bisection. See scan_range.h.

#include "compiler/engine/scan_range.h"

#include <algorithm>
#include <cstring>

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

// First row of the part (counted over all segments) whose value is not less (`after`: greater) than
// `value`.
uint64_t bisect(const Part& part, const std::vector<uint64_t>& starts, uint32_t column,
                const SlotOps& ops, const void* value, bool after) {
  const auto below = [&](uint64_t row) {
    const auto next = std::upper_bound(starts.begin(), starts.end(), row);
    const auto segment = static_cast<size_t>(next - starts.begin()) - 1;
    alignas(16) uint8_t slot[32];
    read_value(part.segments()[segment].columns[column], row - starts[segment], slot);
    const int order = ops.compare(slot, value);
    return after ? order <= 0 : order < 0;
  };
  uint64_t low = 0, high = starts.back();
  while (low < high) {
    const uint64_t middle = (low + high) / 2;
    if (below(middle))
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

// The one sorted dictionary of a part's leading column, or null.
const ColumnView* sorted_dictionary(const Part& part, uint32_t column) {
  const ColumnView* first = nullptr;
  for (const Segment& segment : part.segments()) {
    const ColumnView& view = segment.columns[column];
    if (view.encoding != Encoding::kDictionary || view.dictionary_sorted != 1) return nullptr;
    if (first != nullptr && view.dictionary != first->dictionary) return nullptr;
    first = &view;
  }
  return first;
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
uint64_t bisect_codes(const Part& part, const std::vector<uint64_t>& starts, uint32_t column,
                      uint64_t code, uint64_t from, bool near) {
  const auto& segments = part.segments();
  size_t segment = static_cast<size_t>(std::upper_bound(starts.begin(), starts.end() - 1, from) -
                                       starts.begin()) -
                   1;
  size_t last = segments.size();
  while (segment + 1 < last) {
    // The last segment that begins below the code holds the place, or ends right before it.
    const size_t middle = near ? segment + 1 : segment + (last - segment) / 2;
    if (code_at(segments[middle].columns[column], 0) < code)
      segment = middle;
    else
      last = middle;
  }
  const ColumnView& view = segments[segment].columns[column];
  uint64_t low = from > starts[segment] ? from - starts[segment] : 0, high = segments[segment].rows;
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
  return starts[segment] + low;
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

}  // namespace

namespace {

// Rows of the part, counted over all segments.
struct Rows {
  uint64_t begin = 0, end = 0;
};

// Finds rows by values of the leading key column.
class LeadingKey {
 public:
  LeadingKey(const TableSchema& schema, const Part& part, const std::vector<uint64_t>& starts)
      : part_(part),
        starts_(starts),
        column_(schema.sorting_key[0]),
        type_(schema.columns[column_].type.base()),
        dictionary_(type_.is(TypeKind::kString) ? sorted_dictionary(part, column_) : nullptr) {}

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
    if (dictionary_ == nullptr)
      return bisect(part_, starts_, column_, slot_ops(type_), value, after);
    const auto [code, present] = code_of(value);
    return bisect_codes(part_, starts_, column_, code + (after && present ? 1 : 0), 0, false);
  }
  Rows equal_to(const void* value, const Rows& within) const {
    if (dictionary_ == nullptr)
      return {std::max(within.begin, find(value, false)), std::min(within.end, find(value, true))};
    const auto [code, present] = code_of(value);
    if (!present || within.begin >= within.end) return {within.begin, within.begin};
    const uint64_t begin = bisect_codes(part_, starts_, column_, code, within.begin, false);
    return {begin,
            std::min(within.end, bisect_codes(part_, starts_, column_, code + 1, begin, true))};
  }
  // The first code whose text is not less, and whether it is this one's.
  std::pair<uint64_t, bool> code_of(const void* value) const {
    const auto& text = *static_cast<const StringRef*>(value);
    const uint64_t code = first_code(*dictionary_, text);
    return {code, code < dictionary_->dictionary_size &&
                      compare(dictionary_->dictionary[code], text) == 0};
  }

  const Part& part_;
  const std::vector<uint64_t>& starts_;
  const uint32_t column_;
  const Type type_;
  const ColumnView* const dictionary_;
};

std::vector<Rows> rows_by_key(const TableSchema& schema, const Part& part,
                              const std::vector<uint64_t>& starts,
                              const std::vector<BoundValue>& bounds) {
  Rows all{0, starts.back()};
  if (schema.sorting_key.empty() || all.end == 0) return {all};
  const Type type = schema.columns[schema.sorting_key[0]].type;
  if (type.can_be_null() || !can_compare(type)) return {all};
  const LeadingKey key(schema, part, starts);
  const BoundValue* members = nullptr;
  for (const BoundValue& bound : bounds) {
    if (bound.column != schema.sorting_key[0]) continue;
    if (bound.op != Op::kIn)
      key.narrow(bound, all);
    else if (members == nullptr)
      members = &bound;
  }
  return members == nullptr ? std::vector<Rows>{all} : key.of_members(*members, all);
}

bool may_have_text(const Part& part, size_t segment, const BoundValue& bound) {
  if (bound.text_hashes.empty()) return true;
  return std::any_of(bound.text_hashes.begin(), bound.text_hashes.end(), [&](uint64_t hash) {
    return part.may_have_text(bound.column, segment, hash);
  });
}

}  // namespace

std::vector<SegmentRange> ranges_to_scan(const TableSchema& schema, const Part& part,
                                         const std::vector<BoundValue>& bounds,
                                         SegmentCounts& counts) {
  std::vector<uint64_t> starts;
  starts.reserve(part.segments().size() + 1);
  starts.push_back(0);
  for (const Segment& segment : part.segments()) starts.push_back(starts.back() + segment.rows);
  const std::vector<Rows> wanted = rows_by_key(schema, part, starts, bounds);
  std::vector<SegmentRange> ranges;
  counts.all += part.segments().size();
  auto next = wanted.begin();
  for (uint32_t i = 0; i < part.segments().size(); ++i) {
    const Segment& segment = part.segments()[i];
    while (next != wanted.end() && next->end <= starts[i]) ++next;
    bool in_range = next != wanted.end() && next->begin < starts[i + 1];
    for (const BoundValue& bound : bounds) {
      const Type type = schema.columns[bound.column].type;
      if (!in_range || bound.column >= segment.ranges.size() || !can_compare(type)) continue;
      in_range = may_match(segment.ranges[bound.column], type.base(), bound);
    }
    if (!in_range) {
      ++counts.by_range;
      continue;
    }
    if (!std::all_of(bounds.begin(), bounds.end(),
                     [&](const BoundValue& bound) { return may_have_text(part, i, bound); })) {
      ++counts.by_filter;
      continue;
    }
    for (auto rows = next; rows != wanted.end() && rows->begin < starts[i + 1]; ++rows) {
      const uint64_t begin = std::max(rows->begin, starts[i]),
                     end = std::min(rows->end, starts[i + 1]);
      if (begin < end) ranges.push_back({i, begin - starts[i], end - starts[i]});
    }
  }
  return ranges;
}

}  // namespace sp
