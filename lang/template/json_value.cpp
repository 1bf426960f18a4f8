// A small strict JSON reader and writer over template values. Grammar: RFC 8259.

#include "lang/template/json_value.h"

#include <cstdio>

#include "runtime/text/hex_digit.h"

namespace sp::tmpl {
namespace {

class Reader {
 public:
  Reader(std::string_view text, uint64_t max_values)
      : at_(text.data()),
        end_(text.data() + text.size()),
        left_(max_values) {}

  bool document(Value* out) {
    if (!value(out, 0)) return false;
    blanks();
    return at_ == end_;
  }
  uint64_t left() const { return left_; }

 private:
  void blanks() {
    while (at_ < end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\n' || *at_ == '\r')) ++at_;
  }
  bool take(char c) {
    blanks();
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }
  bool word(std::string_view text) {
    if (static_cast<size_t>(end_ - at_) < text.size() || std::string_view(at_, text.size()) != text)
      return false;
    at_ += text.size();
    return true;
  }

  bool value(Value* out, uint32_t depth) {
    if (depth >= kMaxValueDepth || left_-- == 0) return false;
    blanks();
    if (at_ == end_) return false;
    switch (*at_) {
      case '{': return object(out, depth);
      case '[': return array(out, depth);
      case '"': *out = Value::string({}); return string(&out->text);
      case 't': *out = Value::boolean(true); return word("true");
      case 'f': *out = Value::boolean(false); return word("false");
      case 'n': *out = Value::none(); return word("null");
      default: return number(out);
    }
  }

  bool object(Value* out, uint32_t depth) {
    ++at_;
    std::vector<std::pair<Value, Value>> items;
    if (!take('}')) {
      do {
        std::string key;
        Value item;
        blanks();
        if (at_ == end_ || *at_ != '"' || !string(&key) || !take(':') || !value(&item, depth + 1))
          return false;
        items.emplace_back(Value::string(std::move(key)), std::move(item));
      } while (take(','));
      if (!take('}')) return false;
    }
    *out = Value::make_dict(std::move(items));
    return true;
  }

  bool array(Value* out, uint32_t depth) {
    ++at_;
    std::vector<Value> items;
    if (!take(']')) {
      do {
        items.emplace_back();
        if (!value(&items.back(), depth + 1)) return false;
      } while (take(','));
      if (!take(']')) return false;
    }
    *out = Value::make_list(std::move(items));
    return true;
  }

  bool number(Value* out) {
    const char* begin = at_;
    bool real = false;
    while (at_ < end_ && (*at_ == '-' || *at_ == '+' || *at_ == '.' || *at_ == 'e' || *at_ == 'E' ||
                          (*at_ >= '0' && *at_ <= '9'))) {
      real = real || *at_ == '.' || *at_ == 'e' || *at_ == 'E';
      ++at_;
    }
    const std::string_view text(begin, static_cast<size_t>(at_ - begin));
    __int128 integer = 0;
    if (!real && parse_integer(text, &integer)) {
      *out = Value::number(integer);
      return true;
    }
    double number = 0;
    if (!parse_float(text, &number)) return false;
    *out = Value::real_number(number);
    return true;
  }

  bool hex4(uint32_t* out) {
    if (end_ - at_ < 4) return false;
    *out = 0;
    for (int i = 0; i < 4; ++i) {
      const int digit = hex_digit(*at_++);
      if (digit < 0) return false;
      *out = *out * 16 + static_cast<uint32_t>(digit);
    }
    return true;
  }

  static void append_utf8(uint32_t code, std::string* out) {
    if (code < 0x80) {
      *out += static_cast<char>(code);
    } else if (code < 0x800) {
      *out += static_cast<char>(0xC0 | (code >> 6));
      *out += static_cast<char>(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
      *out += static_cast<char>(0xE0 | (code >> 12));
      *out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
      *out += static_cast<char>(0x80 | (code & 0x3F));
    } else {
      *out += static_cast<char>(0xF0 | (code >> 18));
      *out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
      *out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
      *out += static_cast<char>(0x80 | (code & 0x3F));
    }
  }

  bool unicode(std::string* out) {
    uint32_t code = 0, low = 0;
    if (!hex4(&code)) return false;
    if (code >= 0xD800 && code < 0xDC00 && end_ - at_ >= 6 && at_[0] == '\\' && at_[1] == 'u') {
      at_ += 2;
      if (!hex4(&low) || low < 0xDC00 || low > 0xDFFF) return false;
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    append_utf8(code, out);
    return true;
  }

  bool string(std::string* out) {
    ++at_;
    while (at_ < end_) {
      const char c = *at_++;
      if (c == '"') return true;
      if (c != '\\') {
        *out += c;
        continue;
      }
      if (at_ == end_) return false;
      switch (*at_++) {
        case '"': *out += '"'; break;
        case '\\': *out += '\\'; break;
        case '/': *out += '/'; break;
        case 'b': *out += '\b'; break;
        case 'f': *out += '\f'; break;
        case 'n': *out += '\n'; break;
        case 'r': *out += '\r'; break;
        case 't': *out += '\t'; break;
        case 'u':
          if (!unicode(out)) return false;
          break;
        default: return false;
      }
    }
    return false;
  }

  const char* at_;
  const char* end_;
  uint64_t left_;
};

void append_json_string(std::string_view text, std::string& out) {
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          char buffer[8];
          std::snprintf(buffer, sizeof buffer, "\\u%04x",
                        static_cast<unsigned>(static_cast<unsigned char>(c)));
          out += buffer;
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

void append_json(const Value& value, std::string& out) {
  switch (value.kind) {
    case ValueKind::kBool: out += value.integer != 0 ? "true" : "false"; return;
    case ValueKind::kInteger: out += integer_text(value.integer); return;
    case ValueKind::kFloat: out += float_text(value.real); return;
    case ValueKind::kNone:
    case ValueKind::kUndefined:
    case ValueKind::kNothing: out += "null"; return;
    case ValueKind::kList:
    case ValueKind::kTuple:
    case ValueKind::kSequence:
      out += '[';
      for (size_t i = 0; i < value.list->items.size(); ++i) {
        if (i > 0) out += ", ";
        append_json(value.list->items[i], out);
      }
      out += ']';
      return;
    case ValueKind::kDict:
      out += '{';
      for (size_t i = 0; i < value.dict->items.size(); ++i) {
        if (i > 0) out += ", ";
        append_json_string(to_text(value.dict->items[i].first), out);
        out += ": ";
        append_json(value.dict->items[i].second, out);
      }
      out += '}';
      return;
    default: append_json_string(value.text, out);
  }
}

}  // namespace

bool parse_json(std::string_view text, uint64_t max_values, Value* out, uint64_t* spent) {
  Reader reader(text, max_values);
  const bool good = reader.document(out);
  *spent = max_values - std::min(reader.left(), max_values);
  return good;
}

std::string json_text(const Value& value) {
  std::string out;
  append_json(value, out);
  return out;
}

}  // namespace sp::tmpl
