// cityHash64, sipHash64, murmurHash..., xxHash..., farmHash64, metroHash64, wyHash64, halfMD5 of
// any number of arguments of any types. Values hash by their bytes (numbers of the city family by
// intHash64), containers by combining their elements, as in ClickHouse.

#include <xxhash.h>

#include "runtime/aggregates/city_hash.h"
#include "runtime/core/slot.h"
#include "runtime/functions/function.h"
#include "runtime/functions/native/farm_hash.h"
#include "runtime/functions/native/murmur_hash.h"
#include "runtime/functions/native/wy_hash.h"
#include "runtime/functions/signature.h"

namespace sp {

extern "C" uint64_t sp_int_hash64(uint64_t x) noexcept;
extern "C" uint32_t sp_int_hash32(uint64_t x) noexcept;

namespace {

enum class Algorithm {
  kCity,
  kSip,
  kMurmur2x32,
  kMurmur2x64,
  kMurmur3x32,
  kMurmur3x64,
  kXx32,
  kXx64,
  kXxh3,
  kHalfMd5,
  kFarm,
  kFarmFingerprint,
  kMetro,
  kWy,
  kGccMurmur,
  kKafkaMurmur
};

// Those that hash numbers by intHash64 and not by their bytes.
constexpr bool mixes_numbers(Algorithm algorithm) {
  return algorithm == Algorithm::kCity || algorithm == Algorithm::kFarm ||
         algorithm == Algorithm::kFarmFingerprint || algorithm == Algorithm::kMetro;
}

// How a type is hashed: a tree that follows the type.
struct HashNode {
  enum class Kind { kBytes, kNumber, kString, kArray, kTuple } kind = Kind::kBytes;
  uint32_t size = 0;    // bytes of a number or another fixed value
  uint32_t stride = 0;  // of array elements
  std::vector<HashNode> inner;
  std::vector<uint32_t> offsets;
};

}  // namespace

struct HashContext : FunctionContext {
  HashNode arguments;  // a tuple
};

namespace {

std::string_view bytes_of(const void* slot, size_t size) {
  return {static_cast<const char*>(slot), size};
}

uint64_t sip_of(std::string_view bytes) noexcept {
  SipHash hash;
  hash.update(bytes.data(), bytes.size());
  return hash.finish64();
}

template <Algorithm algorithm>
uint64_t hash_bytes(std::string_view bytes) noexcept {
  if constexpr (algorithm == Algorithm::kCity) return city_hash64(bytes.data(), bytes.size());
  if constexpr (algorithm == Algorithm::kSip) return sip_of(bytes);
  if constexpr (algorithm == Algorithm::kMurmur2x32) return murmur_hash2_32(bytes);
  if constexpr (algorithm == Algorithm::kMurmur2x64) return murmur_hash2_64(bytes);
  if constexpr (algorithm == Algorithm::kMurmur3x32) return murmur_hash3_32(bytes);
  if constexpr (algorithm == Algorithm::kMurmur3x64) {
    const Hash128 hash = murmur_hash3_128(bytes);
    return hash.low ^ hash.high;
  }
  if constexpr (algorithm == Algorithm::kXx32) return XXH32(bytes.data(), bytes.size(), 0);
  if constexpr (algorithm == Algorithm::kXx64) return XXH64(bytes.data(), bytes.size(), 0);
  if constexpr (algorithm == Algorithm::kXxh3) return XXH3_64bits(bytes.data(), bytes.size());
  if constexpr (algorithm == Algorithm::kFarm) return farm_hash64(bytes);
  if constexpr (algorithm == Algorithm::kFarmFingerprint) return farm_fingerprint64(bytes);
  if constexpr (algorithm == Algorithm::kMetro) return metro_hash64(bytes);
  if constexpr (algorithm == Algorithm::kWy) return wy_hash64(bytes);
  if constexpr (algorithm == Algorithm::kGccMurmur) return murmur_hash2_64(bytes, 0xc70f6907);
  if constexpr (algorithm == Algorithm::kKafkaMurmur)
    return murmur_hash2_32(bytes, 0x9747b28c) & 0x7FFFFFFF;
  return half_md5(bytes);
}

template <Algorithm algorithm>
uint64_t combine(uint64_t a, uint64_t b) noexcept {
  const uint64_t pair[2] = {a, b};
  switch (algorithm) {
    case Algorithm::kCity:
    case Algorithm::kFarm:
    case Algorithm::kMetro:
    case Algorithm::kXx64: return city_combine(a, b);
    case Algorithm::kSip: return sip_of(bytes_of(pair, sizeof(pair)));
    case Algorithm::kWy: return wy_hash64(bytes_of(pair, sizeof(pair)));
    case Algorithm::kHalfMd5: return half_md5(bytes_of(pair, sizeof(pair)));
    case Algorithm::kKafkaMurmur:
    case Algorithm::kXx32:
    case Algorithm::kMurmur2x32:
    case Algorithm::kMurmur3x32: return sp_int_hash32(a) ^ static_cast<uint32_t>(b);
    default: return sp_int_hash64(a) ^ b;
  }
}

// The number zero-extended (floats: their bits).
uint64_t number_of(const HashNode& node, const void* slot) noexcept {
  uint64_t value = 0;
  std::memcpy(&value, slot, node.size);
  return value;
}

template <Algorithm algorithm>
uint64_t hash_scalar(const HashNode& node, const void* slot) noexcept {
  if (node.kind == HashNode::Kind::kString)
    return hash_bytes<algorithm>(static_cast<const StringRef*>(slot)->view());
  if (node.kind == HashNode::Kind::kNumber && mixes_numbers(algorithm))
    return sp_int_hash64(number_of(node, slot));
  return hash_bytes<algorithm>(bytes_of(slot, node.size));
}

// One hash that takes in value after value. Tuples take in their elements, arrays their size and
// the hashes of their elements, as if these stood in the list of arguments.
template <Algorithm algorithm>
class RunningHash {
 public:
  void add(const HashNode& node, const void* slot) noexcept {
    const auto* bytes = static_cast<const char*>(slot);
    if (node.kind == HashNode::Kind::kTuple) {
      for (size_t i = 0; i < node.inner.size(); ++i) add(node.inner[i], bytes + node.offsets[i]);
    } else if (node.kind == HashNode::Kind::kArray) {
      add_array(node, *static_cast<const ArrayRef*>(slot));
    } else {
      take(hash_scalar<algorithm>(node, slot));
    }
  }
  uint64_t value() const noexcept { return value_; }

 private:
  void add_array(const HashNode& node, const ArrayRef& array) noexcept {
    constexpr bool kNarrow = algorithm == Algorithm::kMurmur2x32 ||
                             algorithm == Algorithm::kMurmur3x32 || algorithm == Algorithm::kXx32 ||
                             algorithm == Algorithm::kKafkaMurmur;
    take(kNarrow ? sp_int_hash32(array.size) : sp_int_hash64(array.size));
    for (uint64_t i = 0; i < array.size; ++i) {
      RunningHash element;
      element.add(node.inner[0], static_cast<const char*>(array.data) + i * node.stride);
      take(element.value());
    }
  }
  void take(uint64_t next) noexcept {
    value_ = first_ ? next : combine<algorithm>(value_, next);
    first_ = false;
  }
  uint64_t value_ = 0;
  bool first_ = true;
};

template <Algorithm algorithm>
uint64_t hash_arguments(const HashContext& context, const void* tuple) noexcept {
  RunningHash<algorithm> hash;
  hash.add(context.arguments, tuple);
  return hash.value();
}

}  // namespace

#define SP_HASH(name, type, algorithm)                                                \
  extern "C" type sp_##name(const HashContext* context, const void* tuple) noexcept { \
    return static_cast<type>(hash_arguments<Algorithm::algorithm>(*context, tuple));  \
  }
SP_HASH(city_hash64, uint64_t, kCity)
SP_HASH(sip_hash64, uint64_t, kSip)
SP_HASH(murmur_hash2_32, uint32_t, kMurmur2x32)
SP_HASH(murmur_hash2_64, uint64_t, kMurmur2x64)
SP_HASH(murmur_hash3_32, uint32_t, kMurmur3x32)
SP_HASH(murmur_hash3_64, uint64_t, kMurmur3x64)
SP_HASH(xx_hash32, uint32_t, kXx32)
SP_HASH(xx_hash64, uint64_t, kXx64)
SP_HASH(xxh3, uint64_t, kXxh3)
SP_HASH(half_md5, uint64_t, kHalfMd5)
SP_HASH(farm_hash64, uint64_t, kFarm)
SP_HASH(farm_fingerprint64, uint64_t, kFarmFingerprint)
SP_HASH(metro_hash64, uint64_t, kMetro)
SP_HASH(wy_hash64, uint64_t, kWy)
SP_HASH(gcc_murmur_hash, uint64_t, kGccMurmur)
SP_HASH(kafka_murmur_hash, uint32_t, kKafkaMurmur)
#undef SP_HASH

namespace {

Result<HashNode> node_of(Type type) {
  const Type base = type.base();
  HashNode node;
  if (type.can_be_null())
    return fail(ErrorCode::kNotImplemented, "Hash of " + type.name() + " inside a container");
  node.size = slot_layout(base).size;
  switch (base.kind()) {
    case TypeKind::kString:
    case TypeKind::kFixedString: node.kind = HashNode::Kind::kString; return node;
    case TypeKind::kArray: {
      node.kind = HashNode::Kind::kArray;
      node.stride = slot_layout(base.element()).size;
      SP_TRY(auto element, node_of(base.element()));
      node.inner.push_back(std::move(element));
      return node;
    }
    case TypeKind::kMap: return node_of(Type::array(Type::tuple(base.inner())));
    case TypeKind::kTuple:
      node.kind = HashNode::Kind::kTuple;
      node.offsets = row_layout(base.inner()).offsets;
      for (const Type inner : base.inner()) {
        SP_TRY(auto element, node_of(inner));
        node.inner.push_back(std::move(element));
      }
      return node;
    case TypeKind::kLambda:
    case TypeKind::kAggregateFunction:
    case TypeKind::kJson:
      return fail(ErrorCode::kIllegalTypeOfArgument, "Cannot hash " + type.name());
    default: break;
  }
  const bool number =
      node.size <= 8 && !base.is(TypeKind::kDecimal) && !base.is(TypeKind::kDateTime64);
  node.kind = number ? HashNode::Kind::kNumber : HashNode::Kind::kBytes;
  return node;
}

Resolver hashing(Type result, const Symbol& symbol) {
  return
      [=](std::span<const Argument> arguments, const ResolveOptions&) -> Result<ResolvedFunction> {
        auto context = std::make_shared<HashContext>();
        std::vector<Type> types = argument_types(arguments);
        SP_TRY(context->arguments, node_of(Type::tuple(types)));
        return packed_call(result, symbol, std::move(types), context);
      };
}

}  // namespace

SP_FUNCTIONS(hash) {
  const Type u32 = uint32_type(), u64 = uint64_type();
  const auto add = [&](const char* name, Type result, const Symbol& symbol, const char* doc,
                       const char* example, const char* expected) {
    rows.push_back({.name = name,
                    .min_arguments = 1,
                    .resolve = hashing(result, symbol),
                    .doc = doc,
                    .example = example,
                    .example_result = expected});
  };
  add("cityHash64", u64, SP_SYMBOL(sp_city_hash64), "Hashes the arguments with CityHash64.",
      "SELECT cityHash64('a', 1)", "11051256024482834174");
  add("sipHash64", u64, SP_SYMBOL(sp_sip_hash64), "Hashes the arguments with SipHash-2-4.",
      "SELECT sipHash64('a')", "10863254463029944905");
  add("murmurHash2_32", u32, SP_SYMBOL(sp_murmur_hash2_32),
      "Hashes the arguments with MurmurHash2.", "SELECT murmurHash2_32('a')", "2456313694");
  add("murmurHash2_64", u64, SP_SYMBOL(sp_murmur_hash2_64),
      "Hashes the arguments with MurmurHash64A.", "SELECT murmurHash2_64('a')",
      "510903276987443985");
  add("murmurHash3_32", u32, SP_SYMBOL(sp_murmur_hash3_32),
      "Hashes the arguments with MurmurHash3 to 32 bits.", "SELECT murmurHash3_32('a')",
      "1009084850");
  add("murmurHash3_64", u64, SP_SYMBOL(sp_murmur_hash3_64),
      "Hashes the arguments with MurmurHash3 to 64 bits.", "SELECT murmurHash3_64('a')",
      "7196874446409822675");
  add("xxHash32", u32, SP_SYMBOL(sp_xx_hash32), "Hashes the arguments with xxHash to 32 bits.",
      "SELECT xxHash32('a')", "1426945110");
  add("xxHash64", u64, SP_SYMBOL(sp_xx_hash64), "Hashes the arguments with xxHash to 64 bits.",
      "SELECT xxHash64('a')", "15154266338359012955");
  add("xxh3", u64, SP_SYMBOL(sp_xxh3), "Hashes the arguments with XXH3.", "SELECT xxh3('a')",
      "16629034431890738719");
  add("halfMD5", u64, SP_SYMBOL(sp_half_md5), "Returns the first half of the MD5 of the arguments.",
      "SELECT halfMD5('a')", "919145239626757800");
  add("farmHash64", u64, SP_SYMBOL(sp_farm_hash64), "Hashes the arguments with FarmHash64.",
      "SELECT farmHash64('abc')", "2640714258260161385");
  add("farmFingerprint64", u64, SP_SYMBOL(sp_farm_fingerprint64),
      "Hashes a value with FarmHash's Fingerprint64.", "SELECT farmFingerprint64('abc')",
      "2640714258260161385");
  rows.back().max_arguments = 1;
  add("metroHash64", u64, SP_SYMBOL(sp_metro_hash64), "Hashes the arguments with MetroHash64.",
      "SELECT metroHash64('abc')", "983152225323542437");
  add("wyHash64", u64, SP_SYMBOL(sp_wy_hash64), "Hashes the arguments with wyhash.",
      "SELECT wyHash64('ClickHouse')", "12336419557878201794");
  add("gccMurmurHash", u64, SP_SYMBOL(sp_gcc_murmur_hash),
      "Hashes a value with MurmurHash64A and the seed of GCC's library.",
      "SELECT gccMurmurHash('abc')", "3663726644998027833");
  rows.back().max_arguments = 1;
  add("kafkaMurmurHash", u32, SP_SYMBOL(sp_kafka_murmur_hash),
      "Hashes the arguments with MurmurHash2 and the seed of Kafka's partitioner.",
      "SELECT kafkaMurmurHash('abc')", "479470107");
}

}  // namespace sp
