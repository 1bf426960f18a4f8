// NumberSet against std::set: from inside to hash set to bitmap, pages that are there and that are
// not, merges of every form into every form.

#include "runtime/exec/number_set.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <vector>

namespace sp {
namespace {

class NumberSetTest : public ::testing::Test {
 protected:
  NumberSetTest() : exec_(query_) {}
  NumberSet filled(const std::vector<uint32_t>& numbers) {
    NumberSet set{};
    for (const uint32_t number : numbers) sp_number_set_add(exec_, &set, number);
    return set;
  }
  QueryState query_;
  ExecState exec_;
  std::mt19937 random_{7};
};

std::vector<uint32_t> some(std::mt19937& random, size_t count, uint32_t first, uint32_t range) {
  std::vector<uint32_t> numbers(count);
  for (uint32_t& number : numbers) number = first + static_cast<uint32_t>(random() % range);
  return numbers;
}

TEST_F(NumberSetTest, CountsWhatIsNew) {
  NumberSet set{};
  std::set<uint32_t> wanted;
  for (const uint32_t number : some(random_, 20000, 0, 40000)) {
    EXPECT_EQ(sp_number_set_add_new(exec_, &set, number) != 0, wanted.insert(number).second);
  }
  for (const uint32_t number : some(random_, 2000, 5000000, 3000000)) {
    EXPECT_EQ(sp_number_set_add_new(exec_, &set, number) != 0, wanted.insert(number).second);
  }
  for (const uint32_t number : {0U, 32767U, 32768U, 4294967295U, 4294967295U, 0U}) {
    EXPECT_EQ(sp_number_set_add_new(exec_, &set, number) != 0, wanted.insert(number).second);
  }
  EXPECT_EQ(sp_number_set_finish(&set), wanted.size());
}

TEST_F(NumberSetTest, MergesEveryFormIntoEveryForm) {
  const std::vector<std::vector<uint32_t>> sets = {
      {},
      {1, 70000, 3},
      some(random_, 500, 0, 100000),
      some(random_, 5000, 0, 100000),
      some(random_, 9000, 60000, 2000000),
      some(random_, 4000, 10000000, 20000),
  };
  for (const auto& left : sets) {
    for (const auto& right : sets) {
      NumberSet into = filled(left);
      const NumberSet from = filled(right);
      std::set<uint32_t> wanted(left.begin(), left.end());
      wanted.insert(right.begin(), right.end());
      sp_number_set_merge(exec_, &into, &from);
      EXPECT_EQ(sp_number_set_finish(&into), wanted.size());
      // What was merged stays as it is, and may be merged elsewhere.
      NumberSet other = filled({5});
      sp_number_set_merge(exec_, &other, &from);
      sp_number_set_add(exec_, &into, 4000000000U);
      EXPECT_EQ(sp_number_set_finish(&from), std::set<uint32_t>(right.begin(), right.end()).size());
      for (const uint32_t number : right) EXPECT_EQ(sp_number_set_add_new(exec_, &into, number), 0);
    }
  }
}

}  // namespace
}  // namespace sp
