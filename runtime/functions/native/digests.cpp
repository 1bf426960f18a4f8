// Checksums and digests of one string: MD4, RIPEMD160, keccak256, CRC32IEEE, CRC64, the hashes of
// Java and Hive; URLHash.
// Sources: RFC 1320 (MD4); the Keccak team's specification summary (keccak256, padding 0x01);
// ECMA-182 (CRC-64).

#include <openssl/evp.h>

#include <array>
#include <bit>

#include "runtime/aggregates/city_hash.h"
#include "runtime/functions/function.h"
#include "runtime/functions/signature.h"
#include "runtime/functions/string_output.h"

namespace sp {

namespace {

// --- MD4 ------------------------------------------------------------------------------------

struct Md4 {
  uint32_t state[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};

  void block(const uint8_t* bytes) noexcept {
    uint32_t x[16];
    std::memcpy(x, bytes, sizeof(x));
    uint32_t s[4] = {state[0], state[1], state[2], state[3]};
    constexpr int kShifts[3][4] = {{3, 7, 11, 19}, {3, 5, 9, 13}, {3, 9, 11, 15}};
    constexpr uint32_t kAdded[3] = {0, 0x5a827999, 0x6ed9eba1};
    constexpr uint8_t kThird[16] = {0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15};
    for (size_t i = 0; i < 48; ++i) {
      const size_t round = i / 16, step = i % 16;
      const size_t word = round == 0 ? step : round == 1 ? step % 4 * 4 + step / 4 : kThird[step];
      const uint32_t b = s[1], c = s[2], d = s[3];
      const uint32_t mixed = round == 0   ? (b & c) | (~b & d)
                             : round == 1 ? (b & c) | (b & d) | (c & d)
                                          : b ^ c ^ d;
      const uint32_t next =
          std::rotl(s[0] + mixed + x[word] + kAdded[round], kShifts[round][step % 4]);
      s[0] = d;
      s[3] = c;
      s[2] = b;
      s[1] = next;
    }
    for (size_t i = 0; i < 4; ++i) state[i] += s[i];
  }
};

void md4(std::string_view text, char out[16]) noexcept {
  Md4 hash;
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  size_t at = 0;
  for (; at + 64 <= text.size(); at += 64) hash.block(bytes + at);
  uint8_t tail[128] = {};
  const size_t left = text.size() - at;
  if (left > 0) std::memcpy(tail, bytes + at, left);
  tail[left] = 0x80;
  const size_t size = left < 56 ? 64 : 128;
  const uint64_t bits = uint64_t{text.size()} * 8;
  std::memcpy(tail + size - 8, &bits, 8);
  hash.block(tail);
  if (size == 128) hash.block(tail + 64);
  std::memcpy(out, hash.state, 16);
}

// --- Keccak ---------------------------------------------------------------------------------

void keccak_permute(uint64_t a[25]) noexcept {
  constexpr int kRotations[24] = {1,  3,  6,  10, 15, 21, 28, 36, 45, 55, 2,  14,
                                  27, 41, 56, 8,  25, 43, 62, 18, 39, 61, 20, 44};
  constexpr uint8_t kLanes[24] = {10, 7,  11, 17, 18, 3, 5,  16, 8,  21, 24, 4,
                                  15, 23, 19, 13, 12, 2, 20, 14, 22, 9,  6,  1};
  uint8_t shift_register = 1;
  for (int round = 0; round < 24; ++round) {
    uint64_t c[5];
    for (int x = 0; x < 5; ++x) c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
    for (int x = 0; x < 5; ++x) {
      const uint64_t d = c[(x + 4) % 5] ^ std::rotl(c[(x + 1) % 5], 1);
      for (int y = 0; y < 25; y += 5) a[y + x] ^= d;
    }
    uint64_t moved = a[1];
    for (int i = 0; i < 24; ++i) {
      const uint64_t kept = a[kLanes[i]];
      a[kLanes[i]] = std::rotl(moved, kRotations[i]);
      moved = kept;
    }
    for (int y = 0; y < 25; y += 5) {
      uint64_t row[5];
      std::memcpy(row, a + y, sizeof(row));
      for (int x = 0; x < 5; ++x) a[y + x] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5]);
    }
    // The round's constant: bits 0, 1, 3, 7, ... of a linear feedback shift register.
    for (int bit = 0; bit < 7; ++bit) {
      if ((shift_register & 1) != 0) a[0] ^= uint64_t{1} << ((1 << bit) - 1);
      shift_register =
          static_cast<uint8_t>((shift_register << 1) ^ ((shift_register & 0x80) != 0 ? 0x71 : 0));
    }
  }
}

void keccak256(std::string_view text, char out[32]) noexcept {
  constexpr size_t kRate = 136;
  uint64_t state[25] = {};
  const auto absorb = [&state](const char* bytes) {
    for (size_t i = 0; i < kRate / 8; ++i) {
      uint64_t word;
      std::memcpy(&word, bytes + i * 8, 8);
      state[i] ^= word;
    }
    keccak_permute(state);
  };
  size_t at = 0;
  for (; at + kRate <= text.size(); at += kRate) absorb(text.data() + at);
  char last[kRate] = {};
  if (at < text.size()) std::memcpy(last, text.data() + at, text.size() - at);
  last[text.size() - at] ^= 0x01;
  last[kRate - 1] = static_cast<char>(last[kRate - 1] ^ static_cast<char>(0x80));
  absorb(last);
  std::memcpy(out, state, 32);
}

// --- CRC ------------------------------------------------------------------------------------

// Reflected, without the usual inversions.
template <class T>
T crc(std::string_view bytes, T polynomial) noexcept {
  std::array<T, 256> table;
  for (size_t i = 0; i < 256; ++i) {
    T value = static_cast<T>(i);
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? polynomial : T{});
    table[i] = value;
  }
  T out = 0;
  for (const char c : bytes) out = (out >> 8) ^ table[(out ^ static_cast<uint8_t>(c)) & 0xFF];
  return out;
}

int32_t java_hash(std::string_view text) noexcept {
  uint32_t hash = 0;
  for (const char c : text)
    hash = hash * 31 + static_cast<uint32_t>(static_cast<int32_t>(static_cast<signed char>(c)));
  return static_cast<int32_t>(hash);
}

}  // namespace

extern "C" void sp_md4(ExecState& exec, const StringRef& text, StringRef* out) noexcept {
  char digest[16];
  md4(text.view(), digest);
  *out = new_string(exec, {digest, sizeof(digest)});
}
extern "C" void sp_keccak256(ExecState& exec, const StringRef& text, StringRef* out) noexcept {
  char digest[32];
  keccak256(text.view(), digest);
  *out = new_string(exec, {digest, sizeof(digest)});
}
extern "C" void sp_ripemd160(ExecState& exec, const StringRef& text, StringRef* out) noexcept {
  unsigned char digest[EVP_MAX_MD_SIZE] = {};
  unsigned size = 0;
  EVP_Digest(text.begin(), text.size, digest, &size, EVP_ripemd160(), nullptr);
  *out = new_string(exec, {reinterpret_cast<const char*>(digest), 20});
}
extern "C" uint32_t sp_crc32_ieee(const StringRef& text) noexcept {
  return crc<uint32_t>(text.view(), 0xEDB88320U);
}
extern "C" uint64_t sp_crc64(const StringRef& text) noexcept {
  return crc<uint64_t>(text.view(), 0xC96C5795D7870F42ULL);
}
extern "C" int32_t sp_java_hash(const StringRef& text) noexcept { return java_hash(text.view()); }
extern "C" int32_t sp_java_hash_int(int64_t value) noexcept { return static_cast<int32_t>(value); }
extern "C" int32_t sp_java_hash_long(int64_t value) noexcept {
  const auto bits = static_cast<uint64_t>(value);
  return static_cast<int32_t>(static_cast<uint32_t>(bits ^ (bits >> 32)));
}
extern "C" int32_t sp_hive_hash(const StringRef& text) noexcept {
  return java_hash(text.view()) & 0x7FFFFFFF;
}
extern "C" int32_t sp_java_hash_utf16(ExecState& exec, const StringRef& text) noexcept {
  const std::string_view bytes = text.view();
  if (bytes.size() % 2 != 0) {
    exec.fail(ErrorCode::kBadArguments,
              "Arguments for javaHashUTF16LE must be in the form of "
              "UTF-16");
    return 0;
  }
  uint32_t hash = 0;
  for (size_t i = 0; i < bytes.size(); i += 2) {
    const auto low = static_cast<uint8_t>(bytes[i]), high = static_cast<uint8_t>(bytes[i + 1]);
    hash = hash * 31 + (static_cast<uint32_t>(low) | static_cast<uint32_t>(high) << 8);
  }
  return static_cast<int32_t>(hash);
}
// Without one '/', '?' or '#' at the end.
extern "C" uint64_t sp_url_hash(const StringRef& url) noexcept {
  std::string_view text = url.view();
  if (!text.empty() && (text.back() == '/' || text.back() == '?' || text.back() == '#'))
    text.remove_suffix(1);
  return city_hash64(text.data(), text.size());
}

SP_FUNCTIONS(digests) {
  const Type i32 = Type::of(TypeKind::kInt32);
  const auto add = [&](const char* name, Resolver resolve, const char* doc, const char* example,
                       const char* result, bool any_case = false) {
    rows.push_back({.name = name,
                    .case_insensitive = any_case,
                    .min_arguments = 1,
                    .max_arguments = 1,
                    .resolve = std::move(resolve),
                    .doc = doc,
                    .example = example,
                    .example_result = result});
  };
  add("MD4", signature("s", Type::fixed_string(16), SP_SYMBOL(sp_md4)), "Returns the MD4 of `s`.",
      "SELECT hex(MD4('abc'))", "A448017AAF21D8525FC10AE87AA6729D");
  add("RIPEMD160", signature("s", Type::fixed_string(20), SP_SYMBOL(sp_ripemd160)),
      "Returns the RIPEMD-160 of `s`.", "SELECT hex(RIPEMD160('abc'))",
      "8EB208F7E05D987A9B044A8E98C6B087F15A0BFC");
  add("keccak256", signature("s", Type::fixed_string(32), SP_SYMBOL(sp_keccak256)),
      "Returns the Keccak-256 of `s`, as Ethereum uses it.", "SELECT hex(keccak256('abc'))",
      "4E03657AEA45A94FC7D47BA826C8D667C0D1E6E33A64A036EC44F58FA12D6C45");
  add("CRC32IEEE", signature("s", uint32_type(), SP_SYMBOL(sp_crc32_ieee)),
      "Returns the CRC-32 of `s`, beginning with 0 and not inverted.", "SELECT CRC32IEEE('abc')",
      "3395655888", true);
  add("CRC64", signature("s", uint64_type(), SP_SYMBOL(sp_crc64)),
      "Returns the CRC-64 (ECMA) of `s`.", "SELECT CRC64('abc')", "14276787454831668577", true);
  add(
      "javaHash",
      [=](std::span<const Argument> arguments, const ResolveOptions&) -> Result<ResolvedFunction> {
        const Type type = arguments[0].type;
        if (type.is_string_like()) return call(i32, SP_SYMBOL(sp_java_hash));
        if (type.is(TypeKind::kInt64)) return call(i32, SP_SYMBOL(sp_java_hash_long));
        const bool narrow = type.is_signed_integer() && slot_layout(type).size <= 4;
        if (!narrow) {
          return fail(ErrorCode::kNotImplemented,
                      "Java hash of " + type.name() + " is not implemented");
        }
        return call(i32, SP_SYMBOL(sp_java_hash_int), {int64_type()});
      },
      "Returns Java's hashCode of a text or an integer.", "SELECT javaHash('Hello, world!')",
      "-1880044555");
  add("javaHashUTF16LE", fallible_signature("s", i32, SP_SYMBOL(sp_java_hash_utf16)),
      "Returns Java's hashCode of a text in UTF-16.", "SELECT javaHashUTF16LE('t\\0e\\0')", "3697");
  add("hiveHash", signature("s", i32, SP_SYMBOL(sp_hive_hash)),
      "Returns Hive's hash of a text: Java's without its sign.", "SELECT hiveHash('Hello, world!')",
      "267439093");
  add("URLHash", signature("s", uint64_type(), SP_SYMBOL(sp_url_hash)),
      "Hashes a URL without the '/', '?' or '#' at its end.",
      "SELECT URLHash('https://a.b/') = URLHash('https://a.b')", "1");
}

}  // namespace sp
