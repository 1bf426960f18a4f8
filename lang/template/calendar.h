#pragma once
// Dates and times as requests write them: reading, checking and the one spelling that SQL gets.

#include <cstdint>
#include <string>
#include <string_view>

namespace sp::tmpl {

/// A moment read from text, in UTC if the text gave an offset.
struct Moment {
  int64_t seconds = 0;  // since 1970-01-01 00:00:00
  uint32_t nanoseconds = 0;
  uint8_t digits = 0;  // of the fraction, as written
  bool has_time = false;
};

/// Reads YYYY-MM-DD or YYYYMMDD, optionally followed by T or a blank, HH:MM[:SS[.fraction]] and Z
/// or an offset.
bool parse_moment(std::string_view text, Moment* moment);

/// Reads text by a strptime format: %Y %m %d %H %M %S %f %T %F %z %y %j %%.
bool parse_moment_as(std::string_view text, std::string_view format, Moment* moment);

/// "2024-01-31".
std::string date_text(const Moment& moment);
/// "2024-01-31 23:59:59", with a fraction of `digits` digits if that is not 0.
std::string time_text(const Moment& moment, uint8_t digits);

}  // namespace sp::tmpl
