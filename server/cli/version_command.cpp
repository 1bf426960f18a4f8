// sandpiper version.

#include <cstdio>

#include "server/cli/command.h"
#include "server/cli/version.h"

namespace sp {

void add_version_command(CLI::App& app, Action& action) {
  app.add_subcommand("version", "Print the version")->callback([&action] {
    action = [] {
      std::printf("sandpiper %s\n", version());
      return 0;
    };
  });
}

}  // namespace sp
