// Conversions and date functions against answers of ClickHouse 26.7, one call a line in
// cases/*.tsv: call <TAB> "=>" <TAB> type <TAB> text.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/unit/runtime/functions/call_function.h"

namespace sp {
namespace {

TEST(Functions, AnswerLikeClickHouse) {
  const FunctionRegistry registry;
  size_t count = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator("tests/unit/runtime/functions/cases")) {
    std::ifstream file(entry.path());
    std::string line;
    while (std::getline(file, line)) {
      const size_t arrow = line.find("\t=>\t");
      if (arrow == std::string::npos) continue;
      ++count;
      std::string answer = call_function(registry, line.substr(0, arrow));
      if (answer.starts_with("error")) answer = answer.substr(0, answer.find(':'));
      EXPECT_EQ(answer, line.substr(arrow + 4)) << line.substr(0, arrow);
    }
  }
  EXPECT_GT(count, 100U);
}

}  // namespace
}  // namespace sp
