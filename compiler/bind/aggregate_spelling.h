#pragma once
// Names of aggregates that the registry knows by other names, in any case and with combinators
// behind them: countDistinct is uniqExact, array_concat_agg is groupArrayArray. Between the names
// of a query and AggregateRegistry; the entry is respelled_aggregate.

#include <cctype>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sp::binding {

/// The registry's name of `name`, combinators kept; nothing if it is not one of these.
inline std::optional<std::string> respelled_aggregate(std::string_view name) {
  constexpr std::pair<std::string_view, std::string_view> kSpellings[] = {
      {"countdistinct", "uniqExact"}, {"array_concat_agg", "groupArrayArray"}};
  std::string lower(name);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const auto& [spelling, meaning] : kSpellings) {
    if (lower.starts_with(spelling))
      return std::string(meaning) + std::string(name.substr(spelling.size()));
  }
  return std::nullopt;
}

}  // namespace sp::binding
