#pragma once
// Schedules of copies, sinks and imports: "@on-demand", "@daily" or a cron line of five fields.

#include <string>
#include <string_view>

namespace sp::datafile {

/// Tells what is wrong with a schedule, as a hint: "the hour is from 0 to 23"; "" if it is right.
std::string schedule_mistake(std::string_view value);

}  // namespace sp::datafile
