// The version, handed in by the build.

#include "server/cli/version.h"

namespace sp {
const char* version() { return SP_VERSION; }
}  // namespace sp
