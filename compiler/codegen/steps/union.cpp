// Union: the consumer's code stands in every input's pipeline; all feed the same sink. INTERSECT
// and EXCEPT: the right side's rows become a table of keys, the left side's are looked up in it.

#include "compiler/codegen/key_functions.h"
#include "compiler/codegen/query_compiler.h"
#include "compiler/codegen/steps/key_table.h"

namespace sp::codegen {

namespace {

// The columns of one input under the names and types of the whole.
void name_outputs(QueryCompiler& c, const plan::Node& node, const plan::Node& input) {
  for (size_t i = 0; i < node.output.size(); ++i) {
    const plan::ColumnId from = input.output[i].id;
    const Type type = node.output[i].type;
    if (from == node.output[i].id) continue;
    c.e.define(node.output[i].id, {.load = [&c, from, type] {
                 SqlValue value = c.e.column(from);
                 value.type = type;
                 return value;
               }});
  }
}

}  // namespace

void produce_union(QueryCompiler& c, const plan::Node& node, const Consumer& consumer) {
  for (const auto& input : node.inputs) {
    Consumer renamed = consumer;
    const plan::Node* const source = input.get();
    renamed.row = [&c, &node, source, consumer] {
      name_outputs(c, node, *source);
      consumer.row();
    };
    c.produce(*input, renamed);
  }
}

// for each right row: insert(keys)      for each left row: if (lookup(keys) == wanted) row
void produce_set_operation(QueryCompiler& c, const plan::Node& node, const Consumer& consumer) {
  std::vector<Type> types;
  for (const auto& column : node.output) types.push_back(column.type);
  const KeyLayout layout = key_layout(types);
  const auto keys_of = [&c](const plan::Node& side, const KeyLayout& keys) {
    std::vector<SqlValue> values;
    for (size_t i = 0; i < side.output.size(); ++i) {
      values.push_back(c.e.column(side.output[i].id));
      values.back().type = keys.types[i];
    }
    return values;
  };
  const plan::Node& right = *node.inputs[1];
  const plan::Node& left = *node.inputs[0];
  const uint32_t object = build_key_table(
      c, layout, [&](const Consumer& sink) { c.produce(right, sink); },
      [&right, layout, keys_of] { return keys_of(right, layout); });
  const bool wanted = node.kind == plan::Node::Kind::kIntersect;
  Consumer kept = consumer;
  kept.row = [&c, &node, &left, layout, object, wanted, consumer, keys_of] {
    llvm::Value* found = lookup_key(c, layout, object, keys_of(left, layout));
    c.e.branch(
        wanted ? found : c.gen.b.CreateNot(found),
        [&] {
          name_outputs(c, node, left);
          consumer.row();
        },
        {}, "kept");
  };
  c.produce(left, kept);
}

}  // namespace sp::codegen
