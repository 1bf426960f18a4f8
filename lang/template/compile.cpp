// Compiling: pieces to statements, and names to slots, functions and parameter declarations.

#include <algorithm>
#include <map>

#include "lang/template/block.h"
#include "lang/template/function.h"
#include "lang/template/parameter.h"
#include "lang/template/parse_expr.h"
#include "lang/template/scan.h"

namespace sp::tmpl {
namespace {

constexpr size_t kMaxBlockDepth = 100;

class Compiler {
 public:
  Compiler(std::string_view text, uint32_t offset) : text_(text), offset_(offset) {}

  Result<CompiledTemplate> run() {
    SP_TRY(const std::vector<Piece> pieces, scan(text_, offset_));
    open_.push_back({&out_.block, nullptr, StatementKind::kEnd, {}});
    for (const Piece& piece : pieces) SP_TRY_VOID(add(piece));
    if (open_.size() > 1) {
      return fail(ErrorCode::kTemplateError, "Block is not closed", open_.back().span,
                  "add {% end %}");
    }
    out_.slots = out_.slot_names.size();
    resolve(out_.block);
    return std::move(out_);
  }

 private:
  // A block that is being filled. Nodes are addressed by the block that holds them, which does not
  // move while its last node is open.
  struct Open {
    Block* block;
    Node* node;  // the statement it belongs to; null for the whole template
    StatementKind kind;
    Span span;
  };

  std::string_view slice(Span span) const {
    return text_.substr(span.begin - offset_, span.end - span.begin);
  }

  Result<void> add(const Piece& piece) {
    if (++elements_ > kMaxElements) {
      return fail(ErrorCode::kTemplateError,
                  "Template has too many elements: more than " + std::to_string(kMaxElements),
                  piece.span);
    }
    switch (piece.kind) {
      case Piece::Kind::kText:
      case Piece::Kind::kEscape: add_text(piece); return {};
      case Piece::Kind::kOutput: return add_output(piece.body, piece.span);
      case Piece::Kind::kStatement: return add_statement(piece);
    }
    return {};
  }

  void add_text(const Piece& piece) {
    Node node;
    node.kind = NodeKind::kText;
    node.span = piece.body;
    node.text = std::string(slice(piece.body));
    node.plain = node.text.find_first_of("'\"`#-/*") == std::string::npos;
    open_.back().block->push_back(std::move(node));
  }

  Result<void> add_output(Span body, Span span) {
    SP_TRY(ExprPtr expression, parse_expression(slice(body), body.begin, elements_));
    return add_output_of(std::move(expression), slice(body), span);
  }

  Result<void> add_output_of(ExprPtr expression, std::string_view source, Span span) {
    Node node;
    node.kind = NodeKind::kOutput;
    node.span = span;
    node.expression = std::move(expression);
    node.identity =
        identities_.try_emplace(without_blanks(source), static_cast<uint32_t>(identities_.size()))
            .first->second;
    open_.back().block->push_back(std::move(node));
    return {};
  }

  static std::string without_blanks(std::string_view source) {
    std::string out;
    char quote = 0;
    for (const char c : source) {
      if (quote == 0 && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) continue;
      if (c == '\'' || c == '"') quote = quote == 0 ? c : quote == c ? char{0} : quote;
      out += c;
    }
    return out;
  }

  int slot_of(const std::string& name) {
    const auto [found, added] = slots_.try_emplace(name, static_cast<int>(out_.slot_names.size()));
    if (added) out_.slot_names.push_back(name);
    return found->second;
  }

  Result<void> add_statement(const Piece& piece) {
    SP_TRY(StatementText statement,
           parse_statement(slice(piece.body), piece.body.begin, elements_));
    switch (statement.kind) {
      case StatementKind::kComment: return {};
      case StatementKind::kRaw:
        return add_output_of(std::move(statement.expression), slice(piece.body), piece.span);
      case StatementKind::kSet: return add_set(std::move(statement), piece);
      case StatementKind::kBreak:
      case StatementKind::kContinue: return add_jump(statement.kind, piece);
      case StatementKind::kEnd:
        if (open_.size() == 1)
          return fail(ErrorCode::kTemplateError, "{% end %} closes nothing", piece.span,
                      "remove it");
        open_.pop_back();
        return {};
      case StatementKind::kElif:
      case StatementKind::kElse:
      case StatementKind::kExcept:
      case StatementKind::kFinally: return add_arm(std::move(statement), piece);
      default: return open_block(std::move(statement), piece);
    }
  }

  Result<void> add_set(StatementText statement, const Piece& piece) {
    Node node;
    node.kind = NodeKind::kSet;
    node.span = piece.span;
    node.expression = std::move(statement.expression);
    for (const std::string& target : statement.targets) node.slots.push_back(slot_of(target));
    open_.back().block->push_back(std::move(node));
    return {};
  }

  Result<void> add_jump(StatementKind kind, const Piece& piece) {
    const bool inside = std::any_of(open_.begin(), open_.end(), [](const Open& open) {
      return open.kind == StatementKind::kFor || open.kind == StatementKind::kWhile;
    });
    const bool is_break = kind == StatementKind::kBreak;
    if (!inside) {
      return fail(ErrorCode::kTemplateError,
                  std::string(is_break ? "break" : "continue") + " stands outside of a loop",
                  piece.span, "it belongs between {% for %} or {% while %} and its {% end %}");
    }
    Node node;
    node.kind = is_break ? NodeKind::kBreak : NodeKind::kContinue;
    node.span = piece.span;
    open_.back().block->push_back(std::move(node));
    return {};
  }

  Result<void> open_block(StatementText statement, const Piece& piece) {
    if (open_.size() > kMaxBlockDepth) {
      return fail(ErrorCode::kTemplateError,
                  "Blocks are nested too deeply: more than " + std::to_string(kMaxBlockDepth),
                  piece.span, "split the node, or decide with one condition: a and b");
    }
    Node node;
    node.span = piece.span;
    node.arms.emplace_back();
    switch (statement.kind) {
      case StatementKind::kIf:
        node.kind = NodeKind::kIf;
        node.arms[0].condition = std::move(statement.expression);
        break;
      case StatementKind::kWhile:
        node.kind = NodeKind::kWhile;
        node.arms[0].condition = std::move(statement.expression);
        break;
      case StatementKind::kFor:
        node.kind = NodeKind::kFor;
        node.expression = std::move(statement.expression);
        for (const std::string& target : statement.targets) node.slots.push_back(slot_of(target));
        break;
      default: node.kind = NodeKind::kTry; node.arms.resize(4);
    }
    Block* block = open_.back().block;
    block->push_back(std::move(node));
    open_.push_back({&block->back().arms[0].body, &block->back(), statement.kind, piece.span});
    return {};
  }

  Result<void> add_arm(StatementText statement, const Piece& piece) {
    Open& open = open_.back();
    const StatementKind kind = statement.kind;
    const bool is_try = open.kind == StatementKind::kTry;
    const bool good = kind == StatementKind::kElif   ? open.kind == StatementKind::kIf
                      : kind == StatementKind::kElse ? open.node != nullptr
                                                     : is_try;
    if (!good) {
      const std::string_view word = kind == StatementKind::kElif     ? "elif"
                                    : kind == StatementKind::kElse   ? "else"
                                    : kind == StatementKind::kExcept ? "except"
                                                                     : "finally";
      return fail(ErrorCode::kTemplateError,
                  "{% " + std::string(word) + " %} stands outside of its block", piece.span,
                  is_try || word == "except" || word == "finally"
                      ? "it belongs between {% try %} and {% end %}"
                      : "it belongs between {% if %} and {% end %}");
    }
    if (is_try) {
      open.block =
          &open.node->arms[kind == StatementKind::kExcept ? 1
                           : kind == StatementKind::kElse ? 2
                                                          : 3]
               .body;
      return {};
    }
    if (open.node->arms.size() > 1 && open.node->arms.back().condition == nullptr) {
      return fail(ErrorCode::kTemplateError, "{% else %} stands already above", piece.span,
                  "an if has one else, at its end");
    }
    open.node->arms.emplace_back();
    open.node->arms.back().condition = std::move(statement.expression);
    open.block = &open.node->arms.back().body;
    return {};
  }

  // --- names ---
  void resolve(Block& block) {
    for (Node& node : block) {
      if (node.expression != nullptr) resolve(*node.expression);
      for (Arm& arm : node.arms) {
        if (arm.condition != nullptr) resolve(*arm.condition);
        resolve(arm.body);
      }
    }
  }

  void resolve(Expr& expr) {
    for (ExprPtr& operand : expr.operands) {
      if (operand != nullptr) resolve(*operand);
    }
    for (Keyword& keyword : expr.keywords) resolve(*keyword.value);
    if (expr.kind == ExprKind::kName) {
      const auto found = slots_.find(expr.name);
      if (found != slots_.end()) expr.slot = found->second;
    } else if (expr.kind == ExprKind::kCall) {
      expr.function = find_function(expr.name);
      if (!expr.operands.empty()) expr.declaration = declare(expr);
    }
  }

  std::string_view text_;
  uint32_t offset_;
  CompiledTemplate out_;
  std::vector<Open> open_;
  size_t elements_ = 0;  // tags, texts between them, and parts of expressions
  std::map<std::string, int> slots_;
  std::map<std::string, uint32_t> identities_;
};

}  // namespace

Result<CompiledTemplate> compile_text(std::string_view text, uint32_t offset) {
  return Compiler(text, offset).run();
}

}  // namespace sp::tmpl
