#pragma once
// What a condition tells about which parameters were sent. Used by signature.cpp.

#include <set>
#include <string>

#include "lang/template/expr.h"

namespace sp::tmpl {

using Names = std::set<std::string>;

/// The names that were surely sent if the condition came out as `outcome`.
Names surely_sent(const Expr& condition, bool outcome);

}  // namespace sp::tmpl
