#pragma once
// ParsedTexts: SQL parsed once, its literals lifted, and kept for the next request with the same
// text. Before the query cache, whose key the lifted text is.

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "compiler/bind/bind.h"
#include "lang/sql/parse.h"

namespace sp {

struct ParsedText {
  sql::Statement statement;
  LiftedLiterals lifted;
};

/// Thread-safe.
class ParsedTexts {
 public:
  /// Errors: those of the parser.
  Result<std::shared_ptr<const ParsedText>> parse(const std::string& sql);

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<const ParsedText>> texts_;
};

}  // namespace sp
