#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "guest.h"

namespace deadlight::test {

/// All that a plan may change on a host, as it is at one moment.
struct HostState {
  /// Each path of /etc and of the folders of unit files: kind, mode, owner, and content or target.
  std::map<std::string, std::string> files;
  std::set<std::string> enablement;  ///< "ssh.service enabled enabled"
  std::set<std::string> running;     ///< units: services, sockets, paths, timers
  std::set<std::string> listeners;   ///< "tcp 0.0.0.0:22 sshd"; a client's UDP port has no number
  std::set<std::string> rules;       ///< lines of nftables' rules
};

/// Waits until the guest has no jobs, then looks.
HostState look_at(Guest& guest);

/// One line for each difference: what it was and what it is. Empty if they are alike.
std::vector<std::string> differences(const HostState& before, const HostState& after);

}  // namespace deadlight::test
