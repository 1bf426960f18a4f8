// IP addresses: numbers and texts, checks, ranges. toIPv4 and toIPv6 are conversions.

#include <charconv>

#include "runtime/functions/function.h"
#include "runtime/functions/signature.h"
#include "runtime/functions/string_output.h"
#include "runtime/text/format_value.h"
#include "runtime/text/parse_value.h"

namespace sp {
namespace {

struct Address {
  uint8_t bytes[16] = {};
  size_t size = 0;  // 4 or 16
};

bool parse_address(std::string_view text, Address& out) {
  ParseError error;
  uint32_t v4;
  if (parse_ipv4(text, v4, error)) {
    for (size_t i = 0; i < 4; ++i) out.bytes[i] = static_cast<uint8_t>(v4 >> (24 - 8 * i));
    out.size = 4;
    return true;
  }
  ParseError second;
  out.size = 16;
  return parse_ipv6(text, out.bytes, second);
}

bool parse_v4(const StringRef& text, uint32_t& out) {
  ParseError error;
  return parse_ipv4(text.view(), out, error);
}

}  // namespace

extern "C" void sp_ipv4_num_to_string(ExecState& exec, uint32_t number, StringRef* out) noexcept {
  std::string text;
  append_ipv4(text, number);
  *out = new_string(exec, text);
}
extern "C" void sp_ipv4_num_to_class_c(ExecState& exec, uint32_t number, StringRef* out) noexcept {
  std::string text;
  append_ipv4(text, number);
  text.replace(text.rfind('.') + 1, std::string::npos, "xxx");
  *out = new_string(exec, text);
}
extern "C" uint32_t sp_ipv4_string_to_num(ExecState& exec, const StringRef& text) noexcept {
  uint32_t number = 0;
  if (!parse_v4(text, number)) exec.fail(ErrorCode::kCannotParseIpv4, "Invalid IPv4 value");
  return number;
}
extern "C" uint32_t sp_ipv4_string_to_num_or_default(const StringRef& text) noexcept {
  uint32_t number = 0;
  return parse_v4(text, number) ? number : 0;
}
extern "C" void sp_ipv4_string_to_num_or_null(const StringRef& text,
                                              Nullable<uint32_t>* out) noexcept {
  out->value = 0;
  out->is_null = !parse_v4(text, out->value);
}
extern "C" uint8_t sp_is_ipv4_string(const StringRef& text) noexcept {
  uint32_t number;
  return parse_v4(text, number);
}
extern "C" uint8_t sp_is_ipv6_string(const StringRef& text) noexcept {
  Address address;
  ParseError error;
  uint32_t number;
  return !parse_v4(text, number) && parse_ipv6(text.view(), address.bytes, error);
}
extern "C" void sp_ipv6_num_to_string(ExecState& exec, const StringRef& bytes,
                                      StringRef* out) noexcept {
  *out = StringRef();
  if (bytes.size != 16) {
    exec.fail(ErrorCode::kIllegalTypeOfArgument, "Function IPv6NumToString needs 16 bytes");
    return;
  }
  std::string text;
  append_ipv6(text, bytes.begin());
  *out = new_string(exec, text);
}
extern "C" void sp_ipv6_to_string(ExecState& exec, const void* address, StringRef* out) noexcept {
  std::string text;
  append_ipv6(text, address);
  *out = new_string(exec, text);
}
extern "C" void sp_ipv6_string_to_num(ExecState& exec, const StringRef& text,
                                      StringRef* out) noexcept {
  Address address;
  *out = StringRef();
  if (!parse_address(text.view(), address)) {
    exec.fail(ErrorCode::kCannotParseIpv6, "Invalid IPv6 value");
    return;
  }
  if (address.size == 4) {
    Address mapped;
    mapped.bytes[10] = mapped.bytes[11] = 0xFF;
    for (size_t i = 0; i < 4; ++i) mapped.bytes[12 + i] = address.bytes[i];
    address = mapped;
  }
  *out = new_string(exec, {reinterpret_cast<const char*>(address.bytes), 16});
}
// "address/prefix length": 1 if the address lies in the range; families do not mix.
extern "C" uint8_t sp_is_ip_in_range(ExecState& exec, const StringRef& text,
                                     const StringRef& range) noexcept {
  Address address, network;
  const std::string_view source = range.view();
  const size_t slash = source.find('/');
  unsigned prefix = 0;
  const bool parsed =
      parse_address(text.view(), address) && slash != std::string_view::npos &&
      parse_address(source.substr(0, slash), network) &&
      std::from_chars(source.data() + slash + 1, source.data() + source.size(), prefix).ec ==
          std::errc() &&
      prefix <= network.size * 8;
  if (!parsed) {
    exec.fail(ErrorCode::kCannotParseText,
              "Neither IPv4 nor IPv6 address and range: " + std::string(text.view()) + ", " +
                  std::string(source));
    return 0;
  }
  if (address.size != network.size) return 0;
  for (unsigned bit = 0; bit < prefix; ++bit) {
    const unsigned mask = 0x80u >> (bit % 8);
    if (((address.bytes[bit / 8] ^ network.bytes[bit / 8]) & mask) != 0) return 0;
  }
  return 1;
}

SP_FUNCTIONS(ip) {
  const Type u8 = uint8_type(), string = string_type(), u32 = uint32_type();
  const auto add = [&](const char* name, bool any_case, Resolver resolve, const char* doc,
                       const char* example, const char* result,
                       std::vector<const char*> aliases = {}, uint8_t count = 1) {
    rows.push_back({.name = name,
                    .aliases = std::move(aliases),
                    .case_insensitive = any_case,
                    .min_arguments = count,
                    .max_arguments = count,
                    .resolve = std::move(resolve),
                    .doc = doc,
                    .example = example,
                    .example_result = result});
  };
  const auto of_number = [](const Symbol& symbol) {
    return [=](std::span<const Argument> arguments,
               const ResolveOptions&) -> Result<ResolvedFunction> {
      const Type type = arguments[0].type;
      if (!type.is_unsigned() && !type.is(TypeKind::kIpv4))
        return illegal_argument(arguments, 0, "an unsigned integer");
      return call(string_type(), symbol, {uint32_type()});
    };
  };
  add("IPv4NumToString", false, of_number(SP_SYMBOL(sp_ipv4_num_to_string)),
      "Writes a number as an IPv4 address.", "SELECT IPv4NumToString(16909060)", "1.2.3.4");
  add("INET_NTOA", true, of_number(SP_SYMBOL(sp_ipv4_num_to_string)),
      "Writes a number as an IPv4 address.", "SELECT INET_NTOA(16909060)", "1.2.3.4");
  add("IPv4NumToStringClassC", false, of_number(SP_SYMBOL(sp_ipv4_num_to_class_c)),
      "Writes a number as an IPv4 address with xxx for its last byte.",
      "SELECT IPv4NumToStringClassC(16909060)", "1.2.3.xxx");
  add("IPv4StringToNum", false, fallible_signature("s", u32, SP_SYMBOL(sp_ipv4_string_to_num)),
      "Reads an IPv4 address.", "SELECT IPv4StringToNum('1.2.3.4')", "16909060");
  add("INET_ATON", true, fallible_signature("s", u32, SP_SYMBOL(sp_ipv4_string_to_num)),
      "Reads an IPv4 address.", "SELECT INET_ATON('1.2.3.4')", "16909060");
  add("IPv4StringToNumOrDefault", false,
      signature("s", u32, SP_SYMBOL(sp_ipv4_string_to_num_or_default)),
      "Reads an IPv4 address; 0 if it is none.", "SELECT IPv4StringToNumOrDefault('x')", "0");
  add("IPv4StringToNumOrNull", false,
      signature("s", Type::nullable(u32), SP_SYMBOL(sp_ipv4_string_to_num_or_null)),
      "Reads an IPv4 address; NULL if it is none.", "SELECT IPv4StringToNumOrNull('x')", "\\N");
  add(
      "IPv6NumToString", false,
      [=](std::span<const Argument> arguments, const ResolveOptions&) -> Result<ResolvedFunction> {
        if (arguments[0].type.is(TypeKind::kIpv6))
          return call(string, SP_SYMBOL(sp_ipv6_to_string));
        if (!arguments[0].type.is_string_like())
          return illegal_argument(arguments, 0, "FixedString(16) or IPv6");
        return fallible_call(string, SP_SYMBOL(sp_ipv6_num_to_string));
      },
      "Writes 16 bytes as an IPv6 address.", "SELECT IPv6NumToString(IPv6StringToNum('::1'))",
      "::1");
  add("IPv6StringToNum", false,
      fallible_signature("s", Type::fixed_string(16), SP_SYMBOL(sp_ipv6_string_to_num)),
      "Reads an IPv6 address as 16 bytes.", "SELECT hex(IPv6StringToNum('::1'))",
      "00000000000000000000000000000001");
  add("isIPv4String", false, signature("s", u8, SP_SYMBOL(sp_is_ipv4_string)),
      "Returns 1 if `s` is an IPv4 address.", "SELECT isIPv4String('1.2.3.4')", "1");
  add("isIPv6String", false, signature("s", u8, SP_SYMBOL(sp_is_ipv6_string)),
      "Returns 1 if `s` is an IPv6 address.", "SELECT isIPv6String('::1')", "1");
  add("isIPAddressInRange", false, fallible_signature("ss", u8, SP_SYMBOL(sp_is_ip_in_range)),
      "Returns 1 if `address` lies in the network `prefix`.",
      "SELECT isIPAddressInRange('1.2.3.4', '1.2.0.0/16')", "1", {}, 2);
}

}  // namespace sp
