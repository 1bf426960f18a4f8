// Type names in casts and parameters, normalised as ClickHouse prints them: DateTime64(3, 'UTC'),
// Tuple(a String, b Int8).
// They stay text; the runtime parses types. Entry: match_type.

#include <array>
#include <cctype>

#include "lang/sql/grammar.h"
#include "lang/sql/print.h"

namespace sp::sql::grammar {

namespace {

std::string upper(std::string_view word) {
  std::string out(word);
  for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

// SQL's types of several words. The longest that fits is taken.
constexpr std::array<std::string_view, 29> kPhrases = {
    "DOUBLE PRECISION",
    "CHAR LARGE OBJECT",
    "CHAR VARYING",
    "CHARACTER LARGE OBJECT",
    "CHARACTER VARYING",
    "NCHAR LARGE OBJECT",
    "NCHAR VARYING",
    "NATIONAL CHARACTER LARGE OBJECT",
    "NATIONAL CHARACTER VARYING",
    "NATIONAL CHAR VARYING",
    "NATIONAL CHARACTER",
    "NATIONAL CHAR",
    "BINARY LARGE OBJECT",
    "BINARY VARYING",
    "BYTE VARYING",
    "TINYINT SIGNED",
    "TINYINT UNSIGNED",
    "SMALLINT SIGNED",
    "SMALLINT UNSIGNED",
    "MEDIUMINT SIGNED",
    "MEDIUMINT UNSIGNED",
    "INT SIGNED",
    "INT UNSIGNED",
    "INTEGER SIGNED",
    "INTEGER UNSIGNED",
    "BIGINT SIGNED",
    "BIGINT UNSIGNED",
    "INT1 SIGNED",
    "INT1 UNSIGNED",
};

// How many further words belong to the type that begins at `index`.
uint32_t further_words(const Build& b, uint32_t index) {
  if (b.code(index + 1) != Code::kWord) return 0;
  constexpr uint32_t kMostWords = 4;
  std::string words;
  uint32_t found = 0;
  for (uint32_t i = 0; i < kMostWords && (i == 0 || b.code(index + i) == Code::kWord); ++i) {
    words += (i == 0 ? "" : " ") + upper(b.source(index + i));
    for (const std::string_view phrase : kPhrases) {
      if (phrase == words) found = i;
    }
  }
  return found;
}

// The phrase's words in upper case.
std::string phrase_text(const Build& b, uint32_t index, uint32_t more) {
  std::string out = upper(b.source(index));
  for (uint32_t i = 1; i <= more; ++i) out += " " + upper(b.source(index + i));
  return out;
}

bool is_type_word(Code code) {
  return code == Code::kWord || code == Code::kQuotedName || code == Code::kNumber ||
         code == Code::kString || is_keyword(code);
}

std::string token_type_text(const Build& b, uint32_t index) {
  if (b.code(index) == Code::kString) return quote_string(string_value(b, index));
  return std::string(b.source(index));
}

// What may stand in a type's brackets: names, literals, commas, brackets, `=` of enums, a number's
// minus.
bool fits_in_type(const Build& b, uint32_t index) {
  const Code code = b.code(index);
  if (code == Code::kMinus) return b.code(index + 1) == Code::kNumber;
  return is_type_word(code) || code == Code::kComma || code == Code::kEquals ||
         code == Code::kDot || code == Code::kOpenRound || code == Code::kCloseRound;
}

// Writes tokens [begin, end) with ClickHouse's spacing: after commas, around =, between words.
std::string arguments_text(const Build& b, uint32_t begin, uint32_t end) {
  std::string out;
  for (uint32_t i = begin; i < end; ++i) {
    const Code code = b.code(i);
    const Code previous = i > begin ? b.code(i - 1) : Code::kOpenRound;
    if (!fits_in_type(b, i)) {
      b.stop(fail(ErrorCode::kSyntaxError,
                  "Syntax error: unexpected in a type: " + std::string(b.source(i)),
                  b.span(i, i + 1)));
    }
    const bool after_value = is_type_word(previous) || previous == Code::kCloseRound;
    if (code == Code::kEquals) {
      out += " = ";
      continue;
    }
    // A dot right behind digits would be a fraction's.
    const bool apart = code == Code::kDot && previous == Code::kNumber;
    if ((is_type_word(code) && after_value) || previous == Code::kComma || apart) out += ' ';
    if (const uint32_t more = is_type_word(code) ? further_words(b, i) : 0;
        more > 0 && i + more < end) {
      out += phrase_text(b, i, more);
      i += more;
      continue;
    }
    out += token_type_text(b, i);
  }
  return out;
}

}  // namespace

bool match_type(Input& in, Build& b) {
  const uint32_t first = index_of(in);
  const Code code = peek(in);
  const bool clause = is_clause_keyword(code) && code != Code::kArray;
  if (clause || (code != Code::kWord && code != Code::kQuotedName && !is_keyword(code))) {
    b.expect(first, Code::kWantType);
    return false;
  }
  const uint32_t more = further_words(b, first);
  std::string text(b.source(first));
  if (more > 0) text = phrase_text(b, first, more);
  advance(in, 1 + more);
  if (peek(in) == Code::kOpenRound) {
    const uint32_t open = index_of(in);
    const uint32_t close = b.token(open).partner;
    text += "(" + arguments_text(b, open + 1, close) + ")";
    advance(in, close - open + 1);
  }
  for (uint32_t i = first; i < index_of(in); ++i) b.note_name(i);
  b.types.push_back(std::move(text));
  return true;
}

}  // namespace sp::sql::grammar
