// Run lengths: words come back, and bytes that make no sense are refused.

#include "runtime/storage/word_runs.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace sp {
namespace {

std::vector<uint64_t> unpacked(const std::string& runs, uint32_t count, uint32_t stride) {
  std::vector<uint8_t> bytes(size_t{count} * stride);
  EXPECT_TRUE(unpack_runs(reinterpret_cast<const uint8_t*>(runs.data()), runs.size(), count, stride,
                          bytes.data()));
  std::vector<uint64_t> words(count);
  for (uint32_t i = 0; i < count; ++i)
    std::memcpy(&words[i], bytes.data() + size_t{i} * stride, stride);
  return words;
}

TEST(WordRuns, ComeBackInEveryWidth) {
  std::vector<uint64_t> words;
  for (uint64_t value = 0; value < 200; ++value) words.insert(words.end(), 1 + value % 7, value);
  words.insert(words.end(), {3, 3, 0, 255});  // descending too: codes of NULLs
  const auto count = static_cast<uint32_t>(words.size());
  const std::string runs = pack_runs(words.data(), count, SIZE_MAX);
  EXPECT_LT(runs.size(), words.size());
  for (const uint32_t stride : {1U, 2U, 4U, 8U}) EXPECT_EQ(unpacked(runs, count, stride), words);
  const std::vector<uint64_t> large = {UINT64_MAX, UINT64_MAX, 0, 1ULL << 63};
  EXPECT_EQ(unpacked(pack_runs(large.data(), 4, SIZE_MAX), 4, 8), large);
}

TEST(WordRuns, AreNoneWhereTheyTakeTooMuch) {
  const std::vector<uint64_t> words = {1, 2, 3, 4, 5, 6, 7, 8};
  EXPECT_TRUE(pack_runs(words.data(), 8, 8).empty());
  EXPECT_FALSE(pack_runs(words.data(), 8, 17).empty());
}

TEST(WordRuns, RefuseOtherCounts) {
  const std::vector<uint64_t> words(100, 7);
  const std::string runs = pack_runs(words.data(), 100, SIZE_MAX);
  std::vector<uint8_t> out(100);
  const auto unpack = [&](size_t size, uint64_t count) {
    return unpack_runs(reinterpret_cast<const uint8_t*>(runs.data()), size, count, 1, out.data());
  };
  EXPECT_TRUE(unpack(runs.size(), 100));
  EXPECT_FALSE(unpack(runs.size(), 99));
  EXPECT_FALSE(unpack(runs.size() - 1, 100));
  EXPECT_FALSE(unpack(0, 100));
}

}  // namespace
}  // namespace sp
