// Project: names expressions; each is emitted where it is first used.
//   row { out = expression }

#include "compiler/codegen/query_compiler.h"

namespace sp::codegen {

void produce_project(QueryCompiler& c, const plan::Node& node, const Consumer& consumer) {
  Consumer named = consumer;
  named.row = [&c, &node, consumer] {
    for (size_t i = 0; i < node.expressions.size(); ++i) {
      const plan::ExpressionPtr& expression = node.expressions[i];
      const bool itself = expression->kind == plan::Expression::Kind::kColumn &&
                          expression->column == node.output[i].id;
      if (!itself) c.e.define(node.output[i].id, {.expression = expression});
    }
    consumer.row();
  };
  c.produce(*node.inputs[0], named);
}

}  // namespace sp::codegen
