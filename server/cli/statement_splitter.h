#pragma once
// StatementSplitter: lines typed at the REPL to whole statements: a statement ends at `;` outside
// quotes and comments.

#include <optional>
#include <string>

namespace sp {

class StatementSplitter {
 public:
  /// Adds a line (without its newline).
  void add_line(const std::string& line) { text_ += line + "\n"; }
  /// Takes the next complete statement off the front, without its `;`; nullopt if more lines are
  /// needed.
  std::optional<std::string> take();
  /// What is left when the input ends: a last statement needs no `;`.
  std::string take_rest();
  bool empty() const { return text_.find_first_not_of(" \t\r\n") == std::string::npos; }
  void clear() { text_.clear(); }

 private:
  std::string text_;
};

}  // namespace sp
