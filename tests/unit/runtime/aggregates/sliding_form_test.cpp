// The structures of sliding forms against those of the standard library, and the forms whose
// answers turn to samples and estimates for long frames against plain states.

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <random>
#include <set>

#include "runtime/aggregates/counted_set.h"
#include "runtime/aggregates/slot_queue.h"
#include "runtime/aggregates/sorted_values.h"
#include "tests/unit/runtime/aggregates/column_of.h"

namespace sp::testing {
namespace {

class SlidingFormTest : public ::testing::Test {
 protected:
  SlidingFormTest() : exec_(query_) {}
  uint64_t below(uint64_t limit) { return random_() % limit; }

  QueryState query_;
  ExecState exec_;
  std::mt19937_64 random_{11};
};

TEST_F(SlidingFormTest, CountedSetCountsKeys) {
  CountedSet<uint64_t> set{};
  std::map<uint64_t, uint64_t> wanted;
  std::deque<uint64_t> keys;
  for (int i = 0; i < 50000; ++i) {
    const bool leaves = !keys.empty() && below(100) < (i < 25000 ? 40u : 55u);
    if (leaves) {
      const uint64_t key = keys.front();
      keys.pop_front();
      EXPECT_EQ(set.remove(key), --wanted[key]);
      if (wanted[key] == 0) wanted.erase(key);
    } else {
      keys.push_back(below(3000));
      EXPECT_EQ(set.add(exec_, keys.back()), ++wanted[keys.back()]);
    }
    ASSERT_EQ(set.size, wanted.size());
  }
  for (uint64_t key = 0; key < 3000; ++key)
    EXPECT_EQ(set.count(key), wanted.count(key) ? wanted[key] : 0);
}

// One place for all keys of the hash: the chain stays whole when keys leave it.
TEST_F(SlidingFormTest, CountedSetClosesGaps) {
  CountedSet<WideKey> set{};
  const auto key = [](uint64_t i) { return WideKey{i % 3, i}; };
  for (uint64_t i = 0; i < 100; ++i) set.add(exec_, key(i));
  for (uint64_t i = 0; i < 100; i += 2) EXPECT_EQ(set.remove(key(i)), 0u);
  EXPECT_EQ(set.size, 50u);
  for (uint64_t i = 0; i < 100; ++i) EXPECT_EQ(set.count(key(i)), i % 2);
}

template <class T, class Draw>
void follow_sorted(ExecState& exec, size_t length, size_t rows, Draw&& draw) {
  SortedValues<T> values{};
  std::multiset<T> wanted;
  std::deque<T> frame;
  for (size_t i = 0; i < rows; ++i) {
    frame.push_back(draw(i));
    wanted.insert(frame.back());
    values.insert(exec, frame.back());
    if (frame.size() > length) {
      wanted.erase(wanted.find(frame.front()));
      values.remove(exec, frame.front());
      frame.pop_front();
    }
    ASSERT_EQ(values.size, wanted.size());
    if (i % 97 != 0 && i + 1 != rows) continue;
    uint64_t rank = 0;
    for (const T value : wanted) ASSERT_EQ(values.at(rank++), value) << i;
  }
  while (!frame.empty()) {
    values.remove(exec, frame.front());
    frame.pop_front();
  }
  EXPECT_EQ(values.size, 0u);
  values.insert(exec, T{1});
  EXPECT_EQ(values.at(0), T{1});
}

TEST_F(SlidingFormTest, SortedValuesKeepOrder) {
  for (const size_t length : {1u, 3u, 100u, 3000u}) {
    follow_sorted<uint64_t>(exec_, length, 8000, [&](size_t) { return below(1000); });
    follow_sorted<int32_t>(exec_, length, 8000, [](size_t i) { return static_cast<int32_t>(i); });
    follow_sorted<int64_t>(exec_, length, 8000,
                           [](size_t i) { return -static_cast<int64_t>(i) / 3; });
    follow_sorted<double>(exec_, length, 8000,
                          [&](size_t) { return 1.5 * static_cast<double>(below(99)) - 70; });
    follow_sorted<uint8_t>(exec_, length, 8000, [](size_t) { return uint8_t{7}; });
  }
}

TEST_F(SlidingFormTest, SlotQueueKeepsWhatWasAppended) {
  SlotQueue queue{};
  std::vector<std::pair<const char*, std::vector<uint32_t>>> seen;
  for (uint32_t i = 0; i < 5000; ++i) {
    std::memcpy(queue.append(exec_, 4), &i, 4);
    if (queue.size() > 40) queue.pop_front();
    if (i % 50 != 0) continue;
    std::vector<uint32_t> wanted;
    for (uint32_t j = i + 1 - static_cast<uint32_t>(queue.size()); j <= i; ++j) wanted.push_back(j);
    seen.emplace_back(queue.front(4), wanted);
  }
  for (const auto& [bytes, wanted] : seen)
    EXPECT_EQ(std::memcmp(bytes, wanted.data(), wanted.size() * 4), 0);
}

TEST_F(SlidingFormTest, CandidatesHoldTheFirstOfEqualExtremes) {
  Candidates candidates{};
  std::deque<std::pair<uint32_t, uint32_t>> frame;  // value, row
  for (uint32_t row = 0; row < 5000; ++row) {
    const auto value = static_cast<uint32_t>(below(9));
    char* const place = candidates.enter(exec_, 8, [&](const char* held) {
      return value > *reinterpret_cast<const uint32_t*>(held);
    });
    const uint32_t entry[2] = {value, row};
    std::memcpy(place, entry, 8);
    frame.emplace_back(value, row);
    if (frame.size() > row % 60 + 1) {
      candidates.leave(8);
      frame.pop_front();
    }
    auto wanted = frame.front();
    for (const auto& one : frame) {
      if (one.first > wanted.first) wanted = one;
    }
    ASSERT_EQ(reinterpret_cast<const uint32_t*>(candidates.best(8))[1], wanted.second);
  }
}

// Frames past the limits of exact sets and samples.
TEST_F(SlidingFormTest, LongFramesAreCountedAsPlainStatesDo) {
  static const AggregateRegistry registry;
  const Column column =
      numbers<uint64_t>("UInt64", 100000, [](size_t i) { return i < 80000 ? i * 7 : i % 10; });
  const Argument argument{column.type, false, nullptr, ""};
  for (const char* name : {"uniq", "uniqCombined", "uniqHLL12", "uniqExact", "median"}) {
    const auto resolved = registry.resolve(name, {}, std::span(&argument, 1), {});
    ASSERT_TRUE(resolved.ok());
    const Nested plain(*resolved), entering(sliding(*resolved, false)),
        leaving(sliding(*resolved, true));
    // The cast to the type that the aggregate takes.
    const auto with_slot = [&](const Nested& how, void* state, size_t row) {
      const auto word = *static_cast<const uint64_t*>(column.at(row));
      const auto real = static_cast<double>(word);
      const void* slot =
          resolved->arguments[0].is_float() ? static_cast<const void*>(&real) : &word;
      how.add(exec_, state, &slot);
    };
    const auto result = [&](const Nested& of, void* state) {
      double out[4] = {};
      of.finish(exec_, state, out);
      return show(of.result(), out);
    };
    for (const size_t length : {size_t{16}, size_t{131072 / 16}, size_t{8193}, size_t{70000}}) {
      void* state = exec_.persistent.allocate(entering.state_size(), 16);
      entering.init(state);
      for (size_t row = 0; row < column.rows(); ++row) {
        if (row >= length) with_slot(leaving, state, row - length);
        with_slot(entering, state, row);
        if (row % 9973 != 0 && row + 1 != column.rows()) continue;
        void* anew = exec_.persistent.allocate(plain.state_size(), 16);
        plain.init(anew);
        for (size_t i = row < length ? 0 : row - length + 1; i <= row; ++i)
          with_slot(plain, anew, i);
        ASSERT_EQ(result(entering, state), result(plain, anew))
            << name << " over " << length << " rows up to " << row;
      }
    }
  }
}

}  // namespace
}  // namespace sp::testing
