#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "host/linux/cgroup_tree.h"
#include "host/linux/holders.h"
#include "host/linux/live_tables.h"

namespace deadlight::linux_host {

/// Texts that many rows share, by number; 0 is the empty one.
class Texts {
 public:
  Texts() { static_cast<void>(number({})); }
  std::uint32_t number(std::string_view text);
  const std::string& operator[](std::uint32_t number) const { return *texts_[number]; }

 private:
  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::vector<const std::string*> texts_;  ///< the keys above, which stay where they are
};

/// Who has a socket: a process, as far as one is known, and a unit. Texts are numbers of Texts.
struct LiveOwner {
  std::uint32_t pid = 0;  ///< 0 if not known
  std::uint32_t image = 0;
  std::uint32_t unit = 0;
  std::uint32_t cgroup = 0;  ///< path of the socket's cgroup
};

/// One line of the listing: a socket and one of its owners.
struct LiveRow {
  std::uint32_t socket = 0;  ///< index into the tables' sockets
  LiveOwner owner;
};

/// Names the owners of sockets: the cgroup's unit for each, and the processes in `holders`.
class LiveOwners {
 public:
  /// `tree` may be null. All must outlive this.
  LiveOwners(const std::filesystem::path& proc, CgroupTree* tree);

  /// The cgroups that made these sockets, and who is in them; not the root, which tells nothing.
  std::vector<CgroupMembers> members(const std::vector<WantedSocket>& wanted);

  /// A row for each socket, or for each owner of a shared one.
  std::vector<LiveRow> rows(const std::vector<KernelSocket>& sockets, const Holders& holders);
  /// The same for one socket.
  std::vector<LiveOwner> owners_of(std::uint32_t inode, std::uint64_t cgroup,
                                   const Holders& holders);

  /// True if the cgroup's path names a unit.
  bool has_unit(std::uint64_t cgroup_id) { return cgroup(cgroup_id).unit != 0; }

  const Texts& texts() const { return texts_; }

 private:
  struct Cgroup {
    std::uint32_t path = 0;
    std::uint32_t unit = 0;
  };
  const Cgroup& cgroup(std::uint64_t id);
  struct Described {
    LiveOwner owner;
    bool is_init = false;  ///< this system's, or a container's
  };
  const Described& describe(const HolderProcess& process);
  void append_owners(std::uint64_t cgroup_id, std::span<const Holding> holdings,
                     const Holders& holders, std::vector<LiveOwner>& owners);

  std::filesystem::path proc_;
  CgroupTree* tree_;
  Texts texts_;
  std::unordered_map<std::uint64_t, Cgroup> cgroups_;
  std::uint64_t last_id_ = 0;
  const Cgroup* last_ = nullptr;  ///< neighbours are mostly of one cgroup
  std::unordered_map<std::uint32_t, std::uint64_t> cgroup_of_pid_;
  std::unordered_map<std::uint32_t, Described> described_;
};

}  // namespace deadlight::linux_host
