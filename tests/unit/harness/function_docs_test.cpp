// docs/functions.md says what the function tables say.

#include "tests/harness/function_docs.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace sp::tests {
namespace {

TEST(FunctionDocs, AreUpToDate) {
  std::ifstream file("docs/functions.md", std::ios::binary);
  const std::string committed((std::istreambuf_iterator<char>(file)),
                              std::istreambuf_iterator<char>());
  EXPECT_TRUE(committed == function_docs()) << "run: build/sp_function_docs docs/functions.md";
}

}  // namespace
}  // namespace sp::tests
