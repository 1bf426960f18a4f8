#pragma once
// Probing: renders a text once for every branch of its template and parses each result. The
// formatter learns from it which keywords are names, and proves with it that a layout changed
// nothing.

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lang/format/element.h"

namespace sp::format {

/// What became of a text: one outcome a branch (one in all for text without template).
struct Probes {
  /// "error CODE", or the canonical SQL, its column names and its holes' values.
  std::vector<std::string> outcomes;
  bool any_parsed = false;
  std::optional<Error> error;  ///< of the first branch that did not parse; span in the text
  std::set<uint32_t> names;    ///< where words stand that were read as names or types
  std::set<uint32_t>
      seen_keywords;  ///< where words stand that spell keywords, in branches that parsed
};

/// Fails if the template does not compile.
Result<Probes> probe(const SqlText& source);

/// Sets `is_keyword`: from the probes where a branch that parsed holds the word, else
/// (guess_role.cpp) from its neighbours, where they leave no doubt.
void assign_roles(const Probes& probes, ElementList& elements);
void guess_role(ElementList& elements, uint32_t i);

}  // namespace sp::format
