#pragma once
// JourneyTime: the time argument of journey aggregates: an integer, a date or a moment, or a tuple
// that begins with one and whose other elements order the rows of one moment; and the spans of time
// that parameters give.

#include <cstring>

#include "runtime/aggregates/aggregate.h"
#include "runtime/aggregates/number_kind.h"

namespace sp {

struct JourneyTime {
  NumberKind kind = NumberKind::u32;
  bool tuple = false;
  uint8_t scale = 0;        // of DateTime64
  uint64_t ticks = 1;       // in one unit of spans: 10^scale for DateTime64
  double unit_seconds = 0;  // 1 for moments, 86400 for days, 0 for plain numbers
  Type elapsed;             // of the difference between two times

  /// The time at the beginning of a packed row, so that times compare as unsigned numbers.
  uint64_t load(const void* slot) const noexcept {
    constexpr uint64_t kSign = uint64_t{1} << 63;
    switch (kind) {
      case NumberKind::u8: return *static_cast<const uint8_t*>(slot);
      case NumberKind::u16: return read<uint16_t>(slot);
      case NumberKind::u32: return read<uint32_t>(slot);
      case NumberKind::u64: return read<uint64_t>(slot);
      case NumberKind::i8: return static_cast<uint64_t>(int64_t{read<int8_t>(slot)}) ^ kSign;
      case NumberKind::i16: return static_cast<uint64_t>(int64_t{read<int16_t>(slot)}) ^ kSign;
      case NumberKind::i32: return static_cast<uint64_t>(int64_t{read<int32_t>(slot)}) ^ kSign;
      default: return static_cast<uint64_t>(read<int64_t>(slot)) ^ kSign;
    }
  }

 private:
  template <class T>
  static T read(const void* slot) noexcept {
    T value;
    std::memcpy(&value, slot, sizeof(T));
    return value;
  }
};

/// Describes a time argument. Errors 43: not an integer, date or moment, nor a tuple that begins
/// with one.
Result<JourneyTime> journey_time(std::string_view name, Type type);
/// Reads a span of time: a number of units of `time` (seconds of moments, days of dates), or an
/// INTERVAL of fixed length.
/// Returns ticks. Errors 36.
Result<uint64_t> span_ticks(std::string_view name, std::string_view what, const Argument& parameter,
                            const JourneyTime& time);

}  // namespace sp
