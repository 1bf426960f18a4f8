// Token codes by name and names by code: the keyword table, hashed once. Part of the lexical level;
// see token.h.

#include "lang/sql/token.h"

#include <array>

namespace sp::sql {

namespace {

constexpr size_t kSlots = 512;  // a power of two, about four times the keywords
constexpr size_t kLongestKeyword = 13;

struct Spelling {
  std::string_view text;
  TokenCode code;
};

constexpr Spelling kSpellings[] = {
#define SP_X(enumerator, text) {text, TokenCode::enumerator},
    SP_SQL_KEYWORDS(SP_X)
#undef SP_X
        {"DATEADD", TokenCode::kDateAdd},
    {"TIMESTAMP_ADD", TokenCode::kDateAdd},
    {"TIMESTAMPADD", TokenCode::kDateAdd},
    {"DATESUB", TokenCode::kDateSub},
    {"TIMESTAMP_SUB", TokenCode::kDateSub},
    {"TIMESTAMPSUB", TokenCode::kDateSub},
    {"DATEDIFF", TokenCode::kDateDiff},
    {"TIMESTAMPDIFF", TokenCode::kDateDiff},
};
constexpr size_t kLongestSpelling = 14;
static_assert(kLongestKeyword <= kLongestSpelling);

constexpr char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

constexpr size_t slot_of(std::string_view word) {
  uint32_t hash = 2166136261U;
  for (const char c : word) hash = (hash ^ static_cast<uint8_t>(upper(c))) * 16777619U;
  return (hash ^ (hash >> 15)) % kSlots;
}

// Open addressing; entry 0 is empty, others are 1 + an index of kSpellings.
constexpr std::array<uint8_t, kSlots> build_table() {
  std::array<uint8_t, kSlots> table{};
  for (size_t i = 0; i < std::size(kSpellings); ++i) {
    size_t slot = slot_of(kSpellings[i].text);
    while (table[slot] != 0) slot = (slot + 1) % kSlots;
    table[slot] = static_cast<uint8_t>(i + 1);
  }
  return table;
}
static_assert(std::size(kSpellings) < 255);
constexpr std::array<uint8_t, kSlots> kTable = build_table();

bool equals_ignoring_case(std::string_view word, std::string_view spelling) {
  if (word.size() != spelling.size()) return false;
  for (size_t i = 0; i < word.size(); ++i) {
    if (upper(word[i]) != spelling[i]) return false;
  }
  return true;
}

}  // namespace

TokenCode keyword_of(std::string_view word) {
  if (word.size() > kLongestSpelling || word.size() < 2) return TokenCode::kWord;
  for (size_t slot = slot_of(word); kTable[slot] != 0; slot = (slot + 1) % kSlots) {
    const Spelling& spelling = kSpellings[kTable[slot] - 1];
    if (equals_ignoring_case(word, spelling.text)) return spelling.code;
  }
  return TokenCode::kWord;
}

std::string_view token_text(TokenCode code) {
  static constexpr std::string_view kTexts[] = {
#define SP_X(enumerator, text) text,
      SP_SQL_SYMBOLS(SP_X) SP_SQL_KEYWORDS(SP_X)
#undef SP_X
  };
  return kTexts[static_cast<size_t>(code)];
}

}  // namespace sp::sql
