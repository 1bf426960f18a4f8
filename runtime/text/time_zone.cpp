// Builds the day tables of time zones from cctz and interns the zones. Entry: TimeZone::find.

#include "runtime/text/time_zone.h"

#include <cctz/time_zone.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>

namespace sp {

namespace {

using Seconds = std::chrono::seconds;

cctz::time_point<cctz::seconds> at(int64_t utc_seconds) {
  return cctz::time_point<cctz::seconds>(Seconds(utc_seconds));
}

}  // namespace

const TimeZone& TimeZone::utc() {
  static const TimeZone zone("UTC");
  return zone;
}

const TimeZone* TimeZone::find(std::string_view name) {
  if (name.empty() || name == "UTC") return &utc();
  static std::mutex mutex;
  static auto* zones = new std::map<std::string, std::unique_ptr<TimeZone>, std::less<>>();
  const std::lock_guard lock(mutex);
  if (const auto found = zones->find(name); found != zones->end()) return found->second.get();

  // Names that would leave the zone directory are never looked up.
  if (name.front() == '/' || name.find("..") != std::string_view::npos || name.size() > 64)
    return nullptr;
  if (name.starts_with("Fixed/") || name == "localtime" || name.starts_with("libc:"))
    return nullptr;
  cctz::time_zone source;
  if (!cctz::load_time_zone(std::string(name), &source)) return nullptr;

  std::unique_ptr<TimeZone> zone(new TimeZone(std::string(name)));
  zone->table_.resize(static_cast<size_t>(kDayCount));
  int32_t offset = source.lookup(at(kFirstDay * 86400)).offset;
  cctz::time_zone::civil_transition transition;
  int64_t next = INT64_MAX;
  const auto advance = [&](int64_t from) {
    next = INT64_MAX;
    if (!source.next_transition(at(from), &transition)) return;
    next = source.lookup(transition.to).trans.time_since_epoch().count();
  };
  advance(kFirstDay * 86400 - 1);
  for (int64_t i = 0; i < kDayCount; ++i) {
    const int64_t start = (kFirstDay + i) * 86400;
    Day& day = zone->table_[static_cast<size_t>(i)];
    day = Day{offset, offset, 86400};
    while (next < start + 86400) {
      if (next >= start) {
        day.change_at = static_cast<int32_t>(next - start);
        offset = source.lookup(at(next)).offset;
        day.after = offset;
        if (next == start) day.before = offset;
      }
      advance(next);
    }
  }
  zone->days_ = zone->table_.data();
  return zones->emplace(std::string(name), std::move(zone)).first->second.get();
}

std::string TimeZone::abbreviation(int64_t utc_seconds) const {
  if (days_ == nullptr) return "UTC";
  cctz::time_zone source;
  if (!cctz::load_time_zone(name_, &source)) return name_;
  return source.lookup(at(utc_seconds)).abbr;
}

namespace {

std::vector<std::string> read_zone_names() {
  std::vector<std::string> names{"UTC"};
  std::ifstream table("/usr/share/zoneinfo/tzdata.zi");
  std::string line;
  while (std::getline(table, line)) {
    // "Z Europe/Berlin ..." and "L Europe/Berlin Europe/Copenhagen"
    if (line.size() < 3 || line[1] != ' ' || (line[0] != 'Z' && line[0] != 'L')) continue;
    const size_t begin = line[0] == 'Z' ? 2 : line.rfind(' ') + 1;
    names.push_back(line.substr(begin, line.find(' ', begin) - begin));
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace

const std::vector<std::string_view>& time_zone_names() {
  static const auto& texts =
      *new std::vector<std::string>(read_zone_names());  // never destroyed, like the zones
  static const auto& names = *new std::vector<std::string_view>(texts.begin(), texts.end());
  return names;
}

}  // namespace sp
