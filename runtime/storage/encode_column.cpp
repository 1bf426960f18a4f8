// encode_column for fixed-width values, and the choice between the two forms of strings
// (encode_strings.cpp).

#include "runtime/storage/encode_column.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "runtime/storage/encode_strings.h"
#include "runtime/storage/word_runs.h"

namespace sp {

namespace {

// Calls `segment(count)` for each segment of `rows` rows.
template <class F>
void each_segment(uint64_t rows, uint32_t segment_rows, F&& segment) {
  for (uint64_t done = 0; done < rows; done += segment_rows) {
    segment(static_cast<uint32_t>(std::min<uint64_t>(segment_rows, rows - done)));
  }
}

class WordEncoder {
 public:
  WordEncoder(const ColumnShape& shape, uint32_t segment_rows, bool file, bool runs, ByteSink& sink)
      : shape_(shape),
        sink_(sink),
        file_(file),
        runs_(runs),
        values_(segment_rows),
        nulls_(segment_rows) {}

  EncodedSegment encode(ColumnSource& source, uint32_t count) {
    EncodedSegment segment;
    const bool any_null = source.words(count, values_.data(), nulls_.data());
    segment.range.has_null = any_null;
    if (shape_.is_float)
      encode_float(count, segment);
    else if (shape_.is_signed)
      encode_integer<int64_t>(count, segment);
    else
      encode_integer<uint64_t>(count, segment);
    if (any_null) segment.nulls = sink_.write_buffer(nulls_.data(), count);
    return segment;
  }

 private:
  void keep_range(EncodedSegment& segment, uint64_t low, uint64_t high) const {
    segment.range.known = true;
    segment.range.min_bytes.assign(reinterpret_cast<const char*>(&low), shape_.width);
    segment.range.max_bytes.assign(reinterpret_cast<const char*>(&high), shape_.width);
  }

  template <class T>
  void encode_integer(uint32_t count, EncodedSegment& segment) {
    T low = std::numeric_limits<T>::max(), high = std::numeric_limits<T>::min();
    bool any = false;
    if (!segment.range.has_null) {
      for (uint32_t i = 0; i < count; ++i) {
        const T value = static_cast<T>(values_[i]);
        low = std::min(low, value);
        high = std::max(high, value);
      }
      any = count > 0;
    } else {
      for (uint32_t i = 0; i < count; ++i) {
        if (nulls_[i] != 0) continue;
        const T value = static_cast<T>(values_[i]);
        low = std::min(low, value);
        high = std::max(high, value);
        any = true;
      }
    }
    if (!any) return;
    const auto base = static_cast<uint64_t>(low);
    keep_range(segment, base, static_cast<uint64_t>(high));
    if (segment.range.has_null) {
      for (uint32_t i = 0; i < count; ++i) values_[i] = nulls_[i] != 0 ? base : values_[i];
    }
    const auto pack = runs_ ? pack_runs_or_words : pack_words;
    pack(values_.data(), count, base, static_cast<uint64_t>(high) - base, segment, sink_);
  }

  double as_double(uint64_t bits) const {
    return shape_.width == 4
               ? static_cast<double>(std::bit_cast<float>(static_cast<uint32_t>(bits)))
               : std::bit_cast<double>(bits);
  }

  // Floats: a constant, or their bits.
  void encode_float(uint32_t count, EncodedSegment& segment) {
    uint64_t low = 0, high = 0, first = 0;
    bool any = false, any_nan = false, constant = true;
    for (uint32_t i = 0; i < count; ++i) {
      if (nulls_[i] != 0) continue;
      const uint64_t bits = values_[i];
      if (!any) low = high = first = bits;
      any = true;
      any_nan |= std::isnan(as_double(bits));
      constant &= bits == first;
      if (as_double(bits) < as_double(low)) low = bits;
      if (as_double(bits) > as_double(high)) high = bits;
    }
    if (!any) return;
    if (!any_nan) keep_range(segment, low, high);
    if (constant) {
      segment.base = first;
      return;
    }
    if (file_ && !any_nan && encode_decimal(count, segment)) return;
    for (uint32_t i = 0; i < count; ++i) values_[i] = nulls_[i] != 0 ? 0 : values_[i];
    segment.stride = static_cast<uint8_t>(shape_.width);
    pack_stride(values_.data(), count, 0, segment, sink_);
  }

  // Floats that are decimals with few digits after the point, as prices are: integers, if that
  // takes fewer bytes and dividing gives back the very bits.
  bool encode_decimal(uint32_t count, EncodedSegment& segment) {
    static constexpr double kPowers[] = {1, 10, 100, 1000, 10000};
    std::vector<uint64_t> integers(count);
    for (size_t decimals = 0; decimals < std::size(kPowers); ++decimals) {
      const double power = kPowers[decimals];
      int64_t low = INT64_MAX, high = INT64_MIN;
      uint32_t exact = 0;
      for (; exact < count; ++exact) {
        if (nulls_[exact] != 0) continue;
        const double scaled = as_double(values_[exact]) * power;
        if (!(std::abs(scaled) < 4e15)) return false;
        const int64_t integer = std::llround(scaled);
        if (bits_of(static_cast<double>(integer) / power) != values_[exact]) break;
        integers[exact] = static_cast<uint64_t>(integer);
        low = std::min(low, integer);
        high = std::max(high, integer);
      }
      if (exact < count) continue;
      const auto base = static_cast<uint64_t>(low), spread = static_cast<uint64_t>(high) - base;
      if (spread > UINT32_MAX || (shape_.width == 4 && spread > UINT16_MAX)) return false;
      for (uint32_t i = 0; i < count; ++i) integers[i] = nulls_[i] != 0 ? base : integers[i];
      segment.packing = EncodedSegment::Packing::kDecimal;
      segment.decimals = static_cast<uint8_t>(decimals);
      pack_words(integers.data(), count, base, spread, segment, sink_);
      return true;
    }
    return false;
  }

  uint64_t bits_of(double value) const {
    return shape_.width == 4 ? std::bit_cast<uint32_t>(static_cast<float>(value))
                             : std::bit_cast<uint64_t>(value);
  }

  const ColumnShape& shape_;
  ByteSink& sink_;
  const bool file_;
  const bool runs_;  // the leading sorting key
  std::vector<uint64_t> values_;
  std::vector<uint8_t> nulls_;
};

EncodedSegment encode_wide(ColumnSource& source, const ColumnShape& shape, uint32_t count,
                           ByteSink& sink) {
  EncodedSegment segment;
  segment.encoding = Encoding::kWide;
  segment.stride = static_cast<uint8_t>(shape.width);
  std::vector<uint8_t> values(size_t{count} * shape.width), nulls(count);
  segment.range.has_null = source.wides(count, values.data(), nulls.data());
  const SlotOps& ops = slot_ops(shape.value);
  const uint8_t *low = nullptr, *high = nullptr;
  for (uint32_t i = 0; i < count; ++i) {
    uint8_t* value = values.data() + size_t{i} * shape.width;
    if (nulls[i] != 0) {
      std::memset(value, 0, shape.width);
      continue;
    }
    if (low == nullptr || ops.compare(value, low) < 0) low = value;
    if (high == nullptr || ops.compare(value, high) > 0) high = value;
  }
  if (low != nullptr) {
    segment.range.known = true;
    segment.range.min_bytes.assign(reinterpret_cast<const char*>(low), shape.width);
    segment.range.max_bytes.assign(reinterpret_cast<const char*>(high), shape.width);
  }
  segment.data = sink.write_buffer(values.data(), values.size());
  if (segment.range.has_null) segment.nulls = sink.write_buffer(nulls.data(), count);
  return segment;
}

template <class T>
void pack(const uint64_t* values, uint32_t count, uint64_t base, EncodedSegment& segment,
          ByteSink& sink) {
  std::vector<T> packed(count);
  for (uint32_t i = 0; i < count; ++i) packed[i] = static_cast<T>(values[i] - base);
  segment.data = sink.write_buffer(packed.data(), count * sizeof(T));
}

}  // namespace

void pack_stride(const uint64_t* values, uint32_t count, uint64_t base, EncodedSegment& segment,
                 ByteSink& sink) {
  segment.base = base;
  switch (segment.stride) {
    case 0: return;
    case 1: return pack<uint8_t>(values, count, base, segment, sink);
    case 2: return pack<uint16_t>(values, count, base, segment, sink);
    case 4: return pack<uint32_t>(values, count, base, segment, sink);
    default: return pack<uint64_t>(values, count, base, segment, sink);
  }
}

namespace {

uint8_t stride_of(uint64_t spread) {
  return spread == 0            ? 0
         : spread <= UINT8_MAX  ? 1
         : spread <= UINT16_MAX ? 2
         : spread <= UINT32_MAX ? 4
                                : 8;
}

}  // namespace

void pack_runs_or_words(const uint64_t* values, uint32_t count, uint64_t base, uint64_t spread,
                        EncodedSegment& segment, ByteSink& sink) {
  const uint8_t stride = stride_of(spread);
  std::vector<uint64_t> words(count);
  for (uint32_t i = 0; i < count; ++i) words[i] = values[i] - base;
  const std::string runs =
      stride == 0 ? std::string() : pack_runs(words.data(), count, size_t{count} * stride / 2);
  if (runs.empty()) return pack_words(values, count, base, spread, segment, sink);
  segment.stride = stride;
  segment.base = base;
  segment.packing = EncodedSegment::Packing::kRuns;
  segment.packed_size = runs.size();
  segment.data = sink.write_buffer(runs.data(), runs.size());
}

void pack_words(const uint64_t* values, uint32_t count, uint64_t base, uint64_t spread,
                EncodedSegment& segment, ByteSink& sink) {
  segment.stride = stride_of(spread);
  pack_stride(values, count, base, segment, sink);
}

Result<EncodedColumn> encode_column(ColumnSource& source, const ColumnShape& shape, uint64_t rows,
                                    const EncodeOptions& options, ByteSink& sink) {
  if (shape.kind == ColumnShape::Kind::kString || shape.kind == ColumnShape::Kind::kSerialized) {
    return encode_strings(source, shape, rows, options, sink);
  }
  EncodedColumn column;
  if (shape.kind == ColumnShape::Kind::kWord) {
    WordEncoder encoder(shape,
                        static_cast<uint32_t>(std::min<uint64_t>(rows, options.segment_rows)),
                        options.file, options.file && options.leading_key, sink);
    each_segment(rows, options.segment_rows,
                 [&](uint32_t count) { column.segments.push_back(encoder.encode(source, count)); });
  } else {
    each_segment(rows, options.segment_rows, [&](uint32_t count) {
      column.segments.push_back(encode_wide(source, shape, count, sink));
    });
  }
  sink.end_buffer();  // a column of constants still has readable bytes
  column.size = sink.position();
  return column;
}

}  // namespace sp
