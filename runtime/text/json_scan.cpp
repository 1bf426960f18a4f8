// Scanning and navigating JSON text: see json_scan.h. The scanner is a loop with a stack of bits
// for open containers, so hostile nesting costs neither memory nor the machine stack. Strings are
// skipped 16 bytes at a time.

#include "runtime/text/json_scan.h"

#include <emmintrin.h>
#include <fast_float/fast_float.h>

#include <bitset>
#include <charconv>
#include <cmath>

#include "runtime/text/utf8.h"

namespace sp {
namespace {

constexpr size_t kMostNesting = 1024;

class Scanner {
 public:
  explicit Scanner(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  void skip_space() noexcept {
    while (at_ < end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\t' || *at_ == '\r')) ++at_;
  }
  bool at_end() const noexcept { return at_ == end_; }
  bool take(char c) noexcept {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }
  const char* position() const noexcept { return at_; }

  // Scans one value of any kind; at_ stands on its first byte.
  bool value(JsonValue& out) noexcept {
    if (at_ == end_) return false;
    const char* begin = at_;
    switch (*at_) {
      case '"':
        if (!string(out.escaped)) return false;
        out.kind = JsonKind::kString;
        break;
      case '{':
      case '[':
        out.kind = *at_ == '{' ? JsonKind::kObject : JsonKind::kArray;
        if (!container()) return false;
        break;
      default:
        if (!scalar(out.kind)) return false;
    }
    out.text = {begin, static_cast<size_t>(at_ - begin)};
    return true;
  }

  bool string(bool& escaped) noexcept {
    escaped = false;
    ++at_;
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'),
                  space = _mm_set1_epi8(' ');
    for (;;) {
      while (end_ - at_ >= 16) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at_));
        // Signed comparison: control characters and every byte of a multi-byte sequence are below '
        // '.
        const __m128i special = _mm_or_si128(
            _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)),
            _mm_cmplt_epi8(bytes, space));
        const auto mask = static_cast<unsigned>(_mm_movemask_epi8(special));
        if (mask != 0) {
          at_ += __builtin_ctz(mask);
          break;
        }
        at_ += 16;
      }
      if (at_ == end_) return false;
      const auto byte = static_cast<uint8_t>(*at_);
      if (byte == '"') {
        ++at_;
        return true;
      }
      if (byte == '\\') {
        escaped = true;
        if (!escape()) return false;
      } else if (byte < 0x20) {
        return false;
      } else if (byte < 0x80) {
        ++at_;
      } else {
        const size_t length = utf8_valid_sequence({at_, static_cast<size_t>(end_ - at_)}, 0);
        if (length == 0) return false;
        at_ += length;
      }
    }
  }

 private:
  bool escape() noexcept {
    if (end_ - at_ < 2) return false;
    switch (at_[1]) {
      case '"':
      case '\\':
      case '/':
      case 'b':
      case 'f':
      case 'n':
      case 'r':
      case 't': at_ += 2; return true;
      case 'u': {
        if (end_ - at_ < 6) return false;
        for (int i = 2; i < 6; ++i) {
          const char c = at_[i];
          const bool digit = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
          if (!digit) return false;
        }
        at_ += 6;
        return true;
      }
      default: return false;
    }
  }

  bool word(std::string_view expected) noexcept {
    if (static_cast<size_t>(end_ - at_) < expected.size() ||
        std::string_view(at_, expected.size()) != expected)
      return false;
    at_ += expected.size();
    return true;
  }
  bool scalar(JsonKind& kind) noexcept {
    switch (*at_) {
      case 't': kind = JsonKind::kBool; return word("true");
      case 'f': kind = JsonKind::kBool; return word("false");
      case 'n': kind = JsonKind::kNull; return word("null");
      default: return number(kind);
    }
  }
  size_t digits() noexcept {
    const char* begin = at_;
    while (at_ < end_ && static_cast<uint8_t>(*at_ - '0') < 10) ++at_;
    return static_cast<size_t>(at_ - begin);
  }
  bool number(JsonKind& kind) noexcept {
    const char* begin = at_;
    const bool negative = take('-');
    const bool zero = at_ < end_ && *at_ == '0';
    const size_t whole = digits();
    if (whole == 0 || (zero && whole > 1)) return false;
    kind = JsonKind::kInteger;
    if (take('.')) {
      if (digits() == 0) return false;
      kind = JsonKind::kDouble;
    }
    if (at_ < end_ && (*at_ | 0x20) == 'e') {
      ++at_;
      if (!take('+')) take('-');
      if (digits() == 0) return false;
      kind = JsonKind::kDouble;
      double value;
      const auto parsed = fast_float::from_chars(begin, at_, value);
      if (parsed.ec != std::errc() || std::isinf(value)) return false;
    } else if (kind == JsonKind::kInteger && whole > 18) {
      uint64_t magnitude;
      const auto parsed = std::from_chars(begin + negative, at_, magnitude);
      if (parsed.ec != std::errc() || (negative && magnitude > uint64_t{1} << 63)) return false;
    }
    return true;
  }

  // Skips a container with everything in it.
  bool container() noexcept {
    std::bitset<kMostNesting> objects;
    size_t depth = 0;
    bool escaped;
    JsonKind kind;
    for (;;) {
      // A value begins here.
      if (at_ == end_) return false;
      bool closes = false;
      if (*at_ == '{' || *at_ == '[') {
        if (depth == kMostNesting) return false;
        const bool object = *at_ == '{';
        objects[depth++] = object;
        ++at_;
        skip_space();
        closes = at_ < end_ && *at_ == (object ? '}' : ']');
        if (!closes) {
          if (object && !member_name()) return false;
          continue;
        }
      } else if (*at_ == '"') {
        if (!string(escaped)) return false;
      } else if (!scalar(kind)) {
        return false;
      }
      // Behind a value, or on the bracket of an empty container.
      for (;;) {
        if (!closes) {
          skip_space();
          if (take(',')) {
            skip_space();
            if (objects[depth - 1] && !member_name()) return false;
            break;
          }
        }
        if (!take(objects[depth - 1] ? '}' : ']')) return false;
        closes = false;
        if (--depth == 0) return true;
      }
    }
  }
  bool member_name() noexcept {
    bool escaped;
    if (at_ == end_ || *at_ != '"' || !string(escaped)) return false;
    skip_space();
    if (!take(':')) return false;
    skip_space();
    return true;
  }

  const char* at_;
  const char* end_;
};

bool same_key(const JsonValue& key, std::string_view wanted, bool any_case) noexcept {
  std::string_view text = key.inside();
  std::string unescaped;
  if (key.escaped) {
    json_unescape(key, unescaped);
    text = unescaped;
  }
  if (!any_case) return text == wanted;
  if (text.size() != wanted.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (std::tolower(static_cast<unsigned char>(text[i])) !=
        std::tolower(static_cast<unsigned char>(wanted[i])))
      return false;
  }
  return true;
}

}  // namespace

std::optional<JsonValue> json_document(std::string_view text) noexcept {
  Scanner scanner(text);
  JsonValue root;
  scanner.skip_space();
  if (!scanner.value(root)) return std::nullopt;
  scanner.skip_space();
  if (!scanner.at_end()) return std::nullopt;
  return root;
}

std::optional<JsonValue> json_member_of_document(std::string_view text, std::string_view key,
                                                 bool* valid) noexcept {
  Scanner scanner(text);
  *valid = false;
  scanner.skip_space();
  if (!scanner.take('{')) {
    *valid = json_document(text).has_value();
    return std::nullopt;
  }
  std::optional<JsonValue> found;
  scanner.skip_space();
  if (!scanner.take('}')) {
    for (;;) {
      JsonValue name, value;
      const char* begin = scanner.position();
      if (scanner.at_end() || *begin != '"' || !scanner.string(name.escaped)) return std::nullopt;
      name.text = {begin, static_cast<size_t>(scanner.position() - begin)};
      scanner.skip_space();
      if (!scanner.take(':')) return std::nullopt;
      scanner.skip_space();
      if (!scanner.value(value)) return std::nullopt;
      if (!found && same_key(name, key, false)) found = value;
      scanner.skip_space();
      if (scanner.take(',')) {
        scanner.skip_space();
        continue;
      }
      if (!scanner.take('}')) return std::nullopt;
      break;
    }
  }
  scanner.skip_space();
  if (!scanner.at_end()) return std::nullopt;
  *valid = true;
  return found;
}

JsonIterator::JsonIterator(const JsonValue& container) noexcept
    : at_(container.text.data() + 1),
      end_(container.text.data() + container.text.size()),
      object_(container.kind == JsonKind::kObject) {
  if (container.kind != JsonKind::kObject && container.kind != JsonKind::kArray)
    end_ = at_ = container.text.data();
}

bool JsonIterator::next() noexcept {
  Scanner scanner({at_, static_cast<size_t>(end_ - at_)});
  scanner.skip_space();
  if (scanner.take(',')) scanner.skip_space();
  if (scanner.at_end() || *scanner.position() == ']' || *scanner.position() == '}') return false;
  if (object_) {
    if (!scanner.value(key_)) return false;
    scanner.skip_space();
    scanner.take(':');
    scanner.skip_space();
  }
  if (!scanner.value(value_)) return false;
  at_ = scanner.position();
  return true;
}

std::optional<JsonValue> json_member(const JsonValue& object, std::string_view key,
                                     bool any_case) noexcept {
  if (object.kind != JsonKind::kObject) return std::nullopt;
  JsonIterator members(object);
  while (members.next()) {
    if (same_key(members.key(), key, any_case)) return members.value();
  }
  return std::nullopt;
}

std::optional<JsonValue> json_element(const JsonValue& container, int64_t index,
                                      JsonValue* key) noexcept {
  if (index == 0) return std::nullopt;
  uint64_t wanted = static_cast<uint64_t>(index);
  if (index < 0) {
    const uint64_t size = json_length(container), back = uint64_t{0} - static_cast<uint64_t>(index);
    if (back > size) return std::nullopt;
    wanted = size - back + 1;
  }
  JsonIterator elements(container);
  for (uint64_t i = 1; elements.next(); ++i) {
    if (i != wanted) continue;
    if (key != nullptr) *key = elements.key();
    return elements.value();
  }
  return std::nullopt;
}

uint64_t json_length(const JsonValue& value) noexcept {
  JsonIterator elements(value);
  uint64_t count = 0;
  while (elements.next()) ++count;
  return count;
}

}  // namespace sp
