// The one binary: hands the command line to server/cli.

#include <cstdio>

#include "server/cli/version.h"

int main() {
  std::printf("sandpiper %s\n", sp::version());
  return 0;
}
