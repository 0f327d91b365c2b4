#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace deadlight {

/// Ports `first` to `last`, both included.
struct PortRange {
  std::uint16_t first = 0;
  std::uint16_t last = 0;
  friend bool operator==(const PortRange&, const PortRange&) = default;
};

/// Whom the firewall's rules let through to a socket. `unread`: they were not asked; `open`:
/// everybody; `limited`: some, by source, interface or the like; `blocked`: nobody but this host;
/// `unknown`: a rule that is not understood decides.
enum class Filter { unread, open, limited, blocked, unknown };
std::string_view filter_id(Filter filter);
std::optional<Filter> parse_filter(std::string_view id);

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
  Filter filter = Filter::unread;
  std::string filter_because;  ///< the rules that decide, in words
  /// Of a port that a firewall rule publishes and no socket holds: where it leads,
  /// "172.17.0.2:80".
  std::string forwards_to;
  std::uint32_t sockets = 1;     ///< how many this row stands for
  std::vector<PortRange> ports;  ///< of a row for many: their ports, rising; else empty
  std::uint32_t addresses = 1;   ///< different local addresses among them
  std::uint32_t remotes = 0;     ///< different remote addresses among them; 0 for listeners
  std::uint32_t processes = 0;   ///< processes that hold one of them; 0 if not looked for

  friend bool operator==(const LiveFacts&, const LiveFacts&) = default;
};

/// What systemd says of a unit. Words are systemd's own; lists may be cut.
struct UnitState {
  std::string active;      ///< "active", "inactive", "failed", …
  std::string enablement;  ///< "enabled", "static", "masked", …; empty: it has no file
  std::string preset;      ///< what the vendor's preset would make of it: "enabled", "disabled"
  std::vector<std::string> triggers;      ///< what it starts, if it is a socket, path or timer
  std::vector<std::string> triggered_by;  ///< sockets, paths and timers that start it
  std::vector<std::string> required_by;   ///< units that stop if it does
  std::vector<std::string> drop_ins;      ///< files that change it

  friend bool operator==(const UnitState&, const UnitState&) = default;
};

}  // namespace deadlight
