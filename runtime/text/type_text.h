#pragma once
// TypeText: the text of a type, and the words, numbers and quoted texts in it. For the parser of
// types (parse_type.cpp), which is made of it.

#include <string>
#include <string_view>

#include "runtime/core/type.h"

namespace sp {

class TypeText {
 public:
  explicit TypeText(std::string_view text) : text_(text) {}

 protected:
  static bool is_word(char c);
  void skip_space();
  // All others skip space first.
  bool peek(char c);
  bool take(char c);
  Result<void> expect(char c);
  std::string_view word();
  bool at_integer();
  Result<int64_t> integer();
  Result<std::string> quoted_text(char quote);
  // The error of something else at this place.
  Error unexpected(std::string_view wanted) const;

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace sp
