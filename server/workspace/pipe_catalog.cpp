// Rendering the nodes of a request and answering the binder's questions about names.

#include "server/workspace/pipe_catalog.h"

#include "lang/sql/parse.h"
#include "server/workspace/qualify_nodes.h"

namespace sp {

PipeCatalog::PipeCatalog(std::shared_ptr<const Project> project, FindTable find_table)
    : project_(std::move(project)), find_table_(std::move(find_table)), key_("v" + std::to_string(project_->version)) {}

Result<void> PipeCatalog::render(const std::shared_ptr<const Pipe>& pipe, size_t node, const TemplateContext& context) {
  for (const NodeReference& reference : project_->mentioned_nodes(pipe, node)) {
    Rendered rendered;
    rendered.node = reference;
    auto text = reference.pipe->nodes[reference.node].sql->render(context, static_cast<uint32_t>(holes_.size()));
    if (text.ok()) {
      rendered.text = std::move(*text);
      holes_.insert(holes_.end(), rendered.text.values.begin(), rendered.text.values.end());
      key_ += '\0' + reference.pipe->file.name + '.' + reference.pipe->nodes[reference.node].name + '\0' + rendered.text.text;
    } else {
      Error error = reference.pipe->file.source->attach(std::move(text).error());
      if (rendered_.empty()) return error;
      rendered.error = std::move(error);
      key_ += std::string("\0!", 2) + reference.pipe->nodes[reference.node].name;
    }
    rendered_.push_back(std::move(rendered));
  }
  return {};
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
    if (error.location || !error.span) return error;
    error.span = map.to_origin(*error.span);
    return pipe->file.source->attach(std::move(error));
  };
  auto query = sql::parse_query(rendered.text.text);
  if (!query.ok()) return locate(std::move(query).error());
  // Names inside this node mean its own pipe's nodes, whoever reads it.
  qualify_nodes(**query, *pipe);
  auto view = std::make_shared<ViewRelation>();
  view->name = pipe->nodes[rendered.node.node].name;
  view->query = std::shared_ptr<const sql::Query>(std::move(*query));
  view->locate = locate;
  return std::optional<Relation>(Relation{nullptr, std::move(view)});
}

Result<std::optional<Relation>> PipeCatalog::find(std::string_view database, std::string_view name) const {
  if (underscore_ && name == "_" && !rendered_.empty()) return view_of(rendered_.front());
  // `pipe.node` as qualify_nodes writes it, and plain names of the pipe being run.
  const Pipe* home = nullptr;
  if (const auto it = project_->pipes.find(database); it != project_->pipes.end()) home = it->second.get();
  if (home == nullptr && !rendered_.empty() && !underscore_) home = rendered_.front().node.pipe.get();
  if (home != nullptr) {
    const size_t node = home->find_node(name);
    if (node < home->nodes.size()) {
      if (const Rendered* rendered = find_rendered(home, node)) return view_of(*rendered);
    }
  }
  if (const auto it = project_->pipes.find(name); it != project_->pipes.end()) {
    if (const Rendered* rendered = find_rendered(it->second.get(), it->second->output)) return view_of(*rendered);
  }
  if (auto table = find_table_(std::string(name))) {
    return std::optional<Relation>(Relation{std::move(table), nullptr});
  }
  return std::optional<Relation>();
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
