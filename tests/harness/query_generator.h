#pragma once
// QueryGenerator: random SQL that the grammar accepts, the same for the same seed. It knows forms,
// not meaning: names need not exist. For the round trip of print()
// (tests/unit/lang/sql/round_trip_test.cpp) and for sp_print_sql --generate, whose output
// tests/oracle/grammar.mjs compares with ClickHouse.

#include <cstdint>
#include <initializer_list>
#include <string>

namespace sp::tests {

class QueryGenerator {
 public:
  explicit QueryGenerator(uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15ULL + 1) {}

  /// A statement; nesting stays small.
  std::string statement();
  std::string expression(int depth = 4);

 private:
  uint32_t below(uint32_t count);
  bool chance(uint32_t percent) { return below(100) < percent; }
  std::string pick(std::initializer_list<const char*> choices);
  std::string list(int depth, uint32_t most);

  std::string name();
  std::string literal();
  std::string type(int depth);
  std::string operand(int depth);
  std::string call(int depth);
  std::string keyword_form(int depth);
  std::string bracketed(int depth);
  std::string window(int depth);
  std::string star(int depth);
  std::string column(int depth);
  std::string sort_list(int depth, bool fill);
  std::string table(int depth);
  std::string joins(int depth);
  std::string group_by(int depth);
  std::string limits(int depth, bool ordered);
  std::string select(int depth);
  std::string query(int depth);

  uint64_t state_;
};

}  // namespace sp::tests
