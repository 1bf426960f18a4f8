// Look-up of template functions and methods over the slices of the table.

#include "lang/template/function.h"

namespace sp::tmpl {
namespace {

std::vector<std::span<const FunctionRule>> slices() {
  return {parameter_functions(),  identifier_functions(), date_functions(),
          collection_functions(), flow_functions(),       setting_functions()};
}

}  // namespace

const FunctionRule* find_function(std::string_view name) {
  for (const auto slice : slices()) {
    for (const FunctionRule& rule : slice) {
      if (rule.name == name) return &rule;
    }
  }
  return nullptr;
}

std::vector<const FunctionRule*> all_functions() {
  std::vector<const FunctionRule*> out;
  for (const auto slice : slices()) {
    for (const FunctionRule& rule : slice) out.push_back(&rule);
  }
  return out;
}

const MethodRule* find_method(std::string_view name, ValueKind receiver) {
  if (receiver == ValueKind::kTuple) receiver = ValueKind::kList;
  for (const auto slice : {text_methods(), container_methods()}) {
    for (const MethodRule& rule : slice) {
      if (rule.name == name && rule.receiver == receiver) return &rule;
    }
  }
  return nullptr;
}

std::vector<std::string_view> method_names(ValueKind receiver) {
  if (receiver == ValueKind::kTuple) receiver = ValueKind::kList;
  std::vector<std::string_view> out;
  for (const auto slice : {text_methods(), container_methods()}) {
    for (const MethodRule& rule : slice) {
      if (rule.receiver == receiver) out.push_back(rule.name);
    }
  }
  return out;
}

}  // namespace sp::tmpl
