#pragma once
// PipeCatalog: what names mean to one query: the nodes of the pipe being run (rendered for this
// request), other pipes, data sources and their quarantines. Between the workspace and the binder.

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/bind/catalog.h"
#include "compiler/engine/engine.h"
#include "server/workspace/project.h"

namespace sp {

/// Everything that one request runs: the rendered nodes, all holes under one numbering, and the key
/// of their texts.
/// Not thread-safe; lives until the engine returns.
class PipeCatalog : public Catalog {
 public:
  /// Finds the table behind a data source (or its quarantine); nullptr if there is none.
  using FindTable = std::function<std::shared_ptr<const TableSchema>(const std::string&)>;
  PipeCatalog(std::shared_ptr<const Project> project, FindTable find_table);

  /// Renders a pipe's node and all that it may read. Fails if the node itself does not render;
  /// another node's failure is kept and reported only if the query turns out to read it.
  Result<void> render(const std::shared_ptr<const Pipe>& pipe, size_t node,
                      const TemplateContext& context);
  /// Renders the pipes whose names an ad-hoc query mentions.
  void render_mentioned(std::string_view sql, const TemplateContext& context);
  /// Asks before a relation that the query itself names is used (not those inside pipes). Error:
  /// access denied. `who` joins the key: what one token may read is not served to another from the
  /// cache.
  void authorise_with(
      const std::string& who,
      std::function<Result<void>(const std::string& name, bool is_pipe)> authorise) {
    key_ += std::string("\0for ", 5) + who;
    authorise_ = std::move(authorise);
  }
  /// For /v0/sql?pipeline=: makes `_` the output of the rendered pipe, to be read by an ad-hoc
  /// query.
  void name_output_underscore() { underscore_ = true; }

  /// Adds the holes of a templated ad-hoc query.
  void add_holes(const std::vector<HoleValue>& holes) {
    holes_.insert(holes_.end(), holes.begin(), holes.end());
  }

  const std::string& sql() const { return rendered_.front().text.text; }
  const std::vector<HoleValue>& holes() const { return holes_; }
  const std::string& key() const { return key_; }
  /// For explain=shape: every rendered node with its holes, the output last, then the holes'
  /// values.
  std::string print_shape() const;
  /// Leads an error in the output node's text to its file.
  Error locate(Error error) const;

  Result<std::optional<Relation>> find(std::string_view database,
                                       std::string_view name) const override;
  std::vector<std::string> names() const override;

 private:
  struct Rendered {
    NodeReference node;
    RenderedSql text;
    std::optional<Error> error;
  };
  void render_nodes(const std::vector<NodeReference>& nodes, const TemplateContext& context);
  Result<std::optional<Relation>> view_of(const Rendered& rendered) const;
  Result<std::optional<Relation>> find_in_pipe(const Pipe* home, std::string_view name) const;
  const Rendered* find_rendered(const Pipe* pipe, size_t node) const;

  std::shared_ptr<const Project> project_;
  FindTable find_table_;
  std::vector<Rendered> rendered_;
  std::vector<HoleValue> holes_;
  std::string key_;
  std::function<Result<void>(const std::string&, bool)> authorise_;
  bool underscore_ = false;
};

}  // namespace sp
