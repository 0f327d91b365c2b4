#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/endpoint.h"

namespace deadlight::evidence {

/// One row of netstat, or why there is none.
struct NetstatRow {
  std::optional<Endpoint> endpoint;
  std::string reason;  ///< empty if `endpoint` is there
  /// What stands in the state's place if it is no known word. The state is then `listening` if
  /// nobody is at the other end, else `connected`.
  std::string foreign_state;
  std::size_t bytes = 0;  ///< of the text that belong to the row; only the protocol's if it failed
};

/// "TCP", "UDP", "TCPv6"; no difference of case.
std::optional<Protocol> netstat_protocol(std::string_view word);

/// True if `text` starts with a protocol and something like an address. Such a text is a row, or
/// a damaged one.
bool starts_netstat_row(std::string_view text);

/// The same, also for a row whose blanks are lost.
bool starts_row(std::string_view text);

/// Reads the row at the start of `text`. Only a row that is not complete goes on in the next line;
/// with `has_pid` also one that lacks its process id.
NetstatRow parse_netstat_row(std::string_view text, bool has_pid);

/// Where in `line` the next row starts, from `from` on; npos if there is none.
std::size_t find_netstat_row(std::string_view line, std::size_t from);

/// True if the line ends in what netstat -t says of offloading: "InHost".
bool ends_with_offload(std::string_view line);

/// "0.0.0.0:135", "[::]:5353", "*:*": an address and a port that prose does not have.
bool is_socket_shape(std::string_view word);

}  // namespace deadlight::evidence
