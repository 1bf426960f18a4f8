#pragma once
// Elements to units: what must not be torn apart becomes one element, and brackets, CASE ... END
// and template blocks find their ends. Between read_elements() and the layout.

#include "lang/format/element.h"

namespace sp::format {

/// Joins elements whose blanks mean something: words that a template joins (`a_{% if x %}b{% end
/// %}`), and literals that are cast from their text (`[1,2]::Array(Int8)`, `- 1::Int8`).
ElementList join_inseparable(ElementList elements, std::string_view text);

/// Sets `partner` and `next_part`. A bracket whose other half stands in another branch stays alone;
/// a block whose end is hidden in a comment becomes a plain tag.
void pair_elements(ElementList& elements);

}  // namespace sp::format
