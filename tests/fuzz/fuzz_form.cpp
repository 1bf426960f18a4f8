// Fuzzes what a request's query or form becomes: names and values decode; names are never empty;
// encoded again they decode to the same.

#include "runtime/core/check.h"
#include "server/http/message.h"
#include "tests/fuzz/fuzz_target.h"

namespace {

std::string encode(std::string_view text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

}  // namespace

SP_FUZZ_TARGET(form) {
  const auto pairs = sp::parse_form(input);
  std::string encoded;
  for (const auto& [name, value] : pairs) {
    SP_CHECK(!name.empty());
    encoded += encode(name) + "=" + encode(value) + "&";
  }
  SP_CHECK(sp::parse_form(encoded) == pairs);
  SP_CHECK(sp::percent_decode(input, false).size() <= input.size());
}
