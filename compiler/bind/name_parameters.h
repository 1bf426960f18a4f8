#pragma once
// name_parameters: {name:Identifier} in a tree becomes the name that its parameter gives, before
// anything is bound, so that the binder meets plain names only.

#include <functional>
#include <string>

#include "lang/sql/ast.h"
#include "runtime/core/error.h"

namespace sp::binding {

/// Says whether a query names something by a parameter.
bool has_name_parameters(const sql::Query& query);

/// Puts the names in their places. `text_of` gives the text of a parameter; its first error stops
/// the walk and is returned.
Result<void> fill_name_parameters(
    sql::Query& query,
    const std::function<Result<std::string>(const sql::NameParameter&)>& text_of);

}  // namespace sp::binding
