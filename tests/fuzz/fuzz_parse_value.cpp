// Fuzzes texts to values: the input's first line is a type, its second byte-for-byte the rules, the
// rest a text. What is read prints to a text that is read again and prints alike; what is not read
// leaves zeros and an error.

#include "runtime/core/check.h"
#include "runtime/text/format_value.h"
#include "runtime/text/parse_value.h"
#include "tests/fuzz/fuzz_target.h"

namespace {

// Lambdas, states and JSON have no text form of their own.
bool has_text(sp::Type type) {
  switch (type.kind()) {
    case sp::TypeKind::kLambda:
    case sp::TypeKind::kAggregateFunction:
    case sp::TypeKind::kJson:
    case sp::TypeKind::kNothing:
    case sp::TypeKind::kSimpleAggregateFunction:
    case sp::TypeKind::kInterval: return false;
    default: break;
  }
  for (const sp::Type inner : type.inner()) {
    if (!has_text(inner)) return false;
  }
  return true;
}

}  // namespace

SP_FUZZ_TARGET(parse_value) {
  const size_t newline = input.find('\n');
  if (newline > 200 || newline + 1 == input.size()) return;  // no newline is farthest of all
  const auto type = sp::parse_type(input.substr(0, newline));
  if (!type.ok() || !has_text(*type)) return;
  const auto bits = static_cast<unsigned>(input[newline + 1]);
  const sp::ParseRules rules{(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0};
  const std::string_view text = input.substr(newline + 2);

  const sp::ValueParser parser(*type, rules);
  const size_t size = sp::slot_layout(*type).size;
  if (size > 1 << 16) return;
  std::vector<uint64_t> slot(size / 8 + 2), again(size / 8 + 2);
  sp::Arena arena;
  sp::ParseError error;
  if (!parser.parse(text, slot.data(), arena, error)) return;
  std::string printed, printed_again;
  sp::format_value(*type, slot.data(), sp::TextStyle::kPlain, printed);
  // FixedString prints its zero bytes, and NULL is only a word where the rules say so.
  if (!parser.parse(printed, again.data(), arena, error)) return;
  sp::format_value(*type, again.data(), sp::TextStyle::kPlain, printed_again);
  for (const sp::TextStyle style :
       {sp::TextStyle::kEscaped, sp::TextStyle::kCsv, sp::TextStyle::kJson})
    sp::format_value(*type, slot.data(), style, printed);
}
