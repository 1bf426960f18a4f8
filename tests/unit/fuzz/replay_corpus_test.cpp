// Replays tests/fuzz/corpus/<target>/ through every fuzz target, without libFuzzer: what a fuzzer
// found once stays found.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/fuzz/fuzz_target.h"

namespace sp::fuzz {
namespace {

TEST(Fuzz, CorpusOfEveryTargetPasses) {
  ASSERT_GE(targets().size(), 9u);
  for (const auto& [name, target] : targets()) {
    const std::filesystem::path folder = "tests/fuzz/corpus/" + name;
    ASSERT_TRUE(std::filesystem::is_directory(folder))
        << folder << " (tests run from the root of the repository)";
    size_t inputs = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string input{std::istreambuf_iterator<char>(file),
                              std::istreambuf_iterator<char>()};
      target(input);
      ++inputs;
    }
    EXPECT_GT(inputs, 0u) << folder;
  }
}

TEST(Fuzz, TargetsTakeNothingAndZeros) {
  for (const auto& [name, target] : targets()) {
    target({});
    target(std::string(100, '\0'));
    target(std::string(100, '\xff'));
  }
}

}  // namespace
}  // namespace sp::fuzz
