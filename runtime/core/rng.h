#pragma once
// Rng: all randomness comes from here; one seed gives one run. Not for secrets (those come from
// OpenSSL).

#include <atomic>
#include <cstdint>

namespace sp {

/// Thread-safe.
class Rng {
 public:
  virtual ~Rng() = default;
  virtual uint64_t next() = 0;  ///< 64 uniform bits
  /// Returns a number in [0, bound); bound > 0. The bias is below 2^-32 for bounds up to 2^32.
  uint64_t below(uint64_t bound) { return next() % bound; }
};

/// splitmix64 (Steele, Lea, Flood: OOPSLA 2014) from a seed: the same sequence every time.
class SeededRng final : public Rng {
 public:
  explicit SeededRng(uint64_t seed) : state_(seed) {}
  uint64_t next() override {
    uint64_t z = state_.fetch_add(0x9e3779b97f4a7c15ULL) + 0x9e3779b97f4a7c15ULL;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }

 private:
  std::atomic<uint64_t> state_;
};

/// Seeded by the operating system; one object for the process.
Rng& system_rng();

}  // namespace sp
