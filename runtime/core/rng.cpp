// The process's own random numbers.

#include "runtime/core/rng.h"

#include <sys/random.h>

#include "runtime/core/check.h"

namespace sp {

namespace {

uint64_t system_seed() {
  uint64_t seed = 0;
  SP_CHECK(::getrandom(&seed, sizeof(seed), 0) == static_cast<ssize_t>(sizeof(seed)));
  return seed;
}

}  // namespace

Rng& system_rng() {
  static SeededRng rng(system_seed());
  return rng;
}

}  // namespace sp
