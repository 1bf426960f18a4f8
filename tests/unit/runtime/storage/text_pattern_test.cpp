// Packing and unpacking give back every text; texts without a pattern are refused.

#include "runtime/storage/text_pattern.h"

#include <gtest/gtest.h>

#include "runtime/core/rng.h"

namespace sp {
namespace {

TEST(TextPattern, GivesBackRandomTexts) {
  SeededRng rng(7);
  for (int round = 0; round < 1000; ++round) {
    const size_t length = 1 + rng.next() % TextPattern::kLongest, count = 1 + rng.next() % 600,
                 density = rng.next() % 5;
    const std::string_view digits = rng.next() % 2 == 0 ? "0123456789abcdef" : "0123456789ABCDEF";
    std::string base(length, 'x');
    std::vector<bool> varies(length);
    for (size_t i = 0; i < length; ++i) {
      base[i] = static_cast<char>('g' + rng.next() % 10);
      varies[i] = rng.next() % 5 < density;
    }
    std::string texts;
    for (size_t i = 0; i < count; ++i) {
      for (size_t j = 0; j < length; ++j) texts += varies[j] ? digits[rng.next() % 16] : base[j];
    }
    auto pattern = TextPattern::find(texts.data(), count, length);
    ASSERT_TRUE(pattern);
    ByteWriter out;
    pattern->write(out);
    ByteReader in(out.bytes());
    pattern = TextPattern::read(in);
    ASSERT_TRUE(pattern);
    std::vector<uint8_t> packed(pattern->packed_bytes() * count + 8);
    pattern->pack(texts.data(), count, packed.data());
    std::string unpacked(texts.size() + 16, '?');
    pattern->unpack(packed.data(), count, unpacked.data());
    unpacked.resize(texts.size());
    ASSERT_EQ(unpacked, texts);
  }
}

TEST(TextPattern, RefusesTextsThatDifferOtherwise) {
  const std::string texts = "id_0x1id_0y2";
  EXPECT_FALSE(TextPattern::find(texts.data(), 2, 6));
  EXPECT_FALSE(TextPattern::find(texts.data(), 0, 6));
  EXPECT_TRUE(TextPattern::find("id_01id_a2", 2, 5));
}

}  // namespace
}  // namespace sp
