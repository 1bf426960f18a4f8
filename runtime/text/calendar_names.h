#pragma once
// English names of months and days of the week, as they are written and read. Their first three
// letters are the short ones.

#include <string_view>

namespace sp {

inline constexpr std::string_view kMonthNames[] = {"January",   "February", "March",    "April",
                                                   "May",       "June",     "July",     "August",
                                                   "September", "October",  "November", "December"};
inline constexpr std::string_view kWeekdayNames[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                     "Friday", "Saturday", "Sunday"};

/// Whether `text` begins with `name`, in letters of either case.
constexpr bool begins_with_name(std::string_view text, std::string_view name) {
  if (text.size() < name.size()) return false;
  for (size_t i = 0; i < name.size(); ++i) {
    if ((text[i] | 0x20) != (name[i] | 0x20)) return false;
  }
  return true;
}

}  // namespace sp
