#pragma once
// Catalog: what names in FROM mean, as the binder asks. Implemented by the server's workspace (data
// sources, nodes of the pipe being run, other pipes, service tables) and by tests.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/sql/ast.h"
#include "runtime/core/error.h"
#include "runtime/storage/table.h"

namespace sp {

/// A relation that is a query: a node or a pipe, inlined where it is used.
struct ViewRelation {
  std::string name;
  std::shared_ptr<const sql::Query> query;
  /// Resolves an error's span (offsets in the view's rendered text) to the author's file. May be
  /// empty.
  std::function<Error(Error)> locate;
};

struct Relation {
  std::shared_ptr<const TableSchema> table;  ///< exactly one of the two is set
  std::shared_ptr<const ViewRelation> view;
};

class Catalog {
 public:
  virtual ~Catalog() = default;
  /// Finds a relation; `database` may be "". nullopt: unknown (the binder reports UNKNOWN_TABLE
  /// with a suggestion).
  /// An error: the relation exists but cannot be used (a node whose template fails).
  virtual Result<std::optional<Relation>> find(std::string_view database,
                                               std::string_view name) const = 0;
  /// All names that find() knows, for suggestions.
  virtual std::vector<std::string> names() const = 0;
};

}  // namespace sp
