// Binding of one node, branch by branch, mistake by mistake.

#include "server/workspace/check_node.h"

#include <algorithm>
#include <cctype>

#include "lang/sql/parse.h"
#include "server/workspace/qualify_tables.h"

namespace sp {

void CheckState::report(Problem::Severity severity, const std::string& pipe, Error error,
                        const std::string& file) {
  if (severity == Problem::Severity::kError) broken.insert(pipe);
  if (!reported.insert(error.render()).second) return;
  problems.push_back({severity, std::move(error), file});
}

namespace {

constexpr size_t kMaxMistakes = 20;  // of one branch of one node

bool is_template_error(const Error& error) {
  return error.code == ErrorCode::kTemplateError || error.code == ErrorCode::kTemplateCustomError;
}

// The next action where the binder knows no better one.
std::string_view usual_hint(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUnknownFunction: return "docs/functions.md lists the functions";
    case ErrorCode::kUnknownIdentifier: return "no table of this query has such a column";
    case ErrorCode::kIllegalTypeOfArgument:
    case ErrorCode::kTypeMismatch:
    case ErrorCode::kNoCommonType:
      return "convert one side: toString(x), toInt64(x), toDateTime(x)";
    case ErrorCode::kNotAnAggregate: return "add it to GROUP BY, or aggregate it: any(x)";
    case ErrorCode::kIllegalAggregation: return "aggregate in a subquery or in a node of its own";
    case ErrorCode::kNumberOfArgumentsDoesntMatch:
    case ErrorCode::kTooFewArgumentsForFunction:
    case ErrorCode::kTooManyArgumentsForFunction:
      return "docs/functions.md shows each function's arguments";
    case ErrorCode::kAmbiguousColumnName: return "write its table before it: t.column";
    case ErrorCode::kUnionAllResultStructuresMismatch:
      return "every SELECT of a UNION has the same number of columns";
    default: return "";
  }
}

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// A text in which mistakes were replaced, and the way back to where they stood.
class PatchedText {
 public:
  explicit PatchedText(std::string text) : text_(std::move(text)) {}

  const std::string& text() const { return text_; }

  Span to_original(Span span) const { return {offset(span.begin), offset(span.end)}; }

  // Replaces an unknown column wherever it is named, or an unknown function's call, by NULL. False
  // if that is not possible.
  bool remove(const Error& error) {
    if (!error.span || error.span->end > text_.size() || error.span->begin >= error.span->end)
      return false;
    const std::string name = text_.substr(error.span->begin, error.span->end - error.span->begin);
    if (error.code == ErrorCode::kUnknownIdentifier) return replace_words(name);
    if (error.code == ErrorCode::kUnknownFunction ||
        error.code == ErrorCode::kUnknownAggregateFunction) {
      const size_t open = text_.find('(', error.span->begin);
      if (open == std::string::npos) return false;
      const size_t close = closing(open);
      if (close == std::string::npos) return false;
      replace(error.span->begin, close + 1 - error.span->begin);
      return true;
    }
    return false;
  }

 private:
  struct Edit {
    size_t at, removed, added;  // in the text as it was when edited
  };

  uint32_t offset(uint32_t at) const {
    auto position = static_cast<size_t>(at);
    for (auto edit = edits_.rbegin(); edit != edits_.rend(); ++edit) {
      if (position >= edit->at + edit->added)
        position = position - edit->added + edit->removed;
      else if (position > edit->at)
        position = edit->at;
    }
    return static_cast<uint32_t>(position);
  }

  void replace(size_t at, size_t size) {
    static constexpr std::string_view kNull = "NULL";
    edits_.push_back({at, size, kNull.size()});
    text_.replace(at, size, kNull);
  }

  bool replace_words(const std::string& name) {
    bool any = false;
    for (size_t at = 0; (at = text_.find(name, at)) != std::string::npos;) {
      const size_t end = at + name.size();
      const bool whole = (at == 0 || (!is_word(text_[at - 1]) && text_[at - 1] != '\'')) &&
                         (end == text_.size() ||
                          (!is_word(text_[end]) && text_[end] != '\'' && text_[end] != '('));
      if (whole) {
        replace(at, name.size());
        any = true;
      }
      at += whole ? 4 : name.size();
    }
    return any;
  }

  size_t closing(size_t open) const {
    size_t depth = 0;
    for (size_t at = open; at < text_.size(); ++at) {
      if (text_[at] == '\'') {
        at = text_.find('\'', at + 1);
        if (at == std::string::npos) return at;
      } else if (text_[at] == '(') {
        ++depth;
      } else if (text_[at] == ')' && --depth == 0) {
        return at;
      }
    }
    return std::string::npos;
  }

  std::string text_;
  std::vector<Edit> edits_;
};

class NodeCheck {
 public:
  NodeCheck(CheckState& state, const std::shared_ptr<const Pipe>& pipe, size_t node)
      : state_(state),
        pipe_(pipe),
        node_(node) {}

  std::optional<QueryDescription> run(const std::vector<RequestParams>& probes) {
    std::optional<QueryDescription> first;
    for (size_t i = 0; i < probes.size(); ++i) {
      auto description = probe(probes[i], i == 0);
      if (i == 0) first = std::move(description);
    }
    return first;
  }

 private:
  std::optional<QueryDescription> probe(const RequestParams& params, bool first) {
    PipeCatalog catalog(state_.project, state_.find_table);
    TemplateStop stop = TemplateStop::kNone;
    TemplateContext context;
    context.params = &params;
    context.secret = [](std::string_view) { return std::optional<std::string>("secret"); };
    context.stop = &stop;
    if (auto rendered = catalog.render(pipe_, node_, context); !rendered.ok()) {
      const bool wrong =
          stop == TemplateStop::kMistake || (stop == TemplateStop::kValue && params.all().empty());
      if (wrong && first) report(Problem::Severity::kError, std::move(rendered).error());
      return std::nullopt;
    }
    if (!shapes_.insert(catalog.key()).second) return std::nullopt;  // another value, the same text
    return bind(catalog);
  }

  std::optional<QueryDescription> bind(const PipeCatalog& catalog) {
    PatchedText text(catalog.sql());
    for (size_t mistakes = 0; mistakes < kMaxMistakes; ++mistakes) {
      QueryRequest request;
      request.sql = text.text();
      request.holes = catalog.holes();
      request.catalog = &catalog;
      request.catalog_key = catalog.key();
      auto description = state_.engine.describe(request);
      if (description.ok())
        return mistakes == 0 ? std::optional<QueryDescription>(std::move(*description))
                             : std::nullopt;
      Error error = std::move(description).error();
      // After a replacement only mistakes that it cannot have made are believed.
      if (mistakes > 0 && error.code != ErrorCode::kUnknownIdentifier &&
          error.code != ErrorCode::kUnknownFunction &&
          error.code != ErrorCode::kUnknownAggregateFunction) {
        return std::nullopt;
      }
      const bool here = !error.location;
      const Error patched = error;
      if (here && error.span) error.span = text.to_original(*error.span);
      tell(catalog, std::move(error), here);
      if (!here || !text.remove(patched)) return std::nullopt;
    }
    return std::nullopt;
  }

  // `here`: the error stands in this node; one in a node that this one reads is told when that one
  // is checked.
  void tell(const PipeCatalog& catalog, Error error, bool here) {
    if (is_template_error(error)) return;  // a node that this one reads: checked by itself
    if (error.code == ErrorCode::kUnknownTable) {
      state_.broken.insert(pipe_->file.name);
      if (here) missing_tables(catalog, error);
      return;
    }
    if (error.message.find(kProbeIdentifier) != std::string::npos) return;
    if (error.hint.empty()) error.hint = usual_hint(error.code);
    report(Problem::Severity::kError, catalog.locate(std::move(error)));
  }

  // All tables of this node that are not there, not only the first.
  void missing_tables(const PipeCatalog& catalog, const Error& first) {
    auto query = sql::parse_query(catalog.sql());
    bool any = false;
    if (query.ok()) {
      for (const NamedTable& table : named_tables(**query)) {
        if (table.database == "system") continue;
        const auto found = catalog.find(table.database, table.name);
        if (!found.ok() || *found) continue;
        any = true;
        const std::string name =
            table.database.empty() ? table.name : table.database + "." + table.name;
        const auto end =
            table.span.begin + static_cast<uint32_t>(name.size());  // without its alias
        missing_table(catalog, name, {table.span.begin, std::min(end, table.span.end)});
      }
    }
    if (!any && first.span)
      missing_table(catalog, first.message.substr(first.message.rfind(' ') + 1), *first.span);
  }

  void missing_table(const PipeCatalog& catalog, const std::string& name, Span span) {
    if (name == kProbeIdentifier) return;
    std::vector<std::string_view> nodes;
    for (const CompiledNode& node : pipe_->nodes) {
      if (node.name != pipe_->nodes[node_].name) nodes.push_back(node.name);
    }
    if (const std::string hint = did_you_mean(name, nodes); !hint.empty()) {
      return report(
          Problem::Severity::kError,
          catalog.locate(fail(ErrorCode::kUnknownTable, "Unknown table: " + name, span, hint)));
    }
    if (!state_.missing_tables.insert(name).second) return;
    const std::vector<std::string> names = catalog.names();
    std::string hint = did_you_mean(name, {names.begin(), names.end()});
    if (hint.empty()) hint = "add " + name + ".datasource; what reads it is not checked";
    report(
        Problem::Severity::kWarning,
        catalog.locate(fail(ErrorCode::kUnknownTable, "Data source is not in the project: " + name,
                            span, std::move(hint))));
  }

  void report(Problem::Severity severity, Error error) {
    error = pipe_->file.source->attach(std::move(error));
    const std::string file = error.location ? error.location->file : pipe_->file.source->file();
    state_.report(severity, pipe_->file.name, std::move(error), file);
  }

  CheckState& state_;
  std::shared_ptr<const Pipe> pipe_;
  size_t node_;
  std::set<std::string> shapes_;
};

}  // namespace

std::optional<QueryDescription> check_node(CheckState& state,
                                           const std::shared_ptr<const Pipe>& pipe, size_t node,
                                           const std::vector<RequestParams>& probes) {
  return NodeCheck(state, pipe, node).run(probes);
}

}  // namespace sp
