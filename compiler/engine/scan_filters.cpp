// Constants of conditions to encoded ranges. See scan_filters.h.
//   column op constant  ->  value in [from, to]  ->  (word - low) <= span, where value = word +
//                       base

#include "compiler/engine/scan_filters.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace sp {
namespace {

using Op = plan::ScanBound::Op;
using Kind = ScanFilter::Kind;
using Wide = __int128;  // holds every 64-bit number, signed or not

uint64_t word_of(const void* bytes, uint64_t size) {
  uint64_t word = 0;
  std::memcpy(&word, bytes, std::min<uint64_t>(size, sizeof(word)));
  return word;
}

// `size` bytes as a number.
Wide number_of(const void* bytes, uint64_t size, bool is_signed) {
  const uint64_t word = word_of(bytes, size);
  if (!is_signed) return static_cast<Wide>(word);
  const unsigned shift = static_cast<unsigned>(64 - 8 * std::min<uint64_t>(size, 8));
  return static_cast<Wide>(static_cast<int64_t>(word << shift) >> shift);
}

bool whole_numbers(const codegen::ScanSpec::Filter& filter, Type base, const Segment& segment,
                   const uint8_t* value, ScanFilter& out) {
  const ColumnView& view = *out.view;
  const bool is_signed = filter.is_signed;
  const uint64_t size = slot_layout(base).size;
  const Wide constant = number_of(value, size, is_signed);
  Wide from = std::numeric_limits<int64_t>::min(), to = std::numeric_limits<uint64_t>::max();
  switch (filter.op) {
    case Op::kEquals: from = to = constant; break;
    case Op::kLess: to = constant - 1; break;
    case Op::kLessOrEquals: to = constant; break;
    case Op::kGreater: from = constant + 1; break;
    case Op::kGreaterOrEquals: from = constant; break;
    case Op::kIn: break;
  }
  // What the segment can hold: by its statistics, else by the width of its words.
  const Wide base_value =
      is_signed ? static_cast<Wide>(static_cast<int64_t>(view.base)) : static_cast<Wide>(view.base);
  Wide least = is_signed ? std::numeric_limits<int64_t>::min() : 0;
  Wide most = is_signed ? static_cast<Wide>(std::numeric_limits<int64_t>::max())
                        : static_cast<Wide>(std::numeric_limits<uint64_t>::max());
  if (view.stride < 8) {
    least = base_value;
    most = base_value + static_cast<Wide>(view.mask);
  }
  const auto& ranges = segment.ranges;
  if (filter.column < ranges.size() && ranges[filter.column].known) {
    const ColumnRange& range = ranges[filter.column];
    least = std::max(least, number_of(range.min_bytes.data(), range.min_bytes.size(), is_signed));
    most = std::min(most, number_of(range.max_bytes.data(), range.max_bytes.size(), is_signed));
  }
  from = std::max(from, least);
  to = std::min(to, most);
  if (from > to) {
    out.kind = Kind::kNever;
    return true;
  }
  if (from == least && to == most && view.nulls == nullptr) return false;
  const Wide origin = view.stride < 8 ? base_value : 0;
  out.kind = Kind::kRange;
  out.low = static_cast<uint64_t>(from - origin) - (view.stride < 8 ? 0 : view.base);
  out.span = static_cast<uint64_t>(to - from);
  return true;
}

bool real_numbers(const codegen::ScanSpec::Filter& filter, Type base, const uint8_t* value,
                  ScanFilter& out) {
  const ColumnView& view = *out.view;
  const auto real = [&](const void* bytes) {
    if (base.is(TypeKind::kFloat64)) {
      double x;
      std::memcpy(&x, bytes, sizeof(x));
      return x;
    }
    float x;
    std::memcpy(&x, bytes, sizeof(x));
    return static_cast<double>(x);
  };
  const double constant = real(value);
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  out.kind = Kind::kReal;
  out.from = -kInfinity;
  out.to = kInfinity;
  switch (filter.op) {
    case Op::kEquals: out.from = out.to = constant; break;
    case Op::kLess: out.to = std::nextafter(constant, -kInfinity); break;
    case Op::kLessOrEquals: out.to = constant; break;
    case Op::kGreater: out.from = std::nextafter(constant, kInfinity); break;
    case Op::kGreaterOrEquals: out.from = constant; break;
    case Op::kIn: break;
  }
  const bool impossible = (filter.op == Op::kLess && constant == -kInfinity) ||
                          (filter.op == Op::kGreater && constant == kInfinity);
  if (std::isnan(constant) || impossible) out.kind = Kind::kNever;
  if (out.kind == Kind::kNever || view.stride != 0) return true;
  const double only = real(&view.base);
  const bool all = only >= out.from && only <= out.to;
  if (!all) {
    out.kind = Kind::kNever;
    return true;
  }
  out.kind = Kind::kRange;  // of the NULLs only: the words' stride is 0
  return view.nulls != nullptr;
}

}  // namespace

bool prepare_filter(const codegen::ScanSpec::Filter& filter, Type column_type,
                    const Segment& segment, const uint8_t* value, const uint8_t* const* table,
                    ScanFilter& out) {
  out.view = &segment.columns[filter.column];
  if (filter.table != codegen::kNone) {
    out.kind = Kind::kCode;
    out.table = table;
    out.nullable_entry = filter.nullable;
    return true;
  }
  const Type base = column_type.base();
  return base.is_float() ? real_numbers(filter, base, value, out)
                         : whole_numbers(filter, base, segment, value, out);
}

}  // namespace sp
