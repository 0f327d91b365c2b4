#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "evidence/unix_socket.h"
#include "model/endpoint.h"

namespace deadlight::evidence {

/// A row of ss, cut into its cells. Everything points into the text that was cut.
struct SsCells {
  std::string_view netid;  ///< "tcp", "u_str"; empty without that column
  std::string_view state;  ///< "LISTEN"
  std::string_view local;
  std::string_view peer;
  std::string_view extras;  ///< "users:((…)) ino:…", the rest
};
/// Nullopt if `text` does not begin as a row does: with a netid and a state, or a state and numbers
/// or a socket. Cells that are not there are empty.
std::optional<SsCells> cut_ss_row(std::string_view text);

/// Where the next row begins in a text that has lost its line ends; npos if there is none.
std::size_t find_ss_row(std::string_view text);

/// True for a netid that has ports of TCP or UDP.
bool has_ports(std::string_view netid);

/// What '*' means: since iproute2 4.15 an IPv6 socket that takes IPv4 too, before any IPv4 address.
enum class SsEra : std::uint8_t { unknown, old, modern };
/// What this row tells of it.
SsEra era_of(const SsCells& cells);

/// A process that holds the socket.
struct SsUser {
  std::string name;
  std::uint32_t pid = 0;
  friend bool operator==(const SsUser&, const SsUser&) = default;
};
struct SsOwners {
  std::vector<SsUser> users;  ///< each process once
  std::string unit;           ///< from "cgroup:/system.slice/ssh.service"
};
/// Reads "users:((\"sshd\",pid=731,fd=3))", also in the form before 2015, and "cgroup:". Errors:
/// `malformed` if the list of users is cut off or has another form.
Result<SsOwners> parse_ss_owners(std::string_view extras);

/// Sockets, state and protocol. Errors: `malformed`.
Result<Endpoint> parse_ss_cells(const SsCells& cells, Protocol protocol, SsEra era);

}  // namespace deadlight::evidence
