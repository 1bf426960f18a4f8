#pragma once
// The frame of reading one datafile: owns the source, collects findings, and hands errors back
// sorted and located.

#include <memory>
#include <string>
#include <vector>

#include "lang/datafile/include.h"
#include "lang/datafile/statements.h"
#include "lang/datafile/value.h"

namespace sp::datafile {

/// What every reader works on: the file with its includes, its statements, and what was found so
/// far.
struct Located {
  std::shared_ptr<const SourceText> source;
  Findings findings;
  std::vector<Statement> statements;

  /// The errors by place, each with its location.
  std::vector<Error> finish();
};

/// Reads a text up to its statements. False if it is no datafile at all (beyond 16 MiB, binary):
/// the error is in `located.findings` then.
bool open_datafile(const std::string& file, std::string text, FileKind kind,
                   const IncludeReader& includes, Located& located);

/// The frame of all three readers: `read(file, located)` fills the file; it is kept only if there
/// was no error.
template <class Outcome, class Read>
Outcome read_datafile(const std::string& name, const std::string& file, std::string text,
                      FileKind kind, const IncludeReader& includes, Read read) {
  Outcome outcome;
  Located located;
  if (open_datafile(file, std::move(text), kind, includes, located)) {
    outcome.file.emplace();
    outcome.file->name = name;
    outcome.file->source = located.source;
    read(*outcome.file, located);
    outcome.file->warnings = std::move(located.findings.warnings);
  }
  outcome.errors = located.finish();
  if (!outcome.errors.empty()) outcome.file.reset();
  return outcome;
}

}  // namespace sp::datafile
