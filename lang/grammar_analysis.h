#pragma once
// PEGTL's own analysis of every grammar in lang/: rules that could loop without reading anything. A
// grammar's rules are private to its file, so each file says here, with SP_ANALYZE, how many of its
// rules are unsound; the list is grammar_analysis.cpp's, and
// tests/unit/lang/grammar_analysis_test.cpp wants zero of each.

#include <cstddef>
#include <span>
#include <string_view>

namespace sp {

/// One file's grammar: `problems` counts rules that may loop, and prints them.
struct AnalyzedGrammar {
  std::string_view file;
  size_t (*problems)();
};

/// All of them.
std::span<const AnalyzedGrammar> analyzed_grammars();

template <typename... Rules>
struct RuleList {};

}  // namespace sp

/// At the end of a grammar's file, outside of namespaces; needs <tao/pegtl/contrib/analyze.hpp>.
#define SP_ANALYZE(name, ...)                                   \
  namespace sp {                                                \
  size_t analyze_##name();                                      \
  size_t analyze_##name() {                                     \
    return []<typename... Rules>(RuleList<Rules...>) {          \
      return (size_t{0} + ... + tao::pegtl::analyze<Rules>(1)); \
    }(RuleList<__VA_ARGS__>{});                                 \
  }                                                             \
  }
