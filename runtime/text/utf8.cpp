// Validation of whole texts.

#include "runtime/text/utf8.h"

namespace sp {

bool utf8_is_valid(std::string_view text) noexcept {
  for (size_t at = 0; at < text.size();) {
    const size_t length = utf8_valid_sequence(text, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

}  // namespace sp
