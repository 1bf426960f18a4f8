// Values of JSON text: unescaping, printing, numbers.

#include <fast_float/fast_float.h>

#include <charconv>
#include <cmath>

#include "runtime/text/fold_case.h"
#include "runtime/text/format_value.h"
#include "runtime/text/json_scan.h"

namespace sp {
namespace {

uint32_t hex4(const char* digits) {
  uint32_t value = 0;
  std::from_chars(digits, digits + 4, value, 16);
  return value;
}

}  // namespace

void json_unescape(const JsonValue& string, std::string& out) {
  const std::string_view text = string.inside();
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    switch (text[++i]) {
      case 'b': out += '\b'; break;
      case 'f': out += '\f'; break;
      case 'n': out += '\n'; break;
      case 'r': out += '\r'; break;
      case 't': out += '\t'; break;
      case 'u': {
        uint32_t code = hex4(text.data() + i + 1);
        i += 4;
        const bool high = code >= 0xD800 && code < 0xDC00;
        if (high && i + 6 < text.size() && text[i + 1] == '\\' && text[i + 2] == 'u') {
          const uint32_t low = hex4(text.data() + i + 3);
          if (low >= 0xDC00 && low < 0xE000) {
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            i += 6;
          }
        }
        append_code_point(static_cast<int32_t>(code >= 0xD800 && code < 0xE000 ? 0xFFFD : code),
                          out);
        break;
      }
      default: out += text[i];
    }
  }
}

void json_minify(const JsonValue& value, std::string& out) {
  switch (value.kind) {
    case JsonKind::kNull:
    case JsonKind::kBool:
    case JsonKind::kInteger: out += value.text; return;
    case JsonKind::kDouble: append_float(out, *json_double(value)); return;
    case JsonKind::kString: {
      if (!value.escaped) {
        append_json_string(out, value.inside());
        return;
      }
      std::string text;
      json_unescape(value, text);
      append_json_string(out, text);
      return;
    }
    case JsonKind::kArray:
    case JsonKind::kObject: break;
  }
  const bool object = value.kind == JsonKind::kObject;
  out += object ? '{' : '[';
  JsonIterator items(value);
  for (bool first = true; items.next(); first = false) {
    if (!first) out += ',';
    if (object) {
      json_minify(items.key(), out);
      out += ':';
    }
    json_minify(items.value(), out);
  }
  out += object ? '}' : ']';
}

namespace {

template <class T>
std::optional<T> whole_number(const JsonValue& value) noexcept {
  std::string_view text = value.text;
  if (value.kind == JsonKind::kString) {
    if (value.escaped) return std::nullopt;
    text = value.inside();
  } else if (value.kind == JsonKind::kDouble) {
    const double number = *json_double(value);
    constexpr double kLimit = std::is_signed_v<T> ? 9223372036854775808.0 : 18446744073709551616.0;
    const double low = std::is_signed_v<T> ? -kLimit : 0;
    if (!(number < kLimit) || !(number >= low || number > -1)) return std::nullopt;
    return static_cast<T>(number);
  } else if (value.kind != JsonKind::kInteger) {
    return std::nullopt;
  }
  T number;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<int64_t> json_int64(const JsonValue& value) noexcept {
  return whole_number<int64_t>(value);
}
std::optional<uint64_t> json_uint64(const JsonValue& value) noexcept {
  return whole_number<uint64_t>(value);
}
std::optional<double> json_double(const JsonValue& value) noexcept {
  std::string_view text = value.text;
  if (value.kind == JsonKind::kString && !value.escaped)
    text = value.inside();
  else if (value.kind != JsonKind::kInteger && value.kind != JsonKind::kDouble)
    return std::nullopt;
  double number;
  const auto parsed = fast_float::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace sp
