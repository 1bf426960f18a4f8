#pragma once
// INCLUDE: the first step of reading a datafile. Puts the text of included files in the place of
// their INCLUDE lines, with variables substituted, and keeps where every byte came from. Source:
// Tinybird Classic's documentation, "Include files" and "Advanced templates".

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lang/datafile/datafile.h"
#include "lang/source/source_text.h"

namespace sp::datafile {

struct Included {
  std::shared_ptr<const SourceText> source;  ///< the text with all that it includes
  std::vector<Error> errors;                 ///< spans in `source`
  std::vector<Warning> warnings;             ///< likewise
};

/// Whether a line of the text includes another file: then the text alone is not the whole.
bool takes_lines(std::string_view text);

/// Expands `INCLUDE "path" "NAME=value" ...` lines. A path is looked up from the including file's
/// folder, then from the project's; `$NAME` and `${NAME}` stand for the variables given, in what is
/// included and in what that includes.
/// Without a reader the text stays as it is.
Included expand_includes(const std::string& file, std::string text, const IncludeReader& reader);

}  // namespace sp::datafile
