#pragma once
// The names of ClickHouse's types: families, aliases and their case rules, from its
// system.data_type_families. Read by parse_type.cpp.

#include <cstdint>
#include <string_view>
#include <vector>

#include "runtime/core/type.h"

namespace sp {

/// A name before the brackets of a type.
struct TypeFamily {
  std::string_view name;
  TypeKind kind;
  bool case_insensitive = false;
  uint32_t decimal_precision = 0;  ///< Decimal32 and relatives
};

/// Finds a family by its own name; nullptr if there is none.
const TypeFamily* find_type_family(std::string_view name);

/// An alias at the beginning of a text: what it stands for, and its characters. Length 0: none.
struct AliasMatch {
  std::string_view family;
  size_t length = 0;
};
/// Matches the longest alias, of one or more words, that `text` begins with.
AliasMatch match_type_alias(std::string_view text);

/// Whether ClickHouse has a type of this name that is not implemented here.
bool is_unsupported_type(std::string_view name);

/// All names and aliases, for suggestions.
std::vector<std::string_view> type_names();

}  // namespace sp
