#pragma once
// Columns of test values in slot layout, and a driver that runs an aggregate over them in several
// ways: in one state, in two merged states, through serialisation, and over frames that slide. All
// must agree.

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtime/aggregates/nested.h"

namespace sp::testing {

struct Column {
  Type type;
  std::vector<char> bytes;
  std::shared_ptr<std::deque<std::string>> texts = std::make_shared<std::deque<std::string>>();
  size_t stride() const { return slot_layout(type).size; }
  size_t rows() const { return bytes.size() / stride(); }
  const void* at(size_t row) const { return bytes.data() + row * stride(); }
};

template <class T, class F>
Column numbers(const char* type, size_t rows, F&& value) {
  Column column{*parse_type(type), {}};
  for (size_t i = 0; i < rows; ++i) {
    const T number = static_cast<T>(value(i));
    column.bytes.insert(column.bytes.end(), reinterpret_cast<const char*>(&number),
                        reinterpret_cast<const char*>(&number) + sizeof(T));
  }
  return column;
}

template <class F>
Column strings(size_t rows, F&& value) {
  Column column{Type::of(TypeKind::kString), {}};
  for (size_t i = 0; i < rows; ++i) {
    const StringRef text(column.texts->emplace_back(value(i)));
    column.bytes.insert(column.bytes.end(), reinterpret_cast<const char*>(&text),
                        reinterpret_cast<const char*>(&text) + sizeof(text));
  }
  return column;
}

/// A slot as text, enough for tests: numbers, strings, arrays, tuples, Nullable.
std::string show(Type type, const void* slot);

/// Literal parameters of an aggregate: numbers and strings.
struct Literals {
  std::deque<double> reals;
  std::deque<uint64_t> words;
  std::deque<StringRef> texts;
  std::vector<Argument> arguments;
  Literals() = default;
  Literals& add(double value);
  Literals& add(int value);
  Literals& add(const char* value);
};

/// Runs `name(parameters)(columns)` and returns the result as text; checks that merging and storing
/// change nothing.
std::string aggregate(const char* name, const std::vector<Column>& columns,
                      const Literals& parameters = {}, bool split_agrees = true);

}  // namespace sp::testing
