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
  if (view.encoding == Encoding::kDictionary) std::memcpy(slot, view.dictionary + raw, sizeof(StringRef));
  else std::memcpy(slot, &raw, sizeof(raw));
}

// First row of the part (counted over all segments) whose value is not less (`after`: greater) than `value`.
uint64_t bisect(const Part& part, const std::vector<uint64_t>& starts, uint32_t column, const SlotOps& ops,
                const void* value, bool after) {
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
    if (below(middle)) low = middle + 1;
    else high = middle;
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

// As bisect(), by codes: the texts are compared in the dictionary only.
uint64_t bisect_codes(const Part& part, const std::vector<uint64_t>& starts, uint32_t column, const ColumnView& dictionary,
                      const StringRef& value, bool after) {
  const StringRef* const texts = dictionary.dictionary;
  uint64_t code = 0, end = dictionary.dictionary_size;
  while (code < end) {
    const uint64_t middle = (code + end) / 2;
    const int order = compare(texts[middle], value);
    if (after ? order <= 0 : order < 0) code = middle + 1;
    else end = middle;
  }
  uint64_t low = 0, high = starts.back();
  while (low < high) {
    const uint64_t middle = (low + high) / 2;
    const auto segment = static_cast<size_t>(std::upper_bound(starts.begin(), starts.end(), middle) - starts.begin()) - 1;
    const ColumnView& view = part.segments()[segment].columns[column];
    uint64_t raw = 0;
    std::memcpy(&raw, view.data + (middle - starts[segment]) * view.stride, sizeof(raw));
    if ((raw & view.mask) + view.base < code) low = middle + 1;
    else high = middle;
  }
  return low;
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
  const int from_low = ops.compare(bound.value, low);
  const int from_high = ops.compare(bound.value, high);
  switch (bound.op) {
    case Op::kEquals: return from_low >= 0 && from_high <= 0;
    case Op::kLess: return from_low > 0;
    case Op::kLessOrEquals: return from_low >= 0;
    case Op::kGreater: return from_high < 0 || (from_high == 0 && range.max_truncated);
    case Op::kGreaterOrEquals: return from_high <= 0;
    case Op::kIn: return true;
  }
  return true;
}

bool can_compare(Type type) {
  const Type base = type.base();
  return !base.is_float() && slot_layout(base).size <= 32 && !base.is(TypeKind::kArray) && !base.is(TypeKind::kMap) &&
         !base.is(TypeKind::kTuple) && !base.is(TypeKind::kAggregateFunction) && !base.is(TypeKind::kJson);
}

}  // namespace

std::vector<SegmentRange> ranges_to_scan(const TableSchema& schema, const Part& part, const std::vector<BoundValue>& bounds) {
  std::vector<uint64_t> starts = {0};
  for (const Segment& segment : part.segments()) starts.push_back(starts.back() + segment.rows);
  uint64_t first = 0, last = starts.back();
  if (!schema.sorting_key.empty() && last > 0) {
    const uint32_t leading = schema.sorting_key[0];
    const Type type = schema.columns[leading].type;
    for (const BoundValue& bound : bounds) {
      if (bound.column != leading || type.can_be_null() || !can_compare(type)) continue;
      const SlotOps& ops = slot_ops(type.base());
      const ColumnView* const dictionary = type.base().is(TypeKind::kString) ? sorted_dictionary(part, leading) : nullptr;
      const auto lower = [&](bool after) {
        if (dictionary == nullptr) return bisect(part, starts, leading, ops, bound.value, after);
        return bisect_codes(part, starts, leading, *dictionary, *static_cast<const StringRef*>(static_cast<const void*>(bound.value)), after);
      };
      if (bound.op == Op::kEquals || bound.op == Op::kGreaterOrEquals) first = std::max(first, lower(false));
      if (bound.op == Op::kGreater) first = std::max(first, lower(true));
      if (bound.op == Op::kEquals || bound.op == Op::kLessOrEquals) last = std::min(last, lower(true));
      if (bound.op == Op::kLess) last = std::min(last, lower(false));
    }
  }
  std::vector<SegmentRange> ranges;
  for (uint32_t i = 0; i < part.segments().size(); ++i) {
    const uint64_t begin = std::max(first, starts[i]), end = std::min(last, starts[i + 1]);
    if (begin >= end) continue;
    const Segment& segment = part.segments()[i];
    bool wanted = true;
    for (const BoundValue& bound : bounds) {
      const Type type = schema.columns[bound.column].type;
      if (bound.column < segment.ranges.size() && can_compare(type)) {
        wanted = wanted && may_match(segment.ranges[bound.column], type.base(), bound);
      }
    }
    if (wanted) ranges.push_back({i, begin - starts[i], end - starts[i]});
  }
  return ranges;
}

}  // namespace sp
