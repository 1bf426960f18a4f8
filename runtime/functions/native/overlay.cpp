// overlay and overlayUTF8: a part of a text replaced by another text. Positions count from 1,
// negative ones from the end; 0 and what lies behind the end append. A negative length means that
// of the replacement, as no length does.

#include <algorithm>

#include "runtime/functions/function.h"
#include "runtime/functions/signature.h"
#include "runtime/functions/string_output.h"
#include "runtime/text/utf8.h"

namespace sp {

namespace {

// Where the replaced part begins, in units of a text of `size`.
uint64_t begin_of(int64_t offset, uint64_t size) noexcept {
  const auto units = static_cast<int64_t>(size);
  if (offset > 0) return static_cast<uint64_t>(std::min(offset - 1, units));
  if (offset == 0) return size;
  return static_cast<uint64_t>(std::max<int64_t>(units + offset, 0));
}

uint64_t characters_of(std::string_view text) noexcept {
  uint64_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
  return count;
}

// The byte at which character `index` begins, or the text's size.
size_t byte_of(std::string_view text, uint64_t index) noexcept {
  size_t at = 0;
  for (; index > 0 && at < text.size(); --index)
    at += std::min(utf8_sequence_length(text[at]), text.size() - at);
  return at;
}

void write(ExecState& exec, std::string_view text, std::string_view put, size_t begin, size_t end,
           StringRef* out) noexcept {
  char* bytes = new_bytes(exec, begin + put.size() + (text.size() - end));
  char* at = std::copy_n(text.data(), begin, bytes);
  at = std::copy_n(put.data(), put.size(), at);
  at = std::copy_n(text.data() + end, text.size() - end, at);
  *out = StringRef(bytes, static_cast<size_t>(at - bytes));
}

}  // namespace

extern "C" void sp_overlay_length(ExecState& exec, const StringRef& text, const StringRef& put,
                                  int64_t offset, int64_t length, StringRef* out) noexcept {
  const std::string_view source = text.view();
  const uint64_t begin = begin_of(offset, source.size());
  const uint64_t taken = length < 0 ? put.size : static_cast<uint64_t>(length);
  write(exec, source, put.view(), begin, begin + std::min<uint64_t>(taken, source.size() - begin),
        out);
}
extern "C" void sp_overlay(ExecState& exec, const StringRef& text, const StringRef& put,
                           int64_t offset, StringRef* out) noexcept {
  sp_overlay_length(exec, text, put, offset, -1, out);
}
extern "C" void sp_overlay_utf8_length(ExecState& exec, const StringRef& text, const StringRef& put,
                                       int64_t offset, int64_t length, StringRef* out) noexcept {
  const std::string_view source = text.view();
  const uint64_t size = characters_of(source);
  const uint64_t begin = begin_of(offset, size);
  const uint64_t taken = length < 0 ? characters_of(put.view()) : static_cast<uint64_t>(length);
  const uint64_t end = begin + std::min(taken, size - begin);
  write(exec, source, put.view(), byte_of(source, begin), byte_of(source, end), out);
}
extern "C" void sp_overlay_utf8(ExecState& exec, const StringRef& text, const StringRef& put,
                                int64_t offset, StringRef* out) noexcept {
  sp_overlay_utf8_length(exec, text, put, offset, -1, out);
}

SP_FUNCTIONS(overlay) {
  const Type string = string_type();
  rows.push_back({.name = "overlay",
                  .case_insensitive = true,
                  .min_arguments = 3,
                  .max_arguments = 4,
                  .resolve = overloads({{"ssi", string, SP_SYMBOL(sp_overlay)},
                                        {"ssii", string, SP_SYMBOL(sp_overlay_length)}}),
                  .doc = "Replaces `length` bytes of `s` (default: those of `replace`) from the "
                         "byte at `offset` by `replace`.",
                  .example = "SELECT overlay('Spark SQL', 'CORE', 7)",
                  .example_result = "Spark CORE"});
  rows.push_back({.name = "overlayUTF8",
                  .case_insensitive = true,
                  .min_arguments = 3,
                  .max_arguments = 4,
                  .resolve = overloads({{"ssi", string, SP_SYMBOL(sp_overlay_utf8)},
                                        {"ssii", string, SP_SYMBOL(sp_overlay_utf8_length)}}),
                  .doc = "Replaces `length` characters of `s` (default: those of `replace`) from "
                         "`offset` by `replace`.",
                  .example = "SELECT overlayUTF8('Müller', 'ö', 2)",
                  .example_result = "Möller"});
}

}  // namespace sp
