#pragma once
// Text to dates and times: the strict forms of ClickHouse ("2024-01-31", "2024-01-31 10:11:12") and
// its best-effort reading (ISO 8601 with offsets, RFC 822, Unix timestamps, month names). Readers
// advance `at` past what they took.

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/core/error_code.h"
#include "runtime/text/time_zone.h"

namespace sp {

/// Why a text could not be read; the message is ClickHouse's.
struct ParseError {
  ErrorCode code = ErrorCode::kOk;
  std::string message;
  /// Records a failure; always false, so that readers can return it.
  bool set(ErrorCode failure, std::string text) {
    code = failure;
    message = std::move(text);
    return false;
  }
};

/// An instant: seconds since the epoch and a fraction in nanoseconds (0..999,999,999).
struct ParsedTime {
  int64_t seconds = 0;
  uint32_t nanoseconds = 0;
  /// Ticks of 10^-precision seconds, saturated.
  int64_t ticks(uint32_t precision) const noexcept;
};

/// Reads YYYY-MM-DD (any delimiter, one-digit month and day allowed) or YYYYMMDD. Day 30 of
/// February flows over into March; a month or day out of 1..12/1..31 gives *valid = false and day
/// 0, as in ClickHouse.
bool read_date(const char*& at, const char* end, int64_t& days, bool& valid, ParseError& error);

/// Reads "YYYY-MM-DD[ T]hh:mm:ss[.fraction]", a date, or a Unix timestamp; the fraction only if
/// `with_fraction`.
bool read_datetime_basic(const char*& at, const char* end, const TimeZone& zone, bool with_fraction,
                         ParsedTime& out, ParseError& error);

/// Reads whatever parseDateTimeBestEffort reads. `us_order`: 1/2/2024 is January 2nd. `now_seconds`
/// supplies a missing year.
bool read_datetime_best_effort(const char*& at, const char* end, const TimeZone& zone,
                               bool us_order, bool with_fraction, int64_t now_seconds,
                               ParsedTime& out, ParseError& error);

/// The fast path of ingestion: exactly "YYYY-MM-DD[ T]hh:mm:ss" with optional fraction and offset
/// (Z, +hh:mm); false if the text looks different in any way.
bool read_iso_datetime(std::string_view text, const TimeZone& zone, ParsedTime& out);

}  // namespace sp
