// Recursive: WITH RECURSIVE. The first query fills the working table; the stages of the second one
// run until they yield nothing, each round over the rows of the round before (semi-naive
// evaluation).
//   working = result = first();  while (working) { working = second(working); result += working }

#include "compiler/codegen/query_compiler.h"

namespace sp::codegen {

void produce_recursive(QueryCompiler& c, const plan::Node& node, const Consumer& consumer) {
  std::vector<RowColumn> columns;
  RecursionStage recursion;
  recursion.working = c.materialise(*node.inputs[0], columns);
  recursion.result = c.new_row_set();
  recursion.most_rounds = node.most_rounds;
  recursion.name = node.table_name;
  recursion.first_local = static_cast<uint32_t>(c.program.locals.size());
  c.add_stage(recursion);
  const size_t place = c.program.stages.size() - 1;
  c.working_tables[node.recursion] = recursion.working;
  recursion.produced = c.materialise(*node.inputs[1], columns);
  c.working_tables.erase(node.recursion);
  recursion.end_local = static_cast<uint32_t>(c.program.locals.size());
  recursion.body = static_cast<uint32_t>(c.program.stages.size() - 1 - place);
  c.program.stages[place] = recursion;
  uint32_t size = 0;
  c.produce_rows(recursion.result, QueryCompiler::row_columns(node.output, 0, size), consumer,
                 "recursion");
}

void produce_working_table(QueryCompiler& c, const plan::Node& node, const Consumer& consumer) {
  const auto rows = c.working_tables.find(node.recursion);
  if (rows == c.working_tables.end()) {
    return c.unsupported("A recursive query inside a subquery of itself that is a value",
                         node.span);
  }
  uint32_t size = 0;
  c.produce_rows(rows->second, QueryCompiler::row_columns(node.output, 0, size), consumer,
                 "working table");
}

}  // namespace sp::codegen
