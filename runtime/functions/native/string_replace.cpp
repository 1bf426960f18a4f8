// replaceOne, replaceAll, translate, format, overlay, XML components, soundex, char,
// appendTrailingCharIfAbsent and other functions that write a new string.

#include <algorithm>
#include <array>
#include <unordered_map>

#include "runtime/functions/function.h"
#include "runtime/functions/row_adder.h"
#include "runtime/functions/signature.h"
#include "runtime/functions/string_output.h"
#include "runtime/text/find_substring.h"
#include "runtime/text/fold_case.h"
#include "runtime/text/utf8.h"

namespace sp {

struct FormatContext : FunctionContext {
  struct Piece {
    std::string text;  // literal text before the argument
    int32_t argument;  // -1: none follows
  };
  std::vector<Piece> pieces;
};

namespace {

void replace(ExecState& exec, const StringRef& text, std::string_view from, std::string_view to,
             bool all, StringRef* out) noexcept {
  const std::string_view source = text.view();
  size_t at = from.empty() ? std::string_view::npos : find_substring(source, from);
  if (at == std::string_view::npos) {
    *out = text;
    return;
  }
  static thread_local std::string buffer;
  buffer.clear();
  size_t begin = 0;
  while (at != std::string_view::npos) {
    buffer.append(source.substr(begin, at - begin)).append(to);
    begin = at + from.size();
    at = all ? find_substring(source, from, begin) : std::string_view::npos;
  }
  buffer.append(source.substr(begin));
  *out = new_string(exec, buffer);
}

}  // namespace

extern "C" void sp_replace_one(ExecState& exec, const StringRef& text, const StringRef& from,
                               const StringRef& to, StringRef* out) noexcept {
  replace(exec, text, from.view(), to.view(), false, out);
}
extern "C" void sp_replace_all(ExecState& exec, const StringRef& text, const StringRef& from,
                               const StringRef& to, StringRef* out) noexcept {
  replace(exec, text, from.view(), to.view(), true, out);
}
extern "C" void sp_translate(ExecState& exec, const StringRef& text, const StringRef& from,
                             const StringRef& to, StringRef* out) noexcept {
  std::array<int16_t, 256> map;
  for (size_t i = 0; i < map.size(); ++i) map[i] = static_cast<int16_t>(i);
  const std::string_view source = from.view(), target = to.view();
  for (size_t i = source.size(); i-- > 0;) {  // the first mention of a byte wins
    map[static_cast<uint8_t>(source[i])] =
        i < target.size() ? static_cast<uint8_t>(target[i]) : int16_t{-1};
  }
  char* bytes = new_bytes(exec, text.size);
  size_t size = 0;
  for (const char c : text.view()) {
    const int16_t mapped = map[static_cast<uint8_t>(c)];
    if (mapped >= 0) bytes[size++] = static_cast<char>(mapped);
  }
  *out = StringRef(bytes, size);
}
extern "C" void sp_translate_utf8(ExecState& exec, const StringRef& text, const StringRef& from,
                                  const StringRef& to, StringRef* out) noexcept {
  const auto characters = [](std::string_view source) {
    std::vector<std::string_view> parts;
    for (size_t at = 0; at < source.size();) {
      const size_t length = std::min(utf8_sequence_length(source[at]), source.size() - at);
      parts.push_back(source.substr(at, length));
      at += length;
    }
    return parts;
  };
  const auto source = characters(from.view()), target = characters(to.view());
  std::unordered_map<std::string_view, std::string_view> map;
  for (size_t i = 0; i < source.size(); ++i)
    map.emplace(source[i], i < target.size() ? target[i] : std::string_view());
  std::string result;
  for (const std::string_view character : characters(text.view())) {
    const auto found = map.find(character);
    result += found == map.end() ? character : found->second;
  }
  *out = new_string(exec, result);
}
extern "C" void sp_append_trailing_char(ExecState& exec, const StringRef& text,
                                        const StringRef& suffix, StringRef* out) noexcept {
  if (suffix.size != 1) {
    *out = StringRef();
    exec.fail(
        ErrorCode::kBadArguments,
        "Second argument of function appendTrailingCharIfAbsent must be a one-character string");
    return;
  }
  if (text.size == 0 || text.view().back() == suffix.prefix[0]) {
    *out = text;
    return;
  }
  char* bytes = new_bytes(exec, text.size + 1);
  std::memcpy(bytes, text.begin(), text.size);
  bytes[text.size] = suffix.prefix[0];
  *out = StringRef(bytes, text.size + 1);
}
extern "C" void sp_encode_xml(ExecState& exec, const StringRef& text, StringRef* out) noexcept {
  std::string result;
  for (const char c : text.view()) {
    switch (c) {
      case '<': result += "&lt;"; break;
      case '>': result += "&gt;"; break;
      case '&': result += "&amp;"; break;
      case '\'': result += "&apos;"; break;
      case '"': result += "&quot;"; break;
      default: result += c;
    }
  }
  *out = new_string(exec, result);
}
extern "C" void sp_decode_xml(ExecState& exec, const StringRef& text, StringRef* out) noexcept {
  static constexpr std::pair<std::string_view, char> kNamed[] = {
      {"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"apos", '\''}, {"quot", '"'}};
  const std::string_view source = text.view();
  std::string result;
  for (size_t at = 0; at < source.size(); ++at) {
    const size_t end = source[at] == '&' ? source.find(';', at) : std::string_view::npos;
    if (end == std::string_view::npos || end - at > 12) {
      result += source[at];
      continue;
    }
    const std::string_view name = source.substr(at + 1, end - at - 1);
    bool known = false;
    for (const auto& [entity, character] : kNamed) {
      if (name != entity) continue;
      result += character;
      known = true;
    }
    if (!known && name.size() > 1 && name[0] == '#') {
      const bool hexadecimal = name[1] == 'x' || name[1] == 'X';
      const std::string digits(name.substr(hexadecimal ? 2 : 1));
      char* stop = nullptr;
      const long code = std::strtol(digits.c_str(), &stop, hexadecimal ? 16 : 10);
      known = !digits.empty() && *stop == '\0' && code >= 0 && code <= 0x10FFFF;
      if (known) append_code_point(static_cast<int32_t>(code), result);
    }
    if (known)
      at = end;
    else
      result += source[at];
  }
  *out = new_string(exec, result);
}
// American Soundex: a letter and three digits.
extern "C" void sp_soundex(ExecState& exec, const StringRef& text, StringRef* out) noexcept {
  constexpr std::string_view kCodes = "01230120022455012623010202";
  std::string result;
  char last = '0';
  for (const char raw : text.view()) {
    const auto c = static_cast<char>(static_cast<uint8_t>(raw) & 0xDF);
    if (c < 'A' || c > 'Z') continue;
    const char code = kCodes[static_cast<size_t>(c - 'A')];
    if (result.empty()) {
      result += c;
      last = code;
      continue;
    }
    if (code != '0' && code != last) result += code;
    if (c != 'H' && c != 'W') last = code;
    if (result.size() == 4) break;
  }
  if (!result.empty()) result.resize(4, '0');
  *out = new_string(exec, result);
}
extern "C" void sp_format(ExecState& exec, const FormatContext* context, const void* strings,
                          StringRef* out) noexcept {
  const auto* arguments = static_cast<const StringRef*>(strings);
  static thread_local std::string buffer;
  buffer.clear();
  for (const FormatContext::Piece& piece : context->pieces) {
    buffer += piece.text;
    if (piece.argument >= 0) buffer += arguments[piece.argument].view();
  }
  *out = new_string(exec, buffer);
}
struct CharContext : FunctionContext {
  size_t count = 0;
};
extern "C" void sp_char(ExecState& exec, const CharContext* context, const void* numbers,
                        StringRef* out) noexcept {
  const auto* codes = static_cast<const int64_t*>(numbers);
  char* bytes = new_bytes(exec, context->count);
  for (size_t i = 0; i < context->count; ++i) bytes[i] = static_cast<char>(codes[i]);
  *out = StringRef(bytes, context->count);
}
extern "C" void sp_cut_to_zero(const StringRef& text, StringRef* out) noexcept {
  const size_t zero = text.view().find('\0');
  *out = sub_string(text, 0, std::min<size_t>(zero, text.size));
}
extern "C" void sp_first_line(const StringRef& text, StringRef* out) noexcept {
  size_t end = text.view().find('\n');
  if (end != std::string_view::npos && end > 0 && text.view()[end - 1] == '\r') --end;
  *out = sub_string(text, 0, std::min<size_t>(end, text.size));
}
extern "C" void sp_basename(const StringRef& text, StringRef* out) noexcept {
  const size_t slash = text.view().find_last_of("/\\");
  const size_t begin = slash == std::string_view::npos ? 0 : slash + 1;
  *out = sub_string(text, begin, text.size - begin);
}

namespace {

Result<ResolvedFunction> resolve_format(std::span<const Argument> arguments,
                                        const ResolveOptions&) {
  const auto pattern = arguments[0].constant_text();
  if (!pattern)
    return fail(ErrorCode::kIllegalColumn,
                "First argument of function format must be a constant string");
  auto context = std::make_shared<FormatContext>();
  std::string literal;
  int32_t next = 0;
  const auto count = static_cast<int32_t>(arguments.size());
  for (size_t i = 0; i < pattern->size(); ++i) {
    const char c = (*pattern)[i];
    const bool doubled = i + 1 < pattern->size() && (*pattern)[i + 1] == c;
    if ((c == '{' || c == '}') && doubled) {
      literal += c;
      ++i;
    } else if (c == '{') {
      const size_t end = pattern->find('}', i);
      if (end == std::string_view::npos)
        return fail(ErrorCode::kBadArguments, "Invalid format string: " + std::string(*pattern));
      int32_t number = next++;
      if (end > i + 1) {
        number = 0;
        for (size_t k = i + 1; k < end; ++k) {
          if ((*pattern)[k] < '0' || (*pattern)[k] > '9' || number > 1000) {
            return fail(ErrorCode::kBadArguments,
                        "Not a number in curly braces: " + std::string(*pattern));
          }
          number = number * 10 + ((*pattern)[k] - '0');
        }
      }
      if (number + 1 >= count) {
        return fail(ErrorCode::kBadArguments,
                    "Argument is too big for formatting: " + std::to_string(number));
      }
      context->pieces.push_back({std::move(literal), number + 1});
      literal.clear();
      i = end;
    } else if (c == '}') {
      return fail(ErrorCode::kBadArguments, "Invalid format string: " + std::string(*pattern));
    } else {
      literal += c;
    }
  }
  context->pieces.push_back({std::move(literal), -1});
  return packed_call(string_type(), SP_SYMBOL(sp_format), repeated(string_type(), arguments.size()),
                     context);
}

Result<ResolvedFunction> resolve_char(std::span<const Argument> arguments, const ResolveOptions&) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (!arguments[i].type.is_number()) return illegal_argument(arguments, i, "a number");
  }
  auto context = std::make_shared<CharContext>();
  context->count = arguments.size();
  return packed_call(string_type(), SP_SYMBOL(sp_char), repeated(int64_type(), arguments.size()),
                     context);
}

}  // namespace

SP_FUNCTIONS(string_replace) {
  const Type string = string_type();
  using enum RowAdder::Case;
  const RowAdder add(rows);
  add("replaceOne", 3, kExact, signature("sss", string, SP_SYMBOL(sp_replace_one)),
      "Replaces the first `from` in `s` by `to`.", "SELECT replaceOne('abab', 'a', 'x')", "xbab");
  add("replaceAll", 3, kAny, signature("sss", string, SP_SYMBOL(sp_replace_all)),
      "Replaces every `from` in `s` by `to`.", "SELECT replaceAll('abab', 'a', 'x')", "xbxb",
      {"replace"});
  add("translate", 3, kAny, signature("sss", string, SP_SYMBOL(sp_translate)),
      "Replaces each byte of `s` found in `from` by the byte of `to` at the same place.",
      "SELECT translate('Hello', 'el', 'ip')", "Hippo");
  add("translateUTF8", 3, kExact, signature("sss", string, SP_SYMBOL(sp_translate_utf8)),
      "Replaces each character of `s` found in `from` by the character of `to` at the same place.",
      "SELECT translateUTF8('Mün', 'ü', 'u')", "Mun");
  add("appendTrailingCharIfAbsent", 2, kExact,
      fallible_signature("ss", string, SP_SYMBOL(sp_append_trailing_char)),
      "Appends the character `c` to `s` unless it ends with it or is empty.",
      "SELECT appendTrailingCharIfAbsent('a', '/')", "a/");
  add("encodeXMLComponent", 1, kExact, signature("s", string, SP_SYMBOL(sp_encode_xml)),
      "Escapes the characters of `s` that are special in XML.", "SELECT encodeXMLComponent('<a>')",
      "&lt;a&gt;");
  add("decodeXMLComponent", 1, kExact, signature("s", string, SP_SYMBOL(sp_decode_xml)),
      "Replaces XML entities in `s`.", "SELECT decodeXMLComponent('&lt;a&gt; &#65;')", "<a> A",
      {"decodeHTMLComponent"});
  add("soundex", 1, kAny, signature("s", string, SP_SYMBOL(sp_soundex)),
      "Returns the Soundex code of `s`.", "SELECT soundex('aksel')", "A240");
  rows.push_back(
      {.name = "format",
       .min_arguments = 1,
       .constant_arguments = 1,
       .resolve = resolve_format,
       .doc =
           "Fills `{}` and `{n}` of the constant `pattern` with the texts of the other arguments.",
       .example = "SELECT format('{1} {0} {1}', 'World', 'Hello')",
       .example_result = "Hello World Hello"});
  rows.push_back({.name = "char",
                  .case_insensitive = true,
                  .min_arguments = 1,
                  .resolve = resolve_char,
                  .doc = "Returns the string of the bytes with the given codes.",
                  .example = "SELECT char(104, 101, 108)",
                  .example_result = "hel"});
  add("toStringCutToZero", 1, kExact, signature("s", string, SP_SYMBOL(sp_cut_to_zero)),
      "Returns `s` up to its first zero byte.", "SELECT toStringCutToZero('abc')", "abc");
  add("firstLine", 1, kExact, signature("s", string, SP_SYMBOL(sp_first_line)),
      "Returns the first line of `s`.", "SELECT firstLine('a\\nb')", "a");
  add("basename", 1, kExact, signature("s", string, SP_SYMBOL(sp_basename)),
      "Returns the part of `s` behind the last slash or backslash.", "SELECT basename('/a/b.c')",
      "b.c");
}

}  // namespace sp
