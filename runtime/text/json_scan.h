#pragma once
// JsonScan: finds values inside JSON text without building a tree. One pass both checks the text
// (RFC 8259, as strictly as simdjson: UTF-8, numbers within range, nothing behind the document) and
// remembers where the wanted member of the top-level object stands. Used by the JSON functions.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sp {

enum class JsonKind : uint8_t { kNull, kBool, kInteger, kDouble, kString, kArray, kObject };

/// A value inside checked text: `text` spans its bytes (strings with their quotes).
struct JsonValue {
  std::string_view text;
  JsonKind kind = JsonKind::kNull;
  bool escaped = false;  ///< a string that contains backslashes
  bool is_true() const { return text.size() == 4; }
  /// A string's bytes between the quotes.
  std::string_view inside() const { return text.substr(1, text.size() - 2); }
};

/// Checks a whole document. nullopt if it is not valid JSON.
std::optional<JsonValue> json_document(std::string_view text) noexcept;

/// Checks a whole document and, in the same pass, finds the first member `key` of the top-level
/// object.
/// `valid` says whether the document is valid; nullopt if it is not, or there is no such member.
std::optional<JsonValue> json_member_of_document(std::string_view text, std::string_view key,
                                                 bool* valid) noexcept;

/// Walks the members of a checked object or the elements of a checked array.
class JsonIterator {
 public:
  explicit JsonIterator(const JsonValue& container) noexcept;
  /// Moves to the next member or element; false at the end.
  bool next() noexcept;
  const JsonValue& key() const { return key_; }
  const JsonValue& value() const { return value_; }

 private:
  const char* at_;
  const char* end_;
  bool object_;
  JsonValue key_, value_;
};

/// Finds a member of a checked object; compares ignoring ASCII case if asked to.
std::optional<JsonValue> json_member(const JsonValue& object, std::string_view key,
                                     bool any_case = false) noexcept;
/// Finds the element of an array, or the member of an object, by its index (from 1; negative: from
/// the end).
/// `key` (if given) receives the member's key.
std::optional<JsonValue> json_element(const JsonValue& container, int64_t index,
                                      JsonValue* key = nullptr) noexcept;
/// Counts elements or members; 0 for scalars.
uint64_t json_length(const JsonValue& value) noexcept;

/// Appends the text of a checked string without quotes and escapes.
void json_unescape(const JsonValue& string, std::string& out);
/// Appends a value as ClickHouse prints it: without whitespace, numbers and escapes in their
/// shortest form.
void json_minify(const JsonValue& value, std::string& out);

/// The number, or the number that a string holds; nullopt otherwise or out of range. Doubles are
/// cut.
std::optional<int64_t> json_int64(const JsonValue& value) noexcept;
std::optional<uint64_t> json_uint64(const JsonValue& value) noexcept;
std::optional<double> json_double(const JsonValue& value) noexcept;

}  // namespace sp
