#pragma once
// Rendering: runs a compiled template's statements for one request.

#include "lang/template/block.h"
#include "lang/template/template.h"

namespace sp::tmpl {

/// Runs the statements; errors have spans in the file.
Result<RenderedSql> render(const CompiledTemplate& compiled, const TemplateContext& context,
                           uint32_t first_hole, size_t expected_bytes);

/// Adds the parameters that the template uses to the pipe's signature.
void collect(const CompiledTemplate& compiled, Signature& signature);

/// Parameter sets that reach every branch: linear in the number of branches.
std::vector<RequestParams> probe_sets(const CompiledTemplate& compiled);

/// Finds what fails in any branch, and which names are used.
void inspect(const CompiledTemplate& compiled, TemplateFindings& findings);

}  // namespace sp::tmpl
