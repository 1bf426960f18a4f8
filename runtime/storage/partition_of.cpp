// Partition numbers. Civil dates from day numbers: Howard Hinnant, "chrono-Compatible Low-Level
// Date Algorithms".
// DateTimes in a time zone go through cctz once a quarter of an hour of data (no zone changes its
// offset between).

#include "runtime/storage/partition_of.h"

#include <cctz/time_zone.h>

#include <cstring>
#include <unordered_map>

#include "runtime/core/hash.h"
#include "runtime/storage/encoded_column.h"

namespace sp {

namespace {

using Partition = TableSchema::Partition;

int64_t floor_divide(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

int64_t partition_of_day(int64_t day, Partition kind) {
  const int64_t z = day + 719468;
  const int64_t era = floor_divide(z, 146097);
  const int64_t day_of_era = z - era * 146097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t shifted_month = (5 * day_of_year + 2) / 153;
  const int64_t day_of_month = day_of_year - (153 * shifted_month + 2) / 5 + 1;
  const int64_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  const int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  if (kind == Partition::kYear) return year;
  if (kind == Partition::kMonth) return year * 100 + month;
  return (year * 100 + month) * 100 + day_of_month;
}

// Seconds since the epoch to day numbers in one zone.
class DayOfSecond {
 public:
  explicit DayOfSecond(const std::string& timezone) {
    utc_ = timezone.empty() || timezone == "UTC" || !cctz::load_time_zone(timezone, &zone_);
  }
  int64_t day(int64_t seconds) {
    if (utc_) return floor_divide(seconds, 86400);
    const int64_t quarter = floor_divide(seconds, 900);
    if (const auto found = known_.find(quarter); found != known_.end()) return found->second;
    const auto instant = std::chrono::system_clock::from_time_t(seconds);
    const int64_t offset = zone_.lookup(instant).offset;
    return known_[quarter] = floor_divide(seconds + offset, 86400);
  }

 private:
  bool utc_ = true;
  cctz::time_zone zone_;
  std::unordered_map<int64_t, int64_t> known_;
};

int64_t load_word(const void* slot, const ColumnShape& shape) {
  uint64_t word = 0;
  std::memcpy(&word, slot, shape.width);
  const uint32_t unused = 64 - shape.width * 8;
  if (shape.is_signed) return static_cast<int64_t>(word << unused) >> unused;
  return static_cast<int64_t>(word);
}

int64_t seconds_per(uint32_t precision, int64_t ticks) {
  int64_t scale = 1;
  for (uint32_t i = 0; i < precision; ++i) scale *= 10;
  return floor_divide(ticks, scale);
}

}  // namespace

std::vector<int64_t> partitions_of(const RowBlock& block) {
  const TableSchema& schema = *block.schema;
  if (schema.partition == Partition::kNone) return {};
  const BlockColumn& column = block.columns[schema.partition_column];
  const ColumnShape shape = column_shape(schema.columns[schema.partition_column].type);
  const bool value = schema.partition == Partition::kValue || !shape.value.is_date_like();
  const bool days = shape.value.is(TypeKind::kDate) || shape.value.is(TypeKind::kDate32);
  const bool ticks = shape.value.is(TypeKind::kDateTime64);
  DayOfSecond zone(schema.partition_timezone.empty() && !days ? shape.value.timezone()
                                                              : schema.partition_timezone);
  std::vector<int64_t> out(block.rows);
  int64_t last_day = 0, last_partition = partition_of_day(0, schema.partition);
  for (size_t row = 0; row < out.size(); ++row) {
    if (column.is_null(row)) continue;
    if (shape.kind != ColumnShape::Kind::kWord) {
      const std::string_view bytes =
          shape.kind == ColumnShape::Kind::kWide
              ? std::string_view(
                    reinterpret_cast<const char*>(column.data.data()) + row * shape.width,
                    shape.width)
              : column.row_text(row);
      out[row] = static_cast<int64_t>(hash_bytes(bytes.data(), bytes.size()) >> 1);
      continue;
    }
    const int64_t word = load_word(column.data.data() + row * shape.width, shape);
    if (value) {
      out[row] = word;
      continue;
    }
    const int64_t day =
        days ? word : zone.day(ticks ? seconds_per(shape.value.precision(), word) : word);
    if (day != last_day) {
      last_day = day;
      last_partition = partition_of_day(day, schema.partition);
    }
    out[row] = last_partition;
  }
  return out;
}

}  // namespace sp
