// Branches of a template to trees, and back to the places of their words. Entries: probe(),
// assign_roles().

#include "lang/format/probe.h"

#include "lang/sql/parse.h"
#include "lang/sql/print.h"
#include "lang/template/template.h"

namespace sp::format {
namespace {

using sql::TokenCode;

class Prober {
 public:
  explicit Prober(const SqlText& source)
      : source_(source),
        text_(without_margin_comments(source)) {}

  Result<Probes> run() {
    if (!source_.templated) {
      RenderedSql whole;
      whole.text = text_;
      whole.map.add_verbatim(0, 0, static_cast<uint32_t>(text_.size()));
      take(whole);
      return std::move(out_);
    }
    SP_TRY(const std::shared_ptr<const Template> compiled, Template::compile(text_, 0));
    for (const RequestParams& params : compiled->probes()) {
      TemplateContext context;
      context.params = &params;
      context.secret = [](std::string_view) { return std::optional<std::string>("secret"); };
      const Result<RenderedSql> rendered = compiled->render(context, 0);
      if (rendered.ok()) {
        take(*rendered);
      } else {
        out_.outcomes.push_back("error " + std::to_string(static_cast<int>(rendered.error().code)) +
                                " " + rendered.error().message);
      }
    }
    return std::move(out_);
  }

 private:
  // Parses one rendering, statement by statement. It has parsed if all of them have.
  void take(const RenderedSql& rendered) {
    std::string outcome;
    bool all_parsed = true;
    for (const Span part : statements(rendered.text)) {
      const std::string_view text =
          std::string_view(rendered.text).substr(part.begin, part.end - part.begin);
      std::vector<Span> names;
      const Result<sql::Statement> statement = sql::parse_statement(text, {}, &names);
      if (!statement.ok()) {
        note_error(statement.error(), rendered, part.begin);
        outcome += "error " + std::to_string(static_cast<int>(statement.error().code)) + "\n";
        all_parsed = false;
        continue;
      }
      outcome += sql::print(*statement) + "\n" + column_names(*statement->query) + "\n";
      note_roles(text, names, rendered, part.begin);
    }
    for (const HoleValue& value : rendered.values)
      outcome += value.name + " " + value.type + " " + value.text + "\n";
    out_.any_parsed = out_.any_parsed || all_parsed;
    out_.outcomes.push_back(std::move(outcome));
  }

  // The texts between semicolons; the whole text if it cannot be cut.
  static std::vector<Span> statements(const std::string& text) {
    const auto whole = static_cast<uint32_t>(text.size());
    const Result<sql::TokenList> list = sql::tokenize(text);
    if (!list.ok()) return {{0, whole}};
    std::vector<Span> out;
    uint32_t begin = 0;
    bool any = false;
    for (size_t i = 0; i < list->tokens.size(); ++i) {
      const auto code = static_cast<TokenCode>(list->codes[i]);
      if (code != TokenCode::kSemicolon && code != TokenCode::kEnd) {
        any = true;
        continue;
      }
      if (any) out.push_back({begin, list->tokens[i].begin});
      any = false;
      begin = list->tokens[i].end;
    }
    if (out.empty()) out.push_back({0, whole});
    return out;
  }

  void note_error(Error error, const RenderedSql& rendered, uint32_t offset) {
    if (out_.error) return;
    if (error.span)
      error.span = rendered.map.to_origin({error.span->begin + offset, error.span->end + offset});
    out_.error = std::move(error);
  }

  static std::string column_names(const sql::Query& query) {
    const sql::Query* first = &query;
    while (first->left != nullptr) first = first->left.get();
    std::string out;
    if (first->select == nullptr) return out;
    for (const sql::ExprPtr& column : first->select->columns)
      out += sql::column_name(*column) + "\n";
    return out;
  }

  void note_roles(std::string_view text, const std::vector<Span>& names,
                  const RenderedSql& rendered, uint32_t offset) {
    const auto origin_of = [&](Span span, std::set<uint32_t>& places) {
      const Span origin = rendered.map.to_origin({span.begin + offset, span.end + offset});
      const std::string_view there =
          std::string_view(text_).substr(origin.begin, origin.end - origin.begin);
      if (there == text.substr(span.begin, span.end - span.begin)) places.insert(origin.begin);
    };
    for (const Span name : names) origin_of(name, out_.names);
    const Result<sql::TokenList> list = sql::tokenize(text);
    if (!list.ok()) return;
    for (size_t i = 0; i < list->tokens.size(); ++i) {
      if (sql::is_keyword(static_cast<TokenCode>(list->codes[i]))) {
        origin_of({list->tokens[i].begin, list->tokens[i].end}, out_.seen_keywords);
      }
    }
  }

  const SqlText& source_;
  std::string text_;
  Probes out_;
};

}  // namespace

Result<Probes> probe(const SqlText& source) { return Prober(source).run(); }

void assign_roles(const Probes& probes, ElementList& elements) {
  for (uint32_t i = 0; i < elements.size(); ++i) {
    Element& element = elements[i];
    if (element.kind != Element::Kind::kToken || element.opaque || !sql::is_keyword(element.code))
      continue;
    if (probes.names.count(element.begin) != 0) continue;
    if (probes.seen_keywords.count(element.begin) != 0) {
      element.is_keyword = true;
    } else {
      guess_role(elements, i);
    }
  }
}

}  // namespace sp::format
