#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "host/linux/diag_message.h"

namespace deadlight::linux_host {

/// Which sockets: only those that take new peers (listening TCP and SCTP, unconnected UDP), or all.
enum class DiagStates { open, all };

enum class DumpEnd {
  complete,
  missing,      ///< this kernel, or a filter, has no sock_diag for it
  interrupted,  ///< the table changed during each of several tries; a row may be missing or twice
  limit,        ///< there are more sockets than are read
};

/// The kernel's socket tables by netlink (sock_diag(7)), as the network namespace of the thread
/// that opened it sees them. One thread at a time.
class SockDiag {
 public:
  /// Errors: `unsupported` where a filter or the kernel allows no such socket; `io`.
  static Result<SockDiag> open();

  /// Appends the sockets of one kind, of both families where it has them.
  /// Errors: `io`, with the kernel's reason.
  Result<DumpEnd> dump(DiagKind kind, DiagStates states, DiagRows& rows);

 private:
  explicit SockDiag(UniqueFd handle);
  Result<DumpEnd> dump_family(DiagKind kind, int family, std::uint32_t states, DiagRows& rows);
  Result<> request(DiagKind kind, int family, std::uint32_t states);
  Result<DumpEnd> receive(DiagKind kind, DiagRows& rows);
  void make_room(std::vector<KernelSocket>& rows);

  UniqueFd handle_;
  std::uint32_t sequence_ = 0;
  std::vector<std::byte> buffer_;
  const KernelSocket* room_ = nullptr;  ///< where the rows were when room was made last
  std::size_t ready_ = 0;               ///< rows up to this one were asked for
};

}  // namespace deadlight::linux_host
