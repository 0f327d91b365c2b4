#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/unique_fd.h"
#include "host/linux/cgroup_tree.h"

namespace deadlight::linux_host {

struct NetNamespace {
  std::uint64_t inode = 0;
  std::uint32_t pid = 0;  ///< one of its processes; 0 if it is known by its name alone
  std::string name;       ///< "container web", "netns blue"; empty for the own one
};

struct ProcessList {
  std::vector<std::uint32_t> pids;       ///< of every process, rising
  std::vector<NetNamespace> namespaces;  ///< other than the own one
  std::size_t hidden = 0;                ///< processes whose namespace may not be seen
  bool limit_reached = false;
};

/// Every process of `proc` and the network namespaces that they are in (proc(5), namespaces(7)).
/// Names are not filled in.
ProcessList list_processes(const std::filesystem::path& proc);

/// The same at the price of one process for each cgroup: no PIDs, and no namespaces that a program
/// made for itself beside others in its cgroup; those of /run/netns are found all the same.
ProcessList list_by_cgroup(const std::filesystem::path& proc, CgroupTree& cgroups);

/// Names for those of `list`: by the container that their process runs in, then as in /run/netns,
/// else by number.
void name_namespaces(ProcessList& list, const std::filesystem::path& proc);

/// The container that a cgroup's path tells of: "1a2b3c4d5e6f" of docker-1a2b….scope, libpod-,
/// crio-, cri-containerd- and /docker/1a2b…; "web" of lxc.payload.web, machine-web.scope and
/// systemd-nspawn@web.service. Empty for none.
std::string container_of_cgroup(std::string_view path);

/// Moves the calling thread into it; false if it may not.
bool enter_net_namespace(const std::filesystem::path& proc, const NetNamespace& to);

}  // namespace deadlight::linux_host
