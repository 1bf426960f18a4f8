// BLAKE3 of one string, 256 bits.
// Source: O'Connor, Aumasson, Neves, Wilcox-O'Hearn, "BLAKE3: one function, fast everywhere",
// sections 2.1 to 2.5; test vectors of its repository.

#include <array>
#include <bit>

#include "runtime/functions/function.h"
#include "runtime/functions/signature.h"
#include "runtime/functions/string_output.h"

namespace sp {

namespace {

using Words = std::array<uint32_t, 8>;  // a chaining value
using Block = std::array<uint32_t, 16>;

constexpr Words kStart = {0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A,
                          0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19};
constexpr size_t kBlockBytes = 64, kChunkBytes = 1024;
constexpr uint32_t kChunkStart = 1, kChunkEnd = 2, kParent = 4, kRoot = 8;

void mix(Block& v, size_t a, size_t b, size_t c, size_t d, uint32_t x, uint32_t y) noexcept {
  v[a] += v[b] + x;
  v[d] = std::rotr(v[d] ^ v[a], 16);
  v[c] += v[d];
  v[b] = std::rotr(v[b] ^ v[c], 12);
  v[a] += v[b] + y;
  v[d] = std::rotr(v[d] ^ v[a], 8);
  v[c] += v[d];
  v[b] = std::rotr(v[b] ^ v[c], 7);
}

Words compress(const Words& value, Block m, uint64_t counter, uint32_t size,
               uint32_t flags) noexcept {
  constexpr uint8_t kOrder[16] = {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8};
  Block v;
  for (size_t i = 0; i < 8; ++i) v[i] = value[i];
  for (size_t i = 0; i < 4; ++i) v[8 + i] = kStart[i];
  v[12] = static_cast<uint32_t>(counter);
  v[13] = static_cast<uint32_t>(counter >> 32);
  v[14] = size;
  v[15] = flags;
  for (int round = 0; round < 7; ++round) {
    for (size_t i = 0; i < 4; ++i) mix(v, i, i + 4, i + 8, i + 12, m[2 * i], m[2 * i + 1]);
    for (size_t i = 0; i < 4; ++i) {
      mix(v, i, (i + 1) % 4 + 4, (i + 2) % 4 + 8, (i + 3) % 4 + 12, m[2 * i + 8], m[2 * i + 9]);
    }
    Block next;
    for (size_t i = 0; i < 16; ++i) next[i] = m[kOrder[i]];
    m = next;
  }
  Words out;
  for (size_t i = 0; i < 8; ++i) out[i] = v[i] ^ v[i + 8];
  return out;
}

Words chunk(std::string_view bytes, uint64_t number, uint32_t root) noexcept {
  Words value = kStart;
  for (size_t at = 0;; at += kBlockBytes) {
    const size_t size = std::min(kBlockBytes, bytes.size() - at);
    const bool last = at + size == bytes.size();
    Block block{};
    if (size > 0) std::memcpy(block.data(), bytes.data() + at, size);
    value = compress(value, block, number, static_cast<uint32_t>(size),
                     (at == 0 ? kChunkStart : 0) | (last ? kChunkEnd | root : 0));
    if (last) return value;
  }
}

// The tree over whole chunks: the left side has the largest power of two of them.
Words tree(std::string_view bytes, uint64_t number, uint32_t root) noexcept {
  if (bytes.size() <= kChunkBytes) return chunk(bytes, number, root);
  const uint64_t chunks = (bytes.size() - 1) / kChunkBytes;
  const uint64_t left = std::bit_floor(chunks);
  const size_t cut = static_cast<size_t>(left) * kChunkBytes;
  const Words a = tree(bytes.substr(0, cut), number, 0);
  const Words b = tree(bytes.substr(cut), number + left, 0);
  Block block;
  std::copy(a.begin(), a.end(), block.begin());
  std::copy(b.begin(), b.end(), block.begin() + 8);
  return compress(kStart, block, 0, kBlockBytes, kParent | root);
}

}  // namespace

extern "C" void sp_blake3(ExecState& exec, const StringRef& text, StringRef* out) noexcept {
  const Words digest = tree(text.view(), 0, kRoot);
  *out = new_string(exec, {reinterpret_cast<const char*>(digest.data()), sizeof(digest)});
}

SP_FUNCTIONS(blake3) {
  rows.push_back(
      {.name = "BLAKE3",
       .min_arguments = 1,
       .max_arguments = 1,
       .resolve = signature("s", Type::fixed_string(32), SP_SYMBOL(sp_blake3)),
       .doc = "Returns the BLAKE3 digest of `s`.",
       .example = "SELECT hex(BLAKE3('abc'))",
       .example_result = "6437B3AC38465133FFB63B75273A8DB548C558465D79DB03FD359C6CD5BD9D85"});
}

}  // namespace sp
