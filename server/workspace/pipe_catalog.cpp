// Rendering the nodes of a request and answering the binder's questions about names.

#include "server/workspace/pipe_catalog.h"

#include "lang/sql/parse.h"
#include "server/workspace/qualify_tables.h"
#include "server/workspace/quarantine.h"
#include "server/workspace/system_tables.h"
#include "server/workspace/tokens.h"

namespace sp {

PipeCatalog::PipeCatalog(std::shared_ptr<const Project> project, FindTable find_table)
    : project_(std::move(project)),
      find_table_(std::move(find_table)),
      key_("v" + std::to_string(project_->version)) {}

namespace {

// Names inside pipe `p` are looked up in the database "p#<nonce>": a client cannot write that, so
// what it names itself is always told from what a pipe reads on its behalf.
const std::string& nonce() {
  static const std::string value = "#" + make_token().substr(2, 16);
  return value;
}

}  // namespace

Result<void> PipeCatalog::render(const std::shared_ptr<const Pipe>& pipe, size_t node,
                                 const TemplateContext& context) {
  const size_t first = rendered_.size();
  render_nodes(*project_->mentioned_nodes(pipe, node), context);
  if (rendered_[first].error) return *rendered_[first].error;
  return {};
}

void PipeCatalog::render_mentioned(std::string_view sql, const TemplateContext& context) {
  render_nodes(project_->mentioned_nodes(sql), context);
}

void PipeCatalog::render_nodes(const std::vector<NodeReference>& nodes,
                               const TemplateContext& context) {
  for (const NodeReference& reference : nodes) {
    const CompiledNode& node = reference.pipe->nodes[reference.node];
    Rendered rendered;
    rendered.node = reference;
    auto text = node.sql->render(context, static_cast<uint32_t>(holes_.size()));
    key_ += '\0' + reference.pipe->file.name + '.' + node.name + '\0';
    if (text.ok()) {
      rendered.text = std::move(*text);
      holes_.insert(holes_.end(), rendered.text.values.begin(), rendered.text.values.end());
      key_ += rendered.text.text;
    } else {
      rendered.error = reference.pipe->file.source->attach(std::move(text).error());
      key_ += '!';
    }
    rendered_.push_back(std::move(rendered));
  }
}

namespace {

// A value as a ClickHouse text literal.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\\' || c == '\'') out += '\\';
    if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  return out + "'";
}

}  // namespace

std::string PipeCatalog::print_shape() const {
  std::string out;
  const Pipe* home = rendered_.front().node.pipe.get();
  for (size_t i = rendered_.size(); i-- > 0;) {
    const Rendered& rendered = rendered_[i];
    const Pipe& pipe = *rendered.node.pipe;
    if (rendered.error) continue;
    const std::string& text = rendered.text.text;
    const size_t begin = std::min(text.find_first_not_of(" \t\r\n"), text.size());
    out += "-- node " + (&pipe == home ? "" : pipe.file.name + ".") +
           pipe.nodes[rendered.node.node].name + '\n';
    out += text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin) + "\n\n";
  }
  for (const HoleValue& hole : holes_)
    out += "-- " + hole.name + ' ' + hole.type + " = " + quoted(hole.text) + '\n';
  return out;
}

Error PipeCatalog::locate(Error error) const {
  if (rendered_.empty() || !error.span || error.location) return error;
  error.span = rendered_.front().text.map.to_origin(*error.span);
  return rendered_.front().node.pipe->file.source->attach(std::move(error));
}

const PipeCatalog::Rendered* PipeCatalog::find_rendered(const Pipe* pipe, size_t node) const {
  for (const Rendered& rendered : rendered_) {
    if (rendered.node.pipe.get() == pipe && rendered.node.node == node) return &rendered;
  }
  return nullptr;
}

Result<std::optional<Relation>> PipeCatalog::view_of(const Rendered& rendered) const {
  if (rendered.error) return *rendered.error;
  const auto pipe = rendered.node.pipe;
  const auto locate = [pipe, map = rendered.text.map](Error error) {
    for (size_t at; (at = error.message.find(nonce() + ".")) != std::string::npos;) {
      const size_t begin = error.message.rfind(pipe->file.name, at);
      error.message.erase(begin, at + nonce().size() + 1 - begin);
    }
    if (error.location || !error.span) return error;
    error.span = map.to_origin(*error.span);
    return pipe->file.source->attach(std::move(error));
  };
  auto query = sql::parse_query(rendered.text.text);
  if (!query.ok()) return locate(std::move(query).error());
  // Names inside this node mean its own pipe's nodes, whoever reads it.
  qualify_tables(**query, pipe->file.name + nonce());
  auto view = std::make_shared<ViewRelation>();
  // Many pipes call a node `endpoint`: only together with its pipe's does a name tell one node from
  // another.
  view->name = pipe->file.name + "." + pipe->nodes[rendered.node.node].name;
  view->query = std::shared_ptr<const sql::Query>(std::move(*query));
  view->locate = locate;
  return std::optional<Relation>(Relation{nullptr, std::move(view)});
}

Result<std::optional<Relation>> PipeCatalog::find_in_pipe(const Pipe* home,
                                                          std::string_view name) const {
  const size_t node = home == nullptr ? 0 : home->find_node(name);
  if (home != nullptr && node < home->nodes.size()) {
    if (const Rendered* rendered = find_rendered(home, node)) return view_of(*rendered);
  }
  if (const auto it = project_->pipes.find(name); it != project_->pipes.end()) {
    if (const Rendered* rendered = find_rendered(it->second.get(), it->second->output))
      return view_of(*rendered);
  }
  // The store has tables before the project that brings them is published, and keeps those that
  // left it.
  const std::optional<std::string_view> source = quarantined(name);
  const bool published =
      project_->datasources.contains(name) || (source && project_->datasources.contains(*source));
  if (!published) return std::optional<Relation>();
  if (auto table = find_table_(std::string(name)))
    return std::optional<Relation>(Relation{std::move(table), nullptr});
  return std::optional<Relation>();
}

Result<std::optional<Relation>> PipeCatalog::find(std::string_view database,
                                                  std::string_view name) const {
  if (database.ends_with(nonce())) {
    const auto pipe = project_->pipes.find(database.substr(0, database.size() - nonce().size()));
    return find_in_pipe(pipe == project_->pipes.end() ? nullptr : pipe->second.get(), name);
  }
  if (underscore_ && name == "_" && !rendered_.empty()) return view_of(rendered_.front());
  if (authorise_) {
    const std::string full = (database == "system" ? "system." : "") + std::string(name);
    SP_TRY_VOID(authorise_(full, database != "system" && project_->pipes.contains(name)));
  }
  if (database == "system") {
    if (auto table = find_system_table(name))
      return std::optional<Relation>(Relation{std::move(table), nullptr});
  }
  const Pipe* home =
      rendered_.empty() || underscore_ || authorise_ ? nullptr : rendered_.front().node.pipe.get();
  return find_in_pipe(home, name);
}

std::vector<std::string> PipeCatalog::names() const {
  std::vector<std::string> names;
  for (const auto& [name, datasource] : project_->datasources) names.push_back(name);
  for (const auto& [name, pipe] : project_->pipes) names.push_back(name);
  if (!rendered_.empty()) {
    for (const CompiledNode& node : rendered_.front().node.pipe->nodes) names.push_back(node.name);
  }
  return names;
}

}  // namespace sp
