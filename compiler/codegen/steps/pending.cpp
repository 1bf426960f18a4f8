#include "compiler/codegen/query_compiler.h"
namespace sp::codegen {
void produce_join(QueryCompiler& c, const plan::Node& node, const Consumer&) { c.unsupported("JOIN", node.span); }
void produce_window(QueryCompiler& c, const plan::Node& node, const Consumer&) { c.unsupported("OVER", node.span); }
void produce_fill(QueryCompiler& c, const plan::Node& node, const Consumer&) { c.unsupported("WITH FILL", node.span); }
}  // namespace sp::codegen
