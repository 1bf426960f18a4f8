// collationKey: what ORDER BY ... COLLATE sorts by: a text whose byte order is the alphabetical
// order of the argument.
// Approximates the root collation of the Unicode Collation Algorithm (UTS 10): letters by their
// base first, then by accents, then lower before upper case; spaces, punctuation and symbols stand
// before digits, digits before letters.

#include <utf8proc.h>

#include <cstring>

#include "runtime/functions/function.h"
#include "runtime/functions/signature.h"
#include "runtime/functions/string_output.h"

namespace sp {
namespace {

// ASCII that is neither letter nor digit, in the order of the root collation.
constexpr char kSymbols[] = "\t\n\v\f\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$";

uint32_t primary_weight(utf8proc_int32_t base) {
  if (base < 128) {
    if (base >= '0' && base <= '9') return 0x1000U + static_cast<uint32_t>(base);
    if (base >= 'a' && base <= 'z') return 0x2000U + static_cast<uint32_t>(base);
    const char* place = base == 0 ? nullptr : std::strchr(kSymbols, static_cast<int>(base));
    return place == nullptr ? 2U : 0x10U + static_cast<uint32_t>(place - kSymbols);
  }
  const auto category = utf8proc_category(base);
  const bool letter = category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
  return (letter ? 0x3000U : 0x800U) + static_cast<uint32_t>(base);
}

void append_weight(std::string& out, uint32_t weight) {
  // Three bytes from 2 up: 0 and 1 separate the levels.
  out += static_cast<char>(2 + (weight >> 14 & 0x7F));
  out += static_cast<char>(2 + (weight >> 7 & 0x7F));
  out += static_cast<char>(2 + (weight & 0x7F));
}

}  // namespace

extern "C" void sp_collation_key(ExecState& exec, const StringRef& text, StringRef* out) noexcept {
  std::string primary, accents, cases;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.begin());
  for (size_t at = 0; at < text.size;) {
    utf8proc_int32_t c = 0;
    utf8proc_ssize_t used =
        utf8proc_iterate(bytes + at, static_cast<utf8proc_ssize_t>(text.size - at), &c);
    if (used <= 0) {
      used = 1;
      c = 0xFFFD;
    }
    at += static_cast<size_t>(used);
    constexpr utf8proc_ssize_t kMost = 18;  // the longest decomposition of one character
    utf8proc_int32_t parts[kMost];
    int boundary = 0;
    utf8proc_ssize_t count =
        utf8proc_decompose_char(c, parts, kMost, UTF8PROC_DECOMPOSE, &boundary);
    if (count <= 0 || count > kMost) {
      parts[0] = c;
      count = 1;
    }
    for (utf8proc_ssize_t i = 0; i < count; ++i) {
      if (utf8proc_category(parts[i]) == UTF8PROC_CATEGORY_MN) {
        append_weight(accents, static_cast<uint32_t>(parts[i]));
        continue;
      }
      const utf8proc_int32_t lower = utf8proc_tolower(parts[i]);
      append_weight(primary, primary_weight(lower));
      accents += '\x01';
      cases += lower == parts[i] ? '\x02' : '\x03';
    }
  }
  *out = new_string(exec, primary + '\0' + accents + '\0' + cases);
}

SP_FUNCTIONS(collation_key) {
  rows.push_back({.name = "collationKey",
                  .aliases = {},
                  .case_insensitive = false,
                  .min_arguments = 1,
                  .max_arguments = 1,
                  .resolve = signature("s", string_type(), SP_SYMBOL(sp_collation_key)),
                  .doc = "Returns bytes whose order is the alphabetical order of `s`, as ORDER BY "
                         "... COLLATE sorts.",
                  .example = "SELECT collationKey('a') < collationKey('B')",
                  .example_result = "1"});
}

}  // namespace sp
