// How calls of aggregates stand in the types of their states: AggregateFunction(quantile(0.5), T).
// Reads names and parameters from that text and writes them; the entries are stored_call and
// spelled_call.

#ifndef SP_BITCODE
#include <fmt/format.h>

#include <cstring>

#include "runtime/aggregates/parameters.h"
#include "runtime/aggregates/stored_state.h"

namespace sp {
namespace {

// Cuts the first item off a list: up to a comma outside of quotes and brackets.
std::string_view next_item(std::string_view& text) {
  size_t depth = 0, end = 0;
  bool quoted = false;
  for (; end < text.size(); ++end) {
    const char c = text[end];
    if (quoted) {
      if (c == '\\')
        ++end;
      else if (c == '\'')
        quoted = false;
    } else if (c == '\'')
      quoted = true;
    else if (c == '[')
      ++depth;
    else if (c == ']' && depth > 0)
      --depth;
    else if (c == ',' && depth == 0)
      break;
  }
  std::string_view item = text.substr(0, std::min(end, text.size()));
  text = end + 1 < text.size() ? text.substr(end + 1) : std::string_view();
  while (item.starts_with(' ')) item.remove_prefix(1);
  while (item.ends_with(' ')) item.remove_suffix(1);
  return item;
}

std::string unescaped(std::string_view quoted) {
  std::string out;
  for (size_t i = 1; i + 1 < quoted.size(); ++i) {
    if (quoted[i] == '\\' && i + 2 < quoted.size()) ++i;
    out += quoted[i];
  }
  return out;
}

// Reads "0.5, 'a', [1, 2]" back; `call` keeps the values.
void read_parameters(std::string_view text, StoredCall& call, std::vector<Argument>& parameters) {
  while (!text.empty()) {
    const std::string item(next_item(text));
    Argument argument;
    argument.is_constant = true;
    if (item.starts_with('\'')) {
      argument.type = Type::of(TypeKind::kString);
      argument.constant = call.keep(StringRef(*call.keep(unescaped(item))));
    } else if (item.starts_with('[')) {
      std::vector<Argument> elements;
      read_parameters(std::string_view(item).substr(1, item.size() - 2), call, elements);
      const Type element = elements.empty() ? Type::of(TypeKind::kUInt64) : elements[0].type;
      const uint32_t stride = slot_layout(element).size;
      std::vector<char> slots(elements.size() * stride + 1);
      for (size_t i = 0; i < elements.size(); ++i)
        std::memcpy(slots.data() + i * stride, elements[i].constant, stride);
      argument.type = Type::array(element);
      argument.constant = call.keep(ArrayRef{call.keep(std::move(slots))->data(), elements.size()});
    } else if (item.find_first_not_of("0123456789") == std::string::npos) {
      argument.type = Type::of(TypeKind::kUInt64);
      argument.constant = call.keep<uint64_t>(std::strtoull(item.c_str(), nullptr, 10));
    } else {
      argument.type = Type::of(TypeKind::kFloat64);
      argument.constant = call.keep(std::strtod(item.c_str(), nullptr));
    }
    parameters.push_back(argument);
  }
}

// One parameter as a literal that next_item and read_parameters understand.
std::string spelled_parameter(const Argument& parameter) {
  if (const auto text = parameter.constant_text()) {
    std::string out = "'";
    for (const char c : *text) {
      if (c == '\\' || c == '\'') out += '\\';
      out += c;
    }
    return out + "'";
  }
  if (parameter.type.is(TypeKind::kArray) && parameter.constant != nullptr) {
    const auto& array = *static_cast<const ArrayRef*>(parameter.constant);
    const Type element = parameter.type.element();
    std::string out = "[";
    for (uint64_t i = 0; i < array.size; ++i) {
      const Argument one{element, true,
                         static_cast<const char*>(array.data) + i * slot_layout(element).size, ""};
      out += (i > 0 ? ", " : "") + spelled_parameter(one);
    }
    return out + "]";
  }
  if (const auto word = constant_unsigned(parameter)) return std::to_string(*word);
  if (const auto number = constant_number(parameter)) {
    std::string digits = fmt::format("{}", *number);
    if (digits.find_first_of(".en") == std::string::npos)
      digits += '.';  // a whole number keeps its point: 1.
    return digits;
  }
  return "NULL";
}

}  // namespace

StoredCall parse_aggregate_call(std::string_view function) {
  StoredCall call;
  const size_t open = function.find('(');
  call.name = function.substr(0, open);
  if (open != std::string_view::npos) {
    read_parameters(function.substr(open + 1, function.size() - open - 2), call, call.parameters);
  }
  return call;
}

StoredCall stored_call(Type type) {
  StoredCall call = parse_aggregate_call(type.function());
  for (const Type& inner : type.inner()) call.arguments.push_back({inner, false, nullptr, ""});
  return call;
}

std::string spelled_call(std::string_view name, Arguments parameters) {
  std::string out(name);
  if (parameters.empty()) return out;
  out += '(';
  for (size_t i = 0; i < parameters.size(); ++i)
    out += (i > 0 ? ", " : "") + spelled_parameter(parameters[i]);
  return out + ")";
}

}  // namespace sp
#endif
