#pragma once
// Reads a whole test file.

#include <fstream>
#include <sstream>
#include <string>
#include <utility>

namespace sp::tests {

/// The bytes of a file; empty if it cannot be read.
inline std::string read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

}  // namespace sp::tests
