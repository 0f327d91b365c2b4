#include "host/linux/diag_message.h"

#include <fmt/format.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/packet_diag.h>
#include <linux/sock_diag.h>
#include <linux/vm_sockets_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>

namespace deadlight::linux_host {
namespace {

using Bytes = std::span<const std::byte>;

// enum in the kernel's include/net/tcp_states.h
constexpr State kStates[] = {State::closed,       State::established, State::syn_sent,
                             State::syn_received, State::fin_wait_1,  State::fin_wait_2,
                             State::time_wait,    State::closed,      State::close_wait,
                             State::last_ack,     State::listening,   State::closing,
                             State::syn_received};
constexpr std::uint8_t kEstablished = 1;

/// The front of `bytes` as T, wherever it stands in memory.
template <class T>
std::optional<T> front(Bytes bytes) {
  if (bytes.size() < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

/// Calls `use(type, payload)` for each attribute; ends at the first that is cut.
template <class Use>
void each_attribute(Bytes bytes, Use use) {
  while (const auto head = front<nlattr>(bytes)) {
    if (head->nla_len < NLA_HDRLEN || head->nla_len > bytes.size()) return;
    use(head->nla_type & NLA_TYPE_MASK, bytes.subspan(NLA_HDRLEN, head->nla_len - NLA_HDRLEN));
    bytes = bytes.subspan(std::min<std::size_t>(NLA_ALIGN(head->nla_len), bytes.size()));
  }
}

State state_of(std::uint8_t code, bool has_states) {
  if (!has_states) return code == kEstablished ? State::established : State::bound;
  return code < std::size(kStates) ? kStates[code] : State::connected;
}

constexpr Protocol protocol_of(DiagKind kind) {
  switch (kind) {
    case DiagKind::udp:
      return Protocol::udp;
    case DiagKind::udplite:
      return Protocol::udplite;
    case DiagKind::sctp:
      return Protocol::sctp;
    default:
      return Protocol::tcp;
  }
}

KernelSocket socket_of(const inet_diag_msg& message, DiagKind kind) {
  KernelSocket socket;
  std::memcpy(socket.local.data(), message.id.idiag_src, sizeof message.id.idiag_src);
  std::memcpy(socket.remote.data(), message.id.idiag_dst, sizeof message.id.idiag_dst);
  socket.cookie = std::uint64_t{message.id.idiag_cookie[1]} << 32U | message.id.idiag_cookie[0];
  socket.inode = message.idiag_inode;
  socket.uid = message.idiag_uid;
  socket.device = message.id.idiag_if;
  socket.port = ntohs(message.id.idiag_sport);
  socket.remote_port = ntohs(message.id.idiag_dport);
  socket.protocol = protocol_of(kind);
  socket.state = state_of(message.idiag_state, kind == DiagKind::tcp || kind == DiagKind::sctp);
  socket.v6 = message.idiag_family == AF_INET6;
  return socket;
}

/// "0.0.0.0, icmp": a raw socket's number is that of the protocol it takes from IP.
KernelOther raw_socket(const inet_diag_msg& message, std::uint8_t protocol) {
  KernelSocket socket = socket_of(message, DiagKind::raw);
  IpAddress address;
  address.bytes = socket.local;
  address.v6 = socket.v6;
  KernelOther other;
  other.inode = socket.inode;
  other.row = {"raw",
               fmt::format("{}, protocol {}", address.text(), protocol),
               std::string(state_id(socket.state)),
               "",
               socket.uid,
               {},
               "",
               "",
               {}};
  return other;
}

bool read_inet(Bytes payload, DiagKind kind, DiagRows& rows) {
  const auto message = front<inet_diag_msg>(payload);
  if (!message) return false;
  if (message->idiag_family != AF_INET && message->idiag_family != AF_INET6) return false;
  KernelSocket socket = socket_of(*message, kind);
  std::uint8_t raw_protocol = static_cast<std::uint8_t>(socket.port);
  each_attribute(payload.subspan(sizeof(inet_diag_msg)), [&](int type, Bytes value) {
    if (type == INET_DIAG_CGROUP_ID) {
      socket.cgroup = front<std::uint64_t>(value).value_or(0);
    } else if (type == INET_DIAG_SKV6ONLY) {
      socket.v6_only = front<std::uint8_t>(value).value_or(0) != 0;
    } else if (type == INET_DIAG_PROTOCOL) {
      raw_protocol = front<std::uint8_t>(value).value_or(raw_protocol);
    }
  });
  if (kind == DiagKind::raw) {
    rows.others.push_back(raw_socket(*message, raw_protocol));
  } else {
    rows.sockets.push_back(socket);
  }
  return true;
}

std::string cid_text(std::uint32_t cid, std::uint32_t port) {
  constexpr std::uint32_t kAny = 0xFFFFFFFF;  // VMADDR_CID_ANY and VMADDR_PORT_ANY, vsock(7)
  return fmt::format("cid {} port {}", cid == kAny ? "any" : std::to_string(cid),
                     port == kAny ? "any" : std::to_string(port));
}

bool read_vsock(Bytes payload, DiagRows& rows) {
  const auto message = front<vsock_diag_msg>(payload);
  if (!message) return false;
  const State state = state_of(message->vdiag_state, message->vdiag_type != SOCK_DGRAM);
  KernelOther other;
  other.inode = message->vdiag_ino;
  other.row.family = "vsock";
  other.row.local = cid_text(message->vdiag_src_cid, message->vdiag_src_port);
  if (state == State::established) {
    other.row.local += ", with " + cid_text(message->vdiag_dst_cid, message->vdiag_dst_port);
  }
  other.row.state = state_id(state);
  rows.others.push_back(std::move(other));
  return true;
}

bool read_packet(Bytes payload, DiagRows& rows) {
  constexpr std::uint16_t kEveryProtocol = 3;  // ETH_P_ALL
  const auto message = front<packet_diag_msg>(payload);
  if (!message) return false;
  KernelOther other;
  other.inode = message->pdiag_ino;
  each_attribute(payload.subspan(sizeof(packet_diag_msg)), [&](int type, Bytes value) {
    if (type == PACKET_DIAG_UID) other.row.uid = front<std::uint32_t>(value);
    if (type != PACKET_DIAG_INFO) return;
    if (const auto info = front<packet_diag_info>(value)) other.device = info->pdi_index;
  });
  other.row.family = "packet";
  const char* layer = message->pdiag_type == SOCK_RAW ? "whole frames" : "packets";
  other.row.local = message->pdiag_num == kEveryProtocol
                        ? fmt::format("{} of every protocol", layer)
                        : fmt::format("{} of protocol 0x{:04x}", layer, message->pdiag_num);
  other.row.state = state_id(State::bound);
  rows.others.push_back(std::move(other));
  return true;
}

/// The end of a dump begins with 0 or a negated errno.
int error_of(std::int32_t code) {
  constexpr std::int32_t kErrnoMax = 4095;  // MAX_ERRNO of the kernel
  if (code == 0) return 0;
  return code < 0 && code >= -kErrnoMax ? -code : EPROTO;
}

bool read_row(Bytes payload, DiagKind kind, DiagRows& rows) {
  switch (kind) {
    case DiagKind::vsock:
      return read_vsock(payload, rows);
    case DiagKind::packet:
      return read_packet(payload, rows);
    default:
      return read_inet(payload, kind, rows);
  }
}

}  // namespace

DiagPart read_diag(Bytes datagram, DiagKind kind, std::uint32_t sequence, DiagRows& rows) {
  DiagPart part;
  while (!datagram.empty()) {
    const auto head = front<nlmsghdr>(datagram);
    if (!head || head->nlmsg_len < NLMSG_HDRLEN || head->nlmsg_len > datagram.size()) {
      ++part.damaged;
      return part;
    }
    const Bytes payload = datagram.subspan(NLMSG_HDRLEN, head->nlmsg_len - NLMSG_HDRLEN);
    datagram =
        datagram.subspan(std::min<std::size_t>(NLMSG_ALIGN(head->nlmsg_len), datagram.size()));
    if (head->nlmsg_seq != sequence) continue;
    part.interrupted = part.interrupted || (head->nlmsg_flags & NLM_F_DUMP_INTR) != 0;
    if (head->nlmsg_type == NLMSG_DONE || head->nlmsg_type == NLMSG_ERROR) {
      part.error = error_of(front<std::int32_t>(payload).value_or(0));
      part.done = true;
      return part;
    }
    if (head->nlmsg_type == SOCK_DIAG_BY_FAMILY && !read_row(payload, kind, rows)) ++part.damaged;
  }
  return part;
}

}  // namespace deadlight::linux_host
