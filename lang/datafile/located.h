#pragma once
// The frame of reading one datafile: owns the source, collects findings, and hands errors back sorted and located.

#include <memory>
#include <string>
#include <vector>

#include "lang/datafile/value.h"

namespace sp::datafile {

struct Located {
  std::shared_ptr<const SourceText> source;
  Findings findings;

  Located(const std::string& file, std::string text);
  /// Refuses texts beyond 16 MiB and texts with NUL bytes (binary files); the error is in findings then.
  bool acceptable();
  /// The errors by place, each with its location.
  std::vector<Error> finish();
};

}  // namespace sp::datafile
