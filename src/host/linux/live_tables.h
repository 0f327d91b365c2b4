#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "host/linux/cgroup_tree.h"
#include "host/linux/diag_message.h"
#include "host/linux/firewall.h"
#include "host/linux/net_namespace.h"
#include "host/linux/sock_diag.h"

namespace deadlight::linux_host {

/// Every socket of this host, in all its network namespaces.
struct LiveTables {
  DiagRows rows;
  std::vector<std::string> namespaces;  ///< by the rows' index; the first is the own one: ""
  std::map<std::pair<std::uint16_t, std::uint32_t>, std::string> devices;  ///< by namespace, index
  std::vector<std::uint32_t> pids;  ///< every process, rising; empty if looked for by cgroup
  std::vector<std::string> notes;   ///< what could not be seen
  Firewalls firewalls;              ///< empty if not wanted
  std::size_t in_use = 0;           ///< sockets of every kind in the own namespace; 0: not known
};

struct TablesWanted {
  DiagStates states = DiagStates::open;
  /// Where to look for other namespaces: at one process of each cgroup in it, instead of at every
  /// process. Null: at every process.
  CgroupTree* cgroups = nullptr;
  bool firewalls = false;  ///< of each namespace that has open sockets, and of the own one
};

/// Reads them by sock_diag; other namespaces are entered by a thread of its own, each once.
/// Errors: `unsupported` where the kernel or a filter has no sock_diag for TCP or UDP; `io`.
Result<LiveTables> read_tables(const std::filesystem::path& proc, const TablesWanted& wanted);

}  // namespace deadlight::linux_host
