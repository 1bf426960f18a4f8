// Execution of statements: text, output, if, for, while, set, try.

#include "lang/template/render.h"

#include "lang/template/evaluate.h"
#include "lang/template/sql_writer.h"

namespace sp::tmpl {
namespace {

class Runner {
 public:
  Runner(const CompiledTemplate& compiled, const TemplateContext& context, uint32_t first_hole,
         size_t expected_bytes)
      : compiled_(compiled),
        evaluator_(context, compiled.slots),
        writer_(first_hole, expected_bytes) {}

  Result<RenderedSql> run() {
    if (execute(compiled_.block) == Flow::kFailed) return evaluator_.take_error();
    return writer_.finish();
  }

 private:
  enum class Flow : uint8_t { kNext, kBreak, kContinue, kFailed };
  // What a turn of a loop costs beside what it does: as much time as evaluating that many nodes.
  static constexpr uint64_t kTurnSteps = 3;

  Flow execute(const Block& block) {
    for (const Node& node : block) {
      const Flow flow = execute(node);
      if (flow != Flow::kNext) return flow;
    }
    return Flow::kNext;
  }

  Flow execute(const Node& node) {
    if (!evaluator_.spend(1, node.span)) return Flow::kFailed;
    switch (node.kind) {
      case NodeKind::kText:
        writer_.text(node.text, node.span.begin, node.plain);
        return limit(node);
      case NodeKind::kOutput: {
        Value value;
        if (!evaluator_.evaluate(*node.expression, value)) return Flow::kFailed;
        if (!writer_.value(evaluator_, value, node.span, node.identity)) return Flow::kFailed;
        return limit(node);
      }
      case NodeKind::kIf: return execute_if(node);
      case NodeKind::kFor: return execute_for(node);
      case NodeKind::kWhile: return execute_while(node);
      case NodeKind::kSet: {
        Value value;
        if (!evaluator_.evaluate(*node.expression, value) || !assign(node, std::move(value)))
          return Flow::kFailed;
        return Flow::kNext;
      }
      case NodeKind::kTry: return execute_try(node);
      case NodeKind::kBreak: return Flow::kBreak;
      case NodeKind::kContinue: return Flow::kContinue;
    }
    return Flow::kNext;
  }

  Flow limit(const Node& node) {
    return evaluator_.check_size(writer_.size(), node.span) ? Flow::kNext : Flow::kFailed;
  }

  Flow execute_if(const Node& node) {
    for (const Arm& arm : node.arms) {
      if (arm.condition != nullptr) {
        Value condition;
        if (!evaluator_.evaluate(*arm.condition, condition)) return Flow::kFailed;
        if (!truthy(condition)) continue;
      }
      return execute(arm.body);
    }
    return Flow::kNext;
  }

  Flow execute_while(const Node& node) {
    while (true) {
      Value condition;
      if (!evaluator_.evaluate(*node.arms[0].condition, condition)) return Flow::kFailed;
      if (!truthy(condition)) break;
      if (!evaluator_.spend(kTurnSteps, node.arms[0].condition->span)) return Flow::kFailed;
      const Flow flow = execute(node.arms[0].body);
      if (flow == Flow::kFailed) return flow;
      if (flow == Flow::kBreak) return Flow::kNext;
    }
    return node.arms.size() > 1 ? execute(node.arms[1].body) : Flow::kNext;
  }

  Flow execute_for(const Node& node) {
    Value iterable;
    if (!evaluator_.evaluate(*node.expression, iterable)) return Flow::kFailed;
    // Lists never change once they are shared: this one stays as it is while the loop runs.
    if (!iterable.is_sequence()) {
      std::vector<Value> items;
      if (!elements(node, iterable, items)) return Flow::kFailed;
      iterable = Value::make_list(std::move(items));
    }
    const std::shared_ptr<const ListData> list = iterable.list;
    for (const Value& item : list->items) {
      if (!evaluator_.spend(kTurnSteps, node.span) || !assign(node, item)) return Flow::kFailed;
      const Flow flow = execute(node.arms[0].body);
      if (flow == Flow::kFailed) return flow;
      if (flow == Flow::kBreak) return Flow::kNext;
    }
    return node.arms.size() > 1 ? execute(node.arms[1].body) : Flow::kNext;
  }

  // What a loop over something that is no list sees.
  bool elements(const Node& node, const Value& iterable, std::vector<Value>& out) {
    const Span span = node.expression->span;
    if (iterable.kind == ValueKind::kUndefined) return evaluator_.missing(iterable, span);
    if (iterable.kind == ValueKind::kDict) {
      for (const auto& [key, value] : iterable.dict->items) out.push_back(key);
    } else if (iterable.kind == ValueKind::kString) {
      for (const char c : iterable.text) {
        if ((static_cast<unsigned char>(c) & 0xC0) == 0x80 && !out.empty()) {
          out.back().text += c;
        } else {
          out.push_back(Value::string(std::string(1, c)));
        }
      }
    } else {
      return evaluator_.fail(span,
                             "Value cannot be looped over: " + std::string(iterable.type_name()),
                             "loop over a list: Array(name), split_to_array(name), range(n)");
    }
    return evaluator_.spend(out.size(), span);
  }

  bool assign(const Node& node, Value value) {
    if (value.kind == ValueKind::kNothing) value = Value::none();
    if (node.slots.size() == 1) {
      evaluator_.set_slot(node.slots[0], std::move(value));
      return true;
    }
    if (!value.is_sequence() || value.list->items.size() != node.slots.size()) {
      return evaluator_.fail(
          node.expression->span,
          "Value does not unpack into " + std::to_string(node.slots.size()) + " names",
          "each element is a list of " + std::to_string(node.slots.size()) +
              ": enumerate(list), zip(a, b), dict.items()");
    }
    const std::shared_ptr<ListData> list = value.list;
    for (size_t i = 0; i < node.slots.size(); ++i)
      evaluator_.set_slot(node.slots[i], list->items[i]);
    return true;
  }

  Flow execute_try(const Node& node) {
    Flow flow = execute(node.arms[0].body);
    if (flow == Flow::kFailed && !evaluator_.exhausted()) {
      const Error caught = evaluator_.take_error();
      flow = execute(node.arms[1].body);
    } else if (flow == Flow::kNext) {
      flow = execute(node.arms[2].body);
    }
    if (flow == Flow::kFailed) return flow;
    const Flow last = execute(node.arms[3].body);
    return last == Flow::kNext ? flow : last;
  }

  const CompiledTemplate& compiled_;
  Evaluator evaluator_;
  SqlWriter writer_;
};

}  // namespace

Result<RenderedSql> render(const CompiledTemplate& compiled, const TemplateContext& context,
                           uint32_t first_hole, size_t expected_bytes) {
  return Runner(compiled, context, first_hole, expected_bytes).run();
}

}  // namespace sp::tmpl
