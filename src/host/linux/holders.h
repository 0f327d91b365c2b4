#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace deadlight::linux_host {

/// A socket that holders are looked for.
struct WantedSocket {
  std::uint32_t inode = 0;
  std::uint32_t uid = 0;
  std::uint64_t cgroup = 0;  ///< 0 if not known
};

/// A cgroup that made some of the wanted sockets, and the processes in it now.
struct CgroupMembers {
  std::uint64_t id = 0;
  std::vector<std::uint32_t> pids;  ///< rising
  bool hands_out = false;           ///< init's own: it keeps the sockets that it hands to services
};

/// A process has a descriptor of a wanted socket.
struct Holding {
  std::uint32_t inode = 0;
  std::uint32_t pid = 0;
  friend auto operator<=>(const Holding&, const Holding&) = default;
};

struct HolderProcess {
  std::uint32_t pid = 0;
  std::string comm;          ///< as the kernel cuts it, 15 bytes; empty if it is gone
  std::uint64_t cgroup = 0;  ///< in the unified hierarchy; 0 if not known
};

struct Holders {
  std::vector<Holding> holdings;         ///< by inode, then PID; each once
  std::vector<HolderProcess> processes;  ///< of the holdings, by PID; each once
  std::size_t unreadable = 0;            ///< processes whose descriptors may not be seen
  bool limit_reached = false;            ///< not every process was looked at

  const HolderProcess* process(std::uint32_t pid) const;
};

/// Which wanted sockets there are, by inode. Made once, then asked by several threads.
class InodeTable {
 public:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  explicit InodeTable(const std::vector<WantedSocket>& wanted);
  /// Index into the list of wanted sockets, of the first with this inode; kNone for none.
  std::uint32_t find(std::uint32_t inode) const {
    for (std::size_t at = place(inode);; at = (at + 1) & mask_) {
      if (slots_[at].inode == inode) return slots_[at].index;
      if (slots_[at].inode == 0) return kNone;
    }
  }

 private:
  struct Slot {
    std::uint32_t inode = 0;
    std::uint32_t index = kNone;
  };
  std::size_t place(std::uint32_t inode) const {
    return (inode * std::uint64_t{0x9E3779B97F4A7C15U} >> 32U) & mask_;
  }

  std::vector<Slot> slots_;
  std::size_t mask_ = 0;
};

/// Sorts, removes what stands twice, keeps of `processes` those of a holding.
void finish(Holders& holders);

}  // namespace deadlight::linux_host
