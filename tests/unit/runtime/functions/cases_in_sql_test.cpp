// The calls of cases/*.tsv once more, as SQL through the whole engine: the binder's casts,
// generated code around the bodies, nulls and constants. Arguments that need not be constant are
// materialized, so that nothing is folded.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "runtime/functions/function.h"
#include "tests/unit/support/run_sql.h"

namespace sp {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

// Functions whose resolvers ask for constants by rules of their own: all but their first arguments
// are literals.
bool wants_constants(std::string_view name) {
  return name == "format" || name == "JSONExtract" || name == "round" ||
         name == "toStartOfInterval";
}

// "Type|text" as SQL.
std::string argument_sql(std::string_view field, bool is_constant) {
  const size_t bar = field.find('|');
  const std::string type(field.substr(0, bar));
  const std::string_view text = field.substr(bar + 1);
  const bool is_null = text == "NULL" && type.find("Nullable") != std::string::npos;
  if (is_constant && type == "String") return quoted(text);
  if (is_constant && type == "UInt8") return std::string(text);
  const std::string value = "CAST(" + (is_null ? "NULL" : quoted(text)) + " AS " + type + ")";
  return is_constant ? value : "materialize(" + value + ")";
}

std::string call_sql(const FunctionRegistry& registry, std::string_view line) {
  std::string name, arguments;
  const FunctionRow* row = nullptr;
  for (size_t index = 0, begin = 0; begin <= line.size(); ++index) {
    const size_t end = std::min(line.find('\t', begin), line.size());
    const std::string_view field = line.substr(begin, end - begin);
    begin = end + 1;
    if (index == 0) {
      name = field;
      row = registry.find(name);
      continue;
    }
    const bool must_be =
        row != nullptr && index <= 32 && ((row->constant_arguments >> (index - 1)) & 1U) != 0;
    const bool is_constant = must_be || (wants_constants(name) && (index > 1 || name == "format"));
    arguments += (index > 1 ? ", " : "") + argument_sql(field, is_constant);
  }
  return "SELECT " + name + "(" + arguments + ")";
}

TEST(CasesInSql, AnswerLikeClickHouse) {
  EngineOptions options;
  options.threads = 1;
  options.tier = EngineOptions::Tier::kTier0;
  const auto engine = Engine::create(options);
  for (const auto& entry :
       std::filesystem::directory_iterator("tests/unit/runtime/functions/cases")) {
    std::ifstream file(entry.path());
    std::string line;
    while (std::getline(file, line)) {
      const size_t arrow = line.find("\t=>\t");
      if (arrow == std::string::npos) continue;
      const std::string sql = call_sql(engine->functions(), line.substr(0, arrow));
      const SqlAnswer answer = run_sql(*engine, sql);
      const std::string found = answer.error_code != 0
                                    ? "error " + std::to_string(answer.error_code)
                                    : answer.types + "\t" + answer.text;
      EXPECT_EQ(found, line.substr(arrow + 4)) << sql << "\n" << answer.message;
    }
  }
}

}  // namespace
}  // namespace sp
