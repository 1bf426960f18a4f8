// length, empty, notEmpty, lower, upper, reverse, startsWith, endsWith, ascii: one pass over bytes,
// inlined into queries. Case changes touch ASCII letters only (lowerUTF8 knows the rest).

#include "runtime/core/unaligned.h"
#include "runtime/functions/function.h"
#include "runtime/functions/row_adder.h"
#include "runtime/functions/signature.h"
#include "runtime/functions/string_output.h"

namespace sp {
namespace {

// Flips bit 5 of the bytes between first and last, eight at a time by the compiler's vectoriser.
inline void change_case(const char* from, size_t size, char* to, char first) noexcept {
  for (size_t i = 0; i < size; ++i) {
    const char c = from[i];
    to[i] = static_cast<uint8_t>(c - first) < 26 ? static_cast<char>(c ^ 0x20) : c;
  }
}

inline StringRef cased(ExecState& exec, const StringRef& text, char first) noexcept {
  if (text.is_inline()) {
    StringRef out = text;
    change_case(text.prefix, 4, out.prefix, first);
    change_case(text.tail, 8, out.tail, first);
    return out;
  }
  char* bytes = new_bytes(exec, text.size);
  change_case(text.data, text.size, bytes, first);
  return StringRef(bytes, text.size);
}

inline char lowered(char c) noexcept {
  return static_cast<uint8_t>(c - 'A') < 26 ? static_cast<char>(c | 0x20) : c;
}
inline bool equal_ignoring_case(const char* a, const char* b, size_t size) noexcept {
  for (size_t i = 0; i < size; ++i) {
    if (lowered(a[i]) != lowered(b[i])) return false;
  }
  return true;
}

}  // namespace

extern "C" uint64_t sp_length_string(const StringRef& text) noexcept { return text.size; }
extern "C" uint64_t sp_length_array(const ArrayRef& array) noexcept { return array.size; }
extern "C" uint8_t sp_empty_string(const StringRef& text) noexcept { return text.size == 0; }
extern "C" uint8_t sp_empty_array(const ArrayRef& array) noexcept { return array.size == 0; }
extern "C" uint8_t sp_empty_uuid(const SlotUInt128& uuid) noexcept { return uuid == 0; }
extern "C" uint8_t sp_not_empty_string(const StringRef& text) noexcept { return text.size != 0; }
extern "C" uint8_t sp_not_empty_array(const ArrayRef& array) noexcept { return array.size != 0; }
extern "C" uint8_t sp_not_empty_uuid(const SlotUInt128& uuid) noexcept { return uuid != 0; }
extern "C" void sp_lower(ExecState& exec, const StringRef& text, StringRef* out) noexcept {
  *out = cased(exec, text, 'A');
}
extern "C" void sp_upper(ExecState& exec, const StringRef& text, StringRef* out) noexcept {
  *out = cased(exec, text, 'a');
}
extern "C" void sp_reverse(ExecState& exec, const StringRef& text, StringRef* out) noexcept {
  char* bytes = new_bytes(exec, text.size);
  const char* from = text.begin();
  for (size_t i = 0; i < text.size; ++i) bytes[i] = from[text.size - 1 - i];
  *out = StringRef(bytes, text.size);
}
extern "C" uint8_t sp_starts_with(const StringRef& text, const StringRef& prefix) noexcept {
  return text.size >= prefix.size &&
         __builtin_memcmp(text.begin(), prefix.begin(), prefix.size) == 0;
}
extern "C" uint8_t sp_ends_with(const StringRef& text, const StringRef& suffix) noexcept {
  return text.size >= suffix.size && __builtin_memcmp(text.begin() + (text.size - suffix.size),
                                                      suffix.begin(), suffix.size) == 0;
}
extern "C" uint8_t sp_starts_with_any_case(const StringRef& text,
                                           const StringRef& prefix) noexcept {
  return text.size >= prefix.size && equal_ignoring_case(text.begin(), prefix.begin(), prefix.size);
}
extern "C" uint8_t sp_ends_with_any_case(const StringRef& text, const StringRef& suffix) noexcept {
  return text.size >= suffix.size &&
         equal_ignoring_case(text.begin() + (text.size - suffix.size), suffix.begin(), suffix.size);
}
extern "C" int32_t sp_ascii(const StringRef& text) noexcept {
  return text.size == 0 ? 0 : static_cast<uint8_t>(text.prefix[0]);
}

#ifndef SP_BITCODE
namespace {

// length, empty and notEmpty also take arrays and maps; empty also UUIDs.
Resolver sized(Type result, const Symbol& of_string, const Symbol& of_array,
               const Symbol& of_uuid = {}) {
  return
      [=](std::span<const Argument> arguments, const ResolveOptions&) -> Result<ResolvedFunction> {
        const Type type = arguments[0].type;
        // A FixedString of zero bytes is empty.
        if (of_uuid && type.is(TypeKind::kFixedString))
          return call(result, of_string, {string_type()});
        if (type.is_string_like()) return call(result, of_string);
        if (type.is(TypeKind::kArray) || type.is(TypeKind::kMap)) return call(result, of_array);
        if (type.is(TypeKind::kUuid) && of_uuid) return call(result, of_uuid);
        return illegal_argument(arguments, 0, "String, Array or Map");
      };
}

}  // namespace

SP_FUNCTIONS(string_basic) {
  using enum RowAdder::Case;
  const RowAdder add(rows);
  add("length", 1, kAny,
      sized(uint64_type(), SP_SYMBOL(sp_length_string), SP_SYMBOL(sp_length_array)),
      "Returns the number of bytes of a string, or of elements of an array or map `x`.",
      "SELECT length('été')", "5", {"OCTET_LENGTH", "CARDINALITY"});
  add("empty", 1, kExact,
      sized(uint8_type(), SP_SYMBOL(sp_empty_string), SP_SYMBOL(sp_empty_array),
            SP_SYMBOL(sp_empty_uuid)),
      "Returns 1 if the string, array, map or UUID `x` is empty.", "SELECT empty('')", "1");
  add("notEmpty", 1, kExact,
      sized(uint8_type(), SP_SYMBOL(sp_not_empty_string), SP_SYMBOL(sp_not_empty_array),
            SP_SYMBOL(sp_not_empty_uuid)),
      "Returns 1 if the string, array, map or UUID `x` is not empty.", "SELECT notEmpty([1])", "1");
  add("lower", 1, kAny, signature("s", string_type(), SP_SYMBOL(sp_lower)),
      "Turns the ASCII letters of `s` to lower case.", "SELECT lower('AbC')", "abc", {"lcase"});
  add("upper", 1, kAny, signature("s", string_type(), SP_SYMBOL(sp_upper)),
      "Turns the ASCII letters of `s` to upper case.", "SELECT upper('AbC')", "ABC", {"ucase"});
  add("startsWith", 2, kExact, signature("ss", uint8_type(), SP_SYMBOL(sp_starts_with)),
      "Returns 1 if `s` begins with `prefix`.", "SELECT startsWith('Hello', 'He')", "1",
      {"startsWithUTF8"});
  add("endsWith", 2, kExact, signature("ss", uint8_type(), SP_SYMBOL(sp_ends_with)),
      "Returns 1 if `s` ends with `suffix`.", "SELECT endsWith('Hello', 'lo')", "1",
      {"endsWithUTF8"});
  add("startsWithCaseInsensitive", 2, kExact,
      signature("ss", uint8_type(), SP_SYMBOL(sp_starts_with_any_case)),
      "Returns 1 if `s` begins with `prefix`, ignoring the case of ASCII letters.",
      "SELECT startsWithCaseInsensitive('Hello', 'hE')", "1");
  add("endsWithCaseInsensitive", 2, kExact,
      signature("ss", uint8_type(), SP_SYMBOL(sp_ends_with_any_case)),
      "Returns 1 if `s` ends with `suffix`, ignoring the case of ASCII letters.",
      "SELECT endsWithCaseInsensitive('Hello', 'LO')", "1");
  add("ascii", 1, kAny, signature("s", Type::of(TypeKind::kInt32), SP_SYMBOL(sp_ascii)),
      "Returns the code of the first byte of `s`, 0 if it is empty.", "SELECT ascii('A')", "65");
}
#endif

}  // namespace sp
