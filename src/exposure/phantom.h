#pragma once

#include <span>
#include <vector>

#include "exposure/opens.h"
#include "model/snapshot.h"

namespace deadlight {

/// For each endpoint: true if it is a phantom. netstat before Server 2003 shows the local port of
/// an outgoing TCP connection as LISTENING as well (J.-B. Marchand, Minimization of network
/// services on Windows systems, 2003). Only a listener on a dynamic port with exactly one connected
/// twin, and that to a remote port below 1024, is called a phantom: in doubt a port counts as open.
/// A port that some service is known to listen on never is.
std::vector<bool> find_phantoms(std::span<const Endpoint> endpoints, Os os,
                                const OpensIndex& known);

/// For each endpoint: true if it looks like a phantom, but its connection goes to a port from 1024
/// up, so that it may as well be real. It counts as open.
std::vector<bool> find_doubtful(std::span<const Endpoint> endpoints, Os os,
                                const OpensIndex& known);

}  // namespace deadlight
