#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "base/result.h"
#include "model/snapshot.h"

namespace deadlight::linux_host {

/// How far owners are looked for: to the unit alone, which costs nothing, or to the process.
enum class OwnerDepth { unit, process };

struct LiveOptions {
  bool all_states = false;  ///< connections as well
  OwnerDepth owner = OwnerDepth::process;
  bool complete = false;  ///< every holder of a shared socket, at the price of looking at all
  bool each = false;      ///< one row a socket, however many are alike
  bool bpf = true;        ///< may use it where the kernel allows it
  /// What systemd says of the units: some 0.3 ms for each.
  bool details = false;
  /// Whom the firewall's rules let through to each socket, and ports that they publish.
  bool firewall = false;
  bool verbose = false;  ///< notes say how it was read as well
  /// What is known of a port, as a number: sockets whose ports differ in it never share a row.
  std::function<std::uint32_t(Protocol, std::uint16_t)> port_class;
};

/// This host as the kernel tells it by sock_diag: the sockets of every network namespace, with the
/// systemd unit and process of each. Where there is no sock_diag, as collect() of /proc, with a
/// note. Errors: as of collect().
Result<Snapshot> collect_live(const LiveOptions& options);

}  // namespace deadlight::linux_host
