// Hashes of 128 bits and SipHash with a key: sipHash128, sipHash128Keyed, sipHash128Reference,
// sipHash128ReferenceKeyed, sipHash64Keyed, murmurHash3_128, xxh3_128; of one value.
// Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF"; its reference code for 128
// bits.

#include <xxhash.h>

#include <bit>

#include "runtime/functions/function.h"
#include "runtime/functions/native/murmur_hash.h"
#include "runtime/functions/signature.h"
#include "runtime/functions/string_output.h"

namespace sp {

/// How the bytes of the value are found among the arguments: a text, or a number of `size` bytes.
struct ValueBytes : FunctionContext {
  uint32_t size = 0;
  uint32_t offset = 0;
  std::string_view of(const void* arguments) const noexcept {
    const char* value = static_cast<const char*>(arguments) + offset;
    if (size == 0) return reinterpret_cast<const StringRef*>(value)->view();
    return {value, size};
  }
};

namespace {

struct Key {
  uint64_t low = 0, high = 0;
};

// SipHash-2-4.
class KeyedSip {
 public:
  KeyedSip(Key key, bool reference) : reference_(reference) {
    v_[0] = 0x736f6d6570736575ULL ^ key.low;
    v_[1] = 0x646f72616e646f6dULL ^ key.high ^ (reference ? 0xee : 0);
    v_[2] = 0x6c7967656e657261ULL ^ key.low;
    v_[3] = 0x7465646279746573ULL ^ key.high;
  }
  void absorb(std::string_view bytes) {
    size_t at = 0;
    for (; at + 8 <= bytes.size(); at += 8) {
      uint64_t word;
      std::memcpy(&word, bytes.data() + at, 8);
      take(word);
    }
    uint64_t last = uint64_t{bytes.size()} << 56;
    for (size_t i = at; i < bytes.size(); ++i)
      last |= uint64_t{static_cast<uint8_t>(bytes[i])} << (8 * (i - at));
    take(last);
  }
  uint64_t finish64() {
    finalize(0xff);
    return v_[0] ^ v_[1] ^ v_[2] ^ v_[3];
  }
  Hash128 finish128() {
    if (!reference_) {
      finalize(0xff);
      return {v_[0] ^ v_[1], v_[2] ^ v_[3]};
    }
    finalize(0xee);
    const uint64_t low = v_[0] ^ v_[1] ^ v_[2] ^ v_[3];
    v_[1] ^= 0xdd;
    for (int i = 0; i < 4; ++i) round();
    return {low, v_[0] ^ v_[1] ^ v_[2] ^ v_[3]};
  }

 private:
  void take(uint64_t word) {
    v_[3] ^= word;
    round();
    round();
    v_[0] ^= word;
  }
  void finalize(uint64_t mark) {
    v_[2] ^= mark;
    for (int i = 0; i < 4; ++i) round();
  }
  void round() {
    v_[0] += v_[1];
    v_[1] = std::rotl(v_[1], 13) ^ v_[0];
    v_[0] = std::rotl(v_[0], 32);
    v_[2] += v_[3];
    v_[3] = std::rotl(v_[3], 16) ^ v_[2];
    v_[0] += v_[3];
    v_[3] = std::rotl(v_[3], 21) ^ v_[0];
    v_[2] += v_[1];
    v_[1] = std::rotl(v_[1], 17) ^ v_[2];
    v_[2] = std::rotl(v_[2], 32);
  }

  uint64_t v_[4];
  bool reference_;
};

void store(ExecState& exec, Hash128 hash, StringRef* out) noexcept {
  char bytes[16];
  std::memcpy(bytes, &hash.low, 8);
  std::memcpy(bytes + 8, &hash.high, 8);
  *out = new_string(exec, {bytes, sizeof(bytes)});
}

Hash128 sip128(Key key, bool reference, std::string_view bytes) noexcept {
  KeyedSip hash(key, reference);
  hash.absorb(bytes);
  return hash.finish128();
}

// The first argument, a tuple of two UInt64.
Key key_of(const void* tuple) noexcept {
  Key key;
  std::memcpy(&key, tuple, sizeof(key));
  return key;
}

}  // namespace

#define SP_HASH128(name, hash)                                                                 \
  extern "C" void sp_##name(ExecState& exec, const ValueBytes* context, const void* arguments, \
                            StringRef* out) noexcept {                                         \
    const std::string_view bytes = context->of(arguments);                                     \
    store(exec, hash, out);                                                                    \
  }
SP_HASH128(sip_hash128, sip128({}, false, bytes))
SP_HASH128(sip_hash128_reference, sip128({}, true, bytes))
SP_HASH128(murmur_hash3_128, murmur_hash3_128(bytes))
#undef SP_HASH128

extern "C" void sp_sip_hash128_keyed(ExecState& exec, const ValueBytes* context,
                                     const void* arguments, StringRef* out) noexcept {
  store(exec, sip128(key_of(arguments), false, context->of(arguments)), out);
}
extern "C" void sp_sip_hash128_reference_keyed(ExecState& exec, const ValueBytes* context,
                                               const void* arguments, StringRef* out) noexcept {
  store(exec, sip128(key_of(arguments), true, context->of(arguments)), out);
}
extern "C" uint64_t sp_sip_hash64_keyed(const ValueBytes* context, const void* arguments) noexcept {
  KeyedSip hash(key_of(arguments), false);
  hash.absorb(context->of(arguments));
  return hash.finish64();
}
extern "C" void sp_xxh3_128(const ValueBytes* context, const void* arguments, void* out) noexcept {
  const std::string_view bytes = context->of(arguments);
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  std::memcpy(out, &hash.low64, 8);
  std::memcpy(static_cast<char*>(out) + 8, &hash.high64, 8);
}

namespace {

Resolver of_value(Type result, const Symbol& symbol, bool keyed) {
  return
      [=](std::span<const Argument> arguments, const ResolveOptions&) -> Result<ResolvedFunction> {
        const size_t at = keyed ? 1 : 0;
        const Type type = arguments[at].type;
        auto context = std::make_shared<ValueBytes>();
        if (!type.is_string_like()) {
          if (type.is(TypeKind::kArray) || type.is(TypeKind::kMap) || type.is(TypeKind::kTuple))
            return illegal_argument(arguments, at, "a text, number, date or UUID");
          context->size = slot_layout(type).size;
        }
        std::vector<Type> types = {type};
        if (keyed) {
          if (!arguments[0].type.is(TypeKind::kTuple) || arguments[0].type.inner().size() != 2)
            return illegal_argument(arguments, 0, "a tuple of two UInt64");
          types.insert(types.begin(), Type::tuple({uint64_type(), uint64_type()}));
          context->offset = row_layout(types).offsets[1];
        }
        return packed_call(result, symbol, std::move(types), context);
      };
}

}  // namespace

SP_FUNCTIONS(hash128) {
  const Type bytes = Type::fixed_string(16);
  const auto add = [&](const char* name, Type type, const Symbol& symbol, bool keyed,
                       const char* doc, const char* example, const char* result) {
    const auto count = static_cast<uint8_t>(keyed ? 2 : 1);
    rows.push_back({.name = name,
                    .min_arguments = count,
                    .max_arguments = count,
                    .resolve = of_value(type, symbol, keyed),
                    .doc = doc,
                    .example = example,
                    .example_result = result});
  };
  add("sipHash128", bytes, SP_SYMBOL(sp_sip_hash128), false,
      "Hashes a value with SipHash-2-4 to 128 bits.", "SELECT hex(sipHash128('abc'))",
      "B6B415A2DA966B6C685A65E54C12A353");
  add("sipHash128Reference", bytes, SP_SYMBOL(sp_sip_hash128_reference), false,
      "Hashes a value with SipHash-2-4 to 128 bits, as its authors do.",
      "SELECT hex(sipHash128Reference('abc'))", "6C95DEC302962FA8CA5E69C1D5D15478");
  add("sipHash128Keyed", bytes, SP_SYMBOL(sp_sip_hash128_keyed), true,
      "Hashes a value with SipHash-2-4 and a key of two numbers to 128 bits.",
      "SELECT hex(sipHash128Keyed((toUInt64(1), toUInt64(2)), 'abc'))",
      "FCE9F37AABA9E4FF61D88252F079BE2E");
  add("sipHash128ReferenceKeyed", bytes, SP_SYMBOL(sp_sip_hash128_reference_keyed), true,
      "Hashes a value with SipHash-2-4 and a key of two numbers to 128 bits, as its authors do.",
      "SELECT hex(sipHash128ReferenceKeyed((toUInt64(1), toUInt64(2)), 'abc'))",
      "3FAC967426DE99EAF972E9418E79716D");
  add("sipHash64Keyed", uint64_type(), SP_SYMBOL(sp_sip_hash64_keyed), true,
      "Hashes a value with SipHash-2-4 and a key of two numbers.",
      "SELECT sipHash64Keyed((toUInt64(1), toUInt64(2)), 'abc')", "15085598991770005917");
  add("murmurHash3_128", bytes, SP_SYMBOL(sp_murmur_hash3_128), false,
      "Hashes a value with MurmurHash3 to 128 bits.", "SELECT hex(murmurHash3_128('abc'))",
      "6778AD3F3F3F96B4522DCA264174A23B");
  add("xxh3_128", Type::of(TypeKind::kUInt128), SP_SYMBOL(sp_xxh3_128), false,
      "Hashes a value with XXH3 to 128 bits.", "SELECT hex(xxh3_128('abc'))",
      "06B05AB6733A618578AF5F94892F3950");
}

}  // namespace sp
