#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip.h"

namespace deadlight {

enum class Protocol { tcp, udp };
std::string_view protocol_id(Protocol protocol);  ///< "tcp", "udp"
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
};
std::string_view state_id(State state);
std::optional<State> parse_state(std::string_view id);

/// Where a fact was read: an entry of Snapshot::evidence, and a line in it (from 1; 0 for a system
/// call).
struct SourceRef {
  std::uint32_t evidence = 0;
  std::uint32_t line = 0;
  friend bool operator==(const SourceRef&, const SourceRef&) = default;
};

/// The address part of a socket, as text that compares equal for equal addresses.
/// "*" where a tool names none (fport).
struct Address {
  std::string text;             ///< "0.0.0.0", "fe80::1%12", "gargan" for a name
  std::optional<IpAddress> ip;  ///< none for "*" and for names

  bool is_v6() const { return ip && ip->v6; }
  friend bool operator==(const Address& a, const Address& b) { return a.text == b.text; }
};
Address make_address(std::string_view text);

/// One open socket. Identity within a snapshot: protocol, local, port, remote and remote port.
struct Endpoint {
  Protocol protocol = Protocol::tcp;
  Address local;
  std::uint16_t port = 0;
  std::optional<Address> remote;  ///< none for listeners and unconnected UDP
  std::uint16_t remote_port = 0;
  State state = State::listening;
  std::optional<std::uint32_t> pid;
  std::string process;                  ///< image name as the tool shows it ("svchost.exe")
  std::vector<std::string> components;  ///< service or modules named for this row by netstat -b
  std::string unit;                     ///< Linux: systemd unit from the cgroup
  std::vector<SourceRef> sources;

  bool is_open() const { return state == State::listening || state == State::bound; }
};

/// "0.0.0.0:135", "[::]:135".
std::string socket_text(const Address& address, std::uint16_t port);
/// "tcp 0.0.0.0:135": the form of `open_after`.
std::string endpoint_text(const Endpoint& endpoint);
/// Protocol, then address family, address and port; connections after listeners.
bool endpoint_before(const Endpoint& a, const Endpoint& b);

}  // namespace deadlight
