// UNION, INTERSECT and EXCEPT: columns by position, cast to their common types, named by the first
// query.

#include "compiler/bind/binder.h"

namespace sp::binding {

namespace {

// a UNION ALL b UNION ALL c is one union of three.
void flatten(const sql::Query& query, sql::Query::Kind kind, std::vector<const sql::Query*>& out) {
  if (query.kind != kind) {
    out.push_back(&query);
    return;
  }
  flatten(*query.left, kind, out);
  flatten(*query.right, kind, out);
}

// row_number() OVER (PARTITION BY all columns), after them.
NodePtr number_equal_rows(Binder& binder, NodePtr input, Span span) {
  plan::WindowFunction number;
  number.kind = plan::WindowFunction::Kind::kRowNumber;
  number.unit = sql::WindowFrame::Unit::kRows;
  number.end.kind = sql::FrameBound::Kind::kUnboundedFollowing;
  number.output = binder.new_column();
  number.type = Type::of(TypeKind::kUInt64);
  number.name = "row_number";
  NodePtr window = make_node(Node::Kind::kWindow, std::move(input), span);
  for (const plan::OutputColumn& column : window->output) {
    window->partition_by.push_back(make_column(column.id, column.name, column.type));
  }
  window->output.push_back({number.output, "number", number.type});
  window->window_functions.push_back(std::move(number));
  return window;
}

const char* kind_name(sql::Query::Kind kind) {
  switch (kind) {
    case sql::Query::Kind::kUnionAll: return "UNION ALL";
    case sql::Query::Kind::kUnionDistinct: return "UNION DISTINCT";
    case sql::Query::Kind::kIntersect:
    case sql::Query::Kind::kIntersectDistinct: return "INTERSECT";
    default: return "EXCEPT";
  }
}

}  // namespace

Result<NodePtr> Binder::bind_set_operation(const sql::Query& query,
                                           const Environment& environment) {
  using Kind = sql::Query::Kind;
  std::vector<const sql::Query*> queries;
  const bool is_union = query.kind == Kind::kUnionAll || query.kind == Kind::kUnionDistinct;
  if (is_union)
    flatten(query, query.kind, queries);
  else
    queries = {query.left.get(), query.right.get()};

  std::vector<NodePtr> inputs;
  for (const sql::Query* part : queries) {
    SP_TRY(NodePtr input, bind_query(*part, environment));
    if (!inputs.empty() && input->output.size() != inputs[0]->output.size()) {
      return fail(ErrorCode::kUnionAllResultStructuresMismatch,
                  std::string("Different number of columns in ") + kind_name(query.kind) +
                      " elements: " + std::to_string(inputs[0]->output.size()) + " and " +
                      std::to_string(input->output.size()),
                  part->span);
    }
    inputs.push_back(std::move(input));
  }
  std::vector<Type> types;
  for (size_t i = 0; i < inputs[0]->output.size(); ++i) {
    std::vector<Type> column;
    bool same = true;
    for (const NodePtr& input : inputs) {
      column.push_back(input->output[i].type);
      same = same && column.back() == column.front();
    }
    if (same) {
      types.push_back(column.front());
      continue;
    }
    auto common = least_supertype(column);
    if (!common) {
      Error error = at(std::move(common).error(), query.span);
      error.notes.push_back("column " + std::to_string(i + 1) + " (" + inputs[0]->output[i].name +
                            ") of " + kind_name(query.kind));
      return error;
    }
    types.push_back(*common);
  }
  NodePtr node =
      make_node(is_union ? Node::Kind::kUnion
                : query.kind == Kind::kIntersect || query.kind == Kind::kIntersectDistinct
                    ? Node::Kind::kIntersect
                    : Node::Kind::kExcept,
                nullptr, query.span);
  for (size_t i = 0; i < types.size(); ++i) {
    node->output.push_back({new_column(), inputs[0]->output[i].name, types[i]});
  }
  const bool multiset = query.kind == Kind::kIntersect || query.kind == Kind::kExcept;
  for (NodePtr& input : inputs) {
    SP_TRY(NodePtr converted, cast_outputs(std::move(input), types, query.span));
    if (multiset) converted = number_equal_rows(*this, std::move(converted), query.span);
    node->inputs.push_back(std::move(converted));
  }
  if (multiset) {
    // Each right row takes one left row: the first of equal rows meets the first, the second the
    // second.
    NodePtr project = make_node(Node::Kind::kProject, nullptr, query.span);
    for (const plan::OutputColumn& column : node->output) {
      project->expressions.push_back(make_column(column.id, column.name, column.type));
      project->output.push_back({new_column(), column.name, column.type});
    }
    node->output.push_back({new_column(), "number", Type::of(TypeKind::kUInt64)});
    project->inputs.push_back(std::move(node));
    return project;
  }
  const bool distinct = query.kind == Kind::kUnionDistinct ||
                        query.kind == Kind::kIntersectDistinct ||
                        query.kind == Kind::kExceptDistinct;
  return distinct ? make_node(Node::Kind::kDistinct, std::move(node), query.span) : std::move(node);
}

}  // namespace sp::binding
