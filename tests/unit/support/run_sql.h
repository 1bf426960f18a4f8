#pragma once
// Runs SQL that reads no data source through a whole engine: parse, bind, optimize, compile, run,
// format.

#include <string>

#include "compiler/engine/engine.h"

namespace sp {

/// An answer as TSV, with its types: "type, type<newline>value<tab>value<newline>..."; or an error.
struct SqlAnswer {
  std::string types;    ///< of the columns, joined by ", "
  std::string text;     ///< TSV rows, without the last newline
  int error_code = 0;   ///< 0: it worked
  std::string message;  ///< of the error
};

/// Runs one query over an empty catalog; `numbers()` and the like are there.
SqlAnswer run_sql(Engine& engine, const std::string& sql);

}  // namespace sp
