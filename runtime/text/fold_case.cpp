// Case folding with utf8proc.

#include "runtime/text/fold_case.h"

#include <utf8proc.h>

namespace sp {

void append_code_point(int32_t code_point, std::string& out) {
  utf8proc_uint8_t bytes[4];
  const auto size = utf8proc_encode_char(code_point, bytes);
  out.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
}

namespace {

template <class Map>
void map_code_points(std::string_view text, std::string& out, Map map) {
  out.clear();
  for (size_t at = 0; at < text.size();) {
    utf8proc_int32_t code_point;
    const auto used =
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + at,
                         static_cast<utf8proc_ssize_t>(text.size() - at), &code_point);
    if (used <= 0) {
      out += text[at++];
      continue;
    }
    map(code_point, out);
    at += static_cast<size_t>(used);
  }
}

}  // namespace

void fold_case_ascii(std::string_view text, std::string& out) {
  out.assign(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  }
}

void fold_case_utf8(std::string_view text, std::string& out) {
  map_code_points(text, out,
                  [](int32_t c, std::string& to) { append_code_point(utf8proc_tolower(c), to); });
}

void raise_case_utf8(std::string_view text, std::string& out) {
  constexpr int32_t kSharpS = 0xDF;
  map_code_points(text, out, [](int32_t c, std::string& to) {
    if (c == kSharpS)
      to += "SS";
    else
      append_code_point(utf8proc_toupper(c), to);
  });
}

}  // namespace sp
