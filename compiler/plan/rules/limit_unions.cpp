// LIMIT n over UNION ALL: no input need yield more than n rows.

#include "compiler/plan/rules/rules.h"
#include "compiler/plan/tree.h"

namespace sp::plan::rules {

void limit_unions(Plan& plan) {
  for_each_root(plan, [](NodePtr& root) {
    for_each_node(root, [](NodePtr& node) {
      if (node->kind != Node::Kind::kLimit || !node->limit || node->offset || node->with_ties ||
          !node->keys.empty())
        return;
      if (node->limit_amount != Node::Amount::kRows) return;
      Node* input = node->inputs[0].get();
      while (input->kind == Node::Kind::kProject) input = input->inputs[0].get();
      if (input->kind != Node::Kind::kUnion) return;
      for (NodePtr& part : input->inputs) {
        if (part->kind == Node::Kind::kLimit) continue;
        auto limit = std::make_unique<Node>();
        limit->kind = Node::Kind::kLimit;
        limit->span = node->span;
        limit->output = part->output;
        limit->limit = node->limit;
        limit->inputs.push_back(std::move(part));
        part = std::move(limit);
      }
    });
  });
}

}  // namespace sp::plan::rules
