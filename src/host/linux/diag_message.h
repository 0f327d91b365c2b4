#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "host/linux/kernel_socket.h"

namespace deadlight::linux_host {

/// What the answer to a sock_diag request holds (linux/inet_diag.h, vm_sockets_diag.h,
/// packet_diag.h).
enum class DiagKind { tcp, udp, udplite, sctp, raw, vsock, packet };

struct DiagRows {
  std::vector<KernelSocket> sockets;
  std::vector<KernelOther> others;
};

/// What one datagram of a dump said beside its rows.
struct DiagPart {
  bool done = false;         ///< the last one
  bool interrupted = false;  ///< the table changed meanwhile: NLM_F_DUMP_INTR
  int error = 0;             ///< errno with which the kernel ended the dump
  std::size_t damaged = 0;   ///< messages shorter than they must be
};

/// Reads the messages of one datagram (netlink(7)) and appends their sockets to `rows`; `sequence`
/// is the request's: messages of others are passed over. Pure; takes any bytes.
DiagPart read_diag(std::span<const std::byte> datagram, DiagKind kind, std::uint32_t sequence,
                   DiagRows& rows);

}  // namespace deadlight::linux_host
