#pragma once

#include <cstdint>
#include <vector>

#include "model/endpoint.h"
#include "model/os.h"

namespace deadlight {

/// What one row of a list of sockets shares with others.
struct SharedSocket {
  bool left_out = false;                ///< another row stands for it
  std::vector<std::uint32_t> others{};  ///< PIDs that hold it too
};

/// On Linux tools print a socket once for each process that holds it: a server's workers, and
/// systemd, which keeps what it handed over. The first worker stands for all of its program, and
/// others stand for PID 1. One entry for each of `endpoints`, which are in normalised order.
std::vector<SharedSocket> find_shared(const std::vector<Endpoint>& endpoints, Os os);

}  // namespace deadlight
