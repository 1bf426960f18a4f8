#pragma once
// One client's connection: read head, read body, hand to a worker, write, repeat.

#include <memory>

#include "server/http/network.h"

namespace sp {

/// Serves a connection on its network thread until either side closes it; it owns itself.
void serve_connection(NetworkStream::socket_type socket, Network& network,
                      std::shared_ptr<SharedByConnections> shared);

}  // namespace sp
