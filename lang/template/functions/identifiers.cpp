// Functions that put identifiers into the SQL. The only way by which a request chooses names; each
// part is checked to be an identifier and written in backticks, and the binder checks it against
// the schema.

#include "lang/template/function.h"
#include "lang/template/parameter.h"

namespace sp::tmpl {
namespace {

using Kind = ParameterKind;
constexpr auto kRead = &evaluate_parameter;

constexpr FunctionRule kFunctions[] = {
    {"column", "The column that the parameter `name` names.",
     "ORDER BY {{column(order_by, 'timestamp')}}", kRead, Kind::kColumn, "String", ""},
    {"columns", "The columns that the parameter `name` lists, separated by commas.",
     "SELECT {{columns(fields, 'a,b')}}", kRead, Kind::kColumns, "String", ""},
    {"symbol", "The identifier that the parameter `name` holds.", "{{symbol(name)}}", kRead,
     Kind::kColumn, "String", ""},
    {"table", "The table that the parameter `name` names.", "FROM {{table(source, 'events')}}",
     kRead, Kind::kColumn, "String", ""},
};

}  // namespace

std::span<const FunctionRule> identifier_functions() { return kFunctions; }

}  // namespace sp::tmpl
