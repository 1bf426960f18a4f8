// substring, left and right on bytes. Results refer into the argument: nothing is copied.
// Positions count from 1, negative ones from the end; position 0 gives the empty string (all as
// ClickHouse).

#include "runtime/functions/function.h"
#include "runtime/functions/signature.h"
#include "runtime/functions/string_output.h"

namespace sp {
namespace {

// The window [begin, end) of a sequence of `size` items; limit: INT64_MAX for "to the end".
struct Window {
  size_t begin, end;
};
inline Window window(int64_t size, int64_t offset, int64_t limit) noexcept {
  if (offset == 0) return {0, 0};
  int64_t begin = offset > 0 ? offset - 1 : size + offset;
  if (begin >= size) return {0, 0};
  int64_t end;
  if (limit < 0) {
    end = size + limit;
  } else {
    end = limit > size - begin ? size : begin + limit;
  }
  if (begin < 0) begin = 0;
  if (end <= begin) return {0, 0};
  return {static_cast<size_t>(begin), static_cast<size_t>(end)};
}
inline StringRef slice(const StringRef& text, int64_t offset, int64_t limit) noexcept {
  const Window w = window(text.size, offset, limit);
  return sub_string(text, w.begin, w.end - w.begin);
}

}  // namespace

extern "C" void sp_substring(const StringRef& text, int64_t offset, StringRef* out) noexcept {
  *out = slice(text, offset, INT64_MAX);
}
extern "C" void sp_substring_limit(const StringRef& text, int64_t offset, int64_t limit,
                                   StringRef* out) noexcept {
  *out = slice(text, offset, limit);
}
extern "C" void sp_left(const StringRef& text, int64_t count, StringRef* out) noexcept {
  *out = slice(text, 1, count);
}
extern "C" void sp_right(const StringRef& text, int64_t count, StringRef* out) noexcept {
  const int64_t size = text.size;
  const int64_t keep =
      count >= 0 ? (count < size ? count : size) : (count + size > 0 ? count + size : 0);
  *out = sub_string(text, static_cast<size_t>(size - keep), static_cast<size_t>(keep));
}

#ifndef SP_BITCODE
SP_FUNCTIONS(substring) {
  const Type string = string_type();
  rows.push_back({.name = "substring",
                  .aliases = {"substr", "mid", "byteSlice"},
                  .case_insensitive = true,
                  .min_arguments = 2,
                  .max_arguments = 3,
                  .resolve = overloads({{"si", string, SP_SYMBOL(sp_substring)},
                                        {"sii", string, SP_SYMBOL(sp_substring_limit)}}),
                  .doc = "Returns `length` bytes of `s` from the byte at `offset` (from 1; "
                         "negative: from the end).",
                  .example = "SELECT substring('ClickHouse', 1, 5)",
                  .example_result = "Click"});
  rows.push_back(
      {.name = "left",
       .case_insensitive = true,
       .min_arguments = 2,
       .max_arguments = 2,
       .resolve = signature("si", string, SP_SYMBOL(sp_left)),
       .doc = "Returns the first `count` bytes of `s` (negative: all but the last ones).",
       .example = "SELECT left('Hello', 3)",
       .example_result = "Hel"});
  rows.push_back(
      {.name = "right",
       .case_insensitive = true,
       .min_arguments = 2,
       .max_arguments = 2,
       .resolve = signature("si", string, SP_SYMBOL(sp_right)),
       .doc = "Returns the last `count` bytes of `s` (negative: all but the first ones).",
       .example = "SELECT right('Hello', 3)",
       .example_result = "llo"});
}
#endif

}  // namespace sp
