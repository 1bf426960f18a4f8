// The engines that a data source may name, and which options belong to which.

#include "lang/datafile/engine.h"

#include <algorithm>
#include <cctype>

namespace sp::datafile {
namespace {

struct EngineRule {
  std::string_view name;
  bool sorted;     // needs ENGINE_SORTING_KEY
  bool connector;  // only reads another system: cannot act here
};

constexpr EngineRule kEngines[] = {
    {"MergeTree", true, false},
    {"AggregatingMergeTree", true, false},
    {"ReplacingMergeTree", true, false},
    {"SummingMergeTree", true, false},
    {"CollapsingMergeTree", true, false},
    {"VersionedCollapsingMergeTree", true, false},
    {"Null", false, false},
    {"Join", false, false},
    {"Kafka", false, true},
    {"PostgreSQL", false, true},
    {"MySQL", false, true},
    {"S3", false, true},
};

struct OptionRule {
  std::string_view option;
  std::string_view engines;  // those that understand it
};

constexpr OptionRule kOptions[] = {
    {"ENGINE_VER", "ReplacingMergeTree, VersionedCollapsingMergeTree"},
    {"ENGINE_IS_DELETED", "ReplacingMergeTree"},
    {"ENGINE_SIGN", "CollapsingMergeTree, VersionedCollapsingMergeTree"},
    {"ENGINE_VERSION", "VersionedCollapsingMergeTree, ReplacingMergeTree"},
    {"ENGINE_SUMMING_COLUMNS", "SummingMergeTree"},
};

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

}  // namespace

std::string read_engine(const Directive& directive, Findings& findings) {
  std::string_view value = directive.value;
  if (const size_t bracket = value.find('(');
      bracket != std::string_view::npos && value.ends_with(")")) {
    if (value.size() > bracket + 2) {
      findings.error("ENGINE takes no arguments: " + directive.value, directive.value_span,
                     "write them as ENGINE_VER, ENGINE_SIGN, ENGINE_SORTING_KEY, ...");
    }
    value = value.substr(0, bracket);
  }
  const std::string wanted = lower(value);
  for (const EngineRule& rule : kEngines) {
    if (lower(rule.name) == wanted) {
      if (rule.connector) {
        findings.warn_once("Kept, but an engine that reads another system does not run here: " +
                               std::string(rule.name),
                           directive.value_span);
      }
      return std::string(rule.name);
    }
  }
  std::vector<std::string_view> names;
  for (const EngineRule& rule : kEngines) {
    if (!rule.connector) names.push_back(rule.name);
  }
  findings.unknown_value("ENGINE", directive.value,
                         directive.value.empty() ? directive.name_span : directive.value_span,
                         names);
  return "MergeTree";
}

bool engine_needs_sorting_key(std::string_view engine) {
  for (const EngineRule& rule : kEngines) {
    if (rule.name == engine) return rule.sorted;
  }
  return false;
}

bool option_of_other_engine(std::string_view name, std::string_view engine, std::string* needed) {
  for (const OptionRule& rule : kOptions) {
    if (rule.option != name) continue;
    const std::string padded = ", " + std::string(rule.engines) + ",";
    if (padded.find(", " + std::string(engine) + ",") != std::string::npos) return false;
    *needed = rule.engines;
    return true;
  }
  return false;
}

void check_engine_settings(const Directive& directive, Findings& findings) {
  for (const std::string& setting : read_list(directive.value)) {
    const size_t equals = setting.find('=');
    std::string_view name = std::string_view(setting).substr(0, equals);
    while (name.ends_with(' ')) name.remove_suffix(1);
    const bool has_value = equals != std::string::npos &&
                           setting.find_first_not_of(' ', equals + 1) != std::string::npos;
    if (is_identifier(name) && has_value) continue;
    findings.error("ENGINE_SETTINGS are not of the form name=value: " + setting,
                   directive.value_span, "for example: ENGINE_SETTINGS \"index_granularity=256\"");
  }
}

}  // namespace sp::datafile
