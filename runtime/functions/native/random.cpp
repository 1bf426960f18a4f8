// rand, rand64, randCanonical, randUniform, randomString, generateUUIDv4, generateUUIDv7: another
// value in each row.
// Arguments only keep calls apart and are ignored. Each thread has its own xoshiro256++ (Blackman,
// Vigna 2019).

#include <chrono>
#include <cmath>

#include "runtime/core/rng.h"
#include "runtime/core/unaligned.h"
#include "runtime/functions/function.h"
#include "runtime/functions/row_adder.h"
#include "runtime/functions/signature.h"
#include "runtime/functions/string_output.h"

namespace sp {
namespace {

uint64_t rotate(uint64_t value, unsigned by) noexcept {
  return (value << by) | (value >> (64 - by));
}

uint64_t random_word() noexcept {
  struct State {
    uint64_t s[4];
    State() {
      for (uint64_t& word : s) word = system_rng().next();
    }
  };
  static thread_local State state;
  uint64_t* s = state.s;
  const uint64_t result = rotate(s[0] + s[3], 23) + s[0], t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = rotate(s[3], 45);
  return result;
}
double random_unit() noexcept { return static_cast<double>(random_word() >> 11) * 0x1.0p-53; }

}  // namespace

// Every body takes the (packed) arguments and ignores them.
struct RandomContext : FunctionContext {};
extern "C" uint32_t sp_rand(const RandomContext*, const void*) noexcept {
  return static_cast<uint32_t>(random_word() >> 32);
}
extern "C" uint64_t sp_rand64(const RandomContext*, const void*) noexcept { return random_word(); }
extern "C" double sp_rand_canonical(const RandomContext*, const void*) noexcept {
  return random_unit();
}
extern "C" double sp_rand_uniform(double low, double high) noexcept {
  return low + (high - low) * random_unit();
}
extern "C" double sp_rand_normal(double mean, double deviation) noexcept {
  const double radius = std::sqrt(-2 * std::log(1 - random_unit()));
  return mean + deviation * radius * std::cos(2 * M_PI * random_unit());
}
// The slot of a UUID is two words, the first one the more significant.
extern "C" void sp_generate_uuid_v4(const RandomContext*, const void*, SlotUInt128* out) noexcept {
  const uint64_t high = (random_word() & ~uint64_t{0xF000}) | 0x4000;
  const uint64_t low = (random_word() & ~(uint64_t{3} << 62)) | uint64_t{2} << 62;
  *out = static_cast<unsigned __int128>(low) << 64 | high;
}
extern "C" void sp_generate_uuid_v7(const RandomContext*, const void*, SlotUInt128* out) noexcept {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto ms =
      static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
  const uint64_t high = ms << 16 | 0x7000 | (random_word() & 0xFFF);
  const uint64_t low = (random_word() & ~(uint64_t{3} << 62)) | uint64_t{2} << 62;
  *out = static_cast<unsigned __int128>(low) << 64 | high;
}

namespace {

void random_text(ExecState& exec, uint64_t size, bool printable, StringRef* out) noexcept {
  *out = StringRef();
  if (size > kLargestString / 64) {
    exec.fail(ErrorCode::kTooLargeStringSize, "Too large string size: " + std::to_string(size));
    return;
  }
  char* bytes = new_bytes(exec, size);
  for (uint64_t i = 0; i < size; ++i) {
    const uint64_t word = random_word() >> 32;
    bytes[i] = static_cast<char>(printable ? 0x20 + word % 95 : word);
  }
  *out = StringRef(bytes, size);
}

}  // namespace

extern "C" void sp_random_string(ExecState& exec, uint64_t size, StringRef* out) noexcept {
  random_text(exec, size, false, out);
}
extern "C" void sp_random_printable(ExecState& exec, uint64_t size, StringRef* out) noexcept {
  random_text(exec, size, true, out);
}

namespace {

Resolver ignoring_arguments(Type result, const Symbol& symbol) {
  return [=](std::span<const Argument> arguments,
             const ResolveOptions&) -> Result<ResolvedFunction> {
    ResolvedFunction resolved =
        packed_call(result, symbol, argument_types(arguments), std::make_shared<RandomContext>());
    resolved.deterministic = false;
    return resolved;
  };
}

}  // namespace

SP_FUNCTIONS(random) {
  using enum RowAdder::Case;
  const RowAdder add(rows, {.name = "", .nulls = NullPolicy::kSeesNulls, .resolve = {}});
  add("rand", 0, 1, kAny, ignoring_arguments(uint32_type(), SP_SYMBOL(sp_rand)),
      "Returns a random UInt32.", "SELECT toTypeName(rand())", "UInt32", {"rand32"});
  add("rand64", 0, 1, kExact, ignoring_arguments(uint64_type(), SP_SYMBOL(sp_rand64)),
      "Returns a random UInt64.", "SELECT toTypeName(rand64())", "UInt64");
  add("randCanonical", 0, 1, kExact,
      ignoring_arguments(float64_type(), SP_SYMBOL(sp_rand_canonical)),
      "Returns a random number in [0, 1).", "SELECT randCanonical() < 1", "1");
  add("generateUUIDv4", 0, 1, kExact,
      ignoring_arguments(Type::of(TypeKind::kUuid), SP_SYMBOL(sp_generate_uuid_v4)),
      "Returns a random UUID.", "SELECT length(toString(generateUUIDv4()))", "36");
  add("generateUUIDv7", 0, 1, kExact,
      ignoring_arguments(Type::of(TypeKind::kUuid), SP_SYMBOL(sp_generate_uuid_v7)),
      "Returns a UUID of the current time and random bits.",
      "SELECT length(toString(generateUUIDv7()))", "36");
  const auto distribution = [&](const char* name, uint8_t count, Form form, const char* doc,
                                const char* example, const char* result) {
    form.deterministic = false;
    rows.push_back({.name = name,
                    .min_arguments = count,
                    .max_arguments = count,
                    .resolve = overloads({form}),
                    .doc = doc,
                    .example = example,
                    .example_result = result});
  };
  distribution("randUniform", 2, {"ff", float64_type(), SP_SYMBOL(sp_rand_uniform)},
               "Returns a random number in [`low`, `high`).", "SELECT randUniform(1, 2) < 2", "1");
  distribution("randNormal", 2, {"ff", float64_type(), SP_SYMBOL(sp_rand_normal)},
               "Returns a normally distributed random number.",
               "SELECT toTypeName(randNormal(0, 1))", "Float64");
  distribution("randomString", 1, {"u", string_type(), SP_SYMBOL(sp_random_string), false},
               "Returns `length` random bytes.", "SELECT length(randomString(5))", "5");
  distribution("randomPrintableASCII", 1,
               {"u", string_type(), SP_SYMBOL(sp_random_printable), false},
               "Returns `length` random printable characters.",
               "SELECT length(randomPrintableASCII(5))", "5");
}

}  // namespace sp
