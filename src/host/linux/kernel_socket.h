#pragma once

#include <array>
#include <cstdint>
#include <type_traits>

#include "model/snapshot.h"

namespace deadlight::linux_host {

/// One socket of the kernel's table, as small as a hundred thousand of them ask for.
struct KernelSocket {
  std::array<std::uint8_t, 16> local{};  ///< network order; IPv4 uses the first four
  std::array<std::uint8_t, 16> remote{};
  std::uint64_t cookie = 0;  ///< the kernel's own number for it, never used twice
  std::uint64_t cgroup = 0;  ///< id in the unified hierarchy; 0 if the kernel does not say
  std::uint32_t inode = 0;   ///< 0: no process holds it (TIME_WAIT)
  std::uint32_t uid = 0;
  std::uint32_t device = 0;  ///< index of the device that it is bound to; 0 for none
  std::uint32_t line = 0;    ///< in a table of /proc; 0 from netlink
  std::uint16_t port = 0;
  std::uint16_t remote_port = 0;
  std::uint16_t net_namespace = 0;  ///< index into the list of namespaces
  Protocol protocol : 8 = Protocol::tcp;
  State state : 8 = State::listening;
  bool v6 : 1 = false;
  bool v6_only : 1 = false;  ///< known for listeners and bound sockets

  bool is_open() const { return state == State::listening || state == State::bound; }
};
static_assert(sizeof(KernelSocket) <= 80 && std::is_trivially_copyable_v<KernelSocket>);

/// A socket without IP address and port, with the text that stands for them.
struct KernelOther {
  std::uint32_t inode = 0;
  std::uint32_t device = 0;  ///< of a packet socket: 0 for every device
  std::uint16_t net_namespace = 0;
  OtherSocket row;
};

}  // namespace deadlight::linux_host
