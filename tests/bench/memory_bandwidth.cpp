// The machine's memory bandwidth as a scan meets it: threads that add up a buffer much larger than
// the caches, each its own half. Prints bytes per second of the best of some rounds.
//
//   sp_memory_bandwidth [THREADS=2]

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

namespace {

constexpr size_t kWords = (size_t{1} << 30) / sizeof(uint64_t);

// Four sums at once: one chain of additions is slower than memory.
uint64_t add_up(const uint64_t* words, size_t count) {
  uint64_t sums[4] = {};
  for (size_t i = 0; i + 4 <= count; i += 4) {
    for (size_t lane = 0; lane < 4; ++lane) sums[lane] += words[i + lane];
  }
  return sums[0] + sums[1] + sums[2] + sums[3];
}

}  // namespace

int main(int argc, char** argv) {
  const size_t threads = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 2;
  const auto words = std::make_unique_for_overwrite<uint64_t[]>(kWords);
  for (size_t i = 0; i < kWords; ++i) words[i] = i;
  double best = 0;
  uint64_t check = 0;
  for (int round = 0; round < 7; ++round) {
    std::vector<uint64_t> sums(threads);
    std::vector<std::thread> workers;
    const auto start = std::chrono::steady_clock::now();
    for (size_t t = 0; t < threads; ++t) {
      workers.emplace_back(
          [&, t] { sums[t] = add_up(words.get() + kWords / threads * t, kWords / threads); });
    }
    for (std::thread& worker : workers) worker.join();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    best = std::max(best, static_cast<double>(kWords * sizeof(uint64_t)) / took.count());
    for (const uint64_t sum : sums) check ^= sum;
  }
  std::printf("%.0f\n", best);
  return check == 1 ? 1 : 0;
}
