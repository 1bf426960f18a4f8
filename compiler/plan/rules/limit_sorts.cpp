// Top n: a sort under LIMIT is told how many rows are wanted, so that it keeps a heap of them. The
// limit stays above it and takes the offset off.

#include "compiler/plan/rules/rules.h"
#include "compiler/plan/tree.h"

namespace sp::plan::rules {

void limit_sorts(Plan& plan) {
  for_each_root(plan, [](NodePtr& root) {
    for_each_node(root, [](NodePtr& node) {
      if (node->kind != Node::Kind::kLimit || !node->limit || node->with_ties ||
          !node->keys.empty())
        return;
      if (node->limit_amount != Node::Amount::kRows || node->offset_amount != Node::Amount::kRows)
        return;
      Node* input = node->inputs[0].get();
      // A projection in between changes neither order nor number of rows.
      while (input->kind == Node::Kind::kProject) input = input->inputs[0].get();
      if (input->kind != Node::Kind::kSort || input->limit) return;
      input->limit = node->limit;
      input->offset = node->offset;
    });
  });
}

}  // namespace sp::plan::rules
