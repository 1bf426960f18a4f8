#pragma once
// LineEditor: libedit behind a small face: prompt, history kept in a file, completion by a
// callback.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sp {

class LineEditor {
 public:
  /// Gives the words that may stand in place of the word before the cursor.
  using Complete = std::function<std::vector<std::string>(const std::string& word)>;
  LineEditor(const std::string& history_file, Complete complete);
  ~LineEditor();
  /// Reads one line; nullopt at the end of input. An interrupted line (Ctrl-C) is "" with
  /// `interrupted` set.
  std::optional<std::string> read(const std::string& prompt, bool& interrupted);
  /// Remembers a statement as one entry.
  void remember(const std::string& statement);

  struct State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace sp
