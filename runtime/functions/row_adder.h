#pragma once
// RowAdder: rows of a family that differ in what every function has: name, number of arguments,
// resolver, documentation. What a family has in common beyond that is given once.

#include <utility>
#include <vector>

#include "runtime/functions/function.h"

#ifndef SP_BITCODE
namespace sp {

class RowAdder {
 public:
  /// Which spellings of a name are found.
  enum class Case : uint8_t { kExact, kAny };

  /// Adds to `rows`, which must outlive the adder; each row begins as a copy of `common`.
  explicit RowAdder(std::vector<FunctionRow>& rows, FunctionRow common = {})
      : rows_(rows),
        common_(std::move(common)) {}

  /// Of `least` to `most` arguments.
  void operator()(const char* name, uint8_t least, uint8_t most, Case names, Resolver resolve,
                  const char* doc, const char* example, const char* result,
                  std::vector<const char*> aliases = {}) const {
    FunctionRow& row = rows_.emplace_back(common_);
    row.name = name;
    row.aliases = std::move(aliases);
    row.case_insensitive = names == Case::kAny;
    row.min_arguments = least;
    row.max_arguments = most;
    row.resolve = std::move(resolve);
    row.doc = doc;
    row.example = example;
    row.example_result = result;
  }
  void operator()(const char* name, uint8_t least, uint8_t most, Resolver resolve, const char* doc,
                  const char* example, const char* result,
                  std::vector<const char*> aliases = {}) const {
    (*this)(name, least, most, Case::kExact, std::move(resolve), doc, example, result,
            std::move(aliases));
  }

  /// Of `count` arguments.
  void operator()(const char* name, uint8_t count, Case names, Resolver resolve, const char* doc,
                  const char* example, const char* result,
                  std::vector<const char*> aliases = {}) const {
    (*this)(name, count, count, names, std::move(resolve), doc, example, result,
            std::move(aliases));
  }
  void operator()(const char* name, uint8_t count, Resolver resolve, const char* doc,
                  const char* example, const char* result,
                  std::vector<const char*> aliases = {}) const {
    (*this)(name, count, count, Case::kExact, std::move(resolve), doc, example, result,
            std::move(aliases));
  }

 private:
  std::vector<FunctionRow>& rows_;
  FunctionRow common_;
};

}  // namespace sp
#endif
