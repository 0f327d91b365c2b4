#include "host/linux/sock_diag.h"

#include <fmt/format.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/packet_diag.h>
#include <linux/sock_diag.h>
#include <linux/vm_sockets_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/prefault.h"

namespace deadlight::linux_host {
namespace {

constexpr std::size_t kRowsMax = 4'000'000;
constexpr int kTriesMax = 4;
constexpr std::size_t kBufferBytes = 64 * 1024;  // the kernel fills at most 32 KiB of it
constexpr std::uint32_t kAllStates = 0xFFF;      // but TCP_BOUND_INACTIVE, which cannot be reached
constexpr std::uint32_t kListen = 1U << 10U;     // TCP_LISTEN of the kernel's tcp_states.h
constexpr std::uint32_t kClosed = 1U << 7U;      // TCP_CLOSE: an unconnected UDP socket

template <class Body>
struct Request {
  nlmsghdr head{};
  Body body{};
};

int ip_protocol(DiagKind kind) {
  switch (kind) {
    case DiagKind::udp:
      return IPPROTO_UDP;
    case DiagKind::udplite:
      return IPPROTO_UDPLITE;
    case DiagKind::sctp:
      return IPPROTO_SCTP;
    case DiagKind::raw:
      return IPPROTO_RAW;
    default:
      return IPPROTO_TCP;
  }
}

std::uint32_t mask_of(DiagKind kind, DiagStates states) {
  if (states == DiagStates::all) return kAllStates;
  const bool listens = kind == DiagKind::tcp || kind == DiagKind::sctp || kind == DiagKind::vsock;
  return listens ? kListen : kClosed;
}

inet_diag_req_v2 inet_request(DiagKind kind, int family, std::uint32_t states) {
  inet_diag_req_v2 body{};
  body.sdiag_family = static_cast<__u8>(family);
  body.sdiag_protocol = static_cast<__u8>(ip_protocol(kind));
  body.idiag_states = states;
  return body;
}

template <class Body>
bool send_request(int handle, const Body& body, std::uint32_t sequence) {
  Request<Body> request;
  request.body = body;
  request.head.nlmsg_len = sizeof request;
  request.head.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  request.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  request.head.nlmsg_seq = sequence;
  ssize_t sent = 0;
  do {
    sent = send(handle, &request, sizeof request, 0);
  } while (sent < 0 && errno == EINTR);
  return sent == static_cast<ssize_t>(sizeof request);
}

// The kernel says so where a module is not there, and for protocols that it does not have.
bool is_missing(int error) {
  return error == ENOENT || error == EOPNOTSUPP || error == EPROTONOSUPPORT ||
         error == EAFNOSUPPORT || error == EINVAL;
}

tl::unexpected<Error> failure(int error) {
  return fail(Errc::io, fmt::format("sock_diag: {}; the sockets of this host could not be read",
                                    std::strerror(error)));
}

}  // namespace

SockDiag::SockDiag(UniqueFd handle) : handle_(std::move(handle)), buffer_(kBufferBytes) {}

Result<SockDiag> SockDiag::open() {
  UniqueFd handle(socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
  if (!handle) {
    return fail(Errc::unsupported, fmt::format("sock_diag: {}", std::strerror(errno)));
  }
  // The kernel answers at once; a filter that swallows requests must not stop the program for good.
  const timeval patience{5, 0};
  setsockopt(handle.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  return SockDiag(std::move(handle));
}

Result<DumpEnd> SockDiag::dump(DiagKind kind, DiagStates states, DiagRows& rows) {
  const std::uint32_t mask = mask_of(kind, states);
  if (kind == DiagKind::vsock) return dump_family(kind, AF_VSOCK, mask, rows);
  if (kind == DiagKind::packet) return dump_family(kind, AF_PACKET, mask, rows);
  const DumpEnd v4 = DEADLIGHT_TRY(dump_family(kind, AF_INET, mask, rows));
  if (v4 == DumpEnd::missing || v4 == DumpEnd::limit) return v4;
  const DumpEnd v6 = DEADLIGHT_TRY(dump_family(kind, AF_INET6, mask, rows));
  return v6 == DumpEnd::missing || v6 == DumpEnd::complete ? v4 : v6;  // a kernel without IPv6
}

Result<DumpEnd> SockDiag::dump_family(DiagKind kind, int family, std::uint32_t states,
                                      DiagRows& rows) {
  const std::size_t sockets = rows.sockets.size();
  const std::size_t others = rows.others.size();
  for (int tries = 1;; ++tries) {
    DEADLIGHT_TRY(request(kind, family, states));
    const DumpEnd end = DEADLIGHT_TRY(receive(kind, rows));
    if (end != DumpEnd::interrupted || tries == kTriesMax) return end;
    rows.sockets.resize(sockets);
    rows.others.resize(others);
  }
}

Result<> SockDiag::request(DiagKind kind, int family, std::uint32_t states) {
  ++sequence_;
  bool sent = false;
  if (kind == DiagKind::vsock) {
    vsock_diag_req body{};
    body.sdiag_family = AF_VSOCK;
    body.vdiag_states = states;
    sent = send_request(handle_.get(), body, sequence_);
  } else if (kind == DiagKind::packet) {
    packet_diag_req body{};
    body.sdiag_family = AF_PACKET;
    body.pdiag_show = PACKET_SHOW_INFO;
    sent = send_request(handle_.get(), body, sequence_);
  } else {
    sent = send_request(handle_.get(), inet_request(kind, family, states), sequence_);
  }
  if (!sent) return failure(errno);
  return {};
}

/// Of a large table the pages are asked for in good time, some thousands of rows at once.
void SockDiag::make_room(std::vector<KernelSocket>& rows) {
  constexpr std::size_t kRowsMin = 512;
  constexpr std::size_t kDatagramRowsMax = 512;
  constexpr std::size_t kRowsAhead = 4096;
  if (rows.size() < kRowsMin) return;
  if (rows.data() != room_) {
    room_ = rows.data();
    ready_ = 0;
  }
  if (rows.size() + kDatagramRowsMax <= ready_) return;
  const std::size_t first = std::max(ready_, rows.size());
  ready_ = std::min(rows.capacity(), first + kRowsAhead);
  if (first < ready_) prefault(rows.data() + first, (ready_ - first) * sizeof(KernelSocket));
}

Result<DumpEnd> SockDiag::receive(DiagKind kind, DiagRows& rows) {
  bool interrupted = false;
  for (;;) {
    make_room(rows.sockets);
    const ssize_t size = recv(handle_.get(), buffer_.data(), buffer_.size(), 0);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == ENOBUFS) {  // the kernel had no memory for a part of it
      interrupted = true;
      continue;
    }
    if (size < 0 && errno == EAGAIN) return DumpEnd::missing;  // nobody answers
    if (size < 0) return failure(errno);
    const auto datagram = std::span(buffer_).first(static_cast<std::size_t>(size));
    const DiagPart part = read_diag(datagram, kind, sequence_, rows);
    interrupted = interrupted || part.interrupted || part.damaged > 0;
    if (part.error != 0 && is_missing(part.error)) return DumpEnd::missing;
    if (part.error != 0 && part.error != EINTR) return failure(part.error);
    if (part.done)
      return interrupted || part.error == EINTR ? DumpEnd::interrupted : DumpEnd::complete;
    if (rows.sockets.size() + rows.others.size() > kRowsMax) return DumpEnd::limit;
  }
}

}  // namespace deadlight::linux_host
