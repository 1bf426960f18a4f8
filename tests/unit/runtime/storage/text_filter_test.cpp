// Bloom filters over texts: none that was added is missed, few that were not are found.

#include "runtime/storage/text_filter.h"

#include <gtest/gtest.h>

#include <string>

#include "runtime/core/hash.h"

namespace sp {
namespace {

uint64_t hash_of(const std::string& text) { return hash_bytes(text.data(), text.size()); }

TEST(TextFilter, MissesNoneAndFindsFewOthers) {
  for (const size_t count : {1U, 2U, 100U, 65536U}) {
    std::vector<uint64_t> hashes;
    for (size_t i = 0; i < count; ++i) hashes.push_back(hash_of("in" + std::to_string(i)));
    std::vector<uint8_t> bytes(8, 0xff);  // of an earlier segment
    const uint32_t blocks = append_text_filter(hashes, bytes);
    ASSERT_EQ(bytes.size(), 8 + size_t{blocks} * kTextFilterBlockBytes);
    EXPECT_LE(size_t{blocks} * 256, count * kTextFilterBits + 256);
    for (const uint64_t hash : hashes) ASSERT_TRUE(text_filter_has(bytes.data() + 8, blocks, hash));
    size_t wrong = 0;
    for (size_t i = 0; i < 10000; ++i)
      wrong += text_filter_has(bytes.data() + 8, blocks, hash_of("out" + std::to_string(i)));
    EXPECT_LT(wrong, 500u) << count;
  }
}

// The format on disk: these bits may not move.
TEST(TextFilter, KeepsItsFormat) {
  std::vector<uint8_t> bytes;
  ASSERT_EQ(append_text_filter({0x0123456789abcdefULL, 42}, bytes), 1u);
  EXPECT_EQ(hash_bytes(bytes.data(), bytes.size()), 0xd1d89a7935d2271fULL);
}

}  // namespace
}  // namespace sp
