// Order and text of problems.

#include "server/workspace/problem.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>

namespace sp {

void sort_problems(std::vector<Problem>& problems) {
  std::stable_sort(problems.begin(), problems.end(), [](const Problem& a, const Problem& b) {
    const auto key = [](const Problem& p) {
      const bool located = p.error.location.has_value();
      return std::tuple<const std::string&, uint32_t, uint32_t, Problem::Severity>(
          located ? p.error.location->file : p.file, located ? p.error.location->line : 0,
          located ? p.error.location->column : 0, p.severity);
    };
    return key(a) < key(b);
  });
}

std::string problem_to_json(const Problem& problem) {
  const Error& error = problem.error;
  nlohmann::ordered_json json;
  json["file"] = error.location ? error.location->file : problem.file;
  json["line"] = error.location ? error.location->line : 1;
  json["column"] = error.location ? error.location->column : 1;
  json["severity"] = problem.severity == Problem::Severity::kError ? "error" : "warning";
  json["code"] = std::string(error_code_name(error.code));
  json["message"] = error.message;
  json["hint"] = error.hint;
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string problem_to_text(const Problem& problem) {
  const std::string text = problem.error.render();
  const std::string severity =
      problem.severity == Problem::Severity::kError ? "error: " : "warning: ";
  // The severity stands after the place, where compilers put it.
  const size_t message = problem.error.location ? text.find(problem.error.message) : 0;
  if (!problem.error.location) return problem.file + ": " + severity + text;
  return text.substr(0, message) + severity + text.substr(message);
}

}  // namespace sp
