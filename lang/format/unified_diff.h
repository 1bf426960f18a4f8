#pragma once
// Differences of two texts as a unified diff, for `sandpiper fmt --diff` and failing tests.

#include <string>
#include <string_view>

namespace sp::format {

/// The diff of two texts with three lines of context, headed by the names of both; "" if they are
/// equal.
std::string unified_diff(std::string_view before, std::string_view after,
                         const std::string& before_name, const std::string& after_name);

}  // namespace sp::format
