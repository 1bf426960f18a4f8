// Filter: WHERE, HAVING, QUALIFY.
//   if (predicate) { row }

#include "compiler/codegen/query_compiler.h"

namespace sp::codegen {

void produce_filter(QueryCompiler& c, const plan::Node& node, const Consumer& consumer) {
  if (node.inputs[0]->kind == plan::Node::Kind::kScan)
    return produce_filtered_scan(c, *node.inputs[0], node.predicate, consumer);
  Consumer passing = consumer;
  passing.row = [&c, &node, consumer] { c.e.where(*node.predicate, consumer.row); };
  c.produce(*node.inputs[0], passing);
}

}  // namespace sp::codegen
