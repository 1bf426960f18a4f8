#include "compiler/codegen/query_compiler.h"
namespace sp::codegen {
void produce_fill(QueryCompiler& c, const plan::Node& node, const Consumer&) { c.unsupported("WITH FILL", node.span); }
}  // namespace sp::codegen
