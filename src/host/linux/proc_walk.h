#pragma once

#include <filesystem>
#include <vector>

#include "host/linux/holders.h"

namespace deadlight::linux_host {

struct WalkOptions {
  /// Look at every process, so that every holder is found; else stop where each socket has one.
  bool complete = false;
  unsigned threads = 2;  ///< at most
};

/// Where to look: every process, rising, and those of the cgroups that made wanted sockets.
struct WalkPlaces {
  std::filesystem::path proc;
  const std::vector<std::uint32_t>& pids;
  const std::vector<CgroupMembers>& cgroups;
};

/// The processes that hold `wanted`, by the links in /proc/PID/fd. Those in the cgroup that made a
/// socket come first, then those of its user, then the rest; init, which hands sockets out, comes
/// last and ends no search. A process that vanishes meanwhile loses its name only.
Holders walk_processes(const WalkPlaces& places, const std::vector<WantedSocket>& wanted,
                       const WalkOptions& options);

}  // namespace deadlight::linux_host
