#pragma once
// A fuzz target: a function that takes any bytes and must neither crash, hang nor leak; what it
// promises of the code under test stands in SP_CHECKs. One a file, registered by name: libFuzzer
// drives it (libfuzzer_main.cpp), and the unit tests replay its corpus (replay_corpus_test.cpp).

#include <map>
#include <string>
#include <string_view>

namespace sp::fuzz {

using Target = void (*)(std::string_view input);

/// All targets linked into this program, by name.
inline std::map<std::string, Target>& targets() {
  static std::map<std::string, Target> all;
  return all;
}

struct Registration {
  Registration(const char* name, Target target) { targets().emplace(name, target); }
};

}  // namespace sp::fuzz

/// SP_FUZZ_TARGET(sql) { ... uses `input` ... }
#define SP_FUZZ_TARGET(name)                                                \
  static void run_##name(std::string_view input);                           \
  static const ::sp::fuzz::Registration register_##name(#name, run_##name); \
  static void run_##name(std::string_view input)
