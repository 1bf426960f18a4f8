#pragma once
// One line's worth of elements: how each token is spelled, and where blanks stand between two of
// them.

#include "lang/format/element.h"

namespace sp::format {

/// An element's text with the case of its keyword set: SELECT, NULL, but true, cast(x AS ...) as
/// written.
std::string spelled(const ElementList& elements, uint32_t i);

/// True if a blank stands between two elements that follow one another in a line.
bool blank_between(const ElementList& elements, uint32_t left, uint32_t right);

/// True for + and - (and others) that have an operand on both sides.
bool is_binary_operator(const ElementList& elements, uint32_t i);

/// Joins a range of elements into one line; comments are left out.
std::string one_line(const ElementList& elements, uint32_t begin, uint32_t end);

}  // namespace sp::format
