// Faults: a full disk, I/O errors at every call, loss of power, a process killed at every crash
// point, flipped bits in every file. Never: an acknowledged commit lost, half a commit visible,
// wrong rows served.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <map>

#include "runtime/core/crash_point.h"
#include "tests/unit/support/simulated_vfs.h"
#include "tests/unit/support/small_store.h"
#include "tests/unit/support/table_rows.h"
#include "tests/unit/support/temporary_directory.h"

namespace sp {
namespace {

constexpr uint64_t kNumbers = 40;

// What a workload was told about each commit.
enum class Told : uint8_t { kNothing, kStored, kStoredDurably, kRefused };

struct Workload {
  std::vector<Told> told = std::vector<Told>(kNumbers, Told::kNothing);
  // Commits, with a seal and a merge now and then; goes on after errors.
  void run(Store& store, Rng& rng) {
    for (uint64_t number = 0; number < kNumbers; ++number) {
      const bool durable = rng.below(2) == 0;
      const bool stored = commit_numbered(store, number, 1 + number % 4, durable).ok();
      told[number] = !stored ? Told::kRefused : durable ? Told::kStoredDurably : Told::kStored;
      if (rng.below(8) == 0) (void)store.flush();
      if (rng.below(16) == 0) (void)store.merge_all();
    }
  }
};

// Every commit is there wholly or not at all, and those told as `must` are there.
void check(const std::vector<uint64_t>& counts, const std::vector<Told>& told, Told must,
           const std::string& where) {
  ASSERT_EQ(counts.size(), kNumbers) << where;
  for (uint64_t number = 0; number < kNumbers; ++number) {
    const uint64_t whole = 1 + number % 4;
    ASSERT_TRUE(counts[number] == 0 || counts[number] == whole) << where << ", commit " << number;
    const bool promised = told[number] == Told::kStoredDurably ||
                          (must == Told::kStored && told[number] == Told::kStored);
    if (promised) { ASSERT_EQ(counts[number], whole) << where << ", commit " << number; }
  }
}

TEST(StoreFault, FullDiskRefusesAndRecoversWhenSpaceReturns) {
  SimulatedVfs vfs;
  auto store = open_small(vfs);
  ASSERT_TRUE(store.ok());
  ASSERT_TRUE(commit_numbered(**store, 0, 5, true).ok());
  for (const uint64_t room : {0U, 1U, 30U, 100U, 300U}) {
    vfs.set_capacity(vfs.used() + room);
    const auto refused = commit_numbered(**store, 1, 20, true);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(const_cast<Result<void>&>(refused).error().code, ErrorCode::kNoSpaceLeft);
    EXPECT_EQ(count_numbers(*(*store)->snapshot("events"), 2), (std::vector<uint64_t>{5, 0}));
    EXPECT_FALSE((*store)->flush().ok());
  }
  vfs.set_capacity(UINT64_MAX);
  ASSERT_TRUE(commit_numbered(**store, 1, 20, true).ok());
  ASSERT_TRUE((*store)->flush().ok());
  EXPECT_EQ(count_numbers(*(*store)->snapshot("events"), 2), (std::vector<uint64_t>{5, 20}));
  store->reset();
  auto again = open_small(vfs);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(count_numbers(*(*again)->snapshot("events"), 2), (std::vector<uint64_t>{5, 20}));
}

// EIO at the Nth call, once or from then on, then power loss or a clean restart.
TEST(StoreFault, IoErrorAtEveryCall) {
  uint64_t total = 0;
  for (uint64_t call = 1; call == 1 || call <= total; call += 1 + call / 40) {
    for (const bool persistent : {false, true}) {
      const std::string where = "call " + std::to_string(call) + (persistent ? " on" : "");
      SimulatedVfs vfs;
      SeededRng rng(call);
      Workload workload;
      {
        auto store = open_small(vfs);
        ASSERT_TRUE(store.ok());
        const uint64_t before = vfs.calls();
        vfs.fail_call(call, persistent);
        workload.run(**store, rng);
        total = std::max(total, vfs.calls() - before);
        check(count_numbers(*(*store)->snapshot("events"), kNumbers), workload.told, Told::kStored,
              where);
        vfs.power_off();
      }
      vfs.power_on(rng);
      auto store = open_small(vfs);
      ASSERT_TRUE(store.ok()) << where << ": " << store.error().message;
      check(count_numbers(*(*store)->snapshot("events"), kNumbers), workload.told,
            Told::kStoredDurably, where);
    }
  }
  EXPECT_GT(total, 100U);
}

TEST(StoreFault, PowerLossKeepsDurableCommits) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    SimulatedVfs vfs;
    SeededRng rng(seed);
    Workload workload;
    {
      auto store = open_small(vfs);
      ASSERT_TRUE(store.ok());
      vfs.fail_call(1 + rng.below(500), true);
      workload.run(**store, rng);
      vfs.power_off();
    }
    for (int times = 0; times < 2; ++times) {  // and once more during or after the recovery
      vfs.power_on(rng);
      auto store = open_small(vfs);
      ASSERT_TRUE(store.ok()) << "seed " << seed << ": " << store.error().message;
      check(count_numbers(*(*store)->snapshot("events"), kNumbers), workload.told,
            Told::kStoredDurably, "seed " + std::to_string(seed));
      vfs.power_off();
    }
  }
}

// The child dies at a crash point; what it was told before is in a file outside the store.
TEST(StoreFault, KilledAtEveryCrashPoint) {
  std::set<std::string_view> fired;
  for (const std::string_view point : crash_points()) {
    for (const int passage : {1, 2, 5}) {
      const TemporaryDirectory directory;
      const std::string told_path = directory.path() + "/told";
      const pid_t child = ::fork();
      ASSERT_GE(child, 0);
      if (child == 0) {
        auto store = open_small(posix_vfs(), directory.path() + "/data");
        if (!store.ok()) ::_exit(1);
        arm_crash_point(std::string(point) + ":" + std::to_string(passage));
        SeededRng rng(7);
        std::ofstream told(told_path);
        for (uint64_t number = 0; number < kNumbers; ++number) {
          if (!commit_numbered(**store, number, 1 + number % 4, number % 3 == 0).ok()) ::_exit(1);
          told << number << std::endl;
          if (number % 6 == 5 && !(*store)->flush().ok()) ::_exit(1);
          if (number % 13 == 12 && !(*store)->merge_all().ok()) ::_exit(1);
        }
        ::_exit(0);
      }
      int status = 0;
      ASSERT_EQ(::waitpid(child, &status, 0), child);
      ASSERT_TRUE(WIFEXITED(status));
      ASSERT_TRUE(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 137) << point;
      if (WEXITSTATUS(status) == 137) fired.insert(point);
      std::vector<Told> told(kNumbers, Told::kNothing);
      std::ifstream in(told_path);
      for (uint64_t number; in >> number;) told[number] = Told::kStored;
      auto store = open_small(posix_vfs(), directory.path() + "/data");
      ASSERT_TRUE(store.ok()) << point << ": " << store.error().message;
      check(count_numbers(*(*store)->snapshot("events"), kNumbers), told, Told::kStored,
            std::string(point));
      EXPECT_TRUE((*store)->warnings().empty()) << point;
    }
  }
  EXPECT_EQ(fired.size(), crash_points().size());
}

// One flipped bit anywhere: the rows are right, or an error says so.
TEST(StoreFault, FlippedBitsAreDetected) {
  SimulatedVfs vfs;
  std::vector<std::string> expected;
  {
    auto store = open_small(vfs);
    ASSERT_TRUE(store.ok());
    for (uint64_t number = 0; number < kNumbers; ++number) {
      ASSERT_TRUE(commit_numbered(**store, number, 3, true).ok());
      if (number == 20) { ASSERT_TRUE((*store)->flush().ok()); }
    }
    expected = rows_of(*(*store)->snapshot("events"));
    std::sort(expected.begin(), expected.end());
  }
  std::map<std::string, std::string> image;
  for (const std::string& path : vfs.files()) image[path] = vfs.content(path);
  SeededRng rng(3);
  size_t detected = 0, harmless = 0;
  for (int round = 0; round < 1500; ++round) {
    SimulatedVfs disk;
    for (const auto& [path, bytes] : image) {
      ASSERT_TRUE(disk.open(path, OpenMode::kCreate).ok());
      disk.content(path) = bytes;
    }
    auto victim = image.begin();
    std::advance(victim, static_cast<ptrdiff_t>(rng.below(image.size())));
    if (victim->second.empty()) continue;
    const uint64_t bit = rng.below(victim->second.size() * 8);
    disk.content(victim->first)[bit / 8] =
        static_cast<char>(disk.content(victim->first)[bit / 8] ^ (1 << (bit % 8)));
    auto store = open_small(disk);
    if (!store.ok()) {
      ++detected;
      continue;
    }
    Error error;
    error.code = ErrorCode::kOk;
    std::vector<std::string> rows = rows_of(*(*store)->snapshot("events"), &error);
    std::sort(rows.begin(), rows.end());
    const bool right = rows == expected;
    const bool in_log =
        victim->first.find("/log/") != std::string::npos;  // a torn tail is cut without a warning
    const bool told =
        error.code == ErrorCode::kChecksumDoesntMatch || !(*store)->warnings().empty() || in_log;
    ASSERT_TRUE(right || told) << victim->first << " bit " << bit;
    if (!right && in_log) {
      ASSERT_TRUE(std::includes(expected.begin(), expected.end(), rows.begin(), rows.end()));
    }
    ++(right ? harmless : detected);
  }
  EXPECT_GT(detected, harmless);
}

}  // namespace
}  // namespace sp
