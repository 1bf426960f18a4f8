// The grammar of cron(5) lines: five fields of lists of numbers, names, ranges and steps.

#include "lang/datafile/cron.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

namespace sp::datafile {
namespace {

constexpr std::string_view kForms =
    "allowed: @on-demand, or a cron line of five fields such as \"0 * * * *\"";
constexpr std::array<std::string_view, 10> kNamed = {
    "@on-demand", "@once",    "@auto",   "@hourly",   "@daily",
    "@weekly",    "@monthly", "@yearly", "@annually", "@midnight"};

struct Field {
  std::string_view name;
  int low, high;
  std::string_view names;  // three letters each, the first stands for `low`
};
constexpr Field kFields[] = {{"minute", 0, 59, ""},
                             {"hour", 0, 23, ""},
                             {"day of the month", 1, 31, ""},
                             {"month", 1, 12, "janfebmaraprmayjunjulaugsepoctnovdec"},
                             {"day of the week", 0, 7, "sunmontuewedthufrisat"}};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

bool number_in(std::string_view text, const Field& field, int& value) {
  if (!field.names.empty() && text.size() == 3 &&
      std::isalpha(static_cast<unsigned char>(text[0])) != 0) {
    const size_t at = field.names.find(lower(text));
    if (at == std::string_view::npos || at % 3 != 0) return false;
    value = field.low + static_cast<int>(at / 3);
    return true;
  }
  if (text.empty() || text.size() > 3 ||
      !std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); }))
    return false;
  value = std::stoi(std::string(text));
  return value >= field.low && value <= field.high;
}

bool item_is_right(std::string_view item, const Field& field) {
  const std::vector<std::string_view> stepped = split(item, '/');
  if (stepped.size() > 2) return false;
  if (stepped.size() == 2) {
    const Field step{"", 1, std::max(1, field.high), ""};
    int ignored = 0;
    if (!number_in(stepped[1], step, ignored)) return false;
  }
  if (stepped[0] == "*" || stepped[0] == "?") return true;
  const std::vector<std::string_view> range = split(stepped[0], '-');
  int begin = 0, end = 0;
  if (range.size() == 1) return number_in(range[0], field, begin);
  return range.size() == 2 && number_in(range[0], field, begin) &&
         number_in(range[1], field, end) && begin <= end;
}

}  // namespace

std::string schedule_mistake(std::string_view value) {
  if (value.starts_with("@")) {
    const bool known = std::find(kNamed.begin(), kNamed.end(), lower(value)) != kNamed.end();
    return known ? std::string()
                 : std::string(kForms) + "; also @hourly, @daily, @weekly, @monthly, @yearly";
  }
  std::vector<std::string_view> fields;
  std::string blanks(value);
  std::replace(blanks.begin(), blanks.end(), '\t', ' ');
  for (const std::string_view part : split(blanks, ' ')) {
    if (!part.empty()) fields.push_back(part);
  }
  if (fields.size() != 5) return std::string(kForms);
  for (size_t i = 0; i < 5; ++i) {
    for (const std::string_view item : split(fields[i], ',')) {
      if (item_is_right(item, kFields[i])) continue;
      const Field& field = kFields[i];
      std::string hint = "the ";
      hint += field.name;
      hint +=
          " is a number from " + std::to_string(field.low) + " to " + std::to_string(field.high);
      hint += ", *, a range, or a step such as ";
      hint += i < 2 ? "*/5" : "*/2";
      return hint;
    }
  }
  return {};
}

}  // namespace sp::datafile
