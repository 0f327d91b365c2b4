#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace deadlight::linux_host {

/// The unified cgroup hierarchy (cgroups(7)). The kernel says of each socket the id of the cgroup
/// that made it; the id is the inode of a folder here.
class CgroupTree {
 public:
  /// The hierarchy of this host: /sys/fs/cgroup, or /sys/fs/cgroup/unified beside the old ones.
  /// Errors: `not_found` where there is none.
  static Result<CgroupTree> open();
  /// The one mounted at `root`.
  static Result<CgroupTree> open(const std::filesystem::path& root);

  /// A descriptor of its root.
  int root() const { return handle_.get(); }

  /// "/system.slice/ssh.service"; "/" for the root; nullopt for one that was removed.
  std::optional<std::string> path(std::uint64_t id);

  /// Processes in the cgroup at `path`, not those in cgroups below it; rising.
  std::vector<std::uint32_t> processes(const std::string& path) const;

  /// How many cgroups there are; 0 if the kernel does not say (before Linux 4.14).
  std::size_t count() const;
  /// One process of each cgroup that has any.
  std::vector<std::uint32_t> first_processes();

 private:
  CgroupTree(std::filesystem::path root, UniqueFd handle);
  std::optional<std::string> path_by_handle(std::uint64_t id);
  void walk();

  std::filesystem::path root_;
  UniqueFd handle_;
  bool handles_refused_;
  bool walked_ = false;
  std::unordered_map<std::uint64_t, std::string> known_;
};

}  // namespace deadlight::linux_host
