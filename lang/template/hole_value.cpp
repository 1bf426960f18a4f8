// Scalars as texts, lists as texts of arrays.

#include "lang/template/hole_value.h"

#include <vector>

#include "runtime/text/format_value.h"

namespace sp::tmpl {

std::string escaped_text(std::string_view text) {
  if (text.find_first_of(std::string_view("\\\t\n\r\0\b\f", 7)) == std::string_view::npos)
    return std::string(text);
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '\\': out += "\\\\"; break;
      case '\t': out += "\\t"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\0': out += "\\0"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      default: out += c;
    }
  }
  return out;
}

bool scalar_text(const Value& value, std::string* out) {
  switch (value.kind) {
    case ValueKind::kBool: *out = value.integer != 0 ? "1" : "0"; return true;
    case ValueKind::kInteger: *out = integer_text(value.integer); return true;
    case ValueKind::kFloat: *out = float_text(value.real); return true;
    case ValueKind::kString: *out = value.text; return true;
    default: return false;
  }
}

namespace {

std::string_view scalar_type(const Value& value) {
  if (!value.sql_type.empty()) return value.sql_type;
  switch (value.kind) {
    case ValueKind::kBool: return "UInt8";
    case ValueKind::kFloat: return "Float64";
    case ValueKind::kInteger: {
      const __int128 one = 1;
      if (value.integer >= -(one << 63) && value.integer < (one << 63)) return "Int64";
      return value.integer > 0 && value.integer < (one << 64) ? "UInt64" : "Int128";
    }
    default: return "String";
  }
}

// The element type of a list: that of its elements, numbers widened.
bool element_type(const std::vector<Value>& items, std::string* type) {
  for (const Value& item : items) {
    std::string own(scalar_type(item));
    if (item.is_sequence()) {
      std::string inner;
      if (!element_type(item.list->items, &inner)) return false;
      own = "Array(" + inner + ")";
    } else if (std::string text; !scalar_text(item, &text)) {
      return false;
    }
    if (type->empty() || *type == own) {
      *type = own;
      continue;
    }
    const auto number = [](std::string_view name) {
      return name.starts_with("Int") || name.starts_with("UInt") || name.starts_with("Float");
    };
    if (!number(*type) || !number(own)) return false;
    *type = type->starts_with("Float") || own.starts_with("Float") ? "Float64"
            : *type == "Int128" || own == "Int128"                 ? "Int128"
                                                                   : "Int64";
  }
  if (type->empty()) *type = "String";
  return true;
}

void append_list(const std::vector<Value>& items, std::string& out) {
  out += '[';
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += ',';
    if (items[i].is_sequence()) {
      append_list(items[i].list->items, out);
    } else if (items[i].kind == ValueKind::kString &&
               (items[i].sql_type.empty() || items[i].sql_type == "String" ||
                items[i].sql_type == "UUID")) {
      append_quoted_string(out, items[i].text);
    } else {
      std::string text;
      scalar_text(items[i], &text);
      out += text;
    }
  }
  out += ']';
}

}  // namespace

bool hole_of(const Value& value, std::string* type, std::string* text) {
  if (value.kind == ValueKind::kList) {
    if (!value.sql_type.empty()) {
      *type = value.sql_type;
    } else {
      std::string element;
      if (!element_type(value.list->items, &element)) return false;
      *type = "Array(" + element + ")";
    }
    append_list(value.list->items, *text);
    return true;
  }
  if (!scalar_text(value, text)) return false;
  *type = scalar_type(value);
  if (value.kind == ValueKind::kString && (*type == "String")) *text = escaped_text(*text);
  return true;
}

}  // namespace sp::tmpl
