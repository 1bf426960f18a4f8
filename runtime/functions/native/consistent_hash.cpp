// Consistent hashes: a key's bucket among n, where a further bucket takes keys from all others and
// moves no other key. jumpConsistentHash is Lamping and Veach's ("A Fast, Minimal Memory,
// Consistent Hash Algorithm", 2014); kostikConsistentHash is Konstantin Oblakov's, as
// ClickHouse's contrib/consistent-hashing defines it.

#include <bit>

#include "runtime/exec/exec_state.h"
#include "runtime/functions/function.h"
#include "runtime/functions/row_adder.h"
#include "runtime/functions/signature.h"

namespace sp {
namespace {

constexpr int64_t kMostKostikBuckets = 32768;

// The key in four blocks of 16 bits. With 2^k buckets, the low k bits of `c` choose how many low
// bits count, and `a` or `b`, by their parity, gives these.
struct KostikKey {
  uint16_t a, b, c, d;

  explicit KostikKey(uint64_t key)
      : a(static_cast<uint16_t>(key)),
        b(static_cast<uint16_t>(key >> 16)),
        c(static_cast<uint16_t>(key >> 32)),
        d(static_cast<uint16_t>(key >> 48)) {}

  uint64_t bucket_of_power(uint64_t buckets) const {
    const uint64_t chosen = c & (buckets - 1);
    if (chosen < 2) return chosen;
    const uint64_t top = std::bit_floor(chosen);
    const bool even = std::popcount(chosen) % 2 == 0;
    return top + ((even ? a : b) & (top - 1));
  }

  // The bits that bucket_of_power leaves, in one number.
  uint64_t rest(int k) const {
    const int shift = 16 - k;
    uint64_t bits = (uint64_t{d} << shift) | (c >> k);
    bits = bits << (shift + 1) | (b >> (k - 1));
    return bits << (shift + 1) | (a >> (k - 1));
  }

  uint64_t bucket(uint64_t buckets) const {
    if (buckets == 1) return 0;
    const int k = static_cast<int>(std::bit_width(buckets - 1));
    const uint64_t upper = uint64_t{1} << k, lower = upper / 2;
    const uint64_t large = bucket_of_power(upper);
    if (large < buckets) return large;
    // Between two powers the upper half fills up evenly.
    const uint64_t moved = rest(k) % (large * (large + 1)) / upper + lower;
    return moved < buckets ? moved : bucket_of_power(lower);
  }
};

}  // namespace

extern "C" int32_t sp_jump_hash(ExecState& exec, uint64_t key, int64_t buckets) noexcept {
  if (buckets <= 0 || buckets > 0x7FFFFFFF) {
    exec.fail(ErrorCode::kBadArguments,
              "The second argument of jumpConsistentHash (number of buckets) must be positive");
    return 0;
  }
  int64_t bucket = -1, next = 0;
  while (next < buckets) {
    bucket = next;
    key = key * 2862933555777941757ULL + 1;
    next = static_cast<int64_t>(static_cast<double>(bucket + 1) *
                                (2147483648.0 / static_cast<double>((key >> 33) + 1)));
  }
  return static_cast<int32_t>(bucket);
}

extern "C" uint16_t sp_kostik_hash(ExecState& exec, uint64_t key, int64_t buckets) noexcept {
  if (buckets <= 0 || buckets > kMostKostikBuckets) {
    exec.fail(ErrorCode::kBadArguments,
              "The second argument of kostikConsistentHash (number of buckets) must be between 1 "
              "and 32768");
    return 0;
  }
  return static_cast<uint16_t>(KostikKey(key).bucket(static_cast<uint64_t>(buckets)));
}

SP_FUNCTIONS(consistent_hash) {
  const RowAdder add(rows);
  add("jumpConsistentHash", 2,
      fallible_signature("ui", Type::of(TypeKind::kInt32), SP_SYMBOL(sp_jump_hash)),
      "Spreads `hash` over `buckets` so that few keys move when their number changes.",
      "SELECT jumpConsistentHash(256, 11)", "3");
  add("kostikConsistentHash", 2,
      fallible_signature("ui", Type::of(TypeKind::kUInt16), SP_SYMBOL(sp_kostik_hash)),
      "Spreads `hash` over at most 32768 `buckets` so that few keys move when their number "
      "changes.",
      "SELECT kostikConsistentHash(16045690984833335023, 2)", "1", {"yandexConsistentHash"});
}

}  // namespace sp
