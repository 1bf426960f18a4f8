#pragma once
// Block: a compiled template's statements as an immutable tree. Made by compile.cpp, run by
// render.cpp, read by signature.cpp and probes.cpp.

#include <string>
#include <vector>

#include "lang/template/expr.h"
#include "runtime/core/error.h"

namespace sp::tmpl {

enum class NodeKind : uint8_t { kText, kOutput, kIf, kFor, kWhile, kSet, kTry, kBreak, kContinue };

struct Node;
using Block = std::vector<Node>;

/// One arm of a statement: an if's condition and body, a loop's body, try's and except's bodies.
struct Arm {
  ExprPtr condition;  // null: else, loop bodies, try
  Block body;
};

struct Node {
  NodeKind kind = NodeKind::kText;
  Span span;              // in the file
  std::string text;       // kText
  bool plain = false;     // kText: no quote, comment or bracket that the SQL lexer would care about
  ExprPtr expression;     // kOutput, kFor (iterable), kSet (value)
  uint32_t identity = 0;  // kOutput: equal for equal expressions
  std::vector<int> slots;  // kFor, kSet: targets
  std::vector<Arm>
      arms;  // kIf: in order; kFor, kWhile: the body, then else; kTry: body, except, else, finally
};

struct CompiledTemplate {
  Block block;
  size_t slots = 0;
  std::vector<std::string> slot_names;
};

/// Compiles a text into its tree. Errors: TEMPLATE_ERROR with a span in the file.
Result<CompiledTemplate> compile_text(std::string_view text, uint32_t offset);

}  // namespace sp::tmpl
