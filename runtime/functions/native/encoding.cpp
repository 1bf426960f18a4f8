// hex, unhex, bin, unbin, base64, CRC32 and cryptographic digests (MD5, SHA-1, SHA-2).

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "runtime/core/slot.h"
#include "runtime/functions/function.h"
#include "runtime/functions/signature.h"
#include "runtime/functions/string_output.h"
#include "runtime/text/hex_digit.h"

namespace sp {

struct DigitsContext : FunctionContext {
  uint32_t size = 1;        // bytes of the value
  bool skip_zeros = false;  // integers and dates: leading zero bytes are left out
  bool reversed = false;    // print the most significant byte first
  bool words = false;       // UUID: two words, each most significant byte first
  bool binary = false;      // bin() instead of hex()
};

namespace {

void append_byte(char*& to, uint8_t byte, bool binary) noexcept {
  if (binary) {
    for (int bit = 7; bit >= 0; --bit) *to++ = static_cast<char>('0' + ((byte >> bit) & 1));
    return;
  }
  constexpr char kDigits[] = "0123456789ABCDEF";
  *to++ = kDigits[byte >> 4];
  *to++ = kDigits[byte & 15];
}

StringRef digits_of_text(ExecState& exec, std::string_view text, bool binary) noexcept {
  char* bytes = new_bytes(exec, text.size() * (binary ? 8 : 2));
  char* to = bytes;
  for (const char c : text) append_byte(to, static_cast<uint8_t>(c), binary);
  return StringRef(bytes, static_cast<size_t>(to - bytes));
}

// What is no digit counts as the highest one.
int digit_value(char c) noexcept { return hex_digit(c) & 0xF; }

}  // namespace

extern "C" void sp_hex_string(ExecState& exec, const StringRef& text, StringRef* out) noexcept {
  *out = digits_of_text(exec, text.view(), false);
}
extern "C" void sp_bin_string(ExecState& exec, const StringRef& text, StringRef* out) noexcept {
  *out = digits_of_text(exec, text.view(), true);
}
extern "C" void sp_digits(ExecState& exec, const DigitsContext* context, const void* value,
                          StringRef* out) noexcept {
  const auto* bytes = static_cast<const uint8_t*>(value);
  char* buffer = new_bytes(exec, size_t{context->size} * 8);
  char* to = buffer;
  bool leading = context->skip_zeros;
  for (uint32_t i = 0; i < context->size; ++i) {
    const uint32_t at = context->words      ? (i < 8 ? 7 - i : 23 - i)
                        : context->reversed ? context->size - 1 - i
                                            : i;
    if (leading && bytes[at] == 0 && i + 1 < context->size) continue;
    leading = false;
    append_byte(to, bytes[at], context->binary);
  }
  *out = StringRef(buffer, static_cast<size_t>(to - buffer));
}
extern "C" void sp_unhex(ExecState& exec, const StringRef& text, StringRef* out) noexcept {
  const std::string_view source = text.view();
  char* bytes = new_bytes(exec, source.size() / 2 + 1);
  size_t size = 0, at = 0;
  if (source.size() % 2 == 1) bytes[size++] = static_cast<char>(digit_value(source[at++]));
  for (; at < source.size(); at += 2) {
    bytes[size++] = static_cast<char>((digit_value(source[at]) << 4) | digit_value(source[at + 1]));
  }
  *out = StringRef(bytes, size);
}
extern "C" void sp_unbin(ExecState& exec, const StringRef& text, StringRef* out) noexcept {
  const std::string_view source = text.view();
  char* bytes = new_bytes(exec, source.size() / 8 + 1);
  size_t size = 0, at = 0;
  while (at < source.size()) {
    const size_t bits = (source.size() - at) % 8 == 0 ? 8 : (source.size() - at) % 8;
    uint8_t byte = 0;
    for (size_t i = 0; i < bits; ++i)
      byte = static_cast<uint8_t>(byte << 1 | (source[at + i] == '1'));
    bytes[size++] = static_cast<char>(byte);
    at += bits;
  }
  *out = StringRef(bytes, size);
}

namespace {

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

StringRef encode_base64(ExecState& exec, std::string_view text, bool url) noexcept {
  char* bytes = new_bytes(exec, (text.size() + 2) / 3 * 4);
  size_t size = 0;
  const auto letter = [&](uint32_t six) {
    const char c = kBase64[six & 63];
    return url ? (c == '+' ? '-' : c == '/' ? '_' : c) : c;
  };
  for (size_t at = 0; at < text.size(); at += 3) {
    const size_t left = std::min<size_t>(3, text.size() - at);
    uint32_t word = 0;
    for (size_t i = 0; i < 3; ++i)
      word = word << 8 | (i < left ? static_cast<uint8_t>(text[at + i]) : 0u);
    for (size_t i = 0; i < 4; ++i) {
      if (i <= left)
        bytes[size++] = letter(word >> (18 - 6 * i));
      else if (!url)
        bytes[size++] = '=';
    }
  }
  return StringRef(bytes, size);
}

// Strict: no other characters, padding as written by the encoder (optional for the URL form).
bool decode_base64(ExecState& exec, std::string_view text, bool url, StringRef* out) noexcept {
  static const std::array<int8_t, 256> values = [] {
    std::array<int8_t, 256> table;
    table.fill(-1);
    for (size_t i = 0; i < 64; ++i)
      table[static_cast<uint8_t>(kBase64[i])] = static_cast<int8_t>(i);
    return table;
  }();
  *out = StringRef();
  if (!url && text.size() % 4 != 0) return false;
  for (int i = 0; i < 2 && !text.empty() && text.back() == '='; ++i) text.remove_suffix(1);
  if (text.size() % 4 == 1) return false;
  char* bytes = new_bytes(exec, text.size() * 3 / 4 + 1);
  size_t size = 0;
  uint32_t word = 0, bits = 0;
  for (char c : text) {
    if (url) c = c == '-' ? '+' : c == '_' ? '/' : (c == '+' || c == '/') ? '\0' : c;
    const int8_t value = values[static_cast<uint8_t>(c)];
    if (value < 0) return false;
    word = word << 6 | static_cast<uint32_t>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[size++] = static_cast<char>(word >> bits);
  }
  *out = StringRef(bytes, size);
  return true;
}

}  // namespace

extern "C" void sp_base64_encode(ExecState& exec, const StringRef& text, StringRef* out) noexcept {
  *out = encode_base64(exec, text.view(), false);
}
extern "C" void sp_base64_url_encode(ExecState& exec, const StringRef& text,
                                     StringRef* out) noexcept {
  *out = encode_base64(exec, text.view(), true);
}
extern "C" void sp_base64_decode(ExecState& exec, const StringRef& text, StringRef* out) noexcept {
  if (decode_base64(exec, text.view(), false, out)) return;
  exec.fail(ErrorCode::kIncorrectData,
            "Invalid base64Decode value (" + std::string(text.view()) + "), cannot be decoded");
}
extern "C" void sp_base64_url_decode(ExecState& exec, const StringRef& text,
                                     StringRef* out) noexcept {
  if (decode_base64(exec, text.view(), true, out)) return;
  exec.fail(ErrorCode::kIncorrectData,
            "Invalid base64URLDecode value (" + std::string(text.view()) + "), cannot be decoded");
}
extern "C" void sp_try_base64_decode(ExecState& exec, const StringRef& text,
                                     StringRef* out) noexcept {
  decode_base64(exec, text.view(), false, out);
}
extern "C" void sp_try_base64_url_decode(ExecState& exec, const StringRef& text,
                                         StringRef* out) noexcept {
  decode_base64(exec, text.view(), true, out);
}
// CRC-32 of zlib (polynomial 0xEDB88320, reflected), one byte at a time.
extern "C" uint32_t sp_crc32(const StringRef& text) noexcept {
  static const std::array<uint32_t, 256> table = [] {
    std::array<uint32_t, 256> entries;
    for (uint32_t i = 0; i < 256; ++i) {
      uint32_t value = i;
      for (int bit = 0; bit < 8; ++bit)
        value = (value >> 1) ^ ((value & 1) != 0 ? 0xEDB88320U : 0U);
      entries[i] = value;
    }
    return entries;
  }();
  uint32_t crc = ~0U;
  for (const char c : text.view()) crc = (crc >> 8) ^ table[(crc ^ static_cast<uint8_t>(c)) & 0xFF];
  return ~crc;
}

#define SP_DIGEST(name, algorithm)                                                             \
  extern "C" void sp_##name(ExecState& exec, const StringRef& text, StringRef* out) noexcept { \
    unsigned char digest[EVP_MAX_MD_SIZE];                                                     \
    unsigned size = 0;                                                                         \
    EVP_Digest(text.begin(), text.size, digest, &size, algorithm, nullptr);                    \
    *out = new_string(exec, {reinterpret_cast<const char*>(digest), size});                    \
  }
SP_DIGEST(md5, EVP_md5())
SP_DIGEST(sha1, EVP_sha1())
SP_DIGEST(sha224, EVP_sha224())
SP_DIGEST(sha256, EVP_sha256())
SP_DIGEST(sha384, EVP_sha384())
SP_DIGEST(sha512, EVP_sha512())
SP_DIGEST(sha512_256, EVP_sha512_256())
#undef SP_DIGEST

struct HmacContext : FunctionContext {
  const EVP_MD* algorithm = nullptr;
};
extern "C" void sp_hmac(ExecState& exec, const HmacContext* context, const StringRef&,
                        const StringRef& message, const StringRef& key, StringRef* out) noexcept {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(message.begin());
  const bool made = HMAC(context->algorithm, key.begin(), static_cast<int>(key.size), bytes,
                         message.size, digest, &size) != nullptr;
  *out = made ? new_string(exec, {reinterpret_cast<const char*>(digest), size}) : StringRef();
  if (!made) exec.fail(ErrorCode::kBadArguments, "HMAC cannot use this hash algorithm");
}

namespace {

Result<ResolvedFunction> resolve_hmac(std::span<const Argument> arguments,
                                      const ResolveOptions& options) {
  static const Resolver form = fallible_signature("sss", string_type(), SP_SYMBOL(sp_hmac));
  SP_TRY(ResolvedFunction resolved, form(arguments, options));
  auto context = std::make_shared<HmacContext>();
  const auto name = arguments[0].constant_text();
  if (!name) return illegal_argument(arguments, 0, "constant String with a hash algorithm");
  context->algorithm = EVP_get_digestbyname(std::string(*name).c_str());
  if (context->algorithm == nullptr)
    return fail(ErrorCode::kBadArguments, "Invalid hash algorithm: " + std::string(*name));
  resolved.context = std::move(context);
  return resolved;
}

Resolver digits(bool binary) {
  return
      [=](std::span<const Argument> arguments, const ResolveOptions&) -> Result<ResolvedFunction> {
        const Type type = arguments[0].type;
        if (type.is_string_like())
          return call(string_type(), binary ? SP_SYMBOL(sp_bin_string) : SP_SYMBOL(sp_hex_string));
        auto context = std::make_shared<DigitsContext>();
        context->size = slot_layout(type).size;
        context->binary = binary;
        const bool whole = type.is_integer() || type.is(TypeKind::kBool) ||
                           type.is(TypeKind::kIpv4) || type.is_enum();
        const bool date = type.is(TypeKind::kDate) || type.is(TypeKind::kDate32) ||
                          type.is(TypeKind::kDateTime) || type.is(TypeKind::kDateTime64);
        if (type.is(TypeKind::kUuid)) {
          context->words = true;
        } else if (whole || date) {
          context->reversed = context->skip_zeros = true;
        } else if (!type.is_float() && !type.is(TypeKind::kDecimal) && !type.is(TypeKind::kIpv6)) {
          return illegal_argument(arguments, 0, "a string, number, date or UUID");
        }
        return call(string_type(), SP_SYMBOL(sp_digits), {type}, context);
      };
}

}  // namespace

SP_FUNCTIONS(encoding) {
  const Type string = string_type();
  const auto add = [&](const char* name, bool any_case, Resolver resolve, const char* doc,
                       const char* example, const char* result,
                       std::vector<const char*> aliases = {}) {
    rows.push_back({.name = name,
                    .aliases = std::move(aliases),
                    .case_insensitive = any_case,
                    .min_arguments = 1,
                    .max_arguments = 1,
                    .resolve = std::move(resolve),
                    .doc = doc,
                    .example = example,
                    .example_result = result});
  };
  add("hex", true, digits(false), "Returns the bytes of `x` in hexadecimal.", "SELECT hex(256)",
      "0100");
  add("bin", true, digits(true), "Returns the bytes of `x` in binary.", "SELECT bin(5)",
      "00000101");
  add("unhex", true, signature("s", string, SP_SYMBOL(sp_unhex)),
      "Returns the bytes that `s` spells in hexadecimal.", "SELECT unhex('616263')", "abc");
  add("unbin", true, signature("s", string, SP_SYMBOL(sp_unbin)),
      "Returns the bytes that `s` spells in binary.", "SELECT unbin('01100001')", "a");
  add("base64Encode", false, signature("s", string, SP_SYMBOL(sp_base64_encode)),
      "Encodes `s` in Base64.", "SELECT base64Encode('hello')", "aGVsbG8=");
  add("base64Decode", false, fallible_signature("s", string, SP_SYMBOL(sp_base64_decode)),
      "Decodes Base64.", "SELECT base64Decode('aGVsbG8=')", "hello");
  add("TO_BASE64", true, signature("s", string, SP_SYMBOL(sp_base64_encode)),
      "Encodes `s` in Base64.", "SELECT TO_BASE64('hello')", "aGVsbG8=");
  add("FROM_BASE64", true, fallible_signature("s", string, SP_SYMBOL(sp_base64_decode)),
      "Decodes Base64.", "SELECT FROM_BASE64('aGVsbG8=')", "hello");
  add("tryBase64Decode", false, signature("s", string, SP_SYMBOL(sp_try_base64_decode)),
      "Decodes Base64; what is none gives the empty string.", "SELECT tryBase64Decode('aGVsbG8=')",
      "hello");
  add("base64URLEncode", false, signature("s", string, SP_SYMBOL(sp_base64_url_encode)),
      "Encodes `s` in Base64 for URLs.", "SELECT base64URLEncode('hello?>')", "aGVsbG8_Pg");
  add("base64URLDecode", false, fallible_signature("s", string, SP_SYMBOL(sp_base64_url_decode)),
      "Decodes Base64 for URLs.", "SELECT base64URLDecode('aGVsbG8_Pg')", "hello?>");
  add("tryBase64URLDecode", false, signature("s", string, SP_SYMBOL(sp_try_base64_url_decode)),
      "Decodes Base64 for URLs; what is none gives the empty string.",
      "SELECT tryBase64URLDecode('aGVsbG8_Pg')", "hello?>");
  add("CRC32", true, signature("s", uint32_type(), SP_SYMBOL(sp_crc32)),
      "Returns the CRC-32 of `s`.", "SELECT CRC32('abc')", "891568578");
  const auto digest = [&](const char* name, uint32_t size, Symbol symbol, const char* example,
                          const char* result) {
    add(name, false, signature("s", Type::fixed_string(size), std::move(symbol)),
        "Returns the digest of `s`.", example, result);
  };
  digest("MD5", 16, SP_SYMBOL(sp_md5), "SELECT hex(MD5('a'))", "0CC175B9C0F1B6A831C399E269772661");
  digest("SHA1", 20, SP_SYMBOL(sp_sha1), "SELECT hex(SHA1('a'))",
         "86F7E437FAA5A7FCE15D1DDCB9EAEAEA377667B8");
  digest("SHA224", 28, SP_SYMBOL(sp_sha224), "SELECT substring(hex(SHA224('a')), 1, 8)",
         "ABD37534");
  digest("SHA256", 32, SP_SYMBOL(sp_sha256), "SELECT substring(hex(SHA256('a')), 1, 8)",
         "CA978112");
  digest("SHA384", 48, SP_SYMBOL(sp_sha384), "SELECT substring(hex(SHA384('a')), 1, 8)",
         "54A59B9F");
  digest("SHA512", 64, SP_SYMBOL(sp_sha512), "SELECT substring(hex(SHA512('a')), 1, 8)",
         "1F40FC92");
  digest("SHA512_256", 32, SP_SYMBOL(sp_sha512_256), "SELECT length(SHA512_256('a'))", "32");
  rows.push_back({.name = "HMAC",
                  .case_insensitive = true,
                  .min_arguments = 3,
                  .max_arguments = 3,
                  .constant_arguments = 1,
                  .resolve = resolve_hmac,
                  .doc = "Returns the HMAC of `message` under `key` by a hash `algorithm`.",
                  .example = "SELECT hex(HMAC('md5', 'message', 'key'))",
                  .example_result = "4E4748E62B463521F6775FBF921234B5"});
}

}  // namespace sp
