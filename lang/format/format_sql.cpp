// The road of a formatted text: probes, elements, units, layout; then the proof that nothing but
// the layout changed.
// Entry: format_sql().

#include "lang/format/format_sql.h"

#include <algorithm>
#include <cctype>

#include "lang/format/layout.h"
#include "lang/format/pairs.h"
#include "lang/format/probe.h"
#include "lang/format/spacing.h"
#include "lang/sql/parse.h"
#include "lang/sql/print.h"

namespace sp::format {
namespace {

using Kind = Element::Kind;

// Laying out moves a comment at most once behind the comma that follows it: texts settle in two or
// three turns.
constexpr int kMostTurns = 5;

struct LaidOut {
  std::string text;
  ElementList elements;
};

Result<LaidOut> lay_out_once(const SqlText& source, const Probes& probes, uint32_t indent) {
  SP_TRY(ElementList elements, read_elements(source));
  LaidOut out;
  out.elements = elements;
  assign_roles(probes, elements);
  elements = join_inseparable(std::move(elements), source.text);
  pair_elements(elements);
  LinePrinter printer(indent);
  lay_out(elements, printer);
  out.text = printer.finish();
  return out;
}

bool same_ignoring_case(const std::string& a, const std::string& b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](unsigned char x, unsigned char y) {
           return std::tolower(x) == std::tolower(y);
         });
}

bool same_element(const Element& a, const Element& b) {
  if (a.kind != b.kind || a.code != b.code) return false;
  if (a.text == b.text) return true;
  const bool word = a.kind == Kind::kToken && !a.opaque &&
                    (sql::is_keyword(a.code) || a.code == sql::TokenCode::kWord);
  return word && same_ignoring_case(a.text, b.text);
}

// The first element of `before` that `after` lacks; comments and the rest are compared apart, as a
// comment may pass a comma.
const Element* first_difference(const ElementList& before, const ElementList& after) {
  for (const bool comments : {false, true}) {
    const auto wanted = [&](const Element& element) {
      return (element.kind == Kind::kComment) == comments;
    };
    auto b = after.begin();
    for (const Element& a : before) {
      if (!wanted(a)) continue;
      while (b != after.end() && !wanted(*b)) ++b;
      if (b == after.end() || !same_element(a, *b)) return &a;
      ++b;
    }
    while (b != after.end() && !wanted(*b)) ++b;
    if (b != after.end()) return before.empty() ? nullptr : &before.back();
  }
  return nullptr;
}

Error changed(const SqlText& source, const Element* where) {
  if (std::optional<Error> obstacle = layout_obstacle(source)) return *std::move(obstacle);
  const auto size = static_cast<uint32_t>(source.text.size());
  const Span span = where == nullptr ? Span{0, std::min(size, 1U)} : Span{where->begin, where->end};
  return fail(ErrorCode::kLogicalError,
              "Formatting would change the meaning of the text; it is left as it is", span,
              "this is a mistake of the formatter: please report the text");
}

}  // namespace

Result<std::string> format_sql(const SqlText& source, uint32_t indent) {
  SP_TRY(const Probes original, probe(source));
  if (!original.any_parsed && original.error) return *original.error;
  SP_TRY(LaidOut current, lay_out_once(source, original, indent));
  const ElementList elements = std::move(current.elements);
  for (int turn = 0; turn < kMostTurns; ++turn) {
    const SqlText text{current.text, source.templated, source.margin_comments};
    const Result<Probes> probes = probe(text);
    if (!probes.ok() || probes->outcomes != original.outcomes) return changed(source, nullptr);
    Result<LaidOut> next = lay_out_once(text, *probes, indent);
    if (!next.ok()) return changed(source, nullptr);
    if (const Element* where = first_difference(elements, next->elements); where != nullptr)
      return changed(source, where);
    if (next->text == current.text) return std::move(current.text);
    current.text = std::move(next->text);
  }
  return changed(source, nullptr);
}

std::string format_expression(std::string_view text) {
  std::string original(text);
  const auto list = sql::parse_expression_list(text);
  if (!list.ok()) return original;
  Result<ElementList> elements = read_elements({text});
  if (!elements.ok() || std::any_of(elements->begin(), elements->end(),
                                    [](const Element& e) { return e.kind == Kind::kComment; }))
    return original;
  *elements = join_inseparable(std::move(*elements), text);
  pair_elements(*elements);
  std::string out = one_line(*elements, 0, static_cast<uint32_t>(elements->size()));
  const auto again = sql::parse_expression_list(out);
  if (!again.ok() || again->size() != list->size()) return original;
  for (size_t i = 0; i < list->size(); ++i) {
    if (sql::print(*(*list)[i]) != sql::print(*(*again)[i])) return original;
  }
  return out;
}

std::string format_type(std::string_view text) {
  Result<ElementList> elements = read_elements({text});
  if (!elements.ok()) return std::string(text);
  pair_elements(*elements);
  return one_line(*elements, 0, static_cast<uint32_t>(elements->size()));
}

}  // namespace sp::format
