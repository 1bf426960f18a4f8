// Keeps some thousand texts; then begins anew.

#include "compiler/engine/parsed_texts.h"

namespace sp {

Result<std::shared_ptr<const ParsedText>> ParsedTexts::parse(const std::string& sql) {
  constexpr size_t kKeptTexts = 4096;
  {
    const std::lock_guard lock(mutex_);
    const auto found = texts_.find(sql);
    if (found != texts_.end()) return found->second;
  }
  auto parsed = std::make_shared<ParsedText>();
  SP_TRY(parsed->statement, sql::parse_statement(sql));
  parsed->lifted = lift_literals(*parsed->statement.query);
  const std::lock_guard lock(mutex_);
  if (texts_.size() >= kKeptTexts) texts_.clear();
  texts_.emplace(sql, parsed);
  return std::shared_ptr<const ParsedText>(parsed);
}

}  // namespace sp
