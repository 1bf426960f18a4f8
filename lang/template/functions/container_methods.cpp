// Methods of dicts and lists. append() and extend() change the variable they are called on, and
// nothing else: lists are values here, so no list can come to contain itself.

#include "lang/template/evaluate.h"
#include "lang/template/function.h"
#include "lang/template/operators.h"

namespace sp::tmpl {
namespace {

bool get(Evaluator& evaluator, const Expr& call, Value& receiver, Value& out) {
  if (!evaluator.expect_count(call, 1, 2)) return false;
  const std::shared_ptr<DictData> dict = receiver.dict;
  Value key;
  if (!evaluator.evaluate(*call.operands[1], key)) return false;
  for (const auto& [name, value] : dict->items) {
    bool same = false;
    if (!equals(evaluator, name, key, call.span, same)) return false;
    if (same) {
      out = value;
      return true;
    }
  }
  const Expr* fallback =
      call.operands.size() > 2 ? call.operands[2].get() : call.keyword("default");
  out = Value::none();
  return fallback == nullptr || evaluator.evaluate(*fallback, out);
}

enum class Part { kKeys, kValues, kItems };

template <Part P>
bool parts(Evaluator& evaluator, const Expr& call, Value& receiver, Value& out) {
  if (!evaluator.expect_count(call, 0, 0) ||
      !evaluator.spend(receiver.dict->items.size(), call.span))
    return false;
  std::vector<Value> items;
  for (const auto& [key, value] : receiver.dict->items) {
    if constexpr (P == Part::kKeys) items.push_back(key);
    if constexpr (P == Part::kValues) items.push_back(value);
    if constexpr (P == Part::kItems)
      items.push_back(Value::make_list({key, value}, ValueKind::kTuple));
  }
  out = Value::make_list(std::move(items));
  return out.depth() <= kMaxValueDepth || evaluator.fail(call.span, "Value is nested too deeply",
                                                         "lists and dicts nest at most 64 levels");
}

bool grow(Evaluator& evaluator, const Expr& call, Value& receiver, std::vector<Value> added) {
  if (receiver.kind != ValueKind::kList)
    return evaluator.fail(call.span, "Tuples do not change", "use a list: [...]");
  std::vector<Value> items =
      receiver.list.use_count() == 1 ? std::move(receiver.list->items) : receiver.list->items;
  uint64_t cost = added.size();
  if (receiver.list.use_count() > 1) cost += items.size();
  const uint32_t depth = receiver.list->depth;
  for (Value& value : added) items.push_back(std::move(value));
  if (!evaluator.spend(cost, call.span) || !evaluator.check_size(items.size(), call.span))
    return false;
  auto list = std::make_shared<ListData>();
  list->depth = depth;
  for (size_t i = items.size() - added.size(); i < items.size(); ++i)
    list->depth = std::max(list->depth, items[i].depth() + 1);
  list->items = std::move(items);
  receiver.list = std::move(list);
  receiver.sql_type = {};
  receiver.parameter = {};
  return receiver.depth() <= kMaxValueDepth ||
         evaluator.fail(call.span, "Value is nested too deeply",
                        "lists and dicts nest at most 64 levels");
}

bool append(Evaluator& evaluator, const Expr& call, Value& receiver, Value& out) {
  std::vector<Value> added(1);
  if (!evaluator.expect_count(call, 1, 1) || !evaluator.evaluate(*call.operands[1], added[0]))
    return false;
  out = Value::nothing();
  return grow(evaluator, call, receiver, std::move(added));
}

bool extend(Evaluator& evaluator, const Expr& call, Value& receiver, Value& out) {
  Value list;
  if (!evaluator.expect_count(call, 1, 1) || !evaluator.evaluate(*call.operands[1], list))
    return false;
  if (!list.is_sequence())
    return evaluator.fail(call.span, "extend() needs a list, not " + std::string(list.type_name()),
                          "append() adds one element");
  out = Value::nothing();
  return grow(evaluator, call, receiver, list.list->items);
}

template <bool Count>
bool look_for(Evaluator& evaluator, const Expr& call, Value& receiver, Value& out) {
  if (!evaluator.expect_count(call, 1, 1)) return false;
  const std::shared_ptr<ListData> list = receiver.list;
  Value wanted;
  if (!evaluator.evaluate(*call.operands[1], wanted)) return false;
  __int128 count = 0;
  for (size_t i = 0; i < list->items.size(); ++i) {
    bool same = false;
    if (!equals(evaluator, list->items[i], wanted, call.span, same)) return false;
    if (same && !Count) {
      out = Value::number(static_cast<__int128>(i));
      return true;
    }
    count += same ? 1 : 0;
  }
  if (!Count)
    return evaluator.fail(call.span, "Value is not in the list: " + to_text(wanted).substr(0, 100),
                          "test it first: x in list");
  out = Value::number(count);
  return true;
}

constexpr MethodRule kMethods[] = {
    {"get", ValueKind::kDict, "The value of `key`, or the default, or None.", &get},
    {"keys", ValueKind::kDict, "The keys.", &parts<Part::kKeys>},
    {"values", ValueKind::kDict, "The values.", &parts<Part::kValues>},
    {"items", ValueKind::kDict, "Pairs (key, value).", &parts<Part::kItems>},
    {"append", ValueKind::kList, "Adds `value` to the list.", &append},
    {"extend", ValueKind::kList, "Adds all elements of another list.", &extend},
    {"index", ValueKind::kList, "Where `value` stands.", &look_for<false>},
    {"count", ValueKind::kList, "How often `value` occurs.", &look_for<true>},
};

}  // namespace

std::span<const MethodRule> container_methods() { return kMethods; }

}  // namespace sp::tmpl
