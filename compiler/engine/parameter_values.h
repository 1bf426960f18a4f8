#pragma once
// fill_parameters(): the values of a request's holes and of the text's literals into a run's
// parameter row. Values never become SQL text: they are parsed by their types, here.

#include <vector>

#include "compiler/bind/bind.h"
#include "compiler/engine/execution.h"
#include "lang/template/template.h"

namespace sp {

/// Errors: BAD_QUERY_PARAMETER (457) for a value that its type does not take.
Result<void> fill_parameters(const plan::Plan& plan, const std::vector<HoleValue>& holes,
                             const std::vector<const sql::Expr*>& literals, Execution& execution);

}  // namespace sp
