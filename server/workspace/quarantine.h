#pragma once
// How the table of a data source's bad rows is called.

#include <optional>
#include <string>
#include <string_view>

namespace sp {

inline constexpr std::string_view kQuarantineSuffix = "_quarantine";

/// The table that keeps the bad rows of `datasource`.
inline std::string quarantine_name(std::string_view datasource) {
  return std::string(datasource) + std::string(kQuarantineSuffix);
}

/// The data source whose bad rows `table` would keep; nullopt if it is not called like a
/// quarantine.
inline std::optional<std::string_view> quarantined(std::string_view table) {
  if (!table.ends_with(kQuarantineSuffix)) return std::nullopt;
  return table.substr(0, table.size() - kQuarantineSuffix.size());
}

}  // namespace sp
