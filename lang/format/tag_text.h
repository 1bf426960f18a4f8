#pragma once
// The canonical spelling of one template tag: {{ Int32(limit, 10) }}, {% if defined(x) and y > 1
// %}. Only blanks change, and only between tokens. Entry: normal_tag().

#include <string>
#include <string_view>

namespace sp::format {

/// Spells a whole tag, braces included, on one line. Comments ({# #}, {% comment %}) keep their
/// text.
std::string normal_tag(std::string_view tag);

/// The word that a statement begins with: "if" of {% if x %}; "" for other tags.
std::string_view statement_word(std::string_view tag);

}  // namespace sp::format
