// Making, judging and printing template values.

#include "lang/template/value.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "lang/source/trimmed.h"

namespace sp::tmpl {

Value Value::boolean(bool value) {
  Value out;
  out.kind = ValueKind::kBool;
  out.integer = value ? 1 : 0;
  return out;
}

Value Value::number(__int128 value) {
  Value out;
  out.kind = ValueKind::kInteger;
  out.integer = value;
  return out;
}

Value Value::real_number(double value) {
  Value out;
  out.kind = ValueKind::kFloat;
  out.real = value;
  return out;
}

namespace {
Value with_text(ValueKind kind, std::string text) {
  Value out;
  out.kind = kind;
  out.text = std::move(text);
  return out;
}
}  // namespace

Value Value::string(std::string value) { return with_text(ValueKind::kString, std::move(value)); }
Value Value::undefined(std::string_view name) {
  return with_text(ValueKind::kUndefined, std::string(name));
}
Value Value::identifier(std::string name) {
  return with_text(ValueKind::kIdentifier, std::move(name));
}
Value Value::code(std::string text) { return with_text(ValueKind::kCode, std::move(text)); }
Value Value::nothing() { return with_text(ValueKind::kNothing, {}); }

Value Value::make_list(std::vector<Value> items, ValueKind kind) {
  Value out;
  out.kind = kind;
  out.list = std::make_shared<ListData>();
  for (const Value& item : items) out.list->depth = std::max(out.list->depth, item.depth() + 1);
  out.list->items = std::move(items);
  return out;
}

Value Value::make_dict(std::vector<std::pair<Value, Value>> items) {
  Value out;
  out.kind = ValueKind::kDict;
  out.dict = std::make_shared<DictData>();
  for (const auto& [key, value] : items)
    out.dict->depth = std::max(out.dict->depth, value.depth() + 1);
  out.dict->items = std::move(items);
  return out;
}

uint32_t Value::depth() const {
  if (list != nullptr) return list->depth;
  if (dict != nullptr) return dict->depth;
  return 0;
}

std::string_view Value::type_name() const {
  switch (kind) {
    case ValueKind::kNone: return "None";
    case ValueKind::kUndefined: return "undefined";
    case ValueKind::kBool: return "bool";
    case ValueKind::kInteger: return "int";
    case ValueKind::kFloat: return "float";
    case ValueKind::kString: return "str";
    case ValueKind::kList: return "list";
    case ValueKind::kTuple: return "tuple";
    case ValueKind::kDict: return "dict";
    case ValueKind::kIdentifier: return "identifier";
    case ValueKind::kSequence:
    case ValueKind::kCode: return "SQL";
    case ValueKind::kNothing: return "nothing";
  }
  return "value";
}

bool truthy(const Value& value) {
  switch (value.kind) {
    case ValueKind::kNone:
    case ValueKind::kUndefined:
    case ValueKind::kNothing: return false;
    case ValueKind::kBool:
    case ValueKind::kInteger: return value.integer != 0;
    case ValueKind::kFloat: return value.real != 0;
    case ValueKind::kString:
    case ValueKind::kIdentifier:
    case ValueKind::kCode: return !value.text.empty();
    case ValueKind::kList:
    case ValueKind::kTuple:
    case ValueKind::kSequence: return !value.list->items.empty();
    case ValueKind::kDict: return !value.dict->items.empty();
  }
  return false;
}

bool as_number(const Value& value, Value* number) {
  if (value.is_number()) {
    *number = value;
    return true;
  }
  if (value.kind != ValueKind::kString || !value.raw) return false;
  if (__int128 integer = 0; parse_integer(value.text, &integer)) {
    *number = Value::number(integer);
    return true;
  }
  if (double real = 0; parse_float(value.text, &real)) {
    *number = Value::real_number(real);
    return true;
  }
  return false;
}

std::string integer_text(__int128 value) {
  if (value == 0) return "0";
  const bool negative = value < 0;
  unsigned __int128 rest =
      negative ? -static_cast<unsigned __int128>(value) : static_cast<unsigned __int128>(value);
  char digits[48];
  char* at = digits + sizeof digits;
  while (rest != 0) {
    *--at = static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
  }
  if (negative) *--at = '-';
  return std::string(at, static_cast<size_t>(digits + sizeof digits - at));
}

std::string float_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  char buffer[64];
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value);
  std::string out(buffer, end);
  if (out.find_first_of(".e") == std::string::npos) out += ".0";
  return out;
}

namespace {

void append_text(const Value& value, bool quoted, std::string& out) {
  switch (value.kind) {
    case ValueKind::kNone: out += "None"; return;
    case ValueKind::kBool: out += value.integer != 0 ? "True" : "False"; return;
    case ValueKind::kInteger: out += integer_text(value.integer); return;
    case ValueKind::kFloat: out += float_text(value.real); return;
    case ValueKind::kList:
    case ValueKind::kTuple:
    case ValueKind::kSequence: {
      const bool tuple = value.kind == ValueKind::kTuple;
      out += tuple ? '(' : '[';
      for (size_t i = 0; i < value.list->items.size(); ++i) {
        if (i > 0) out += ", ";
        append_text(value.list->items[i], true, out);
      }
      if (tuple && value.list->items.size() == 1) out += ',';
      out += tuple ? ')' : ']';
      return;
    }
    case ValueKind::kDict:
      out += '{';
      for (size_t i = 0; i < value.dict->items.size(); ++i) {
        if (i > 0) out += ", ";
        append_text(value.dict->items[i].first, true, out);
        out += ": ";
        append_text(value.dict->items[i].second, true, out);
      }
      out += '}';
      return;
    default: break;
  }
  if (!quoted) {
    out += value.text;
    return;
  }
  out += '\'';
  for (const char c : value.text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  out += '\'';
}

}  // namespace

std::string to_text(const Value& value) {
  if (value.kind == ValueKind::kString) return value.text;
  std::string out;
  append_text(value, false, out);
  return out;
}

bool parse_integer(std::string_view text, __int128* value) {
  text = trimmed(text);
  const bool negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  if (text.empty() || text.size() > 38) return false;
  __int128 result = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    result = result * 10 + (c - '0');
  }
  *value = negative ? -result : result;
  return true;
}

bool parse_float(std::string_view text, double* value) {
  text = trimmed(text);
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  if (text.empty()) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  return end == text.data() + text.size() && error == std::errc();
}

}  // namespace sp::tmpl
