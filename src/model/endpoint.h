#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/boxed.h"
#include "base/ip.h"
#include "base/name.h"
#include "model/live_facts.h"
#include "model/sources.h"

namespace deadlight {

/// The last two are seen on live hosts only; the knowledge base knows no port of theirs.
enum class Protocol { tcp, udp, udplite, sctp };
std::string_view protocol_id(Protocol protocol);  ///< "tcp", "udp", "udplite", "sctp"
std::optional<Protocol> parse_protocol(std::string_view id);

/// TCP states as in RFC 9293, lower case in JSON. A UDP socket is `bound`.
enum class State {
  listening,
  bound,
  established,
  syn_sent,
  syn_received,
  fin_wait_1,
  fin_wait_2,
  close_wait,
  closing,
  last_ack,
  time_wait,
  closed,
  connected,  ///< a connection whose state the tool names in a language that is not known
};
std::string_view state_id(State state);
std::optional<State> parse_state(std::string_view id);

/// The address part of a socket. Equal addresses compare equal, however they were written.
struct Address {
  std::optional<IpAddress> ip;  ///< none for "*" and for names
  Name name;                    ///< "gargan"; "*" where a tool names no address (fport)

  bool is_v6() const { return ip && ip->v6; }
  /// True if the tool named no address.
  bool is_unnamed() const { return !ip && name == "*"; }
  /// True for a loopback address, and for the names that every system gives one ("localhost").
  bool is_loopback() const;
  /// "0.0.0.0", "fe80::1%12", "gargan". No brackets.
  std::string text() const { return ip ? ip->text() : name.str(); }
  friend bool operator==(const Address&, const Address&) = default;
};
/// `text` with or without brackets.
Address make_address(std::string_view text);
/// Negative, zero or positive: IPv4 by number, then IPv6, then names.
int compare(const Address& a, const Address& b);

/// One open socket. Identity within a snapshot: protocol, local, port, remote and remote port.
struct Endpoint {
  Endpoint();

  Protocol protocol = Protocol::tcp;
  Address local;
  std::uint16_t port = 0;
  std::optional<Address> remote;  ///< none for listeners and unconnected UDP
  std::uint16_t remote_port = 0;
  State state = State::listening;
  std::optional<std::uint32_t> pid;
  Name process;                         ///< image name as the tool shows it ("svchost.exe")
  std::vector<std::string> components;  ///< service or modules named for this row by netstat -b
  Name unit;                            ///< Linux: systemd unit from the cgroup
  Sources sources;
  Boxed<LiveFacts> live;  ///< none from evidence files

  /// How many sockets this row stands for.
  std::uint32_t sockets() const { return live ? live->sockets : 1; }
  /// As in LiveFacts; empty for this program's own namespace.
  std::string_view net_namespace() const { return live ? live->net_namespace : std::string_view(); }
  bool has_port(std::uint16_t number) const;
  bool is_open() const { return state == State::listening || state == State::bound; }
};

// Defaulted here and not in the class: `Endpoint()` would else clear all bytes before it sets them,
// for each of millions of rows.
inline Endpoint::Endpoint() = default;

/// "0.0.0.0:135", "[::]:135".
std::string socket_text(const Address& address, std::uint16_t port);
/// The local side; of a row for many sockets "127.0.0.1:5000-5999 (1000 sockets)".
std::string local_text(const Endpoint& endpoint);
/// "5000", or of a row for many sockets "5000-5999,7000", "5000-5999,7000,7010 and 12 more".
std::string ports_text(const Endpoint& endpoint);
/// "tcp 0.0.0.0:135", "tcp 0.0.0.0:80 in container web": the form of `open_after`.
std::string endpoint_text(const Endpoint& endpoint);
/// Protocol, then address family, address and port; connections after listeners.
bool endpoint_before(const Endpoint& a, const Endpoint& b);

}  // namespace deadlight
