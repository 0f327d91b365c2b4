#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace deadlight {

/// Ports `first` to `last`, both included.
struct PortRange {
  std::uint16_t first = 0;
  std::uint16_t last = 0;
  friend bool operator==(const PortRange&, const PortRange&) = default;
};

/// What only the running system says of a socket. A row may stand for many sockets that are alike
/// in protocol, family, state, unit, program, address scope, user and namespace: then it has the
/// lowest address and port, and nothing that is said of it is true of one of them only.
struct LiveFacts {
  /// Another network namespace than this program's: "container web", "netns blue"; else empty.
  std::string net_namespace;
  std::optional<std::uint32_t> uid;
  std::string cgroup;              ///< in the unified hierarchy: "/system.slice/ssh.service"
  std::optional<bool> dual_stack;  ///< of IPv6: true if it takes IPv4 as well
  std::string activates;           ///< of a socket unit's socket: the service that it starts
  std::uint32_t sockets = 1;       ///< how many this row stands for
  std::vector<PortRange> ports;    ///< of a row for many: their ports, rising; else empty
  std::uint32_t addresses = 1;     ///< different local addresses among them
  std::uint32_t remotes = 0;       ///< different remote addresses among them; 0 for listeners
  std::uint32_t processes = 0;     ///< processes that hold one of them; 0 if not looked for

  friend bool operator==(const LiveFacts&, const LiveFacts&) = default;
};

}  // namespace deadlight
