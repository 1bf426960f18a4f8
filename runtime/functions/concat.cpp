// concat, concatWithSeparator, repeat, space, leftPad, rightPad, trim: strings built from strings.
// concat takes any types: the binder casts each argument to String, and the body sees one tuple of
// strings.

#include "runtime/functions/array_functions.h"
#include "runtime/functions/function.h"
#include "runtime/functions/row_adder.h"
#include "runtime/functions/signature.h"
#include "runtime/functions/string_output.h"

namespace sp {

struct ConcatContext : FunctionContext {
  size_t count = 0;  // of strings in the tuple, which lie side by side
};

namespace {

inline StringRef join(ExecState& exec, const StringRef* parts, size_t count,
                      std::string_view separator) noexcept {
  size_t size = count > 1 ? separator.size() * (count - 1) : 0;
  for (size_t i = 0; i < count; ++i) size += parts[i].size;
  char* bytes = new_bytes(exec, size);
  char* to = bytes;
  for (size_t i = 0; i < count; ++i) {
    if (i > 0 && !separator.empty()) {
      __builtin_memcpy(to, separator.data(), separator.size());
      to += separator.size();
    }
    __builtin_memcpy(to, parts[i].begin(), parts[i].size);
    to += parts[i].size;
  }
  return StringRef(bytes, size);
}

constexpr int64_t kMostRepeats = 1'000'000;

inline StringRef pad(ExecState& exec, const StringRef& text, int64_t length, std::string_view fill,
                     bool left) noexcept {
  if (length <= 0) return StringRef();
  if (length > static_cast<int64_t>(kLargestString)) {
    exec.fail(ErrorCode::kTooLargeStringSize, "Too large padded string: " + std::to_string(length));
    return StringRef();
  }
  const auto target = static_cast<size_t>(length);
  if (target <= text.size) return sub_string(text, 0, target);
  if (fill.empty()) fill = " ";
  char* bytes = new_bytes(exec, target);
  const size_t missing = target - text.size;
  char* padding = left ? bytes : bytes + text.size;
  for (size_t i = 0; i < missing; ++i) padding[i] = fill[i % fill.size()];
  __builtin_memcpy(left ? bytes + missing : bytes, text.begin(), text.size);
  return StringRef(bytes, target);
}

inline bool is_one_of(char c, std::string_view set) noexcept {
  for (const char s : set) {
    if (s == c) return true;
  }
  return false;
}
inline StringRef trimmed(const StringRef& text, std::string_view set, bool left,
                         bool right) noexcept {
  const char* begin = text.begin();
  const char* end = begin + text.size;
  while (left && begin < end && is_one_of(*begin, set)) ++begin;
  while (right && end > begin && is_one_of(end[-1], set)) --end;
  return StringRef(begin, static_cast<size_t>(end - begin));
}

}  // namespace

extern "C" void sp_concat(ExecState& exec, const ConcatContext* context, const void* strings,
                          StringRef* out) noexcept {
  *out = join(exec, static_cast<const StringRef*>(strings), context->count, {});
}
extern "C" void sp_concat_two(ExecState& exec, const StringRef& a, const StringRef& b,
                              StringRef* out) noexcept {
  const size_t size = size_t{a.size} + b.size;
  char* bytes = new_bytes(exec, size);
  __builtin_memcpy(bytes, a.begin(), a.size);
  __builtin_memcpy(bytes + a.size, b.begin(), b.size);
  *out = StringRef(bytes, size);
}
extern "C" void sp_concat_with_separator(ExecState& exec, const ConcatContext* context,
                                         const void* strings, StringRef* out) noexcept {
  const auto* parts = static_cast<const StringRef*>(strings);
  *out = join(exec, parts + 1, context->count - 1, parts[0].view());
}
extern "C" void sp_array_string_concat(ExecState& exec, const ArrayRef& array,
                                       StringRef* out) noexcept {
  *out = join(exec, static_cast<const StringRef*>(array.data), array.size, {});
}
extern "C" void sp_array_string_concat_separator(ExecState& exec, const ArrayRef& array,
                                                 const StringRef& separator,
                                                 StringRef* out) noexcept {
  *out = join(exec, static_cast<const StringRef*>(array.data), array.size, separator.view());
}
extern "C" void sp_array_nullable_concat(ExecState& exec, const ArrayRef& array,
                                         const StringRef& separator, StringRef* out) noexcept {
  const auto* items = static_cast<const Nullable<StringRef>*>(array.data);
  auto* kept = exec.scratch.allocate_array<StringRef>(array.size);
  size_t count = 0;
  for (uint64_t i = 0; i < array.size; ++i) {
    if (items[i].is_null == 0) kept[count++] = items[i].value;
  }
  *out = join(exec, kept, count, separator.view());
}
extern "C" void sp_array_nullable_concat_plain(ExecState& exec, const ArrayRef& array,
                                               StringRef* out) noexcept {
  sp_array_nullable_concat(exec, array, StringRef(), out);
}

extern "C" void sp_repeat(ExecState& exec, const StringRef& text, int64_t times,
                          StringRef* out) noexcept {
  *out = StringRef();
  if (times <= 0 || text.size == 0) return;
  if (times > kMostRepeats) {
    exec.fail(ErrorCode::kTooLargeStringSize, "Too many times to repeat (" + std::to_string(times) +
                                                  "), maximum is: " + std::to_string(kMostRepeats));
    return;
  }
  const size_t size = text.size * static_cast<size_t>(times);
  if (size > kLargestString) {
    exec.fail(ErrorCode::kTooLargeStringSize, "Too large string size: " + std::to_string(size));
    return;
  }
  char* bytes = new_bytes(exec, size);
  for (int64_t i = 0; i < times; ++i) {
    __builtin_memcpy(bytes + static_cast<size_t>(i) * text.size, text.begin(), text.size);
  }
  *out = StringRef(bytes, size);
}
extern "C" void sp_space(ExecState& exec, int64_t count, StringRef* out) noexcept {
  sp_repeat(exec, StringRef(" ", 1), count, out);
}
extern "C" void sp_left_pad(ExecState& exec, const StringRef& text, int64_t length,
                            StringRef* out) noexcept {
  *out = pad(exec, text, length, " ", true);
}
extern "C" void sp_left_pad_with(ExecState& exec, const StringRef& text, int64_t length,
                                 const StringRef& fill, StringRef* out) noexcept {
  *out = pad(exec, text, length, fill.view(), true);
}
extern "C" void sp_right_pad(ExecState& exec, const StringRef& text, int64_t length,
                             StringRef* out) noexcept {
  *out = pad(exec, text, length, " ", false);
}
extern "C" void sp_right_pad_with(ExecState& exec, const StringRef& text, int64_t length,
                                  const StringRef& fill, StringRef* out) noexcept {
  *out = pad(exec, text, length, fill.view(), false);
}
extern "C" void sp_trim_both(const StringRef& text, StringRef* out) noexcept {
  *out = trimmed(text, " ", true, true);
}
extern "C" void sp_trim_left(const StringRef& text, StringRef* out) noexcept {
  *out = trimmed(text, " ", true, false);
}
extern "C" void sp_trim_right(const StringRef& text, StringRef* out) noexcept {
  *out = trimmed(text, " ", false, true);
}
extern "C" void sp_trim_both_set(const StringRef& text, const StringRef& set,
                                 StringRef* out) noexcept {
  *out = trimmed(text, set.view(), true, true);
}
extern "C" void sp_trim_left_set(const StringRef& text, const StringRef& set,
                                 StringRef* out) noexcept {
  *out = trimmed(text, set.view(), true, false);
}
extern "C" void sp_trim_right_set(const StringRef& text, const StringRef& set,
                                  StringRef* out) noexcept {
  *out = trimmed(text, set.view(), false, true);
}

#ifndef SP_BITCODE
namespace {

// FixedString keeps its zero bytes.
std::vector<Type> as_texts(std::span<const Argument> arguments) {
  std::vector<Type> types;
  for (const Argument& argument : arguments)
    types.push_back(argument.type.is_string_like() ? argument.type : string_type());
  return types;
}

ResolvedFunction joining(Symbol symbol, std::span<const Argument> arguments) {
  auto context = std::make_shared<ConcatContext>();
  context->count = arguments.size();
  return packed_call(string_type(), std::move(symbol), as_texts(arguments), context);
}

Result<ResolvedFunction> resolve_concat(std::span<const Argument> arguments,
                                        const ResolveOptions& options) {
  bool all_arrays = true;
  for (const Argument& argument : arguments) all_arrays &= argument.type.is(TypeKind::kArray);
  if (all_arrays) return resolve_array_concat(arguments, options);
  if (arguments.size() == 1) return inlined(string_type(), Intrinsic::kIdentity, {string_type()});
  if (arguments.size() == 2)
    return call(string_type(), SP_SYMBOL(sp_concat_two), as_texts(arguments));
  return joining(SP_SYMBOL(sp_concat), arguments);
}

Result<ResolvedFunction> resolve_concat_with_separator(std::span<const Argument> arguments,
                                                       const ResolveOptions&) {
  if (!arguments[0].type.is_string_like()) return illegal_argument(arguments, 0, "String");
  return joining(SP_SYMBOL(sp_concat_with_separator), arguments);
}

Result<ResolvedFunction> resolve_array_string_concat(std::span<const Argument> arguments,
                                                     const ResolveOptions&) {
  if (!arguments[0].type.is(TypeKind::kArray)) return illegal_argument(arguments, 0, "Array");
  const bool separated = arguments.size() == 2;
  if (separated && !arguments[1].type.is_string_like())
    return illegal_argument(arguments, 1, "String");
  const bool nullable = arguments[0].type.element().can_be_null();
  std::vector<Type> casts = {Type::array(string_type().with_null(nullable))};
  if (separated) casts.push_back(string_type());
  if (nullable) {
    return call(
        string_type(),
        separated ? SP_SYMBOL(sp_array_nullable_concat) : SP_SYMBOL(sp_array_nullable_concat_plain),
        casts);
  }
  return call(
      string_type(),
      separated ? SP_SYMBOL(sp_array_string_concat_separator) : SP_SYMBOL(sp_array_string_concat),
      casts);
}

}  // namespace

SP_FUNCTIONS(concat) {
  const Type string = string_type();
  using enum RowAdder::Case;
  const RowAdder add(rows);
  add("concat", 1, 255, kAny, resolve_concat,
      "Joins the texts of all arguments (`a || b`); arrays give an array.",
      "SELECT concat('a', 1, '-', 2.5)", "a1-2.5", {"concatAssumeInjective"});
  add("concatWithSeparator", 1, 255, kAny, resolve_concat_with_separator,
      "Joins the texts of the arguments with `separator` between them.",
      "SELECT concatWithSeparator('-', 'a', 1)", "a-1",
      {"concat_ws", "concatWithSeparatorAssumeInjective"});
  add("arrayStringConcat", 1, 2, kExact, resolve_array_string_concat,
      "Joins the elements of `array` with `separator` between them; NULLs are skipped.",
      "SELECT arrayStringConcat(['a', 'b', 'c'], '-')", "a-b-c", {"array_to_string"});
  add("repeat", 2, 2, kAny, fallible_signature("si", string, SP_SYMBOL(sp_repeat)),
      "Repeats `s` `n` times.", "SELECT repeat('ab', 3)", "ababab");
  add("space", 1, 1, kAny, fallible_signature("i", string, SP_SYMBOL(sp_space)),
      "Returns `n` spaces.", "SELECT concat(space(2), 'x')", "  x");
  add("leftPad", 2, 3, kAny,
      overloads({{"si", string, SP_SYMBOL(sp_left_pad), false},
                 {"sis", string, SP_SYMBOL(sp_left_pad_with), false}}),
      "Pads `s` on the left with `fill` (default: space) to `length` bytes.",
      "SELECT leftPad('7', 3, '0')", "007", {"lpad"});
  add("rightPad", 2, 3, kAny,
      overloads({{"si", string, SP_SYMBOL(sp_right_pad), false},
                 {"sis", string, SP_SYMBOL(sp_right_pad_with), false}}),
      "Pads `s` on the right with `fill` (default: space) to `length` bytes.",
      "SELECT rightPad('a', 3, '*')", "a**", {"rpad"});
  add("trimBoth", 1, 2, kAny,
      overloads(
          {{"s", string, SP_SYMBOL(sp_trim_both)}, {"ss", string, SP_SYMBOL(sp_trim_both_set)}}),
      "Removes spaces (or the characters of `set`) from both ends of `s`.",
      "SELECT trimBoth('  a  ')", "a", {"trim"});
  add("trimLeft", 1, 2, kAny,
      overloads(
          {{"s", string, SP_SYMBOL(sp_trim_left)}, {"ss", string, SP_SYMBOL(sp_trim_left_set)}}),
      "Removes spaces (or the characters of `set`) from the beginning of `s`.",
      "SELECT trimLeft('xxa', 'x')", "a", {"ltrim"});
  add("trimRight", 1, 2, kAny,
      overloads(
          {{"s", string, SP_SYMBOL(sp_trim_right)}, {"ss", string, SP_SYMBOL(sp_trim_right_set)}}),
      "Removes spaces (or the characters of `set`) from the end of `s`.", "SELECT trimRight('a  ')",
      "a", {"rtrim"});
}
#endif

}  // namespace sp
