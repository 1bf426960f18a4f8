#pragma once
// What this binary calls itself.

namespace sp {
/// Returns the release's version, as in CMakeLists.txt: "0.1.0".
const char* version();
}  // namespace sp
