// Reads a .pipe file: statements to PipeFile with its nodes. Entry: parse_pipe().

#include <algorithm>
#include <cctype>
#include <set>

#include "lang/datafile/datafile.h"
#include "lang/datafile/engine.h"
#include "lang/datafile/located.h"
#include "lang/datafile/statements.h"
#include "lang/datafile/value.h"

namespace sp {

const PipeNode* PipeFile::output_node() const {
  for (const PipeNode& node : nodes) {
    if (node.type != PipeNode::Type::kNone) return &node;
  }
  return nullptr;
}

namespace {

using datafile::Findings;
using datafile::Statement;

constexpr std::pair<std::string_view, PipeNode::Type> kTypes[] = {
    {"endpoint", PipeNode::Type::kEndpoint},
    {"materialized", PipeNode::Type::kMaterialized},
    {"copy", PipeNode::Type::kCopy},
    {"sink", PipeNode::Type::kSink}};

std::string_view type_name(PipeNode::Type type) {
  for (const auto& [name, value] : kTypes) {
    if (value == type) return name;
  }
  return "none";
}

class PipeReader {
 public:
  PipeReader(PipeFile& file, Findings& findings) : file_(file), findings_(findings) {}

  void read(const std::vector<Statement>& statements) {
    for (const Statement& statement : statements) read_one(statement);
    finish_node();
    check_whole();
  }

 private:
  PipeNode* node() { return file_.nodes.empty() ? nullptr : &file_.nodes.back(); }

  void read_one(const Statement& statement) {
    const std::string_view name = statement.name;
    if (name == "NODE") return open_node(statement);
    if (name == "SQL") return read_sql(statement);
    if (name == "TOKEN") {
      TokenGrant grant;
      if (datafile::read_token(statement, "READ", findings_, grant))
        file_.tokens.push_back(std::move(grant));
      return;
    }
    Directive directive = datafile::read_value(statement, findings_);
    if (name == "TYPE") return read_type(directive);
    if (name == "DESCRIPTION") {
      (node() == nullptr ? file_.description : node()->description) = std::move(directive.value);
    } else if (name == "TAGS") {
      for (std::string& tag : datafile::read_list(directive.value))
        file_.tags.push_back(std::move(tag));
    } else if (name == "VERSION" || name == "INCLUDE") {
      datafile::warn_inert(statement, findings_);
      if (name == "VERSION") datafile::check_whole_number(directive, findings_);
      file_.other.push_back(std::move(directive));
    } else {
      read_setting(statement, std::move(directive));
    }
  }

  void open_node(const Statement& statement) {
    finish_node();
    Directive directive = datafile::read_value(statement, findings_);
    if (!datafile::is_identifier(directive.value)) {
      findings_.error(
          directive.value.empty() ? "NODE has no name" : "Invalid node name: " + directive.value,
          directive.value.empty() ? directive.name_span : directive.value_span,
          "a name has letters, digits and _, and does not begin with a digit");
    } else if (!names_.insert(directive.value).second) {
      findings_.error("Duplicate node: " + directive.value, directive.value_span,
                      "rename one of the two");
    }
    PipeNode node;
    node.name = directive.value;
    node.name_span = directive.value.empty() ? directive.name_span : directive.value_span;
    file_.nodes.push_back(std::move(node));
    has_sql_ = false;
  }

  // SQL before any NODE: a pipe of one unnamed node, named after the pipe.
  PipeNode& implicit_node(const Statement& statement) {
    PipeNode node;
    node.name = file_.name + "_0";
    node.name_span = statement.name_span;
    findings_.warn("SQL stands before any NODE: it is read as a node named " + node.name,
                   statement.name_span, "write NODE " + node.name + " above it");
    names_.insert(node.name);
    file_.nodes.push_back(std::move(node));
    has_sql_ = false;
    return file_.nodes.back();
  }

  void read_sql(const Statement& statement) {
    PipeNode& target = node() == nullptr ? implicit_node(statement) : *node();
    if (has_sql_) {
      findings_.error(
          "Directive is repeated: SQL", statement.name_span,
          "node \"" + target.name + "\" has an SQL block already; begin another with NODE <name>");
      return;
    }
    has_sql_ = true;
    uint32_t begin = statement.value_span.begin;
    const uint32_t end = statement.value_span.end;
    const std::string_view text = findings_.text;
    uint32_t first = begin;
    while (first < end && std::isspace(static_cast<unsigned char>(text[first]))) ++first;
    if (first < end && text[first] == '%') {
      target.templated = true;
      begin = first + 1;
      // The rest of the % line goes with it if it is blank.
      uint32_t at = begin;
      while (at < end && (text[at] == ' ' || text[at] == '\t' || text[at] == '\r')) ++at;
      if (at < end && text[at] == '\n') begin = at + 1;
    }
    target.sql = std::string(text.substr(begin, end - begin));
    target.sql_offset = begin;
    blank_margin_comments(target.sql);
    if (target.sql.find_first_not_of(" \t\r\n") == std::string::npos) {
      findings_.error("Node \"" + target.name + "\" has an empty SQL block.", statement.name_span,
                      "write a SELECT below SQL >");
    }
  }

  // `#` at the margin begins a comment in every block; offsets stay as they are.
  static void blank_margin_comments(std::string& sql) {
    size_t at = 0;
    while (at < sql.size()) {
      const size_t newline = std::min(sql.find('\n', at), sql.size());
      if (sql[at] == '#') {
        for (size_t i = at; i < newline; ++i) {
          if (sql[i] != '\r') sql[i] = ' ';
        }
      }
      at = newline + 1;
    }
  }

  void read_type(const Directive& directive) {
    if (node() == nullptr) {
      findings_.error("TYPE stands before any NODE: " + directive.value, directive.name_span,
                      "TYPE belongs below the node whose result it publishes");
      return;
    }
    std::string value = directive.value;
    for (char& c : value) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    std::vector<std::string_view> names;
    for (const auto& [name, type] : kTypes) {
      names.push_back(name);
      if (name != value) continue;
      if (node()->type != PipeNode::Type::kNone) {
        findings_.error("Directive is repeated: TYPE", directive.name_span, "keep one of them");
        return;
      }
      node()->type = type;
      type_span_ = directive.value_span;
      check_single_output(directive);
      return;
    }
    findings_.unknown_value("TYPE", directive.value,
                            directive.value.empty() ? directive.name_span : directive.value_span,
                            names);
  }

  // One output a pipe; Classic pipes may hold several materialized nodes.
  void check_single_output(const Directive& directive) {
    for (const PipeNode& other : file_.nodes) {
      if (&other == node() || other.type == PipeNode::Type::kNone) continue;
      if (other.type == PipeNode::Type::kMaterialized &&
          node()->type == PipeNode::Type::kMaterialized)
        continue;
      findings_.error("A pipe has one output: node \"" + other.name + "\" is TYPE " +
                          std::string(type_name(other.type)) + " already",
                      directive.value_span, "move one of the two nodes to a pipe of its own");
      return;
    }
  }

  void read_setting(const Statement& statement, Directive directive) {
    datafile::warn_inert(statement, findings_);
    if (node() == nullptr) {
      if (statement.rule->role == datafile::Role::kClassic) {
        file_.other.push_back(std::move(directive));
        return;
      }
      findings_.error(directive.name + " stands before any NODE", directive.name_span,
                      directive.name + " belongs below the node that it is about");
      return;
    }
    for (const Directive& other : node()->settings) {
      if (other.name == directive.name) {
        findings_.error("Directive is repeated: " + directive.name, directive.name_span,
                        "keep one of them");
        return;
      }
    }
    check_setting(statement, directive);
    node()->settings.push_back(std::move(directive));
  }

  void check_setting(const Statement& statement, Directive& directive) {
    datafile::check_allowed(statement, directive, findings_);
    const Span where = directive.value.empty() ? directive.name_span : directive.value_span;
    if (directive.name == "ENGINE") {
      directive.value = datafile::read_engine(directive, findings_);
    } else if (directive.name == "CACHE") {
      datafile::check_whole_number(directive, findings_);
    } else if (directive.name == "COPY_SCHEDULE" || directive.name == "EXPORT_SCHEDULE") {
      datafile::check_schedule(directive, findings_);
    } else if (directive.name == "DATASOURCE" || directive.name == "TARGET_DATASOURCE") {
      const std::string_view value = directive.value;
      const size_t dot = value.rfind('.');
      if (!datafile::is_identifier(dot == std::string_view::npos ? value : value.substr(dot + 1))) {
        findings_.error(value.empty() ? directive.name + " has no name"
                                      : "Invalid data source name: " + directive.value,
                        where, "name the data source that receives the rows");
      }
    }
  }

  const Directive* setting(std::string_view name) const {
    for (const Directive& directive : file_.nodes.back().settings) {
      if (directive.name == name) return &directive;
    }
    return nullptr;
  }

  // Checks the node that ends here as a whole.
  void finish_node() {
    if (file_.nodes.empty()) return;
    const PipeNode& done = file_.nodes.back();
    if (!has_sql_) {
      findings_.error("Node \"" + done.name + "\" is missing SQL > block.", done.name_span,
                      "write SQL > and a SELECT below it");
    }
    require_setting(done, PipeNode::Type::kMaterialized, "DATASOURCE");
    require_setting(done, PipeNode::Type::kCopy, "TARGET_DATASOURCE");
    require_setting(done, PipeNode::Type::kSink, "EXPORT_CONNECTION_NAME");
    if (const Directive* cache = setting("CACHE");
        cache != nullptr && done.type != PipeNode::Type::kEndpoint) {
      findings_.error("CACHE is only supported for TYPE endpoint.", cache->name_span,
                      "remove it or add TYPE endpoint");
    }
    if (const Directive* mode = setting("COPY_MODE");
        mode != nullptr && done.type != PipeNode::Type::kCopy) {
      findings_.error("COPY_MODE is only supported for TYPE copy.", mode->name_span,
                      "remove it or add TYPE copy");
    }
  }

  void require_setting(const PipeNode& done, PipeNode::Type type, std::string_view name) {
    if (done.type != type || setting(name) != nullptr) return;
    findings_.error(std::string(name) + " is required for TYPE " + std::string(type_name(type)) +
                        " in node \"" + done.name + "\"",
                    type_span_, "add " + std::string(name) + " <name> below TYPE");
  }

  void check_whole() {
    if (file_.nodes.empty() && findings_.errors.empty()) {
      findings_.error("Pipe has no nodes", {0, 0},
                      "write NODE <name>, then SQL > and a SELECT below it");
    }
  }

  PipeFile& file_;
  Findings& findings_;
  std::set<std::string> names_;
  bool has_sql_ = false;
  Span type_span_;
};

}  // namespace

PipeResult parse_pipe(const std::string& name, const std::string& file, std::string text,
                      const IncludeReader& includes) {
  return datafile::read_datafile<PipeResult>(
      name, file, std::move(text), datafile::FileKind::kPipe, includes,
      [](PipeFile& out, datafile::Located& located) {
        PipeReader(out, located.findings).read(located.statements);
      });
}

}  // namespace sp
