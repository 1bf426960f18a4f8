// The log's promise under damage: cut at every byte of the last records, every byte of them
// flipped, recovery serves exactly the records before the damage.

#include "runtime/storage/commit_log.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "runtime/core/rng.h"
#include "tests/unit/support/simulated_vfs.h"
#include "tests/unit/support/small_store.h"

namespace sp {
namespace {

// Writes `count` commits of 3 rows and returns the log's bytes.
std::string write_log(SimulatedVfs& vfs, uint64_t count, std::vector<size_t>* ends = nullptr) {
  auto store = open_small(vfs);
  EXPECT_TRUE(store.ok());
  for (uint64_t number = 0; number < count; ++number) {
    EXPECT_TRUE(commit_numbered(**store, number, 3, true).ok());
    if (ends != nullptr) ends->push_back(vfs.content("/data/log/log-0000000001").size());
  }
  return vfs.content("/data/log/log-0000000001");
}

std::vector<uint64_t> recovered(SimulatedVfs& vfs, uint64_t numbers) {
  auto store = open_small(vfs);
  EXPECT_TRUE(store.ok()) << (store.ok() ? "" : store.error().message);
  if (!store.ok()) return {};
  return count_numbers(*(*store)->snapshot("events"), numbers);
}

std::vector<uint64_t> first_only(size_t whole, uint64_t numbers) {
  std::vector<uint64_t> expected(numbers);
  for (size_t i = 0; i < whole; ++i) expected[i] = 3;
  return expected;
}

TEST(CommitLog, RecoversThePrefixWhenCutAnywhere) {
  SimulatedVfs vfs;
  std::vector<size_t> ends;
  const std::string whole = write_log(vfs, 6, &ends);
  for (size_t size = ends[2]; size <= whole.size(); ++size) {
    vfs.content("/data/log/log-0000000001") = whole.substr(0, size);
    const size_t complete =
        static_cast<size_t>(std::upper_bound(ends.begin(), ends.end(), size) - ends.begin());
    ASSERT_EQ(recovered(vfs, 6), first_only(complete, 6)) << "cut to " << size;
  }
}

TEST(CommitLog, RecoversThePrefixWhenAnyByteIsFlipped) {
  SimulatedVfs vfs;
  std::vector<size_t> ends;
  const std::string whole = write_log(vfs, 6, &ends);
  for (size_t at = ends[2]; at < whole.size(); ++at) {
    std::string& content = vfs.content("/data/log/log-0000000001");
    content = whole;
    content[at] = static_cast<char>(content[at] ^ (1 << (at % 8)));
    const size_t complete =
        static_cast<size_t>(std::upper_bound(ends.begin(), ends.end(), at) - ends.begin());
    ASSERT_EQ(recovered(vfs, 6), first_only(complete, 6)) << "flipped byte " << at;
  }
}

TEST(CommitLog, GoesOnAfterACutAndRecoversAgain) {
  SimulatedVfs vfs;
  const std::string whole = write_log(vfs, 4);
  vfs.content("/data/log/log-0000000001") = whole.substr(0, whole.size() - 5);
  {
    auto store = open_small(vfs);
    ASSERT_TRUE(store.ok());
    ASSERT_TRUE(commit_numbered(**store, 7, 3, true).ok());
  }
  EXPECT_EQ(recovered(vfs, 8), (std::vector<uint64_t>{3, 3, 3, 0, 0, 0, 0, 3}));
}

TEST(CommitLog, StaysWithinItsSegmentsAndGoesAwayWhenSealed) {
  SimulatedVfs vfs;
  auto store = open_small(vfs);
  ASSERT_TRUE(store.ok());
  for (uint64_t number = 0; number < 100; ++number)
    ASSERT_TRUE(commit_numbered(**store, number, 3, false).ok());
  size_t segments = 0;
  for (const std::string& path : vfs.files()) segments += path.rfind("/data/log/", 0) == 0 ? 1 : 0;
  EXPECT_GT(segments, 3U);
  ASSERT_TRUE((*store)->flush().ok());
  for (const std::string& path : vfs.files())
    EXPECT_NE(path.rfind("/data/log/log-", 0), 0U) << path;
  store->reset();
  EXPECT_EQ(recovered(vfs, 100), std::vector<uint64_t>(100, 3));
}

}  // namespace
}  // namespace sp
